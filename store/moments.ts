// SQL of the city as it was: of every asset its last values at or before a moment, and what stood in the change log.
import { toAssetId, type AssetKind } from '../model/asset.ts';
import { metricIdOf, metrics } from '../model/metrics.ts';
import { fixesKeptMs, lookBackMs, minutesKeptMs, type Known, type Resolution } from '../model/moment.ts';
import type { PictureAsset } from '../model/picture.ts';
import type { Database, Query } from './connect.ts';

/** A query that takes longer is not worth the wait of the others; the embedded database has its own limit. */
const statementTimeoutMs = 10_000;
/** Nothing older than this is taken in, so nothing is kept of before the first asset less this. */
const oldestTakenMs = 72 * 3_600_000;
/** What a camera saw proves that it lives; after an hour it would be silent anyway. */
const cameraEventLookBackMs = 3_600_000;
const minuteMs = 60_000;

export interface MomentAsked {
  /** Epoch milliseconds. */
  atMs: number;
  known: Known;
  nowMs: number;
  withSimulated: boolean;
}

/** Before it every fix of a vehicle is gone, and only the last of each minute is left. */
export const resolutionAt = (atMs: number, nowMs: number): Resolution =>
  atMs - lookBackMs.vehicle < nowMs - fixesKeptMs ? 'minute' : 'fix';

/** One transaction that sees one state of the store, and ends when it takes too long. */
export const looking = <T>(db: Database, look: (tx: Query) => Promise<T>): Promise<T> =>
  db.transaction(async (tx) => {
    await tx.execute('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY');
    await tx.execute(`SET LOCAL statement_timeout = ${statementTimeoutMs}`);
    return look(tx);
  });

/** Since when anything can be kept, epoch milliseconds; undefined while there is nothing. */
export async function selectKeptFrom(db: Query, nowMs: number): Promise<number | undefined> {
  const [row] = await db.query<{ first: Date | null }>('SELECT min(created_at) AS first FROM asset');
  const first = row?.first;
  if (first === undefined || first === null) return undefined;
  return Math.max(nowMs - minutesKeptMs, first.getTime() - oldestTakenMs);
}

interface AssetRow {
  asset_no: number;
  kind: AssetKind;
  source_id: string;
  name: string;
  lat: number | null;
  lon: number | null;
  simulated: boolean;
  unconfirmed: boolean;
  expected_every_seconds: number;
  created_at: Date;
  bearing: unknown;
  field_of_view: unknown;
}

/** With today's names and, of what stands still, today's places: their own past is not kept. */
const selectRegistered = (tx: Query, withSimulated: boolean): Promise<AssetRow[]> =>
  tx.query<AssetRow>(
    `SELECT a.asset_no, a.kind, a.source_id, a.name, a.simulated, a.unconfirmed, a.expected_every_seconds,
       a.created_at, CASE WHEN a.kind = 'vehicle' THEN a.lat ELSE coalesce(l.lat, a.lat) END AS lat,
       CASE WHEN a.kind = 'vehicle' THEN a.lon ELSE coalesce(l.lon, a.lon) END AS lon,
       CASE WHEN a.kind = 'camera' THEN l.values -> 'bearingDeg' -> 0 END AS bearing,
       CASE WHEN a.kind = 'camera' THEN l.values -> 'fieldOfViewDeg' -> 0 END AS field_of_view
     FROM asset a LEFT JOIN asset_latest l USING (asset_no) WHERE $1 OR NOT a.simulated ORDER BY a.asset_no`,
    [withSimulated],
  );

/**
 * Every asset that was registered or heard by the moment, with its last values at or before it; looked for as far back
 * as `lookBackMs` says. `link`, which no table holds, is left out.
 */
export async function selectAssetsAt(tx: Query, asked: MomentAsked): Promise<PictureAsset[]> {
  const assets = new Map<number, PictureAsset & { createdMs: number }>();
  for (const row of await selectRegistered(tx, asked.withSimulated)) assets.set(row.asset_no, toAsset(row));
  const ofKind = (kind: AssetKind): number[] =>
    [...assets].filter(([, asset]) => asset.kind === kind).map(([no]) => no);
  const vehicles = ofKind('vehicle');
  const fixes =
    resolutionAt(asked.atMs, asked.nowMs) === 'fix'
      ? await selectFixes(tx, vehicles, asked)
      : await selectMinutes(tx, vehicles, asked);
  for (const row of fixes) putFix(assets.get(row.vehicle_no)!, row);
  for (const row of await selectReadings(tx, asked)) putReading(assets.get(row.asset_no), row);
  for (const row of await selectStates(tx, ofKind('camera'), asked)) putState(assets.get(row.asset_no)!, row);
  return [...assets.values()]
    .filter((asset) => asset.createdMs <= asked.atMs || asset.observedAt !== undefined)
    .map(({ createdMs: _, ...asset }) => asset);
}

function toAsset(row: AssetRow): PictureAsset & { createdMs: number } {
  const asset: PictureAsset & { createdMs: number } = {
    id: toAssetId(row.kind, row.source_id),
    kind: row.kind,
    name: row.name,
    simulated: row.simulated,
    unconfirmed: row.unconfirmed,
    expectedEverySeconds: row.expected_every_seconds,
    observedAt: undefined,
    lat: row.lat ?? undefined,
    lon: row.lon ?? undefined,
    values: new Map(),
    createdMs: row.created_at.getTime(),
  };
  // Of the mounting, not of the moment: it is as old as the newest thing that is known of the camera then.
  if (row.bearing !== null) asset.values.set('bearingDeg', { value: row.bearing, observedAt: 0 });
  if (row.field_of_view !== null)
    asset.values.set('fieldOfViewDeg', { value: row.field_of_view, observedAt: 0 });
  return asset;
}

interface FixRow {
  vehicle_no: number;
  observed_ms: number;
  lat_e6: number;
  lon_e6: number;
  speed_dmps: number | null;
  heading_deg: number | null;
  occupancy_pct: number | null;
  route_id: string | null;
}

const ms = (time: string): string => `(extract(epoch FROM ${time}) * 1000)::float8`;

/** The last fix of each, whole: what it did not give is not taken from an older one. */
const selectFixes = (tx: Query, vehicles: number[], { atMs, known }: MomentAsked): Promise<FixRow[]> =>
  tx.query<FixRow>(
    `SELECT v.vehicle_no, ${ms('p.observed_at')} AS observed_ms, p.lat_e6, p.lon_e6, p.speed_dmps, p.heading_deg,
       p.occupancy_pct, r.route_id
     FROM unnest($1::int[]) AS v (vehicle_no) CROSS JOIN LATERAL (
       SELECT * FROM vehicle_position p
       WHERE p.vehicle_no = v.vehicle_no AND p.observed_at <= $2 AND p.observed_at > $3
         ${known === 'then' ? `AND p.observed_at + p.received_after_ms * INTERVAL '1 ms' <= $2` : ''}
       ORDER BY p.observed_at DESC LIMIT 1) AS p
     LEFT JOIN route r ON r.route_no = p.route_no`,
    [vehicles, new Date(atMs), new Date(atMs - lookBackMs.vehicle)],
  );

/** The last whole minute of each, stamped with its start: no fix in it is younger than the minute's end. */
const selectMinutes = (tx: Query, vehicles: number[], { atMs }: MomentAsked): Promise<FixRow[]> =>
  tx.query<FixRow>(
    `SELECT v.vehicle_no, ${ms('m.bucket')} AS observed_ms, m.lat_e6, m.lon_e6, round(m.speed_dmps) AS speed_dmps,
       NULL AS heading_deg, round(m.occupancy_pct) AS occupancy_pct, r.route_id
     FROM unnest($1::int[]) AS v (vehicle_no) CROSS JOIN LATERAL (
       SELECT * FROM vehicle_minute m WHERE m.vehicle_no = v.vehicle_no AND m.bucket <= $2 AND m.bucket > $3
       ORDER BY m.bucket DESC LIMIT 1) AS m
     LEFT JOIN route r ON r.route_no = m.route_no`,
    [vehicles, new Date(atMs - minuteMs), new Date(atMs - minuteMs - lookBackMs.vehicle)],
  );

function putFix(asset: PictureAsset, row: FixRow): void {
  const { observed_ms: observedAt } = row;
  const put = (key: string, value: unknown): void => {
    if (value !== null) asset.values.set(key, { value, observedAt });
  };
  asset.observedAt = observedAt;
  asset.lat = row.lat_e6 / 1e6;
  asset.lon = row.lon_e6 / 1e6;
  put('speedMps', row.speed_dmps === null ? null : row.speed_dmps / 10);
  put('headingDeg', row.heading_deg);
  put('occupancy', row.occupancy_pct === null ? null : row.occupancy_pct / 100);
  put('routeId', row.route_id);
}

interface ReadingRow {
  asset_no: number;
  metric_no: number;
  observed_ms: number;
  value: number;
}

/** Of every metric that a sensor was ever heard to measure. */
const selectReadings = (tx: Query, { atMs, known }: MomentAsked): Promise<ReadingRow[]> =>
  tx.query<ReadingRow>(
    `SELECT s.asset_no, s.metric_no, ${ms('r.observed_at')} AS observed_ms, r.value
     FROM (
       SELECT l.asset_no, m.no AS metric_no FROM asset_latest l JOIN asset a USING (asset_no)
       CROSS JOIN LATERAL jsonb_object_keys(l.values) AS k (name)
       JOIN unnest($3::text[], $4::int2[]) AS m (name, no) ON m.name = k.name
       WHERE a.kind = 'sensor') AS s
     CROSS JOIN LATERAL (
       SELECT observed_at, value FROM reading r
       WHERE r.asset_no = s.asset_no AND r.metric_no = s.metric_no AND r.observed_at <= $1 AND r.observed_at > $2
         ${known === 'then' ? 'AND r.received_at <= $1' : ''}
       ORDER BY r.observed_at DESC LIMIT 1) AS r`,
    [
      new Date(atMs),
      new Date(atMs - lookBackMs.sensor),
      Object.keys(metrics),
      Object.values(metrics).map(({ no }) => no),
    ],
  );

function putReading(asset: PictureAsset | undefined, row: ReadingRow): void {
  const metric = metricIdOf(row.metric_no);
  if (asset === undefined || metric === undefined) return;
  asset.values.set(metric, { value: row.value, observedAt: row.observed_ms });
  asset.observedAt = Math.max(asset.observedAt ?? 0, row.observed_ms);
}

interface StateRow {
  asset_no: number;
  state: string | null;
  state_ms: number | null;
  event_ms: number | null;
}

const selectStates = (tx: Query, cameras: number[], { atMs, known }: MomentAsked): Promise<StateRow[]> => {
  const then = known === 'then' ? 'AND received_at <= $2' : '';
  return tx.query<StateRow>(
    `SELECT c.asset_no, s.state, ${ms('s.observed_at')} AS state_ms, ${ms('e.observed_at')} AS event_ms
     FROM unnest($1::int[]) AS c (asset_no)
     LEFT JOIN LATERAL (
       SELECT state, observed_at FROM camera_state
       WHERE asset_no = c.asset_no AND observed_at <= $2 AND observed_at > $3 ${then}
       ORDER BY observed_at DESC LIMIT 1) AS s ON true
     LEFT JOIN (
       SELECT asset_no, max(observed_at) AS observed_at FROM camera_event
       WHERE observed_at <= $2 AND observed_at > $4 ${then} GROUP BY asset_no) AS e ON e.asset_no = c.asset_no`,
    [cameras, new Date(atMs), new Date(atMs - lookBackMs.camera), new Date(atMs - cameraEventLookBackMs)],
  );
};

function putState(asset: PictureAsset, row: StateRow): void {
  if (row.state !== null) asset.values.set('state', { value: row.state, observedAt: row.state_ms! });
  const newest = Math.max(row.state_ms ?? 0, row.event_ms ?? 0);
  if (newest > 0) asset.observedAt = newest;
  for (const key of ['bearingDeg', 'fieldOfViewDeg']) {
    const held = asset.values.get(key);
    if (held) held.observedAt = newest;
  }
}
