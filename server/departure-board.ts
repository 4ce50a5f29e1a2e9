// The board of a stop: what leaves it next, by the timetable and by what is known live; the rules, at a given moment.
import type { Departure } from '../model/transit.ts';
import {
  addDays,
  dateAt,
  daySeconds,
  propagateDelays,
  startOfServiceDay,
  startsWithin,
} from '../model/transit-times.ts';
import type { DayWindow, FrequentPassing, ScheduledPassing, StopBoard } from '../store/departures.ts';
import { keyOfTripUpdate } from '../store/trip-updates.ts';

/** Later than this nobody is known to be; a trip that was due earlier is gone. */
const latestSeconds = 2 * 3600;
/** A board looks so far ahead. */
export const aheadSeconds = 24 * 3600;
/** An update that is older tells nothing of where the vehicle is now (silent after ten times 60 s). */
const liveWithinMs = 10 * 60_000;
const mostDaysBack = 10;

/**
 * The service days whose trips may leave between now and a day ahead: also yesterday's, for trips past midnight.
 * @param lastSecond of any trip of the timetable.
 */
export function windowsAround(nowMs: number, timeZone: string, lastSecond: number): DayWindow[] {
  const today = dateAt(nowMs, timeZone);
  const back = Math.min(mostDaysBack, Math.ceil((lastSecond + latestSeconds) / daySeconds));
  const windows: DayWindow[] = [];
  for (let days = -back; days <= 2; days++) {
    const date = addDays(today, days);
    const startMs = startOfServiceDay(date, timeZone);
    const nowSecond = Math.ceil((nowMs - startMs) / 1000);
    if (nowSecond + aheadSeconds < 0) continue;
    windows.push({
      date,
      startMs,
      fromSecond: nowSecond - latestSeconds,
      onTimeFromSecond: nowSecond,
      toSecond: nowSecond + aheadSeconds,
    });
  }
  return windows;
}

/** The next departures of a stop, soonest first by when they are expected. */
export function toDepartures(board: StopBoard, nowMs: number, limit: number): Departure[] {
  const departures = [
    ...board.scheduled.flatMap((passing) => toScheduled(passing, board, nowMs) ?? []),
    ...board.frequent.flatMap((passing) => toFrequent(passing, nowMs, limit)),
  ];
  departures.sort((a, b) => (a.expectedAt < b.expectedAt ? -1 : a.expectedAt > b.expectedAt ? 1 : 0));
  return departures.slice(0, limit);
}

const iso = (ms: number): string => new Date(ms).toISOString();

/** What a departure has whether or not anything is known live of it. */
const common = (passing: ScheduledPassing | FrequentPassing, atMs: number): Departure => ({
  tripId: passing.tripId,
  routeId: passing.routeId,
  line: passing.shortName ?? passing.longName ?? passing.routeId,
  color: passing.color === null ? null : `#${passing.color}`,
  headsign: passing.headsign,
  stopId: passing.stopId,
  platform: passing.platform,
  serviceDate: passing.date,
  scheduledAt: iso(atMs),
  expectedAt: iso(atMs),
  live: false,
  delaySeconds: null,
  observedAt: null,
  cancelled: false,
  skipped: false,
  headwaySeconds: null,
  headwayUntil: null,
});

function toScheduled(passing: ScheduledPassing, board: StopBoard, nowMs: number): Departure | undefined {
  const scheduledMs = passing.startMs + passing.departureSecond * 1000;
  const departure = common(passing, scheduledMs);
  const update = board.updates.get(keyOfTripUpdate({ tripId: passing.tripId, startDate: passing.date }));
  if (update === undefined) return scheduledMs < nowMs ? undefined : departure;
  const told = { ...departure, observedAt: iso(update.observedAt) };
  // That a trip does not run stays true however long ago it was said.
  if (update.cancelled) return scheduledMs < nowMs ? undefined : { ...told, cancelled: true };
  const stops = board.stops.get(passing.tripNo) ?? [];
  const here = stops.findIndex(({ stopSequence }) => stopSequence === passing.stopSequence);
  const expected = propagateDelays(stops, update.updates, passing.startMs)[here];
  if (expected?.skipped) return scheduledMs < nowMs ? undefined : { ...told, skipped: true };
  const delaySeconds = expected?.departureDelaySeconds;
  if (delaySeconds === undefined || nowMs - update.observedAt > liveWithinMs)
    return scheduledMs < nowMs ? undefined : told;
  const expectedMs = scheduledMs + delaySeconds * 1000;
  return expectedMs < nowMs ? undefined : { ...told, expectedAt: iso(expectedMs), live: true, delaySeconds };
}

/**
 * Runs of a trip that repeats. Live times do not count for them: an update names the trip and the day, and there are
 * many runs of both.
 */
function toFrequent(passing: FrequentPassing, nowMs: number, limit: number): Departure[] {
  const { startMs, offsetSeconds, startSecond, endSecond, headwaySeconds } = passing;
  const atMs = (second: number): number => startMs + (second + offsetSeconds) * 1000;
  if (!passing.exactTimes) {
    const untilMs = atMs(endSecond);
    if (untilMs <= nowMs) return [];
    const fromMs = Math.max(nowMs, atMs(startSecond));
    return [{ ...common(passing, fromMs), headwaySeconds, headwayUntil: iso(untilMs) }];
  }
  const nowSecond = Math.ceil((nowMs - startMs) / 1000) - offsetSeconds;
  return startsWithin(passing, nowSecond, nowSecond + aheadSeconds)
    .slice(0, limit)
    .map((second) => common(passing, atMs(second)));
}
