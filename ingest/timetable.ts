// The imported timetable as adapters ask it: in memory, read anew when another one was imported.
import type { Query } from '../store/connect.ts';
import { selectLiveTimetable, type LiveTimetable } from '../store/live-timetable.ts';
import type { Timetable } from './adapters/adapter.ts';

export class ImportedTimetable implements Timetable {
  #rows: LiveTimetable = { trips: new Map(), routeNames: new Map(), stops: new Map(), timeZone: undefined };

  async load(db: Query): Promise<void> {
    this.#rows = await selectLiveTimetable(db);
  }

  get timeZone(): string | undefined {
    return this.#rows.timeZone;
  }

  trip(tripId: string): { routeId: string } | undefined {
    const routeId = this.#rows.trips.get(tripId);
    return routeId === undefined ? undefined : { routeId };
  }

  routeName(routeId: string): string | undefined {
    return this.#rows.routeNames.get(routeId);
  }

  stop(stopId: string): { lat: number; lon: number } | undefined {
    return this.#rows.stops.get(stopId);
  }
}
