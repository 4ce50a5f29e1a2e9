// How late one run of a trip is expected at its stops (GTFS-Realtime, TripUpdate).

export interface StopTimeUpdate {
  stopSequence?: number | undefined;
  stopId?: string | undefined;
  /** Seconds later than the timetable; negative when early. */
  arrivalDelaySeconds?: number | undefined;
  departureDelaySeconds?: number | undefined;
  /** Epoch milliseconds. */
  arrivalAt?: number | undefined;
  departureAt?: number | undefined;
  skipped?: boolean | undefined;
}

export interface TripUpdate {
  tripId: string;
  /** The service day, YYYY-MM-DD; two are under way round midnight. */
  startDate: string;
  routeId?: string | undefined;
  cancelled: boolean;
  updates: StopTimeUpdate[];
}
