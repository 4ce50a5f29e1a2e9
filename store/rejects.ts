// SQL of rejects: the newest offending messages of each feed, kept to look at.
import { isUtf8 } from 'node:buffer';
import type { Reject } from '../model/feed.ts';
import type { Query } from './connect.ts';

export interface RejectRow {
  /** When it was received, epoch milliseconds. */
  at: number;
  feedId: string;
  topic: string;
  reason: string;
  field: string | undefined;
  detail: string;
  /** As `keptOf` leaves it: the whole payload, or its beginning. */
  payload: Buffer;
  /** Of the whole payload. */
  payloadBytes: number;
}

/** Payloads up to this long are kept whole, and can be read again. */
export const keptWholeBytes = 64 * 1024;
/** What is kept of longer ones, to look at. */
export const keptPayloadBytes = 4096;
export const keptRejectsPerFeed = 500;
export const keptBytesPerFeed = 8 * 1024 * 1024;

/** What is kept of a payload. Copied: a slice would hold the whole chunk that it was read in, in memory. */
export const keptOf = (payload: Buffer): Buffer => Buffer.from(cut(payload));

const cut = (payload: Buffer): Buffer =>
  payload.length <= keptWholeBytes ? payload : payload.subarray(0, keptPayloadBytes);

/** Stores rejects and lets go of each feed's older ones. */
export async function insertRejects(db: Query, rows: RejectRow[]): Promise<void> {
  if (rows.length === 0) return;
  await db.execute(
    `INSERT INTO reject (at, feed_id, topic, reason, field, detail, payload, payload_bytes)
     SELECT to_timestamp(ms / 1000.0), feed_id, topic, reason, field, detail, decode(payload, 'base64'), bytes
     FROM unnest($1::float8[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::int[])
       AS t (ms, feed_id, topic, reason, field, detail, payload, bytes)`,
    [
      rows.map((row) => row.at),
      rows.map((row) => row.feedId),
      // Text columns take every character but NUL.
      rows.map((row) => row.topic.replaceAll('\0', '\uFFFD')),
      rows.map((row) => row.reason),
      rows.map((row) => row.field?.replaceAll('\0', '\uFFFD') ?? null),
      rows.map((row) => row.detail.replaceAll('\0', '\uFFFD')),
      rows.map((row) => cut(row.payload).toString('base64')),
      rows.map((row) => row.payloadBytes),
    ],
  );
  await deleteOld(db, [...new Set(rows.map((row) => row.feedId))]);
}

const deleteOld = (db: Query, feedIds: string[]): Promise<number> =>
  db.execute(
    `DELETE FROM reject USING (
       SELECT reject_no, row_number() OVER newest AS n, sum(octet_length(payload)) OVER newest AS bytes
       FROM reject WHERE feed_id = ANY ($1)
       WINDOW newest AS (PARTITION BY feed_id ORDER BY reject_no DESC ROWS UNBOUNDED PRECEDING)) AS held
     WHERE reject.reject_no = held.reject_no AND (held.n > $2 OR held.bytes > $3)`,
    [feedIds, keptRejectsPerFeed, keptBytesPerFeed],
  );

interface StoredReject {
  reject_no: number;
  at: Date;
  topic: string;
  reason: string;
  field: string | null;
  detail: string;
  payload: Buffer;
  payload_bytes: number;
  replayed_at: Date | null;
}

/** The newest rejects of a feed, newest first; of one reason only where it is given. */
export async function selectRejects(
  db: Query,
  feedId: string,
  limit: number,
  reason?: string,
): Promise<Reject[]> {
  const rows = await db.query<StoredReject>(
    `SELECT reject_no, at, topic, reason, field, detail, payload, payload_bytes, replayed_at FROM reject
     WHERE feed_id = $1 AND ($3::text IS NULL OR reason = $3) ORDER BY reject_no DESC LIMIT $2`,
    [feedId, limit, reason ?? null],
  );
  return rows.map(toReject);
}

function toReject(row: StoredReject): Reject {
  const encoding = isUtf8(row.payload) ? 'utf8' : 'base64';
  return {
    id: row.reject_no,
    at: row.at.toISOString(),
    topic: row.topic,
    reason: row.reason,
    field: row.field,
    detail: row.detail,
    payload: row.payload.toString(encoding),
    encoding,
    payloadBytes: row.payload_bytes,
    whole: row.payload.length === row.payload_bytes,
    replayedAt: row.replayed_at?.toISOString() ?? null,
  };
}

/** A refused message, whole, as it came. */
export interface ReplayableReject {
  id: number;
  topic: string;
  /** Epoch milliseconds. */
  receivedAt: number;
  reason: string;
  payload: Buffer;
}

/** What can be read again of a feed, in the order in which it came: kept whole, and not taken in since. */
export async function selectRejectsToReplay(
  db: Query,
  feedId: string,
  reason?: string,
  limit = keptRejectsPerFeed,
): Promise<ReplayableReject[]> {
  const rows = await db.query<StoredReject>(
    `SELECT reject_no, at, topic, reason, payload FROM reject
     WHERE feed_id = $1 AND ($2::text IS NULL OR reason = $2) AND replayed_at IS NULL
       AND octet_length(payload) = payload_bytes
     ORDER BY reject_no LIMIT $3`,
    [feedId, reason ?? null, limit],
  );
  return rows.map((row) => ({
    id: row.reject_no,
    topic: row.topic,
    receivedAt: row.at.getTime(),
    reason: row.reason,
    payload: row.payload,
  }));
}

/** Their messages were taken in after all. */
export const markReplayed = (db: Query, ids: readonly number[]): Promise<number> =>
  db.execute(
    'UPDATE reject SET replayed_at = now() WHERE reject_no = ANY ($1::bigint[]) AND replayed_at IS NULL',
    [ids],
  );
