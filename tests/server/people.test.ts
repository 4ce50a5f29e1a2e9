// Accounts and sessions in the store: names, their history, and what ends a session.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Database } from '../../store/connect.ts';
import { selectChangesSince, verifyChanges } from '../../store/changes.ts';
import {
  deleteExpiredSessions,
  deleteSession,
  insertSession,
  selectSessions,
  touchSession,
} from '../../store/sessions.ts';
import {
  insertUser,
  selectUserByName,
  selectUserCount,
  selectUserToSignIn,
  selectUsers,
  updateDisabled,
  updatePassword,
  updateRole,
  UsernameTakenError,
  type NewUser,
} from '../../store/users.ts';
import { startDatabase, type TestDatabase } from './postgres.ts';

let server: TestDatabase;
let db: Database;
beforeAll(async () => {
  server = await startDatabase();
  db = server.db;
});
afterAll(() => server?.close());
beforeEach(() => db.execute('TRUNCATE app_user, session, change_log RESTART IDENTITY CASCADE'));

const passwordHash = '$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHQ$aGFzaA';
const siti: NewUser = { username: 'Siti', displayName: 'Siti Aminah', role: 'dispatcher', passwordHash };
const token = (byte: number): Buffer => Buffer.alloc(32, byte);
const lifetime = { idleSeconds: 60, absoluteSeconds: 3600 };

test('a name is taken in every case, and found in every case', async () => {
  const { userNo } = await insertUser(db, siti, 'test');
  await expect(insertUser(db, { ...siti, username: 'SITI' }, 'test')).rejects.toThrow(UsernameTakenError);
  expect(await selectUserToSignIn(db, 'sItI')).toMatchObject({ userNo, username: 'Siti', passwordHash });
  expect(await selectUserByName(db, 'siti')).not.toHaveProperty('passwordHash');
  expect(await selectUserCount(db)).toBe(1);
});

test.each([[''], ['__proto__'], ['a b'], ['x'.repeat(65)], ['a\0b'], ["o'x"], ['ｓｉｔｉ']])(
  '%j is no name',
  async (username) => {
    expect(await selectUserToSignIn(db, username)).toBeUndefined();
    await expect(insertUser(db, { ...siti, username }, 'test')).rejects.toThrow();
  },
);

test('a password that is not hashed, and a role that there is not, are refused by the table', async () => {
  await expect(insertUser(db, { ...siti, passwordHash: 'plain' }, 'test')).rejects.toThrow(/password_hash/);
  await expect(insertUser(db, { ...siti, role: 'king' as never }, 'test')).rejects.toThrow(/role/);
  expect(await selectChangesSince(db, 0, 10)).toEqual([]);
});

test('each change of an account is an entry with its version, and none holds a name', async () => {
  const { userNo } = await insertUser(db, siti, 'system');
  await updateRole(db, userNo, 'supervisor', 'user:9');
  await updatePassword(db, userNo, passwordHash, 'user:9');
  await updateDisabled(db, userNo, true, 'user:9');
  await updateDisabled(db, userNo, false, 'user:9');
  const changes = await selectChangesSince(db, 0, 10);
  expect(changes.map(({ noun, id, version, actor, body }) => [noun, id, version, actor, body.did])).toEqual([
    ['user', String(userNo), 1, 'system', 'created'],
    ['user', String(userNo), 2, 'user:9', 'role changed'],
    ['user', String(userNo), 3, 'user:9', 'password changed'],
    ['user', String(userNo), 4, 'user:9', 'disabled'],
    ['user', String(userNo), 5, 'user:9', 'enabled'],
  ]);
  expect(JSON.stringify(changes)).not.toMatch(/siti|argon2/i);
  expect(await selectUsers(db)).toMatchObject([{ version: 5, role: 'supervisor', disabledAt: undefined }]);
  expect(await verifyChanges(db)).toEqual({ ok: true, entries: 5 });
  await expect(updateRole(db, 999, 'viewer', 'test')).rejects.toThrow(/999/);
});

test('sessions: valid ones are found, at once', async () => {
  const { userNo } = await insertUser(db, siti, 'test');
  await insertSession(db, token(1), userNo, lifetime);
  await insertSession(db, token(2), userNo, { ...lifetime, idleSeconds: -1 });
  const found = await selectSessions(db, [token(1), token(2), token(3)]);
  expect(found.map((session) => [session.tokenHash, session.username, session.role])).toEqual([
    [token(1), 'Siti', 'dispatcher'],
  ]);
  expect(await selectSessions(db, [])).toEqual([]);
  expect(await deleteExpiredSessions(db)).toBe(1);
  await deleteSession(db, token(1));
  expect(await selectSessions(db, [token(1)])).toEqual([]);
});

test('sessions: use prolongs them, up to their end', async () => {
  const { userNo } = await insertUser(db, siti, 'test');
  await insertSession(db, token(1), userNo, lifetime);
  const endOf = async (): Promise<number> => (await selectSessions(db, [token(1)]))[0]!.expiresAt.getTime();
  const first = await endOf();
  await db.execute(`UPDATE session SET expires_at = expires_at - interval '30 seconds'`);
  await touchSession(db, token(1), lifetime);
  expect(await endOf()).toBeGreaterThanOrEqual(first);
  await db.execute(`UPDATE session SET created_at = created_at - interval '3590 seconds'`);
  await touchSession(db, token(1), lifetime);
  expect(await endOf()).toBeLessThan(first);
});

test('sessions: a disabled account or another password ends them, another role does not', async () => {
  const { userNo } = await insertUser(db, siti, 'test');
  const isValid = async (): Promise<boolean> => (await selectSessions(db, [token(1)])).length === 1;
  await insertSession(db, token(1), userNo, lifetime);
  await updateRole(db, userNo, 'viewer', 'test');
  expect((await selectSessions(db, [token(1)]))[0]!.role).toBe('viewer');
  await updatePassword(db, userNo, passwordHash, 'test');
  expect(await isValid()).toBe(false);
  await insertSession(db, token(1), userNo, lifetime);
  await updateDisabled(db, userNo, true, 'test');
  expect(await isValid()).toBe(false);
  expect(await selectUserToSignIn(db, 'siti')).toBeUndefined();
});
