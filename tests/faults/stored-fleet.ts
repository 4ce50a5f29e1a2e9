// What the database holds of a fleet: every time of each vehicle, and each vehicle's newest row.
import type { Query } from '../../store/connect.ts';
import type { Place } from './city-client.ts';

export interface StoredFleet {
  /** Times of each vehicle, as often as they are stored. */
  times: Map<string, number[]>;
  newest: Map<string, Place>;
}

const observedMs = '(extract(epoch FROM observed_at) * 1000)::int8';
/** A fleet that was heard for ten minutes does not fit into one answer of the embedded database. */
const vehiclesAtOnce = 50;

const ofFleet = `FROM asset JOIN vehicle_position ON vehicle_no = asset_no WHERE kind = 'vehicle'`;

export async function selectFleet(db: Query, name: string): Promise<StoredFleet> {
  const ids = await db.query<{ source_id: string }>(
    `SELECT source_id FROM asset WHERE kind = 'vehicle' AND starts_with(source_id, $1)`,
    [`${name}-`],
  );
  const fleet: StoredFleet = { times: new Map(), newest: new Map() };
  for (let from = 0; from < ids.length; from += vehiclesAtOnce) {
    const some = ids.slice(from, from + vehiclesAtOnce).map((row) => row.source_id);
    const rows = await db.query<{ source_id: string; times: string }>(
      `SELECT source_id, string_agg(${observedMs}::text, ' ') AS times ${ofFleet} AND source_id = ANY ($1) GROUP BY 1`,
      [some],
    );
    for (const row of rows) fleet.times.set(row.source_id, row.times.split(' ').map(Number));
    const newest = await db.query<{ source_id: string; ms: number; lat_e6: number; lon_e6: number }>(
      `SELECT DISTINCT ON (source_id) source_id, ${observedMs} AS ms, lat_e6, lon_e6
         ${ofFleet} AND source_id = ANY ($1) ORDER BY source_id, observed_at DESC`,
      [some],
    );
    for (const row of newest)
      fleet.newest.set(row.source_id, { observedAt: row.ms, latE6: row.lat_e6, lonE6: row.lon_e6 });
  }
  return fleet;
}

export async function countFleet(db: Query, name: string): Promise<number> {
  const [row] = await db.query<{ n: number }>(
    `SELECT count(*)::int8 AS n ${ofFleet} AND starts_with(source_id, $1)`,
    [`${name}-`],
  );
  return row!.n;
}
