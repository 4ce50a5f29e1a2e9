// SQL of rejects: the newest offending messages of each feed, kept to look at.
import { isUtf8 } from 'node:buffer';
import type { Reject } from '../model/feed.ts';
import type { Query } from './connect.ts';

export interface RejectRow {
  at: number;
  feedId: string;
  topic: string;
  reason: string;
  field: string | undefined;
  detail: string;
  /** The beginning of the payload, at most `keptPayloadBytes`. */
  payload: Buffer;
  payloadBytes: number;
}

export const keptPayloadBytes = 4096;
export const keptRejectsPerFeed = 500;

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
      rows.map((row) => row.payload.toString('base64')),
      rows.map((row) => row.payloadBytes),
    ],
  );
  await db.execute(
    `DELETE FROM reject USING unnest($1::text[]) AS f (id), LATERAL (
       SELECT reject_no AS upto FROM reject WHERE feed_id = f.id ORDER BY reject_no DESC OFFSET $2 LIMIT 1) AS cut
     WHERE reject.feed_id = f.id AND reject.reject_no <= cut.upto`,
    [[...new Set(rows.map((row) => row.feedId))], keptRejectsPerFeed],
  );
}

interface StoredReject {
  at: Date;
  topic: string;
  reason: string;
  field: string | null;
  detail: string;
  payload: Buffer;
  payload_bytes: number;
}

/** The newest rejects of a feed, newest first. */
export async function selectRejects(db: Query, feedId: string, limit: number): Promise<Reject[]> {
  const rows = await db.query<StoredReject>(
    `SELECT at, topic, reason, field, detail, payload, payload_bytes FROM reject
     WHERE feed_id = $1 ORDER BY reject_no DESC LIMIT $2`,
    [feedId, limit],
  );
  return rows.map((row) => {
    const encoding = isUtf8(row.payload) ? 'utf8' : 'base64';
    return {
      at: row.at.toISOString(),
      topic: row.topic,
      reason: row.reason,
      field: row.field,
      detail: row.detail,
      payload: row.payload.toString(encoding),
      encoding,
      payloadBytes: row.payload_bytes,
    };
  });
}
