// SQL of the change log: the one table through which all that people change goes, in commit order, each entry hashed.
import { createHash } from 'node:crypto';
import type { Query } from './connect.ts';

/** Heard by `db.listen`; the payload is the seq. A hint only: follow the log by seq. */
export const changesChannel = 'change_log';

/** Any fixed number: whoever appends holds it until the end of its transaction, so that seq is commit order. */
const lockKey = 7_467_265;

/** What the first entry has for a predecessor. */
const noHash = Buffer.alloc(32);

export interface NewChange {
  noun: string;
  id: string;
  /** Of the noun after this change, from 1; a second writer of the same version fails on the unique key. */
  version: number;
  /** Who did it: `user:3`, or the room that acted by itself, `ingest`. Never a name: the log cannot forget. */
  actor: string;
  /** What the change is. No personal data in it. */
  body: Record<string, unknown>;
  /** Epoch milliseconds; now unless given. */
  at?: number;
}

export interface LoggedChange {
  seq: number;
  at: Date;
  noun: string;
  id: string;
  version: number;
  actor: string;
  body: Record<string, unknown>;
}

type Hashed = Omit<LoggedChange, 'at'> & { at: string };

/** JSON with sorted keys, as RFC 8785 (JCS) writes it: the same bytes before and after a turn through jsonb. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return `{${members.map(([key, member]) => `${JSON.stringify(key)}:${canonicalJson(member)}`).join(',')}}`;
}

const hashOf = (previousHash: Buffer, change: Hashed): Buffer =>
  createHash('sha256').update(previousHash).update(canonicalJson(change)).digest();

/**
 * Appends in the transaction of the caller, which commits the row it is about together with it. Others who append
 * wait until that transaction ends, so do it last. Transactions must be READ COMMITTED, as `db.transaction` opens them.
 * @returns the seq.
 */
export async function appendChange(tx: Query, change: NewChange): Promise<number> {
  // Dates, undefined members and the like become what jsonb will give back.
  const body = JSON.parse(JSON.stringify(change.body)) as Record<string, unknown>;
  await tx.query('SELECT pg_advisory_xact_lock($1)', [lockKey]);
  const [last] = await tx.query<{ seq: number; hash: Buffer }>(
    'SELECT seq, hash FROM change_log ORDER BY seq DESC LIMIT 1',
  );
  const seq = (last?.seq ?? 0) + 1;
  const previousHash = last?.hash ?? noHash;
  const at = new Date(change.at ?? Date.now()).toISOString();
  const { noun, id, version, actor } = change;
  const hash = hashOf(previousHash, { seq, at, noun, id, version, actor, body });
  await tx.execute(
    `INSERT INTO change_log (seq, at, noun, noun_id, version, actor, body, previous_hash, hash)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
    [seq, at, noun, id, version, actor, JSON.stringify(body), previousHash, hash],
  );
  await tx.query('SELECT pg_notify($1, $2)', [changesChannel, String(seq)]);
  return seq;
}

interface ChangeRow {
  seq: number;
  at: Date;
  noun: string;
  noun_id: string;
  version: number;
  actor: string;
  body: Record<string, unknown>;
}

const toLoggedChange = ({ noun_id: id, seq, at, noun, version, actor, body }: ChangeRow): LoggedChange => ({
  seq,
  at,
  noun,
  id,
  version,
  actor,
  body,
});

const columns = 'seq, at, noun, noun_id, version, actor, body';

/** Entries after `seq`, oldest first; of some nouns only where they are given. */
export async function selectChangesSince(
  db: Query,
  seq: number,
  limit: number,
  nouns?: readonly string[],
): Promise<LoggedChange[]> {
  const rows = await db.query<ChangeRow>(
    `SELECT ${columns} FROM change_log
     WHERE seq > $1 AND ($3::text[] IS NULL OR noun = ANY ($3)) ORDER BY seq LIMIT $2`,
    [seq, limit, nouns ?? null],
  );
  return rows.map(toLoggedChange);
}

/** The newest entry of each thing of a noun: how it stands. */
export async function selectNewestOf(db: Query, noun: string): Promise<LoggedChange[]> {
  const rows = await db.query<ChangeRow>(
    `SELECT DISTINCT ON (noun_id) ${columns} FROM change_log WHERE noun = $1 ORDER BY noun_id, version DESC`,
    [noun],
  );
  return rows.map(toLoggedChange);
}

/** The newest seq; 0 while nothing was ever changed. */
export async function selectLastSeq(db: Query): Promise<number> {
  const [row] = await db.query<{ seq: number | null }>('SELECT max(seq) AS seq FROM change_log');
  return row?.seq ?? 0;
}

/** `fault` says what is wrong with the entry `seq`; every entry before it is sound. */
export type Verification = { ok: true; entries: number } | { ok: false; seq: number; fault: string };

const batchSize = 1000;

/** Walks the whole chain. What it cannot see is a log cut short at its end: compare `entries` with a seq known from elsewhere. */
export async function verifyChanges(db: Query): Promise<Verification> {
  let seq = 0;
  let previousHash: Buffer = noHash;
  for (;;) {
    const rows = await db.query<ChangeRow & { previous_hash: Buffer; hash: Buffer }>(
      `SELECT ${columns}, previous_hash, hash FROM change_log WHERE seq > $1 ORDER BY seq LIMIT $2`,
      [seq, batchSize],
    );
    for (const row of rows) {
      const fault = faultOf(row, seq + 1, previousHash);
      if (fault !== undefined) return { ok: false, seq: seq + 1, fault };
      seq = row.seq;
      previousHash = row.hash;
    }
    if (rows.length < batchSize) return { ok: true, entries: seq };
  }
}

function faultOf(
  row: ChangeRow & { previous_hash: Buffer; hash: Buffer },
  expectedSeq: number,
  previousHash: Buffer,
): string | undefined {
  if (row.seq !== expectedSeq) return `missing; the next entry is ${row.seq}`;
  if (!row.previous_hash.equals(previousHash)) return 'does not follow from the entry before it';
  const { at, ...change } = toLoggedChange(row);
  if (!hashOf(previousHash, { ...change, at: at.toISOString() }).equals(row.hash)) return 'was altered';
  return undefined;
}
