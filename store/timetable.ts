// SQL of the timetable that is read now: its lines and its stops.
import type { Query } from './connect.ts';

export interface TimetableRow {
  importNo: number;
  importedAt: Date;
  timeZone: string;
  /** Of any trip, from the start of its service day: how many days back a trip under way may have begun. */
  lastSecond: number;
  serviceFrom: string | null;
  serviceUntil: string | null;
}

/** Undefined while none was imported. */
export async function selectTimetable(db: Query): Promise<TimetableRow | undefined> {
  const [row] = await db.query<TimetableRow>(
    `SELECT gtfs_import_no AS "importNo", ended_at AS "importedAt", time_zone AS "timeZone",
       last_second AS "lastSecond", report->>'serviceFrom' AS "serviceFrom", report->>'serviceUntil' AS "serviceUntil"
     FROM gtfs_import WHERE state = 'current'`,
  );
  return row;
}

export type LonLat = [lon: number, lat: number];

export interface LineRow {
  routeNo: number;
  routeId: string;
  shortName: string | null;
  longName: string | null;
  color: string | null;
  textColor: string | null;
  routeType: number;
  agency: string | null;
  /** Each of its shapes; where it has none, the stops of its longest trip each way. */
  paths: LonLat[][];
}

const microdegrees = 1e6;

/** Every line with where it runs. */
export async function selectLines(db: Query, importNo: number): Promise<LineRow[]> {
  const lines = await db.query<Omit<LineRow, 'paths'>>(
    `SELECT r.route_no AS "routeNo", r.route_id AS "routeId", r.short_name AS "shortName", r.long_name AS "longName",
       r.color, r.text_color AS "textColor", r.route_type AS "routeType", a.name AS agency
     FROM gtfs_route r LEFT JOIN gtfs_agency a USING (gtfs_import_no, agency_id)
     WHERE gtfs_import_no = $1 ORDER BY r.sort_order NULLS LAST, r.route_no`,
    [importNo],
  );
  const paths = await selectShapePaths(db, importNo);
  const shapeless = lines.filter(({ routeNo }) => !paths.has(routeNo)).map(({ routeNo }) => routeNo);
  if (shapeless.length > 0) {
    for (const [routeNo, path] of await selectStopPaths(db, importNo, shapeless)) paths.set(routeNo, path);
  }
  return lines.map((line) => ({ ...line, paths: paths.get(line.routeNo) ?? [] }));
}

async function selectShapePaths(db: Query, importNo: number): Promise<Map<number, LonLat[][]>> {
  const used = await db.query<{ routeNo: number; shapeNo: number }>(
    `SELECT DISTINCT route_no AS "routeNo", shape_no AS "shapeNo" FROM gtfs_trip
     WHERE gtfs_import_no = $1 AND shape_no IS NOT NULL ORDER BY 1, 2`,
    [importNo],
  );
  const shapes = await db.query<{ shapeNo: number; latsE6: number[]; lonsE6: number[] }>(
    `SELECT shape_no AS "shapeNo", lats_e6 AS "latsE6", lons_e6 AS "lonsE6" FROM gtfs_shape WHERE gtfs_import_no = $1`,
    [importNo],
  );
  const pathOf = new Map(
    shapes.map(({ shapeNo, latsE6, lonsE6 }) => [
      shapeNo,
      latsE6.map((lat, at): LonLat => [lonsE6[at]! / microdegrees, lat / microdegrees]),
    ]),
  );
  const paths = new Map<number, LonLat[][]>();
  for (const { routeNo, shapeNo } of used) {
    const path = pathOf.get(shapeNo);
    if (path === undefined || path.length < 2) continue;
    paths.set(routeNo, [...(paths.get(routeNo) ?? []), path]);
  }
  return paths;
}

async function selectStopPaths(
  db: Query,
  importNo: number,
  routeNos: number[],
): Promise<Map<number, LonLat[][]>> {
  const points = await db.query<{ routeNo: number; tripNo: number; lon: number; lat: number }>(
    `WITH longest AS (
       SELECT DISTINCT ON (route_no, coalesce(direction, 0)) route_no, trip_no FROM gtfs_trip
       WHERE gtfs_import_no = $1 AND route_no = ANY ($2) AND stops > 1
       ORDER BY route_no, coalesce(direction, 0), stops DESC, trip_no)
     SELECT longest.route_no AS "routeNo", longest.trip_no AS "tripNo", s.lon, s.lat
     FROM longest
     JOIN gtfs_stop_time st ON st.gtfs_import_no = $1 AND st.trip_no = longest.trip_no
     JOIN gtfs_stop s ON s.gtfs_import_no = $1 AND s.stop_no = st.stop_no
     WHERE s.lat IS NOT NULL ORDER BY longest.route_no, longest.trip_no, st.stop_sequence`,
    [importNo, routeNos],
  );
  const byTrip = new Map<number, { routeNo: number; path: LonLat[] }>();
  for (const { routeNo, tripNo, lon, lat } of points) {
    const trip = byTrip.get(tripNo) ?? { routeNo, path: [] };
    trip.path.push([lon, lat]);
    byTrip.set(tripNo, trip);
  }
  const paths = new Map<number, LonLat[][]>();
  for (const { routeNo, path } of byTrip.values()) {
    if (path.length > 1) paths.set(routeNo, [...(paths.get(routeNo) ?? []), path]);
  }
  return paths;
}

export interface StopRow {
  stopId: string;
  name: string;
  code: string | null;
  platform: string | null;
  parentStopId: string | null;
  isStation: boolean;
  lat: number;
  lon: number;
  /** Names of the lines that stop here, or at a stop within it. */
  lines: string[];
}

/** Stops and stations; entrances and nodes within stations are not for those who wait. */
export async function selectStops(db: Query, importNo: number): Promise<StopRow[]> {
  return db.query<StopRow>(
    `SELECT s.stop_id AS "stopId", s.name, s.code, s.platform, p.stop_id AS "parentStopId",
       s.location_type = 1 AS "isStation", s.lat, s.lon,
       ARRAY (SELECT DISTINCT coalesce(r.short_name, r.long_name, r.route_id)
         FROM gtfs_route r
         WHERE r.gtfs_import_no = s.gtfs_import_no AND (r.route_no = ANY (s.route_nos) OR (s.location_type = 1 AND
           r.route_no IN (SELECT unnest(c.route_nos) FROM gtfs_stop c
             WHERE c.gtfs_import_no = s.gtfs_import_no AND c.parent_stop_no = s.stop_no))) ORDER BY 1) AS lines
     FROM gtfs_stop s
     LEFT JOIN gtfs_stop p ON p.gtfs_import_no = s.gtfs_import_no AND p.stop_no = s.parent_stop_no
     WHERE s.gtfs_import_no = $1 AND s.location_type IN (0, 1) AND s.lat IS NOT NULL
     ORDER BY s.stop_no`,
    [importNo],
  );
}
