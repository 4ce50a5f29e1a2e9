// Which day's run an update means, also where the producer does not say (GTFS-Realtime Reference, TripDescriptor).
import {
  addDays,
  dateAt,
  parseGtfsDate,
  parseGtfsTime,
  startOfServiceDay,
} from '../../../model/transit-times.ts';
import type { TripDescriptor } from './descriptors.ts';

/** What runs at two in the night belongs to the day before: few services begin before this hour, many end before it. */
const dayBeginsAtMs = 3 * 3_600_000;

/** Of the host: what a city's own machine is set to, where no timetable says more. */
const hostTimeZone = Intl.DateTimeFormat().resolvedOptions().timeZone;

/**
 * The service day: as given; else the one whose start at `start_time` is nearest; else the day of the calendar at the
 * time, which begins at three in the night.
 * @param atMs a time within the run: epoch milliseconds.
 * @returns YYYY-MM-DD.
 */
export function toServiceDate(
  { startDate, startTime }: Pick<TripDescriptor, 'startDate' | 'startTime'>,
  atMs: number,
  timeZone: string = hostTimeZone,
): string {
  const given = startDate === undefined ? undefined : givenDate(startDate);
  if (given !== undefined) return given;
  const second = startTime === undefined ? undefined : parseGtfsTime(startTime);
  if (second === undefined) return dateAt(atMs - dayBeginsAtMs, timeZone);
  const today = dateAt(atMs, timeZone);
  const distance = (date: string): number =>
    Math.abs(startOfServiceDay(date, timeZone) + second * 1000 - atMs);
  return [addDays(today, -1), today, addDays(today, 1)].reduce((nearest, date) =>
    distance(date) < distance(nearest) ? date : nearest,
  );
}

/** One day's runs come together: the day that was read last is most often the next. */
let lastText = '';
let lastDate: string | undefined;

function givenDate(text: string): string | undefined {
  if (text !== lastText) {
    lastDate = parseGtfsDate(text);
    lastText = text;
  }
  return lastDate;
}
