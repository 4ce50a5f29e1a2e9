// SQL of feed counters by the minute: what was counted of each feed, over restarts of ingest too.
import type { FeedHistory, FeedMinute } from '../model/feed.ts';
import type { Query } from './connect.ts';

export interface FeedMinuteRow {
  feedId: string;
  /** The start of the minute, epoch milliseconds. */
  minute: number;
  received: number;
  accepted: number;
  rejected: number;
  rejectedByReason: Readonly<Record<string, number>>;
  duplicates: number;
  lagP50Ms: number | undefined;
  lagP99Ms: number | undefined;
}

const minuteMs = 60_000;
export const keptFeedMinutesMs = 8 * 86_400_000;
const shownMinutesMs = 60 * minuteMs;

/** Adds to what is there already of the same minute: of an ingest that was started anew within it. */
export async function insertFeedMinutes(db: Query, rows: readonly FeedMinuteRow[]): Promise<void> {
  if (rows.length === 0) return;
  await db.execute(
    `INSERT INTO feed_minute (feed_id, minute, received, accepted, rejected, rejected_by_reason, duplicates,
       lag_p50_ms, lag_p99_ms)
     SELECT feed_id, to_timestamp(ms / 1000.0), received, accepted, rejected, reasons, duplicates, p50, p99
     FROM unnest($1::text[], $2::float8[], $3::int[], $4::int[], $5::int[], $6::jsonb[], $7::int[], $8::int[], $9::int[])
       AS t (feed_id, ms, received, accepted, rejected, reasons, duplicates, p50, p99)
     ON CONFLICT (feed_id, minute) DO UPDATE SET
       received = feed_minute.received + excluded.received,
       accepted = feed_minute.accepted + excluded.accepted,
       rejected = feed_minute.rejected + excluded.rejected,
       rejected_by_reason = (
         SELECT coalesce(jsonb_object_agg(key, n), '{}') FROM (
           SELECT key, sum(value::int) AS n FROM (
             SELECT * FROM jsonb_each_text(feed_minute.rejected_by_reason)
             UNION ALL SELECT * FROM jsonb_each_text(excluded.rejected_by_reason)) AS both_of_them
           GROUP BY key) AS sums),
       duplicates = feed_minute.duplicates + excluded.duplicates,
       lag_p50_ms = coalesce(excluded.lag_p50_ms, feed_minute.lag_p50_ms),
       lag_p99_ms = greatest(excluded.lag_p99_ms, feed_minute.lag_p99_ms)`,
    [
      rows.map((row) => row.feedId),
      rows.map((row) => row.minute),
      rows.map((row) => row.received),
      rows.map((row) => row.accepted),
      rows.map((row) => row.rejected),
      rows.map((row) => JSON.stringify(row.rejectedByReason)),
      rows.map((row) => row.duplicates),
      rows.map((row) => wholeMs(row.lagP50Ms)),
      rows.map((row) => wholeMs(row.lagP99Ms)),
    ],
  );
}

const mostMs = 2 ** 31 - 1;

const wholeMs = (ms: number | undefined): number | null =>
  ms === undefined ? null : Math.max(-mostMs, Math.min(mostMs, Math.round(ms)));

interface MinuteRow {
  feed_id: string;
  minute: Date;
  received: number;
  accepted: number;
  rejected: number;
  duplicates: number;
  lag_p50_ms: number | null;
  lag_p99_ms: number | null;
}

type Totals = Omit<FeedHistory['feeds'][number], 'minutes'>;

/**
 * The sums of each feed since `fromMs`, and the minutes of the last hour.
 * @param fromMs epoch milliseconds; a minute counts when it begins no earlier.
 * @param nowMs epoch milliseconds.
 */
export async function selectFeedHistory(db: Query, fromMs: number, nowMs: number): Promise<FeedHistory> {
  const from = new Date(fromMs).toISOString();
  const totals = await selectTotals(db, from);
  const minutes = await selectMinutes(db, new Date(Math.max(fromMs, nowMs - shownMinutesMs)).toISOString());
  return {
    from,
    feeds: totals.map((feed) => ({ ...feed, minutes: minutes.get(feed.id) ?? [] })),
  };
}

async function selectTotals(db: Query, from: string): Promise<Totals[]> {
  const rows = await db.query<Omit<Totals, 'rejectedByReason'> & { reasons: Record<string, number> | null }>(
    `SELECT t.*, r.reasons FROM (
       SELECT feed_id AS id, sum(received) AS received, sum(accepted) AS accepted, sum(rejected) AS rejected,
         sum(duplicates) AS duplicates
       FROM feed_minute WHERE minute >= $1 GROUP BY feed_id) AS t
     LEFT JOIN (
       SELECT feed_id, jsonb_object_agg(key, n) AS reasons FROM (
         -- alike minutes are taken apart once
         SELECT feed_id, key, sum(value::int * times) AS n FROM (
           SELECT feed_id, rejected_by_reason, count(*) AS times FROM feed_minute
           WHERE minute >= $1 AND rejected_by_reason <> '{}' GROUP BY feed_id, rejected_by_reason) AS alike,
           jsonb_each_text(rejected_by_reason)
         GROUP BY feed_id, key) AS by_reason
       GROUP BY feed_id) AS r ON r.feed_id = t.id
     ORDER BY t.id`,
    [from],
  );
  return rows.map(({ reasons, ...feed }) => ({ ...feed, rejectedByReason: reasons ?? {} }));
}

async function selectMinutes(db: Query, from: string): Promise<Map<string, FeedMinute[]>> {
  const rows = await db.query<MinuteRow>(
    `SELECT feed_id, minute, received, accepted, rejected, duplicates, lag_p50_ms, lag_p99_ms
     FROM feed_minute WHERE minute >= $1 ORDER BY minute`,
    [from],
  );
  const minutes = new Map<string, FeedMinute[]>();
  for (const row of rows) {
    const of = minutes.get(row.feed_id);
    const { received, accepted, rejected, duplicates } = row;
    const counts = [received, accepted, rejected, duplicates] as const;
    const minute: FeedMinute = [row.minute.toISOString(), ...counts, row.lag_p50_ms, row.lag_p99_ms];
    if (of === undefined) minutes.set(row.feed_id, [minute]);
    else of.push(minute);
  }
  return minutes;
}

/** Lets go of minutes older than eight days; returns how many rows went. */
export const deleteOldFeedMinutes = (db: Query, nowMs: number): Promise<number> =>
  db.execute('DELETE FROM feed_minute WHERE minute < $1', [
    new Date(nowMs - keptFeedMinutesMs).toISOString(),
  ]);

/** When each feed was heard last, to the minute; epoch milliseconds. */
export async function selectLastHeard(db: Query): Promise<Map<string, number>> {
  const rows = await db.query<{ feed_id: string; minute: Date }>(
    'SELECT feed_id, max(minute) AS minute FROM feed_minute WHERE received > 0 GROUP BY feed_id',
  );
  return new Map(rows.map((row) => [row.feed_id, row.minute.getTime() + minuteMs]));
}
