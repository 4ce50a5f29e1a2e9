// Who may do what: the roles, and the words routes and socket events use to name them.

export const roles = [
  'viewer',
  'operator',
  'dispatcher',
  'supervisor',
  'agency',
  'crew',
  'admin',
  'display',
] as const;
export type Role = (typeof roles)[number];

export const isRole = (role: string): role is Role => (roles as readonly string[]).includes(role);

/** What a route or socket event demands; `public` needs no session. */
export type Access = 'public' | readonly Role[];

/** Whoever sees the live map. */
export const watchers = ['viewer', 'operator', 'dispatcher', 'supervisor', 'admin', 'display'] as const;
/** Whoever works at a desk of the command centre. */
export const desks = ['operator', 'dispatcher', 'supervisor', 'admin'] as const;
/** Whoever shelves alarms, reassigns, and signs handovers. */
export const supervisors = ['supervisor', 'admin'] as const;
export const admins = ['admin'] as const;
export const signedIn = roles;
