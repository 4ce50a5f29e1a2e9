// A gateway's word that a device is gone counts at once, and only until the device is heard again.
import { expect, test } from 'vitest';
import { freshnessOf, foldChange, type PictureAsset } from '../../model/picture.ts';

const t0 = Date.parse('2026-11-24T05:00:00Z');
const iso = (ms: number): string => new Date(ms).toISOString();
const whole = { id: 'sensor:spb-a-b', kind: 'sensor' as const, name: 'b', expectedEverySeconds: 60 };

test.each<[name: string, change: object, expected: string]>([
  ['no word', {}, 'fresh'],
  ['gone after its last value', { link: 'offline', olderValues: { link: iso(t0 + 500) } }, 'silent'],
  ['gone before its last value', { link: 'offline', olderValues: { link: iso(t0 - 500) } }, 'fresh'],
  ['back', { link: 'online', olderValues: { link: iso(t0 + 500) } }, 'fresh'],
])('%s', (_name, change, expected) => {
  const asset = foldChange(undefined, { ...whole, observedAt: iso(t0), level: 1 }) as PictureAsset;
  foldChange(asset, { id: asset.id, observedAt: iso(t0), ...change });
  expect(freshnessOf(asset, t0 + 1_000)).toBe(expected);
});
