// The addresses of the admin screen: which page, and which feed on it. Pure.

export type AdminRoute =
  | { page: 'feeds'; feedId?: string; tab?: 'rejects' | 'source' }
  | { page: 'connect' }
  | { page: 'devices' }
  | { page: 'assets' }
  | { page: 'import' }
  | { page: 'rules'; ruleId?: string }
  | { page: 'alarm-metrics' };

const pages = ['devices', 'assets', 'import', 'alarm-metrics'] as const;
/** `new` is the form of a rule that is not there yet. */
const ruleIdPattern = /^[a-z][a-z0-9-]{1,62}$/;
const feedIdPattern = /^[a-z0-9][a-z0-9-]{0,63}$/;

/** True for every address that belongs to the admin screen. */
export const isAdminPath = (path: string): boolean => path === '/admin' || path.startsWith('/admin/');

/** Reads `/admin/feeds/{id}/source` and its like; whatever is malformed shows the feeds. */
export function parseAdminPath(path: string): AdminRoute {
  const [, , page, second, third] = path.split('/');
  const plain = pages.find((one) => one === page);
  if (plain !== undefined) return { page: plain };
  if (page === 'rules')
    return second !== undefined && ruleIdPattern.test(second)
      ? { page: 'rules', ruleId: second }
      : { page: 'rules' };
  if (page !== 'feeds' || second === undefined || second === '') return { page: 'feeds' };
  if (second === 'new') return { page: 'connect' };
  if (!feedIdPattern.test(second)) return { page: 'feeds' };
  return { page: 'feeds', feedId: second, tab: third === 'source' ? 'source' : 'rejects' };
}

export function adminPath(route: AdminRoute): string {
  if (route.page === 'connect') return '/admin/feeds/new';
  if (route.page === 'rules')
    return route.ruleId === undefined ? '/admin/rules' : `/admin/rules/${route.ruleId}`;
  if (route.page !== 'feeds') return `/admin/${route.page}`;
  if (route.feedId === undefined) return '/admin/feeds';
  return `/admin/feeds/${route.feedId}${route.tab === 'source' ? '/source' : ''}`;
}
