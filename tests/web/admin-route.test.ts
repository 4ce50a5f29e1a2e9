// The addresses of the admin screen: what is written is read again, what is malformed shows the feeds.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { adminPath, isAdminPath, parseAdminPath } from '../../web/src/admin/route.ts';

test.each([
  ['/admin', { page: 'feeds' }],
  ['/admin/', { page: 'feeds' }],
  ['/admin/feeds', { page: 'feeds' }],
  ['/admin/feeds/new', { page: 'connect' }],
  ['/admin/feeds/lora-pdam', { page: 'feeds', feedId: 'lora-pdam', tab: 'rejects' }],
  ['/admin/feeds/lora-pdam/source', { page: 'feeds', feedId: 'lora-pdam', tab: 'source' }],
  ['/admin/feeds/__proto__', { page: 'feeds' }],
  ['/admin/feeds/..%2f', { page: 'feeds' }],
  ['/admin/devices', { page: 'devices' }],
  ['/admin/assets', { page: 'assets' }],
  ['/admin/import', { page: 'import' }],
  ['/admin/rules', { page: 'rules' }],
  ['/admin/rules/new', { page: 'rules', ruleId: 'new' }],
  ['/admin/rules/__proto__', { page: 'rules' }],
  ['/admin/alarm-metrics', { page: 'alarm-metrics' }],
  ['/admin/nothing', { page: 'feeds' }],
])('%s', (path, route) => expect(parseAdminPath(path)).toEqual(route));

test('only what stands under /admin is the admin screen', () => {
  expect(['/admin', '/admin/feeds'].every(isAdminPath)).toBe(true);
  expect(['/', '/administrator', '/adm'].some(isAdminPath)).toBe(false);
});

test('what is written is read again', () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[a-z0-9][a-z0-9-]{0,20}$/), (feedId) => {
      fc.pre(feedId !== 'new');
      const route = { page: 'feeds', feedId, tab: 'source' } as const;
      expect(parseAdminPath(adminPath(route))).toEqual(route);
    }),
  );
});
