// The figures of the standard from what was counted: targets, shares, and what a flood is.
import fc from 'fast-check';
import { Compile } from 'typebox/compile';
import { describe, expect, test } from 'vitest';
import {
  AlarmMetrics,
  floodPeriods,
  toAlarmMetrics,
  type AlarmTotals,
  type FigureId,
} from '../../model/alarm-metrics.ts';

const now = { alarms: 9, unanswered: 1, standing: 2, stale: 0, shelved: 1, suppressed: 0, outOfService: 0 };
const none: AlarmTotals = {
  periods: [],
  hours: [],
  byPriority: {},
  frequent: [],
  chattering: { alarms: 0, most: [] },
  returned: 0,
  fleeting: 0,
  answers: { count: 0, medianSeconds: null, p90Seconds: null },
  escalated: 0,
  now,
  evaluated: { sinceMs: 0, minutes: 1_440, periods: 144, missedMinutes: 0, gaps: [] },
};
const dayMs = 86_400_000;
const range = { fromMs: 0, toMs: dayMs, nowMs: dayMs, positions: 1 };
const figureOf = (totals: Partial<AlarmTotals>, id: FigureId, positions = 1) =>
  toAlarmMetrics({ ...none, ...totals }, { ...range, positions }).figures.find((each) => each.id === id)!;

test('nothing at all: rates of 0, and no share of nothing', () => {
  const metrics = toAlarmMetrics(none, range);
  expect([...Compile(AlarmMetrics).Errors(metrics)]).toEqual([]);
  expect(figureOf({}, 'per-10-min')).toMatchObject({ value: 0, outOf: 0, verdict: 'acceptable' });
  expect(figureOf({}, 'top-ten')).toMatchObject({ value: null, verdict: null });
  expect(figureOf({}, 'answer-median')).toMatchObject({ value: null, outOf: 0, verdict: null });
  expect(metrics.priorities.map(({ sharePct }) => sharePct)).toEqual([null, null, null, null]);
});

test('a day of 216 alarms is 1.5 in ten minutes: manageable by one, acceptable for two', () => {
  const periods = Array.from({ length: 144 }, (_, n) => [n, n % 2 ? 2 : 1] as const);
  expect(figureOf({ periods }, 'per-10-min')).toMatchObject({ value: 1.5, verdict: 'manageable' });
  expect(figureOf({ periods }, 'per-hour')).toMatchObject({ value: 9, verdict: 'manageable' });
  expect(figureOf({ periods }, 'per-day', 2)).toMatchObject({ value: 108, verdict: 'acceptable' });
  expect(figureOf({ periods }, 'worst-period', 2)).toMatchObject({ value: 1, outOf: 144 });
});

test('rates are of the time in which the rules were evaluated; of none there is no rate', () => {
  const periods: AlarmTotals['periods'] = [[140, 6]];
  const lately = { sinceMs: dayMs - 3_600_000, minutes: 50, periods: 6, missedMinutes: 10, gaps: [] };
  expect(figureOf({ periods, evaluated: lately }, 'per-10-min').value).toBeCloseTo(1.2);
  expect(figureOf({ periods, evaluated: lately }, 'busy-periods')).toMatchObject({ value: 0, outOf: 6 });
  const never = { sinceMs: null, minutes: 0, periods: 0, missedMinutes: 0, gaps: [[0, dayMs]] as const };
  for (const id of ['per-10-min', 'per-hour', 'per-day', 'busy-periods', 'worst-period', 'flood'] as const)
    expect(figureOf({ evaluated: never }, id)).toMatchObject({ value: null, verdict: null });
  const metrics = toAlarmMetrics({ ...none, evaluated: never }, range);
  expect([...Compile(AlarmMetrics).Errors(metrics)]).toEqual([]);
  expect(metrics.evaluated).toMatchObject({
    since: null,
    gaps: [['1970-01-01T00:00:00.000Z', '1970-01-02T00:00:00.000Z']],
  });
});

test('shares of priorities stand beside 5, 15 and 80', () => {
  const { priorities, annunciated } = toAlarmMetrics(
    { ...none, periods: [[3, 10]], byPriority: { 1: 1, 2: 2, 4: 7 } },
    range,
  );
  expect(annunciated).toBe(10);
  expect(priorities.map(({ count, sharePct, targetPct }) => [count, sharePct, targetPct])).toEqual([
    [1, 10, 5],
    [2, 20, 15],
    [0, 0, 80],
    [7, 70, null],
  ]);
});

describe('a flood', () => {
  test.each([
    [[], 0],
    [[[0, 10]], 0],
    [[[0, 11]], 1],
    [
      [
        [0, 11],
        [1, 5],
        [2, 9],
        [3, 4],
        [4, 9],
      ],
      3,
    ],
    [
      [
        [0, 11],
        [2, 9],
      ],
      1,
    ],
    [
      [
        [0, 11],
        [1, 4],
        [2, 11],
        [3, 6],
      ],
      3,
    ],
  ] as [[number, number][], number][])('%j takes %i periods', (counts, periods) => {
    expect(floodPeriods(counts)).toBe(periods);
  });

  test('is what a walk over every period finds', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 14 }), { maxLength: 60 }), (counts) => {
        let flooded = 0;
        let inFlood = false;
        for (const count of counts) {
          inFlood = count > 10 || (inFlood && count >= 5);
          if (inFlood) flooded++;
        }
        const sparse = counts.map((count, n) => [n, count] as const).filter(([, count]) => count > 0);
        expect(floodPeriods(sparse)).toBe(flooded);
      }),
    );
  });

  test('counts against the whole range', () => {
    expect(
      figureOf(
        {
          periods: [
            [0, 20],
            [1, 20],
          ],
        },
        'flood',
      ),
    ).toMatchObject({
      value: (100 * 2) / 144,
      outOf: 144,
      verdict: 'manageable',
    });
    expect(figureOf({ periods: [[0, 20]] }, 'busy-periods', 2).value).toBe(0);
  });
});
