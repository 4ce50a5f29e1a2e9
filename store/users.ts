// SQL of accounts: who may sign in, and as what. Every change of one is an entry of the change log.
import type { Role } from '../model/roles.ts';
import { appendChange } from './changes.ts';
import type { Database, Query } from './connect.ts';
import { deleteSessionsOf } from './sessions.ts';

export interface User {
  userNo: number;
  username: string;
  displayName: string;
  role: Role;
  disabledAt: Date | undefined;
  version: number;
}

export interface NewUser {
  username: string;
  displayName: string;
  role: Role;
  /** argon2id, as a PHC string. */
  passwordHash: string;
}

export class UsernameTakenError extends Error {
  override name = 'UsernameTakenError';
}

interface UserRow {
  user_no: number;
  username: string;
  display_name: string;
  role: Role;
  disabled_at: Date | null;
  version: number;
}

const toUser = (row: UserRow): User => ({
  userNo: row.user_no,
  username: row.username,
  displayName: row.display_name,
  role: row.role,
  disabledAt: row.disabled_at ?? undefined,
  version: row.version,
});

const columns = 'user_no, username, display_name, role, disabled_at, version';

/** Names that an account can have, whatever the case; the table checks the same. */
export const usernamePattern = /^[A-Za-z0-9][A-Za-z0-9._@-]{0,63}$/;

export const userActor = (userNo: number): string => `user:${userNo}`;

/**
 * @param actor who makes the account, as the change log names actors.
 * @throws {UsernameTakenError} also when only the case differs.
 */
export async function insertUser(db: Database, user: NewUser, actor: string): Promise<User> {
  return db.transaction(async (tx) => {
    const [row] = await tx.query<UserRow>(
      `INSERT INTO app_user (username, display_name, role, password_hash) VALUES ($1, $2, $3, $4)
       ON CONFLICT (lower(username COLLATE "C")) DO NOTHING RETURNING ${columns}`,
      [user.username, user.displayName, user.role, user.passwordHash],
    );
    if (row === undefined) throw new UsernameTakenError(`there is an account named ${user.username} already`);
    await logUser(tx, row, actor, { did: 'created', role: row.role });
    return toUser(row);
  });
}

export async function selectUsers(db: Query): Promise<User[]> {
  return (
    await db.query<UserRow>(`SELECT ${columns} FROM app_user ORDER BY lower(username COLLATE "C")`)
  ).map(toUser);
}

export async function selectUserCount(db: Query): Promise<number> {
  const [row] = await db.query<{ n: number }>('SELECT count(*)::int AS n FROM app_user');
  return row!.n;
}

/** For signing in: whatever the case of the name; undefined also for an account that is disabled. */
export async function selectUserToSignIn(
  db: Query,
  username: string,
): Promise<(User & { passwordHash: string }) | undefined> {
  if (!usernamePattern.test(username)) return undefined;
  const [row] = await db.query<UserRow & { password_hash: string }>(
    `SELECT ${columns}, password_hash FROM app_user
     WHERE lower(username COLLATE "C") = lower($1 COLLATE "C") AND disabled_at IS NULL`,
    [username],
  );
  return row && { ...toUser(row), passwordHash: row.password_hash };
}

export async function selectUserByName(db: Query, username: string): Promise<User | undefined> {
  const [row] = await db.query<UserRow>(
    `SELECT ${columns} FROM app_user WHERE lower(username COLLATE "C") = lower($1 COLLATE "C")`,
    [username],
  );
  return row && toUser(row);
}

/** A new password ends every session of the account. */
export async function updatePassword(
  db: Database,
  userNo: number,
  passwordHash: string,
  actor: string,
): Promise<void> {
  const body = { did: 'password changed' };
  await updateUser(db, userNo, actor, {
    set: 'password_hash = $2',
    value: passwordHash,
    endsSessions: true,
    body,
  });
}

/** Sessions go on under the other role from their next request; sockets begin anew. */
export async function updateRole(db: Database, userNo: number, role: Role, actor: string): Promise<void> {
  const body = { did: 'role changed', role };
  await updateUser(db, userNo, actor, { set: 'role = $2', value: role, endsSessions: false, body });
}

/** Disabling ends every session of the account. */
export async function updateDisabled(
  db: Database,
  userNo: number,
  disabled: boolean,
  actor: string,
): Promise<void> {
  const set = 'disabled_at = CASE WHEN $2 THEN now() END';
  const body = { did: disabled ? 'disabled' : 'enabled' };
  await updateUser(db, userNo, actor, { set, value: disabled, endsSessions: disabled, body });
}

interface UserUpdate {
  /** One assignment, of `$2`. */
  set: string;
  value: unknown;
  endsSessions: boolean;
  body: Record<string, unknown>;
}

async function updateUser(db: Database, userNo: number, actor: string, update: UserUpdate): Promise<void> {
  await db.transaction(async (tx) => {
    const [row] = await tx.query<UserRow>(
      `UPDATE app_user SET ${update.set}, version = version + 1 WHERE user_no = $1 RETURNING ${columns}`,
      [userNo, update.value],
    );
    if (row === undefined) throw new Error(`there is no account ${userNo}`);
    if (update.endsSessions) await deleteSessionsOf(tx, userNo);
    await logUser(tx, row, actor, update.body);
  });
}

const logUser = (tx: Query, row: UserRow, actor: string, body: Record<string, unknown>): Promise<number> =>
  appendChange(tx, { noun: 'user', id: String(row.user_no), version: row.version, actor, body });
