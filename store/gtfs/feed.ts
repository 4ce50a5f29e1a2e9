// A feed in memory: what was read of it and can be written, with numbers in place of ids.
import type { ImportCounts } from '../../model/transit.ts';
import type { ShapePoints } from './shapes.ts';
import type { StopTimes } from './stop-times.ts';

export interface Agency {
  agencyId: string;
  name: string;
  url: string | undefined;
  timeZone: string;
}

export interface Route {
  routeId: string;
  agencyId: string | undefined;
  shortName: string | undefined;
  longName: string | undefined;
  routeType: number;
  color: string | undefined;
  textColor: string | undefined;
  sortOrder: number | undefined;
}

export interface Stop {
  stopId: string;
  code: string | undefined;
  name: string;
  lat: number | undefined;
  lon: number | undefined;
  locationType: number;
  parentId: string | undefined;
  platform: string | undefined;
  /** For faults that are found once all stops are there. */
  line: number;
}

export interface Service {
  serviceId: string;
  /** Bit 0 is Monday. */
  weekdays: number;
  startDate: string | undefined;
  endDate: string | undefined;
}

export interface ServiceException {
  serviceNo: number;
  date: string;
  added: boolean;
}

export interface Trip {
  tripId: string;
  routeNo: number;
  serviceNo: number;
  shapeNo: number | undefined;
  direction: number | undefined;
  headsign: string | undefined;
  byFrequency: boolean;
  firstSecond: number | undefined;
  lastSequence: number | undefined;
  stops: number;
}

export interface Frequency {
  tripNo: number;
  startSecond: number;
  endSecond: number;
  headwaySeconds: number;
  exactTimes: boolean;
}

/** Things of one kind by their id, numbered from 0 in the order they were first met. */
export class Numbered<T> {
  readonly list: T[] = [];
  readonly #numbers = new Map<string, number>();

  noOf(id: string): number | undefined {
    return this.#numbers.get(id);
  }

  /** @returns undefined where the id is taken. */
  add(id: string, thing: T): number | undefined {
    if (this.#numbers.has(id)) return undefined;
    const no = this.list.length;
    this.#numbers.set(id, no);
    this.list.push(thing);
    return no;
  }
}

export interface Feed {
  agencies: Numbered<Agency>;
  routes: Numbered<Route>;
  stops: Numbered<Stop>;
  services: Numbered<Service>;
  exceptions: ServiceException[];
  shapes: ShapePoints;
  trips: Numbered<Trip>;
  frequencies: Frequency[];
  stopTimes: StopTimes;
}

export const countsOf = (feed: Feed): ImportCounts => ({
  agencies: feed.agencies.list.length,
  routes: feed.routes.list.length,
  stops: feed.stops.list.length,
  trips: feed.trips.list.length,
  stopTimes: feed.stopTimes.kept,
  shapes: feed.shapes.count,
  services: feed.services.list.length,
  serviceExceptions: feed.exceptions.length,
  frequencies: feed.frequencies.length,
});

/** The first and last day any service of a feed runs. */
export function serviceSpan(feed: Feed): { from: string | null; until: string | null } {
  const days = feed.services.list.flatMap(({ weekdays, startDate, endDate }) =>
    weekdays === 0 || startDate === undefined || endDate === undefined ? [] : [startDate, endDate],
  );
  for (const { added, date } of feed.exceptions) if (added) days.push(date);
  // Days as YYYY-MM-DD stand in the order of their text.
  days.sort();
  return { from: days[0] ?? null, until: days.at(-1) ?? null };
}
