// The rules of the timetable: service days, calendars, how a delay travels, headways; and the board they make.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  addDays,
  dateAt,
  parseGtfsDate,
  propagateDelays,
  runsOn,
  startOfServiceDay,
  startsWithin,
  type ScheduledStop,
} from '../../model/transit-times.ts';
import { toDepartures, windowsAround } from '../../server/departure-board.ts';
import type { FrequentPassing, ScheduledPassing, StopBoard } from '../../store/departures.ts';
import { keyOfTripUpdate, type TripUpdateRow } from '../../store/trip-updates.ts';

const jakarta = 'Asia/Jakarta';
const at = (text: string): number => Date.parse(text);

describe('service days', () => {
  test('a day in Siantar begins at midnight, 17:00 UTC the day before', () => {
    expect(startOfServiceDay('2026-11-24', jakarta)).toBe(at('2026-11-23T17:00:00Z'));
    expect(dateAt(at('2026-11-23T16:59:59Z'), jakarta)).toBe('2026-11-23');
    expect(dateAt(at('2026-11-23T17:00:00Z'), jakarta)).toBe('2026-11-24');
  });

  test('where clocks change, times count from noon minus twelve hours', () => {
    // 23 hours long: what counts as its start is an hour before midnight.
    expect(startOfServiceDay('2026-03-29', 'Europe/Berlin')).toBe(at('2026-03-28T22:00:00Z'));
    expect(startOfServiceDay('2026-10-25', 'Europe/Berlin')).toBe(at('2026-10-24T23:00:00Z'));
    expect(startOfServiceDay('2026-11-24', 'Pacific/Kiritimati')).toBe(at('2026-11-23T10:00:00Z'));
  });

  test('days are days of the calendar', () => {
    expect(parseGtfsDate('20280229')).toBe('2028-02-29');
    for (const text of ['20260229', '20261301', '2026-11-24', '', '202611240'])
      expect(parseGtfsDate(text)).toBeUndefined();
    expect([addDays('2026-12-31', 1), addDays('2026-03-01', -1)]).toEqual(['2027-01-01', '2026-02-28']);
    fc.assert(
      fc.property(
        fc.date({ min: new Date('1990-01-01'), max: new Date('2099-12-31'), noInvalidDate: true }),
        fc.constantFrom(jakarta, 'America/New_York', 'Australia/Lord_Howe', 'UTC'),
        (moment, zone) => {
          const noon = startOfServiceDay(dateAt(moment.getTime(), zone), zone) + 12 * 3_600_000;
          expect(Math.abs(noon - moment.getTime())).toBeLessThanOrEqual(13 * 3_600_000);
        },
      ),
    );
  });

  test('calendars: weekdays, both ends within, exceptions first', () => {
    const weekdays = { weekdays: 0b0011111, startDate: '2026-11-02', endDate: '2026-11-27' };
    expect(runsOn(weekdays, '2026-11-24', undefined)).toBe(true);
    expect(runsOn(weekdays, '2026-11-22', undefined)).toBe(false);
    expect(runsOn(weekdays, '2026-11-02', undefined)).toBe(true);
    expect(runsOn(weekdays, '2026-11-27', undefined)).toBe(true);
    expect(runsOn(weekdays, '2026-11-30', undefined)).toBe(false);
    expect(runsOn(weekdays, '2026-11-24', 'removed')).toBe(false);
    expect(runsOn(weekdays, '2026-12-25', 'added')).toBe(true);
    const byExceptionsAlone = { weekdays: 0, startDate: undefined, endDate: undefined };
    expect(runsOn(byExceptionsAlone, '2026-11-24', undefined)).toBe(false);
    expect(runsOn(byExceptionsAlone, '2026-11-24', 'added')).toBe(true);
  });
});

const start = at('2026-11-24T00:00:00Z');
const line: ScheduledStop[] = [0, 600, 1200, 1800, 2400].map((second, index) => ({
  stopSequence: (index + 1) * 10,
  stopId: 'ABCAE'[index]!,
  arrivalSecond: second,
  departureSecond: second + 60,
}));
const delays = (updates: Parameters<typeof propagateDelays>[1]) =>
  propagateDelays(line, updates, start).map(({ departureDelaySeconds }) => departureDelaySeconds);

describe('delays travel along a trip', () => {
  test('to every later stop until another is given, never to an earlier one', () => {
    expect(
      delays([
        { stopSequence: 20, departureDelaySeconds: 120 },
        { stopSequence: 40, departureDelaySeconds: -30 },
      ]),
    ).toEqual([undefined, 120, 120, -30, -30]);
  });

  test('a time makes a delay, and counts before one', () => {
    expect(delays([{ stopSequence: 10, departureAt: start + 200_000 }])).toEqual([140, 140, 140, 140, 140]);
    const [first] = propagateDelays(
      line,
      [{ stopSequence: 10, arrivalAt: start + 90_000, arrivalDelaySeconds: 5 }],
      start,
    );
    expect(first).toEqual({ arrivalDelaySeconds: 90, departureDelaySeconds: 90, skipped: false });
  });

  test('a skipped stop does not end a delay; one with neither time nor delay does', () => {
    const updates = [
      { stopSequence: 10, departureDelaySeconds: 60 },
      { stopSequence: 20, skipped: true },
      { stopSequence: 40 },
    ];
    expect(delays(updates)).toEqual([60, 60, 60, undefined, undefined]);
    expect(propagateDelays(line, updates, start).map(({ skipped }) => skipped)).toEqual([
      false,
      true,
      false,
      false,
      false,
    ]);
  });

  test('stops by id: of one that is passed twice, each in its turn; unknown ones are left out', () => {
    expect(
      delays([
        { stopId: 'A', departureDelaySeconds: 10 },
        { stopId: 'nowhere', departureDelaySeconds: 999 },
        { stopId: 'A', departureDelaySeconds: 20 },
      ]),
    ).toEqual([10, 10, 10, 20, 20]);
    expect(delays([{ stopSequence: 99, departureDelaySeconds: 5 }])).toEqual(Array(5).fill(undefined));
  });
});

test('starts of a headway that is kept exactly', () => {
  const window = { startSecond: 28_800, endSecond: 32_400, headwaySeconds: 1200 };
  expect(startsWithin(window, 0, 86_400)).toEqual([28_800, 30_000, 31_200]);
  expect(startsWithin(window, 30_000, 30_000)).toEqual([30_000]);
  expect(startsWithin(window, 32_000, 86_400)).toEqual([]);
});

describe('the board of a stop', () => {
  const night = at('2026-11-24T18:00:00Z'); // 01:00 of the 25th in Siantar
  const day = (date: string) => ({ date, startMs: startOfServiceDay(date, jakarta) });
  const passing = (tripId: string, date: string, departureSecond: number): ScheduledPassing => ({
    ...day(date),
    tripNo: 1,
    tripId,
    routeId: 'R1',
    shortName: '01',
    longName: null,
    color: 'C2185B',
    headsign: null,
    stopId: 'S1',
    platform: null,
    stopSequence: 1,
    departureSecond,
  });
  const board = (parts: Partial<StopBoard>): StopBoard => ({
    stop: { stopId: 'S1', name: 'Parluasan', stopNos: [0] },
    scheduled: [],
    frequent: [],
    updates: new Map(),
    stops: new Map([
      [1, [{ stopSequence: 1, stopId: 'S1', arrivalSecond: 90_000, departureSecond: 90_000 }]],
    ]),
    ...parts,
  });
  const told = (update: Partial<TripUpdateRow>): StopBoard['updates'] => {
    const row = {
      tripId: 'T',
      startDate: '2026-11-24',
      sourceId: 'rt',
      observedAt: night - 30_000,
      receivedAt: night,
      updates: [],
      cancelled: false,
      ...update,
    };
    return new Map([[keyOfTripUpdate(row), row]]);
  };

  test('asks of yesterday too, whose trips run past midnight', () => {
    const windows = windowsAround(night, jakarta, 26 * 3600);
    expect(windows.map(({ date }) => date)).toEqual(['2026-11-23', '2026-11-24', '2026-11-25', '2026-11-26']);
    expect(windows[1]).toMatchObject({
      onTimeFromSecond: 25 * 3600,
      fromSecond: 23 * 3600,
      toSecond: 49 * 3600,
    });
    expect(windows[2]).toMatchObject({ onTimeFromSecond: 3600 });
  });

  test("a trip of yesterday's service day leaves tonight", () => {
    const [departure] = toDepartures(
      board({ scheduled: [passing('T', '2026-11-24', 25.5 * 3600)] }),
      night,
      5,
    );
    expect(departure).toMatchObject({
      scheduledAt: '2026-11-24T18:30:00.000Z',
      serviceDate: '2026-11-24',
      live: false,
      delaySeconds: null,
      color: '#C2185B',
    });
  });

  test('one that is late is still to come; one that was early is gone; both in the order people meet them', () => {
    const due = passing('T', '2026-11-24', 25 * 3600 - 300);
    const next = passing('U', '2026-11-24', 25 * 3600 + 60);
    const late = told({ updates: [{ stopSequence: 1, departureDelaySeconds: 420 }] });
    const departures = toDepartures(board({ scheduled: [due, next], updates: late }), night, 5);
    expect(
      departures.map(({ tripId, expectedAt, live, delaySeconds }) => [
        tripId,
        expectedAt,
        live,
        delaySeconds,
      ]),
    ).toEqual([
      ['U', '2026-11-24T18:01:00.000Z', false, null],
      ['T', '2026-11-24T18:02:00.000Z', true, 420],
    ]);
    const early = told({ updates: [{ stopSequence: 1, departureDelaySeconds: -120 }] });
    expect(
      toDepartures(
        board({ scheduled: [passing('T', '2026-11-24', 25 * 3600 + 60)], updates: early }),
        night,
        5,
      ),
    ).toEqual([]);
  });

  test('what was told too long ago is not believed, but that a trip is cancelled is', () => {
    const scheduled = [passing('T', '2026-11-24', 25 * 3600 + 60)];
    const updates = [{ stopSequence: 1, departureDelaySeconds: 300 }];
    const old = { observedAt: night - 3_600_000, updates };
    const [stale] = toDepartures(board({ scheduled, updates: told(old) }), night, 5);
    expect(stale).toMatchObject({ live: false, delaySeconds: null, observedAt: '2026-11-24T17:00:00.000Z' });
    const [gone] = toDepartures(board({ scheduled, updates: told({ ...old, cancelled: true }) }), night, 5);
    expect(gone).toMatchObject({ cancelled: true, live: false });
    const skips = told({ updates: [{ stopSequence: 1, skipped: true }] });
    expect(toDepartures(board({ scheduled, updates: skips }), night, 5)).toMatchObject([
      { skipped: true, cancelled: false },
    ]);
  });

  test('headways: shown as such, or as the departures they mean', () => {
    const frequent = (exactTimes: boolean): FrequentPassing => ({
      ...passing('F', '2026-11-25', 0),
      startSecond: 3000,
      endSecond: 7200,
      headwaySeconds: 1200,
      exactTimes,
      offsetSeconds: 300,
    });
    expect(toDepartures(board({ frequent: [frequent(false)] }), night, 5)).toMatchObject([
      {
        headwaySeconds: 1200,
        scheduledAt: '2026-11-24T18:00:00.000Z',
        headwayUntil: '2026-11-24T19:05:00.000Z',
      },
    ]);
    expect(
      toDepartures(board({ frequent: [frequent(true)] }), night, 5).map(({ scheduledAt }) =>
        scheduledAt.slice(11, 16),
      ),
    ).toEqual(['18:15', '18:35', '18:55']);
  });
});
