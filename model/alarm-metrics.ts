// How the alarm system does, in the figures of ISA-18.2 clause 16 (and EEMUA 191), each beside its target. Pure.
import Type, { type Static } from 'typebox';
import { alarmPriorities, escalateAfterSeconds, type AlarmPriority } from './alarm.ts';
import { Words } from './words.ts';

/** The standard counts in periods of ten minutes of one operator's position. */
export const periodMs = 600_000;
/** More than this in a period is a flood; it ends with the first period under `floodEndsBelow` (clause 16.5.4). */
export const floodAbove = 10;
export const floodEndsBelow = 5;
/** Raised so often within a minute, an alarm chatters. */
export const chatterRaises = 3;
export const chatterWithinSeconds = 60;
/** Gone within this, before anybody could have done anything. */
export const fleetingSeconds = 60;
export const staleAfterHours = 24;
/** Acts after which an alarm that is unacknowledged was annunciated just then. */
export const annunciatingActs = ['raise', 'unsuppress', 'unshelve', 'return-to-service'] as const;

const Time = Type.String({ format: 'date-time' });
const Count = Type.Integer({ minimum: 0 });

/** An alarm with how often it did what is counted. */
export const CountedAlarm = Type.Object({
  alarmId: Type.String(),
  ruleId: Type.String(),
  name: Words,
  subject: Type.Object({ id: Type.String(), name: Type.String() }),
  count: Count,
});
export type CountedAlarm = Static<typeof CountedAlarm>;

export const figureIds = [
  'per-10-min',
  'per-hour',
  'per-day',
  'busy-periods',
  'worst-period',
  'flood',
  'top-ten',
  'chattering',
  'fleeting',
  'stale',
  'answer-median',
  'answer-p90',
  'escalated',
] as const;
export type FigureId = (typeof figureIds)[number];

export const Figure = Type.Object({
  id: Type.Enum(figureIds),
  value: Type.Union([Type.Number(), Type.Null()], { description: 'null: there was nothing to count' }),
  unit: Type.Union([Type.Literal('count'), Type.Literal('percent'), Type.Literal('seconds')]),
  acceptable: Type.Number({ description: 'at most this is acceptable' }),
  manageable: Type.Number({ description: 'more than this cannot be managed' }),
  outOf: Count,
  verdict: Type.Union([
    Type.Literal('acceptable'),
    Type.Literal('manageable'),
    Type.Literal('over'),
    Type.Null(),
  ]),
});
export type Figure = Static<typeof Figure>;

/** How the alarms stand at this moment, whatever range was asked for. */
export const AlarmsNow = Type.Object({
  alarms: Type.Integer({ minimum: 0, description: 'that there ever were: of so many' }),
  unanswered: Count,
  standing: Type.Integer({ minimum: 0, description: 'active and annunciated' }),
  stale: Type.Integer({ minimum: 0, description: 'of those, for more than 24 hours' }),
  shelved: Count,
  suppressed: Count,
  outOfService: Count,
});
export type AlarmsNow = Static<typeof AlarmsNow>;

export const AlarmMetrics = Type.Object({
  from: Time,
  to: Time,
  asOf: Time,
  positions: Type.Integer({ minimum: 1, description: 'operators among whom the alarms are shared' }),
  annunciated: Count,
  figures: Type.Array(Figure),
  priorities: Type.Array(
    Type.Object({
      priority: Type.Enum(alarmPriorities),
      count: Count,
      sharePct: Type.Union([Type.Number(), Type.Null()]),
      targetPct: Type.Union([Type.Number(), Type.Null()], {
        description: 'null: shared with the one before',
      }),
    }),
  ),
  frequent: Type.Array(CountedAlarm, { description: 'the ten most frequent' }),
  chattering: Type.Array(CountedAlarm, { description: 'the ten that chattered most' }),
  now: AlarmsNow,
  evaluated: Type.Object(
    {
      since: Type.Union([Time, Type.Null()], { description: 'the first minute that ever was; null: none' }),
      minutes: Type.Integer({ minimum: 0, description: 'of the range' }),
      missedMinutes: Type.Integer({ minimum: 0, description: 'of the range, after the first ever' }),
      gaps: Type.Array(Type.Tuple([Time, Time]), { description: 'not evaluated; the latest 300' }),
    },
    { description: 'minutes in which the rules were evaluated on a current picture: rates are of these' },
  ),
  hours: Type.Array(Type.Tuple([Time, Count]), { description: 'annunciated in each hour that had any' }),
});
export type AlarmMetrics = Static<typeof AlarmMetrics>;

/** What the store counts; times are epoch milliseconds. */
export interface AlarmTotals {
  /** Annunciated in each period that had any, counted from the start of the range: its number, then how many. */
  periods: readonly (readonly [period: number, count: number])[];
  hours: readonly (readonly [startMs: number, count: number])[];
  byPriority: Readonly<Partial<Record<AlarmPriority, number>>>;
  /** Of all that were annunciated, the ten most frequent. */
  frequent: readonly CountedAlarm[];
  chattering: { alarms: number; most: readonly CountedAlarm[] };
  returned: number;
  /** Of those, within `fleetingSeconds`. */
  fleeting: number;
  answers: { count: number; medianSeconds: number | null; p90Seconds: number | null };
  escalated: number;
  now: AlarmsNow;
  evaluated: EvaluatedTime;
}

/** When the rules were evaluated, in one range; times are epoch milliseconds. */
export interface EvaluatedTime {
  /** The first minute that ever was. */
  sinceMs: number | null;
  minutes: number;
  /** Periods that had any such minute, counted from the start of the range. */
  periods: number;
  missedMinutes: number;
  gaps: readonly (readonly [fromMs: number, toMs: number])[];
}

export interface MetricsRange {
  fromMs: number;
  toMs: number;
  nowMs: number;
  positions: number;
}

/** ISA-18.2 (2016) table 5 and 7: about 80 / 15 / 5; our lowest two priorities share the 80. */
const priorityTargets: Readonly<Record<AlarmPriority, number | null>> = { 1: 5, 2: 15, 3: 80, 4: null };

export function toAlarmMetrics(totals: AlarmTotals, range: MetricsRange): AlarmMetrics {
  const annunciated = totals.periods.reduce((sum, [, count]) => sum + count, 0);
  const iso = (ms: number): string => new Date(ms).toISOString();
  const { evaluated } = totals;
  return {
    from: iso(range.fromMs),
    to: iso(range.toMs),
    asOf: iso(range.nowMs),
    positions: range.positions,
    annunciated,
    figures: toFigures(totals, range.positions, annunciated),
    priorities: alarmPriorities.map((priority) => {
      const count = totals.byPriority[priority] ?? 0;
      const targetPct = priorityTargets[priority];
      return { priority, count, sharePct: percent(count, annunciated), targetPct };
    }),
    frequent: [...totals.frequent],
    chattering: [...totals.chattering.most],
    now: totals.now,
    evaluated: {
      since: evaluated.sinceMs === null ? null : iso(evaluated.sinceMs),
      minutes: evaluated.minutes,
      missedMinutes: evaluated.missedMinutes,
      gaps: evaluated.gaps.map(([fromMs, toMs]) => [iso(fromMs), iso(toMs)]),
    },
    hours: totals.hours.map(([startMs, count]) => [iso(startMs), count]),
  };
}

/** Of time in which nobody evaluated the rules nothing is said: it was not quiet, it is not known. */
function toFigures(totals: AlarmTotals, positions: number, annunciated: number): Figure[] {
  const days = totals.evaluated.minutes / 1_440;
  const periods = Math.max(totals.evaluated.periods, totals.periods.length);
  const perPosition = totals.periods.map(([period, count]) => [period, count / positions] as const);
  const busy = perPosition.filter(([, count]) => count > floodAbove).length;
  const worst = perPosition.reduce((most, [, count]) => Math.max(most, count), 0);
  const topTen = totals.frequent.reduce((sum, { count }) => sum + count, 0);
  const rate = days === 0 ? null : annunciated / positions / days;
  const rateOf = (parts: number): number | null => (rate === null ? null : rate / parts);
  const { answers } = totals;
  return [
    figure('per-10-min', rateOf(144), 'count', 1, 2, annunciated),
    figure('per-hour', rateOf(24), 'count', 6, 12, annunciated),
    figure('per-day', rate, 'count', 144, 288, annunciated),
    figure('busy-periods', percent(busy, periods), 'percent', 1, 5, periods),
    figure('worst-period', periods === 0 ? null : worst, 'count', floodAbove, floodAbove, periods),
    figure('flood', percent(floodPeriods(perPosition), periods), 'percent', 1, 5, periods),
    figure('top-ten', percent(topTen, annunciated), 'percent', 1, 5, annunciated),
    figure('chattering', totals.chattering.alarms, 'count', 0, 0, annunciated),
    figure('fleeting', totals.fleeting, 'count', 0, 0, totals.returned),
    figure('stale', totals.now.stale, 'count', 5, 5, totals.now.standing),
    figure('answer-median', answers.medianSeconds, 'seconds', escalateAfterSeconds, 300, answers.count),
    figure('answer-p90', answers.p90Seconds, 'seconds', escalateAfterSeconds, 300, answers.count),
    figure('escalated', percent(totals.escalated, annunciated), 'percent', 5, 10, annunciated),
  ];
}

function figure(
  id: FigureId,
  value: number | null,
  unit: Figure['unit'],
  acceptable: number,
  manageable: number,
  outOf: number,
): Figure {
  const verdict =
    value === null ? null : value <= acceptable ? 'acceptable' : value <= manageable ? 'manageable' : 'over';
  return { id, value, unit, acceptable, manageable, outOf, verdict };
}

const percent = (part: number, whole: number): number | null => (whole === 0 ? null : (100 * part) / whole);

/**
 * How many periods were spent in flood: from the first with more than ten alarms up to the first with fewer than five,
 * which is no more of it.
 * @param counts of periods that had any, ascending; what lies between had none.
 */
export function floodPeriods(counts: readonly (readonly [period: number, count: number])[]): number {
  let flooded = 0;
  let last: number | undefined;
  for (const [period, count] of counts) {
    const goesOn = last !== undefined && period === last + 1;
    if (count > floodAbove || (goesOn && count >= floodEndsBelow)) {
      flooded++;
      last = period;
    } else last = undefined;
  }
  return flooded;
}
