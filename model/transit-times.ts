// Pure rules of the timetable: times of a service day, which days a service runs, how a delay travels along a trip.
import type { StopTimeUpdate } from './trip-update.ts';

export const daySeconds = 86_400;
/** Ten days: no trip is longer, and what is more is a fault of the file. */
const mostHours = 240;
const timePattern = /^(\d{1,3}):([0-5]\d):([0-5]\d)$/;
const datePattern = /^(\d{4})(\d{2})(\d{2})$/;

/**
 * Seconds from the start of the service day; more than 86,400 for times after midnight.
 * @param text `HH:MM:SS` or `H:MM:SS`, such as 26:32:00 (GTFS Reference, field types: Time).
 * @returns undefined for what is no such time.
 */
export function parseGtfsTime(text: string): number | undefined {
  const match = timePattern.exec(text);
  if (match === null) return undefined;
  const hours = Number(match[1]);
  return hours < mostHours ? hours * 3600 + Number(match[2]) * 60 + Number(match[3]) : undefined;
}

/** `26:32:00` of 95,520. */
export function toGtfsTime(second: number): string {
  const part = (value: number): string => String(Math.floor(value)).padStart(2, '0');
  return `${part(second / 3600)}:${part((second % 3600) / 60)}:${part(second % 60)}`;
}

/**
 * @param text YYYYMMDD (GTFS Reference, field types: Date).
 * @returns YYYY-MM-DD; undefined for what is no day of the calendar.
 */
export function parseGtfsDate(text: string): string | undefined {
  const match = datePattern.exec(text);
  if (match === null) return undefined;
  const date = `${match[1]}-${match[2]}-${match[3]}`;
  const ms = Date.parse(`${date}T00:00:00Z`);
  return !Number.isNaN(ms) && new Date(ms).toISOString().startsWith(date) ? date : undefined;
}

/** @param date YYYY-MM-DD. */
export function addDays(date: string, days: number): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) + days * daySeconds * 1000).toISOString().slice(0, 10);
}

/** Bit 0 is Monday. */
export const weekdayBit = (date: string): number =>
  1 << ((new Date(`${date}T00:00:00Z`).getUTCDay() + 6) % 7);

const formats = new Map<string, Intl.DateTimeFormat>();

/** The wall clock of a zone at an instant, as if it were UTC. */
function wallMs(atMs: number, timeZone: string): number {
  let format = formats.get(timeZone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
    formats.set(timeZone, format);
  }
  const parts: Record<string, number> = {};
  for (const { type, value } of format.formatToParts(atMs)) parts[type] = Number(value);
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
  return Date.UTC(year, month - 1, day, hour, minute, second);
}

export function isTimeZone(timeZone: string): boolean {
  try {
    new Intl.DateTimeFormat('en-US', { timeZone });
    return timeZone !== '';
  } catch {
    return false;
  }
}

/** The day that a zone's calendar shows at an instant, YYYY-MM-DD. */
export const dateAt = (atMs: number, timeZone: string): string =>
  new Date(wallMs(atMs, timeZone)).toISOString().slice(0, 10);

/**
 * Where times of a service day count from: its noon minus 12 hours, which is midnight but on the days when clocks
 * change (GTFS Reference, field types: Time).
 * @param date YYYY-MM-DD.
 * @returns epoch milliseconds.
 */
export function startOfServiceDay(date: string, timeZone: string): number {
  const noon = Date.parse(`${date}T12:00:00Z`);
  let atMs = noon;
  // The second turn is for a guess on the other side of a change of clocks.
  for (let turn = 0; turn < 2; turn++) atMs -= wallMs(atMs, timeZone) - noon;
  return atMs - 12 * 3_600_000;
}

export interface ServiceCalendar {
  /** Bit 0 is Monday. */
  weekdays: number;
  /** YYYY-MM-DD, both within; undefined where only exceptions say when it runs. */
  startDate: string | undefined;
  endDate: string | undefined;
}

/**
 * Whether a service runs on a day (GTFS Reference, calendar.txt and calendar_dates.txt).
 * @param exception what calendar_dates.txt says of that day, which goes before the weekdays.
 */
export function runsOn(
  calendar: ServiceCalendar,
  date: string,
  exception: 'added' | 'removed' | undefined,
): boolean {
  if (exception !== undefined) return exception === 'added';
  const { weekdays, startDate, endDate } = calendar;
  if (startDate === undefined || endDate === undefined) return false;
  return date >= startDate && date <= endDate && (weekdays & weekdayBit(date)) !== 0;
}

/** One stop of a trip's timetable, seconds from the start of the service day. */
export interface ScheduledStop {
  stopSequence: number;
  stopId: string;
  arrivalSecond: number;
  departureSecond: number;
}

export interface ExpectedStop {
  /** Undefined where nothing is known of it: before the first stop that was updated. */
  arrivalDelaySeconds: number | undefined;
  departureDelaySeconds: number | undefined;
  skipped: boolean;
}

const delayOf = (
  delaySeconds: number | undefined,
  atMs: number | undefined,
  scheduledMs: number,
): number | undefined => (atMs === undefined ? delaySeconds : Math.round((atMs - scheduledMs) / 1000));

/**
 * How late a run is at each of its stops (GTFS-Realtime Reference, Trip Updates: StopTimeUpdate). A delay holds for
 * every later stop until another is given; a time counts before a delay where both are given; a skipped stop does not
 * end the delay before it; an update of a stop that the trip does not have is left out.
 * @param stops in the order of the trip.
 * @param startMs where the times of its service day count from.
 */
export function propagateDelays(
  stops: readonly ScheduledStop[],
  updates: readonly StopTimeUpdate[],
  startMs: number,
): ExpectedStop[] {
  const updateOf = matchUpdates(stops, updates);
  let delay: number | undefined;
  return stops.map((stop, index) => {
    const update = updateOf.get(index);
    if (update === undefined)
      return { arrivalDelaySeconds: delay, departureDelaySeconds: delay, skipped: false };
    if (update.skipped) return { arrivalDelaySeconds: delay, departureDelaySeconds: delay, skipped: true };
    const arrival = delayOf(
      update.arrivalDelaySeconds,
      update.arrivalAt,
      startMs + stop.arrivalSecond * 1000,
    );
    const departure = delayOf(
      update.departureDelaySeconds,
      update.departureAt,
      startMs + stop.departureSecond * 1000,
    );
    // Neither is how a feed says that it knows nothing from here on (NO_DATA).
    const known: ExpectedStop = {
      arrivalDelaySeconds: arrival ?? departure,
      departureDelaySeconds: departure ?? arrival,
      skipped: false,
    };
    delay = known.departureDelaySeconds;
    return known;
  });
}

/** By sequence where it is given, else by id: of a stop that is passed twice the first that is not before the last. */
function matchUpdates(
  stops: readonly ScheduledStop[],
  updates: readonly StopTimeUpdate[],
): Map<number, StopTimeUpdate> {
  const found = new Map<number, StopTimeUpdate>();
  let from = 0;
  for (const update of updates) {
    const { stopSequence, stopId } = update;
    const index =
      stopSequence === undefined
        ? stops.findIndex((stop, at) => at >= from && stop.stopId === stopId)
        : stops.findIndex((stop) => stop.stopSequence === stopSequence);
    if (index === -1) continue;
    found.set(index, update);
    from = index + 1;
  }
  return found;
}

export interface FrequencyWindow {
  startSecond: number;
  /** No run starts at it or later. */
  endSecond: number;
  headwaySeconds: number;
}

/**
 * The starts of runs within a window that is kept exactly (GTFS Reference, frequencies.txt, exact_times 1).
 * @returns seconds of the service day from `fromSecond` to `toSecond`, both within.
 */
export function startsWithin(
  { startSecond, endSecond, headwaySeconds }: FrequencyWindow,
  fromSecond: number,
  toSecond: number,
): number[] {
  const starts: number[] = [];
  const skipped = Math.max(0, Math.ceil((fromSecond - startSecond) / headwaySeconds));
  for (
    let at = startSecond + skipped * headwaySeconds;
    at < endSecond && at <= toSecond;
    at += headwaySeconds
  )
    starts.push(at);
  return starts;
}
