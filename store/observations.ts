// SQL of what devices observed: one statement a batch, repeated rows left out by their key.
import type { Query } from './connect.ts';

/** Positions and readings pass as text arrays built here: the client's own array writer escapes every number. */
const arrayOf = <Row>(rows: Row[], column: (row: Row) => number | undefined): string => {
  let text = '{';
  for (let i = 0; i < rows.length; i++) text += (i === 0 ? '' : ',') + (column(rows[i]!) ?? 'NULL');
  return `${text}}`;
};

export interface VehiclePositionRow {
  vehicleNo: number;
  observedAt: number;
  receivedAfterMs: number;
  latE6: number;
  lonE6: number;
  speedDmps: number | undefined;
  headingDeg: number | undefined;
  occupancyPct: number | undefined;
  routeNo: number | undefined;
}

export interface ReadingRow {
  assetNo: number;
  metricNo: number;
  observedAt: number;
  receivedAt: number;
  value: number;
}

export interface CameraEventRow {
  assetNo: number;
  eventId: string;
  observedAt: number;
  receivedAt: number;
  type: string;
  label: string | undefined;
  count: number | undefined;
  score: number | undefined;
  /** Sealed. */
  identity: string | undefined;
}

export interface CameraStateRow {
  assetNo: number;
  observedAt: number;
  receivedAt: number;
  state: string;
}

/** Keys of rows, as the statements below return them: what was new. */
export const keyOfVehiclePosition = (row: VehiclePositionRow): string => `${row.vehicleNo} ${row.observedAt}`;
export const keyOfReading = (row: ReadingRow): string => `${row.assetNo} ${row.metricNo} ${row.observedAt}`;
export const keyOfCameraEvent = (row: CameraEventRow): string =>
  `${row.assetNo} ${row.eventId} ${row.observedAt}`;
export const keyOfCameraState = (row: CameraStateRow): string => `${row.assetNo} ${row.observedAt}`;

const observedMs = '(extract(epoch FROM observed_at) * 1000)::int8';

/** Inserts, and where asked returns the keys of the rows that were not there before. */
async function insert(
  db: Query,
  name: string,
  statement: string,
  values: unknown[],
  key: string,
  wanted: boolean,
): Promise<Set<string>> {
  const text = `${statement} ON CONFLICT DO NOTHING`;
  if (!wanted) {
    await db.execute(text, values, name);
    return new Set();
  }
  const rows = await db.query<{ key: string }>(
    `${text} RETURNING ${key} AS key`,
    values,
    `${name}-returning`,
  );
  return new Set(rows.map((row) => row.key));
}

export const insertVehiclePositions = (
  db: Query,
  rows: VehiclePositionRow[],
  wanted: boolean,
): Promise<Set<string>> =>
  insert(
    db,
    'insert-vehicle-position',
    `INSERT INTO vehicle_position (vehicle_no, observed_at, received_after_ms, lat_e6, lon_e6, speed_dmps,
       heading_deg, occupancy_pct, route_no)
     SELECT vehicle_no, to_timestamp(observed_ms / 1000.0), received_after_ms, lat_e6, lon_e6, speed_dmps,
       heading_deg, occupancy_pct, route_no
     FROM unnest($1::int[], $2::float8[], $3::int[], $4::int[], $5::int[], $6::int2[], $7::int2[], $8::int2[],
       $9::int[]) AS t (vehicle_no, observed_ms, received_after_ms, lat_e6, lon_e6, speed_dmps, heading_deg,
       occupancy_pct, route_no)`,
    [
      arrayOf(rows, (row) => row.vehicleNo),
      arrayOf(rows, (row) => row.observedAt),
      arrayOf(rows, (row) => row.receivedAfterMs),
      arrayOf(rows, (row) => row.latE6),
      arrayOf(rows, (row) => row.lonE6),
      arrayOf(rows, (row) => row.speedDmps),
      arrayOf(rows, (row) => row.headingDeg),
      arrayOf(rows, (row) => row.occupancyPct),
      arrayOf(rows, (row) => row.routeNo),
    ],
    `vehicle_no || ' ' || ${observedMs}`,
    wanted,
  );

export const insertReadings = (db: Query, rows: ReadingRow[], wanted: boolean): Promise<Set<string>> =>
  insert(
    db,
    'insert-reading',
    `INSERT INTO reading (asset_no, metric_no, observed_at, received_at, value)
     SELECT asset_no, metric_no, to_timestamp(observed_ms / 1000.0), to_timestamp(received_ms / 1000.0), value
     FROM unnest($1::int[], $2::int2[], $3::float8[], $4::float8[], $5::float8[])
       AS t (asset_no, metric_no, observed_ms, received_ms, value)`,
    [
      arrayOf(rows, (row) => row.assetNo),
      arrayOf(rows, (row) => row.metricNo),
      arrayOf(rows, (row) => row.observedAt),
      arrayOf(rows, (row) => row.receivedAt),
      arrayOf(rows, (row) => row.value),
    ],
    `asset_no || ' ' || metric_no || ' ' || ${observedMs}`,
    wanted,
  );

export const insertCameraEvents = (
  db: Query,
  rows: CameraEventRow[],
  wanted: boolean,
): Promise<Set<string>> =>
  insert(
    db,
    'insert-camera-event',
    `INSERT INTO camera_event (asset_no, event_id, observed_at, received_at, type, label, count, score, identity)
     SELECT asset_no, event_id, to_timestamp(observed_ms / 1000.0), to_timestamp(received_ms / 1000.0), type, label,
       count, score, identity
     FROM unnest($1::int[], $2::text[], $3::float8[], $4::float8[], $5::text[], $6::text[], $7::int[], $8::real[],
       $9::text[]) AS t (asset_no, event_id, observed_ms, received_ms, type, label, count, score, identity)`,
    [
      arrayOf(rows, (row) => row.assetNo),
      rows.map((row) => row.eventId),
      arrayOf(rows, (row) => row.observedAt),
      arrayOf(rows, (row) => row.receivedAt),
      rows.map((row) => row.type),
      rows.map((row) => row.label ?? null),
      arrayOf(rows, (row) => row.count),
      arrayOf(rows, (row) => row.score),
      rows.map((row) => row.identity ?? null),
    ],
    `asset_no || ' ' || event_id || ' ' || ${observedMs}`,
    wanted,
  );

export const insertCameraStates = (
  db: Query,
  rows: CameraStateRow[],
  wanted: boolean,
): Promise<Set<string>> =>
  insert(
    db,
    'insert-camera-state',
    `INSERT INTO camera_state (asset_no, observed_at, received_at, state)
     SELECT asset_no, to_timestamp(observed_ms / 1000.0), to_timestamp(received_ms / 1000.0), state
     FROM unnest($1::int[], $2::float8[], $3::float8[], $4::text[]) AS t (asset_no, observed_ms, received_ms, state)`,
    [
      arrayOf(rows, (row) => row.assetNo),
      arrayOf(rows, (row) => row.observedAt),
      arrayOf(rows, (row) => row.receivedAt),
      rows.map((row) => row.state),
    ],
    `asset_no || ' ' || ${observedMs}`,
    wanted,
  );

/** Numbers of routes, new ones given where they are not known. */
export async function upsertRoutes(db: Query, routeIds: string[]): Promise<Map<string, number>> {
  const rows = await db.query<{ route_no: number; route_id: string }>(
    `INSERT INTO route (route_id) SELECT unnest($1::text[])
     ON CONFLICT (route_id) DO UPDATE SET route_id = excluded.route_id RETURNING route_no, route_id`,
    [routeIds],
  );
  return new Map(rows.map((row) => [row.route_id, row.route_no]));
}
