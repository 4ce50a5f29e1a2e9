// SQL of sessions: who holds which token, known here by its sha256 alone.
import type { Role } from '../model/roles.ts';
import type { Query } from './connect.ts';

export interface StoredSession {
  /** sha256 of the token. */
  tokenHash: Buffer;
  userNo: number;
  username: string;
  displayName: string;
  role: Role;
  lastSeenAt: Date;
  expiresAt: Date;
}

/** How long a session lives: `idleSeconds` after it was last seen, and never longer than `absoluteSeconds`. */
export interface Lifetime {
  idleSeconds: number;
  absoluteSeconds: number;
}

export async function insertSession(
  db: Query,
  tokenHash: Buffer,
  userNo: number,
  lifetime: Lifetime,
): Promise<void> {
  await db.execute(
    `INSERT INTO session (token_hash, user_no, expires_at)
     VALUES ($1, $2, now() + least($3::float8, $4::float8) * interval '1 second')`,
    [tokenHash, userNo, lifetime.idleSeconds, lifetime.absoluteSeconds],
  );
}

interface SessionRow {
  token_hash: Buffer;
  user_no: number;
  username: string;
  display_name: string;
  role: Role;
  last_seen_at: Date;
  expires_at: Date;
}

/** Those of the sessions that are valid now: not expired, and of accounts that may sign in. */
export async function selectSessions(db: Query, tokenHashes: readonly Buffer[]): Promise<StoredSession[]> {
  const rows = await db.query<SessionRow>(
    `SELECT s.token_hash, s.user_no, u.username, u.display_name, u.role, s.last_seen_at, s.expires_at
     FROM session s JOIN app_user u USING (user_no)
     WHERE s.token_hash = ANY ($1) AND s.expires_at > now() AND u.disabled_at IS NULL`,
    [tokenHashes],
  );
  return rows.map((row) => ({
    tokenHash: row.token_hash,
    userNo: row.user_no,
    username: row.username,
    displayName: row.display_name,
    role: row.role,
    lastSeenAt: row.last_seen_at,
    expiresAt: row.expires_at,
  }));
}

/** The session was used now: it lives on, up to its absolute end. */
export async function touchSession(db: Query, tokenHash: Buffer, lifetime: Lifetime): Promise<void> {
  await db.execute(
    `UPDATE session SET last_seen_at = now(), expires_at = least(
       created_at + $3::float8 * interval '1 second', now() + $2::float8 * interval '1 second')
     WHERE token_hash = $1 AND expires_at > now()`,
    [tokenHash, lifetime.idleSeconds, lifetime.absoluteSeconds],
  );
}

export async function deleteSession(db: Query, tokenHash: Buffer): Promise<void> {
  await db.execute('DELETE FROM session WHERE token_hash = $1', [tokenHash]);
}

export async function deleteSessionsOf(db: Query, userNo: number): Promise<number> {
  return db.execute('DELETE FROM session WHERE user_no = $1', [userNo]);
}

export async function deleteExpiredSessions(db: Query): Promise<number> {
  return db.execute('DELETE FROM session WHERE expires_at <= now()');
}
