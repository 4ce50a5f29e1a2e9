// SQL of the past as a dry run reads it: what was observed in one slice of time, in the order in which it was.
import { metrics, type MetricId } from '../model/metrics.ts';
import type { Query } from './connect.ts';

export interface Slice {
  fromMs: number;
  /** Not of the slice itself. */
  toMs: number;
  /** At most so many rows; all where it is left out. */
  limit?: number | undefined;
}

/** One observation of one asset; only what the rows hold is there. */
export interface TrialRow {
  assetNo: number;
  atMs: number;
  value?: number;
  lat?: number;
  lon?: number;
  routeId?: string | undefined;
  state?: string;
}

const span = ({ fromMs, toMs }: Slice): Date[] => [new Date(fromMs), new Date(toMs)];
const most = ({ limit }: Slice): string => (limit === undefined ? '' : `LIMIT ${Math.floor(limit)}`);
const ms = (column: string): string => `(extract(epoch FROM ${column}) * 1000)::float8`;

/** Values of one metric of those sensors. */
export const selectTrialReadings = (
  db: Query,
  slice: Slice,
  metric: MetricId,
  assetNos: readonly number[],
): Promise<TrialRow[]> =>
  db.query<Required<Pick<TrialRow, 'assetNo' | 'atMs' | 'value'>>>(
    `SELECT asset_no AS "assetNo", ${ms('observed_at')} AS "atMs", value FROM reading
     WHERE asset_no = ANY ($3) AND metric_no = $4 AND observed_at >= $1 AND observed_at < $2
     ORDER BY observed_at ${most(slice)}`,
    [...span(slice), assetNos, metrics[metric].no],
  );

/** When those sensors measured anything at all. */
export const selectTrialSigns = (db: Query, slice: Slice, assetNos: readonly number[]): Promise<TrialRow[]> =>
  db.query<Pick<TrialRow, 'assetNo' | 'atMs'>>(
    `SELECT DISTINCT asset_no AS "assetNo", ${ms('observed_at')} AS "atMs" FROM reading
     WHERE asset_no = ANY ($3) AND observed_at >= $1 AND observed_at < $2 ORDER BY "atMs" ${most(slice)}`,
    [...span(slice), assetNos],
  );

/** Where vehicles were, the first fix of each in every so many seconds. */
export async function selectTrialPositions(
  db: Query,
  slice: Slice,
  everySeconds: number,
): Promise<TrialRow[]> {
  const rows = await db.query<{
    assetNo: number;
    atMs: number;
    lat_e6: number;
    lon_e6: number;
    route_id: string | null;
  }>(
    `SELECT "assetNo", "atMs", lat_e6, lon_e6, route_id FROM (
       SELECT DISTINCT ON (vehicle_no, floor(extract(epoch FROM observed_at) / $3))
         vehicle_no AS "assetNo", ${ms('observed_at')} AS "atMs", lat_e6, lon_e6, route_no
       FROM vehicle_position WHERE observed_at >= $1 AND observed_at < $2
       ORDER BY vehicle_no, floor(extract(epoch FROM observed_at) / $3), observed_at) AS thinned
     LEFT JOIN route USING (route_no) ORDER BY "atMs" ${most(slice)}`,
    [...span(slice), everySeconds],
  );
  return rows.map(({ assetNo, atMs, lat_e6, lon_e6, route_id }) => ({
    assetNo,
    atMs,
    lat: lat_e6 / 1e6,
    lon: lon_e6 / 1e6,
    routeId: route_id ?? undefined,
  }));
}

/** What cameras said of themselves. */
export const selectTrialCameraStates = (db: Query, slice: Slice): Promise<TrialRow[]> =>
  db.query<Pick<TrialRow, 'assetNo' | 'atMs' | 'state'>>(
    `SELECT asset_no AS "assetNo", ${ms('observed_at')} AS "atMs", state FROM camera_state
     WHERE observed_at >= $1 AND observed_at < $2 ORDER BY observed_at ${most(slice)}`,
    span(slice),
  );

/** In which minutes each feed was heard; `atMs` is the end of the minute. Kept for eight days. */
export const selectTrialFeedMinutes = (
  db: Query,
  slice: Slice,
): Promise<{ feedId: string; atMs: number }[]> =>
  db.query(
    `SELECT feed_id AS "feedId", ${ms('minute')} + 60000 AS "atMs" FROM feed_minute
     WHERE received > 0 AND minute >= $1 AND minute < $2 ORDER BY minute`,
    span(slice),
  );
