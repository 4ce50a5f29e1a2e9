// SQL of the time bar: how much was received when, which alarms began, and where nothing was heard.
import type { Density } from '../model/moment.ts';
import type { Database, Query } from './connect.ts';
import { looking } from './moments.ts';

export interface DensityAsked {
  /** Epoch milliseconds. */
  fromMs: number;
  toMs: number;
  buckets: number;
  nowMs: number;
  withSimulated: boolean;
}

const minuteMs = 60_000;
/** A minute is written at its turn; what is younger is not missing yet. */
const writtenWithinMs = 2 * minuteMs;
const mostAlarms = 500;
const mostGaps = 300;
const iso = (ms: number): string => new Date(ms).toISOString();

/** How many minutes a step of the bar holds: whole ones, for that is what is counted. */
export const stepOf = ({
  fromMs,
  toMs,
  buckets,
}: Pick<DensityAsked, 'fromMs' | 'toMs' | 'buckets'>): number =>
  Math.max(1, Math.ceil((toMs - fromMs) / minuteMs / buckets)) * minuteMs;

export async function selectDensity(db: Database, asked: DensityAsked): Promise<Density> {
  const stepMs = stepOf(asked);
  const fromMs = Math.floor(asked.fromMs / stepMs) * stepMs;
  return looking(db, async (tx) => {
    const minutes = await selectMinutes(tx, fromMs, asked.toMs);
    const [first] = await tx.query<{ minute: Date | null }>('SELECT min(minute) AS minute FROM feed_minute');
    const keptFrom = first?.minute?.getTime() ?? asked.nowMs;
    const accepted = new Array<number>(Math.max(1, Math.ceil((asked.toMs - fromMs) / stepMs))).fill(0);
    for (const { ms, accepted: n } of minutes) accepted[Math.floor((ms - fromMs) / stepMs)]! += n;
    const gapsUntil = Math.min(asked.toMs, asked.nowMs - writtenWithinMs);
    return {
      from: iso(fromMs),
      to: iso(asked.toMs),
      stepSeconds: stepMs / 1000,
      keptFrom: iso(keptFrom),
      accepted,
      alarms: await selectAlarms(tx, asked),
      gaps: [
        ...toGaps(
          minutes.map(({ ms }) => ms),
          Math.max(fromMs, keptFrom),
          gapsUntil,
        ),
        ...(await selectSilences(tx, asked)),
      ].slice(0, mostGaps),
    };
  });
}

const selectMinutes = (
  tx: Query,
  fromMs: number,
  toMs: number,
): Promise<{ ms: number; accepted: number }[]> =>
  tx.query(
    `SELECT (extract(epoch FROM minute) * 1000)::float8 AS ms, sum(accepted)::int AS accepted FROM feed_minute
     WHERE minute >= $1 AND minute < $2 AND received > 0 GROUP BY minute ORDER BY minute`,
    [new Date(fromMs), new Date(toMs)],
  );

/** Stretches of two minutes and more in which no feed counted anything. `minutes` are the starts of those heard, in order. */
export function toGaps(minutes: readonly number[], fromMs: number, untilMs: number): Density['gaps'] {
  const gaps: Density['gaps'] = [];
  let heardTo = Math.ceil(fromMs / minuteMs) * minuteMs;
  const close = (to: number): void => {
    if (to - heardTo >= 2 * minuteMs) gaps.push({ from: iso(heardTo), to: iso(to), feeds: [] });
  };
  for (const minute of minutes) {
    if (minute < fromMs || minute > untilMs) continue;
    close(minute);
    heardTo = minute + minuteMs;
  }
  close(Math.floor(untilMs / minuteMs) * minuteMs);
  return gaps;
}

/** The gravest first, so that a flood of small ones hides none of them; given back in order of time. */
async function selectAlarms(tx: Query, asked: DensityAsked): Promise<Density['alarms']> {
  const rows = await tx.query<{
    id: string;
    at: Date;
    until: Date | null;
    priority: Density['alarms'][number]['priority'];
    name: Density['alarms'][number]['name'];
    subject: string;
  }>(
    `SELECT t.alarm_no::text AS id, t.at, u.at AS until, t.priority, a.body -> 'name' AS name,
       a.body -> 'subject' ->> 'name' AS subject
     FROM alarm_transition t JOIN alarm a USING (alarm_no)
     LEFT JOIN LATERAL (
       SELECT min(at) AS at FROM alarm_transition r
       WHERE r.alarm_no = t.alarm_no AND r.occurrence = t.occurrence AND r.act = 'return' AND r.at >= t.at) AS u ON true
     WHERE t.act = 'raise' AND t.at >= $1 AND t.at <= $2
       AND ($3 OR NOT coalesce((a.body -> 'subject' ->> 'simulated')::boolean, false))
     ORDER BY t.priority, t.at DESC LIMIT ${mostAlarms}`,
    [new Date(asked.fromMs), new Date(asked.toMs), asked.withSimulated],
  );
  return rows
    .sort((a, b) => a.at.getTime() - b.at.getTime())
    .map(({ at, until, ...row }) => ({ ...row, at: at.toISOString(), until: until?.toISOString() ?? null }));
}

/** When feeds were silent, as ingest said it: from when one was heard last until it was back. */
async function selectSilences(
  tx: Query,
  { fromMs, toMs, withSimulated }: DensityAsked,
): Promise<Density['gaps']> {
  const rows = await tx.query<{ feed: string; since: string; back: Date | null }>(
    `SELECT c.noun_id AS feed, c.body ->> 'since' AS since, b.at AS back
     FROM change_log c LEFT JOIN change_log b
       ON b.noun = 'feed' AND b.noun_id = c.noun_id AND b.version = c.version + 1
     WHERE c.noun = 'feed' AND c.body ->> 'state' = 'silent' AND c.at <= $2 AND coalesce(b.at, $2) >= $1
       AND ($3 OR NOT coalesce((c.body ->> 'simulated')::boolean, false))
     ORDER BY c.at DESC LIMIT ${mostGaps}`,
    [new Date(fromMs), new Date(toMs), withSimulated],
  );
  return rows.map(({ feed, since, back }) => ({
    from: iso(Math.max(fromMs, Date.parse(since))),
    to: iso(Math.min(toMs, back?.getTime() ?? toMs)),
    feeds: [feed],
  }));
}
