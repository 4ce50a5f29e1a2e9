// SQL of the alarm system's figures: what was annunciated, answered, left standing, in one range of time.
import {
  annunciatingActs,
  chatterRaises,
  chatterWithinSeconds,
  fleetingSeconds,
  periodMs,
  staleAfterHours,
  type AlarmsNow,
  type AlarmTotals,
  type CountedAlarm,
} from '../model/alarm-metrics.ts';
import type { Alarm, AlarmPriority } from '../model/alarm.ts';
import type { Database, Query } from './connect.ts';
import { looking } from './moments.ts';
import { selectEvaluated } from './evaluated-minutes.ts';

const listed = 10;
/** A minute is written at its turn; what is younger is not missing yet. */
const writtenWithinMs = 120_000;

interface Range {
  fromMs: number;
  /** Not of the range itself. */
  toMs: number;
  /** At which alarms count as standing for too long. */
  nowMs: number;
}

const acts = annunciatingActs.map((act) => `'${act}'`).join(', ');
const annunciated = (table: string): string =>
  `${table}.act IN (${acts}) AND ${table}.state = 'unacknowledged'`;
const inRange = (table: string): string => `${table}.at >= $1 AND ${table}.at < $2`;

/** All of one instant, so that the figures agree with each other. */
export async function selectAlarmTotals(db: Database, range: Range): Promise<AlarmTotals> {
  const span = [new Date(range.fromMs), new Date(range.toMs)];
  return looking(db, async (tx) => {
    return {
      periods: await selectCounts(tx, span, range.fromMs, periodMs),
      hours: (await selectCounts(tx, span, 0, 3_600_000)).map(
        ([hour, count]) => [hour * 3_600_000, count] as const,
      ),
      byPriority: await selectPriorities(tx, span),
      frequent: await selectFrequent(tx, span),
      chattering: await selectChattering(tx, span),
      ...(await selectReturns(tx, span)),
      answers: await selectAnswers(tx, span),
      escalated: await selectEscalated(tx, span),
      now: await selectNow(tx, range.nowMs),
      evaluated: await selectEvaluated(tx, range.fromMs, Math.min(range.toMs, range.nowMs - writtenWithinMs)),
    };
  });
}

/** How many in each whole step since `startMs` that had any. */
async function selectCounts(
  tx: Query,
  span: Date[],
  startMs: number,
  stepMs: number,
): Promise<[number, number][]> {
  const rows = await tx.query<{ step: number; n: number }>(
    `SELECT floor((round(extract(epoch FROM at)::float8 * 1000) - $3) / $4)::int AS step, count(*)::int AS n
     FROM alarm_transition AS t WHERE ${annunciated('t')} AND ${inRange('t')} GROUP BY step ORDER BY step`,
    [...span, startMs, stepMs],
  );
  return rows.map(({ step, n }) => [step, n]);
}

async function selectPriorities(tx: Query, span: Date[]): Promise<AlarmTotals['byPriority']> {
  const rows = await tx.query<{ priority: AlarmPriority; n: number }>(
    `SELECT priority, count(*)::int AS n FROM alarm_transition AS t
     WHERE ${annunciated('t')} AND ${inRange('t')} GROUP BY priority`,
    span,
  );
  return Object.fromEntries(rows.map(({ priority, n }) => [priority, n]));
}

interface CountedRow {
  alarm_no: number;
  n: number;
  body: Alarm;
}

const toCounted = ({ alarm_no, n, body }: CountedRow): CountedAlarm => ({
  alarmId: String(alarm_no),
  ruleId: body.ruleId,
  name: body.name,
  subject: { id: body.subject.id, name: body.subject.name },
  count: n,
});

async function selectFrequent(tx: Query, span: Date[]): Promise<CountedAlarm[]> {
  const rows = await tx.query<CountedRow>(
    `SELECT alarm_no, n, body FROM (
       SELECT alarm_no, count(*)::int AS n FROM alarm_transition AS t
       WHERE ${annunciated('t')} AND ${inRange('t')} GROUP BY alarm_no ORDER BY n DESC, alarm_no LIMIT ${listed}
     ) AS most JOIN alarm USING (alarm_no) ORDER BY n DESC, alarm_no`,
    span,
  );
  return rows.map(toCounted);
}

/** Counts how often an alarm was raised as the third time, or more, within a minute. */
async function selectChattering(tx: Query, span: Date[]): Promise<AlarmTotals['chattering']> {
  const rows = await tx.query<CountedRow & { alarms: number }>(
    `SELECT alarm_no, n, alarms, body FROM (
       SELECT alarm_no, count(*)::int AS n, count(*) OVER ()::int AS alarms FROM (
         SELECT alarm_no, at, lag(at, ${chatterRaises - 1}) OVER (PARTITION BY alarm_no ORDER BY version) AS before
         FROM alarm_transition AS t WHERE act = 'raise' AND ${inRange('t')}) AS raises
       WHERE at - before <= make_interval(secs => ${chatterWithinSeconds})
       GROUP BY alarm_no ORDER BY n DESC, alarm_no LIMIT ${listed}
     ) AS most JOIN alarm USING (alarm_no) ORDER BY n DESC, alarm_no`,
    span,
  );
  return { alarms: rows[0]?.alarms ?? 0, most: rows.map(toCounted) };
}

async function selectReturns(tx: Query, span: Date[]): Promise<Pick<AlarmTotals, 'returned' | 'fleeting'>> {
  const [row] = await tx.query<{ returned: number; fleeting: number }>(
    `SELECT count(*)::int AS returned,
       count(*) FILTER (WHERE t.at - raised.at < make_interval(secs => ${fleetingSeconds}))::int AS fleeting
     FROM alarm_transition AS t JOIN LATERAL (
       SELECT at FROM alarm_transition AS r
       WHERE r.alarm_no = t.alarm_no AND r.occurrence = t.occurrence AND r.act = 'raise'
       ORDER BY version DESC LIMIT 1) AS raised ON true
     WHERE t.act = 'return' AND ${inRange('t')}`,
    span,
  );
  return row!;
}

/** From when an alarm was annunciated last to when somebody acknowledged it. */
async function selectAnswers(tx: Query, span: Date[]): Promise<AlarmTotals['answers']> {
  const [row] = await tx.query<{ count: number; median: number | null; p90: number | null }>(
    `SELECT count(*)::int AS count, percentile_cont(0.5) WITHIN GROUP (ORDER BY seconds) AS median,
       percentile_cont(0.9) WITHIN GROUP (ORDER BY seconds) AS p90
     FROM (SELECT extract(epoch FROM t.at - called.at)::float8 AS seconds
       FROM alarm_transition AS t JOIN LATERAL (
         SELECT at FROM alarm_transition AS r
         WHERE r.alarm_no = t.alarm_no AND r.occurrence = t.occurrence AND r.version < t.version
           AND ${annunciated('r')}
         ORDER BY version DESC LIMIT 1) AS called ON true
       WHERE t.act = 'acknowledge' AND ${inRange('t')}) AS answers`,
    span,
  );
  const { count, median, p90 } = row!;
  return { count, medianSeconds: median, p90Seconds: p90 };
}

async function selectEscalated(tx: Query, span: Date[]): Promise<number> {
  const [row] = await tx.query<{ n: number }>(
    `SELECT count(*)::int AS n FROM alarm_transition AS t WHERE act = 'escalate' AND ${inRange('t')}`,
    span,
  );
  return row!.n;
}

async function selectNow(tx: Query, nowMs: number): Promise<AlarmsNow> {
  const [row] = await tx.query<AlarmsNow>(
    `SELECT count(*)::int AS alarms,
       count(*) FILTER (WHERE state IN ('unacknowledged', 'returned'))::int AS unanswered,
       count(*) FILTER (WHERE state IN ('unacknowledged', 'acknowledged'))::int AS standing,
       count(*) FILTER (WHERE state IN ('unacknowledged', 'acknowledged') AND raised_at < $1)::int AS stale,
       count(*) FILTER (WHERE state = 'shelved')::int AS shelved,
       count(*) FILTER (WHERE state = 'suppressed')::int AS suppressed,
       count(*) FILTER (WHERE state = 'out-of-service')::int AS "outOfService"
     FROM alarm`,
    [new Date(nowMs - staleAfterHours * 3_600_000)],
  );
  return row!;
}
