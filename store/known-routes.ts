// SQL of the lines that the city has heard of: those that vehicles named, and those of the timetable.
import type { Query } from './connect.ts';

export async function selectKnownRouteIds(db: Query): Promise<string[]> {
  const rows = await db.query<{ route_id: string }>(
    `SELECT route_id FROM route
     UNION SELECT route_id FROM gtfs_route JOIN gtfs_import USING (gtfs_import_no) WHERE state = 'current'`,
  );
  return rows.map((row) => row.route_id);
}
