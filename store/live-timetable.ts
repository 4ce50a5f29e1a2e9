// SQL of what live messages need of the imported timetable: which route a trip runs, what it is called, where stops are.
import type { Query } from './connect.ts';

export interface LiveTimetable {
  trips: Map<string, string>;
  /** What passengers call each route: its short name, else its long one. */
  routeNames: Map<string, string>;
  stops: Map<string, { lat: number; lon: number }>;
  /** Of its agencies, as the time-zone database names it. */
  timeZone: string | undefined;
}

/** The current import's; empty while there is none. */
export async function selectLiveTimetable(db: Query): Promise<LiveTimetable> {
  const trips = await db.query<{ trip_id: string; route_id: string }>(
    `SELECT t.trip_id, r.route_id FROM gtfs_import i JOIN gtfs_trip t USING (gtfs_import_no)
     JOIN gtfs_route r USING (gtfs_import_no, route_no) WHERE i.state = 'current'`,
  );
  const routes = await db.query<{ route_id: string; name: string | null }>(
    `SELECT r.route_id, coalesce(nullif(r.short_name, ''), r.long_name) AS name
     FROM gtfs_import i JOIN gtfs_route r USING (gtfs_import_no) WHERE i.state = 'current'`,
  );
  const stops = await db.query<{ stop_id: string; lat: number; lon: number }>(
    `SELECT s.stop_id, s.lat, s.lon FROM gtfs_import i JOIN gtfs_stop s USING (gtfs_import_no)
     WHERE i.state = 'current' AND s.lat IS NOT NULL AND s.lon IS NOT NULL`,
  );
  const [current] = await db.query<{ time_zone: string | null }>(
    `SELECT time_zone FROM gtfs_import WHERE state = 'current'`,
  );
  return {
    timeZone: current?.time_zone ?? undefined,
    trips: new Map(trips.map((row) => [row.trip_id, row.route_id])),
    routeNames: new Map(routes.map((row) => [row.route_id, row.name ?? row.route_id])),
    stops: new Map(stops.map(({ stop_id: id, lat, lon }) => [id, { lat, lon }])),
  };
}
