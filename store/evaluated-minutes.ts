// SQL of the minutes in which alarm rules were evaluated: what was counted, and the gaps between.
import type { EvaluatedTime } from '../model/alarm-metrics.ts';
import { periodMs } from '../model/alarm-metrics.ts';
import type { Query } from './connect.ts';

const minuteMs = 60_000;
/** A year, and a month to compare it with the one before. */
const keptDays = 400;
/** The latest; a page shows no more. */
const mostGaps = 300;

/** Each minute once, whichever process brings it. @param minutesMs their starts, epoch milliseconds. */
export const insertEvaluatedMinutes = (db: Query, minutesMs: readonly number[]): Promise<number> =>
  db.execute('INSERT INTO evaluated_minute SELECT unnest($1::timestamptz[]) ON CONFLICT DO NOTHING', [
    minutesMs.map((ms) => new Date(ms).toISOString()),
  ]);

export const deleteOldEvaluatedMinutes = (db: Query, nowMs: number): Promise<number> =>
  db.execute('DELETE FROM evaluated_minute WHERE minute < $1', [new Date(nowMs - keptDays * 86_400_000)]);

/** @param untilMs up to which every minute should have been written by now. */
export async function selectEvaluated(tx: Query, fromMs: number, untilMs: number): Promise<EvaluatedTime> {
  const span = [new Date(fromMs), new Date(untilMs)];
  const [counted] = await tx.query<{ since_ms: number | null; minutes: number; periods: number }>(
    `SELECT (SELECT extract(epoch FROM min(minute))::float8 * 1000 FROM evaluated_minute) AS since_ms,
       count(*)::int AS minutes,
       count(DISTINCT floor((extract(epoch FROM minute)::float8 * 1000 - $3) / ${periodMs}))::int AS periods
     FROM evaluated_minute WHERE minute >= $1 AND minute < $2`,
    [...span, fromMs],
  );
  const { since_ms: sinceMs, minutes, periods } = counted!;
  if (sinceMs === null) return { sinceMs, minutes, periods, missedMinutes: 0, gaps: [[fromMs, untilMs]] };
  const beginMs = Math.ceil(Math.max(fromMs, sinceMs) / minuteMs) * minuteMs;
  const endMs = Math.max(beginMs, Math.floor(untilMs / minuteMs) * minuteMs);
  const rows = await tx.query<{ from_ms: number; to_ms: number }>(
    `SELECT extract(epoch FROM began)::float8 * 1000 AS from_ms, extract(epoch FROM minute)::float8 * 1000 AS to_ms
     FROM (SELECT minute, coalesce(lag(minute) OVER (ORDER BY minute) + interval '1 minute', $1) AS began
       FROM (SELECT minute FROM evaluated_minute WHERE minute >= $1 AND minute < $2 UNION ALL SELECT $2) AS all_minutes
     ) AS between_two WHERE minute > began ORDER BY minute DESC LIMIT ${mostGaps}`,
    [new Date(beginMs), new Date(endMs)],
  );
  const gaps = rows.reverse().map(({ from_ms, to_ms }) => [from_ms, to_ms] as const);
  const before = sinceMs > fromMs ? [[fromMs, Math.min(beginMs, untilMs)] as const] : [];
  const missedMinutes = Math.max(0, (endMs - beginMs) / minuteMs - minutes);
  return { sinceMs, minutes, periods, missedMinutes, gaps: [...before, ...gaps] };
}
