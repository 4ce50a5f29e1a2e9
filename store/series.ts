// SQL of charts: one metric of one asset over time, as stored or in equal buckets.
import type { SeriesPoint } from '../model/http.ts';
import { metrics, type MetricId, type VehicleMetricId } from '../model/metrics.ts';
import type { Database, Query } from './connect.ts';

/** Both ends belong to the range: epoch milliseconds. */
export interface SeriesRange {
  fromMs: number;
  toMs: number;
  /** At most so many points come back. */
  points: number;
}

/** A chart that takes longer is not worth the wait of the others; the embedded database has its own limit. */
const statementTimeoutMs = 10_000;
const minuteMs = 60_000;
const hourMs = 3_600_000;

/** Rows of vehicles are kept for 30 days; a day less, for dropping goes by whole chunks. */
const positionsKeptMs = 29 * 24 * hourMs;

/** What a metric is read from: the rows themselves, and the aggregate that stands for whole steps of them. */
interface Source {
  /** Selects `observed_at, value`; `$1` is the asset, `$2` and `$3` the range. */
  rows: string;
  /** Selects `bucket, mean, min, max, n` of the whole steps from `$7` to before `$8`. */
  steps: string;
  stepMs: number;
}

const readingSource = (metric: MetricId): Source => {
  const metricNo = metrics[metric].no;
  return {
    rows: `SELECT observed_at, value FROM reading
           WHERE asset_no = $1 AND metric_no = ${metricNo} AND observed_at BETWEEN $2 AND $3`,
    steps: `SELECT bucket, mean, min, max, n FROM reading_hour
            WHERE asset_no = $1 AND metric_no = ${metricNo} AND bucket >= $7 AND bucket < $8`,
    stepMs: hourMs,
  };
};

const vehicleSources: Record<VehicleMetricId, Source> = {
  speed: {
    rows: `SELECT observed_at, speed_dmps / 10.0::float8 AS value FROM vehicle_position
           WHERE vehicle_no = $1 AND speed_dmps IS NOT NULL AND observed_at BETWEEN $2 AND $3`,
    steps: `SELECT bucket, speed_dmps / 10.0::float8 AS mean, speed_dmps_min / 10.0::float8 AS min,
              speed_dmps_max / 10.0::float8 AS max, n FROM vehicle_minute
            WHERE vehicle_no = $1 AND speed_dmps IS NOT NULL AND bucket >= $7 AND bucket < $8`,
    stepMs: minuteMs,
  },
  occupancy: {
    rows: `SELECT observed_at, occupancy_pct::float8 AS value FROM vehicle_position
           WHERE vehicle_no = $1 AND occupancy_pct IS NOT NULL AND observed_at BETWEEN $2 AND $3`,
    // The aggregate holds no extremes of it: those of the minutes' means stand in.
    steps: `SELECT bucket, occupancy_pct::float8 AS mean, occupancy_pct::float8 AS min,
              occupancy_pct::float8 AS max, n FROM vehicle_minute
            WHERE vehicle_no = $1 AND occupancy_pct IS NOT NULL AND bucket >= $7 AND bucket < $8`,
    stepMs: minuteMs,
  },
};

/** Values of a sensor, in the unit of the registry. */
export async function selectReadingSeries(
  db: Database,
  assetNo: number,
  metric: MetricId,
  range: SeriesRange,
): Promise<SeriesPoint[]> {
  return selectSeries(db, readingSource(metric), assetNo, range, Number.NEGATIVE_INFINITY);
}

/**
 * Speed in m/s or occupancy in per cent of a vehicle.
 * @param nowMs older than 30 days before this only minutes are left.
 */
export async function selectVehicleSeries(
  db: Database,
  vehicleNo: number,
  metric: VehicleMetricId,
  range: SeriesRange,
  nowMs: number,
): Promise<SeriesPoint[]> {
  return selectSeries(db, vehicleSources[metric], vehicleNo, range, nowMs - positionsKeptMs);
}

async function selectSeries(
  db: Database,
  source: Source,
  assetNo: number,
  range: SeriesRange,
  rowsKeptSinceMs: number,
): Promise<SeriesPoint[]> {
  return db.transaction(async (tx) => {
    await tx.execute(`SET LOCAL statement_timeout = ${statementTimeoutMs}`);
    if (range.fromMs >= rowsKeptSinceMs) {
      const rows = await selectRows(tx, source, assetNo, range);
      if (rows.length <= range.points) return rows.map(toPoint);
    }
    const buckets = toBuckets(range, source.stepMs, range.fromMs < rowsKeptSinceMs);
    return (await selectBuckets(tx, source, assetNo, range, buckets)).map((row) =>
      toBucketPoint(row, buckets),
    );
  });
}

interface ValueRow {
  observed_at: Date;
  value: number;
}

/** One row more than asked for says that there are too many. */
const selectRows = (tx: Query, source: Source, assetNo: number, range: SeriesRange): Promise<ValueRow[]> =>
  tx.query(`${source.rows} ORDER BY observed_at LIMIT $4`, [
    assetNo,
    new Date(range.fromMs),
    new Date(range.toMs),
    range.points + 1,
  ]);

const toPoint = ({ observed_at: at, value }: ValueRow): SeriesPoint => [
  at.toISOString(),
  value,
  value,
  value,
  1,
];

/** Equal buckets over a range: number i covers `widthMs` from `startMs + i * widthMs`. */
export interface Buckets {
  startMs: number;
  widthMs: number;
  count: number;
  /** Buckets begin and end where steps of the aggregate do, so that it can stand for the rows. */
  whole: boolean;
}

/**
 * Divides a range into at most `points` equal buckets. Those of a step's length or more begin on a step.
 * @param always buckets are never shorter than a step.
 */
export function toBuckets({ fromMs, toMs, points }: SeriesRange, stepMs: number, always = false): Buckets {
  const spanMs = Math.max(1, toMs - fromMs);
  const plainMs = Math.max(1, Math.ceil(spanMs / points));
  if (!always && plainMs < stepMs) {
    return { startMs: fromMs, widthMs: plainMs, count: Math.ceil(spanMs / plainMs), whole: false };
  }
  const startMs = Math.floor(fromMs / stepMs) * stepMs;
  const steps = Math.floor(toMs / stepMs) + 1 - startMs / stepMs;
  const stepsEach = Math.max(1, Math.ceil(steps / points));
  return { startMs, widthMs: stepsEach * stepMs, count: Math.ceil(steps / stepsEach), whole: true };
}

interface BucketRow {
  bucket: number;
  mean: number;
  min: number;
  max: number;
  n: number;
}

const toBucketPoint = (
  { bucket, mean, min, max, n }: BucketRow,
  { startMs, widthMs }: Buckets,
): SeriesPoint => [new Date(startMs + bucket * widthMs).toISOString(), mean, min, max, n];

/**
 * The number of the bucket of a time; a value at the very end of the range belongs to the last. Rounded to
 * milliseconds before it is divided, for a time on an edge must not fall to the bucket before.
 */
const bucketOf = (time: string): string =>
  `least(floor((round(extract(epoch FROM ${time})::float8 * 1000) - $4) / $5), $6)::int AS bucket`;

async function selectBuckets(
  tx: Query,
  source: Source,
  assetNo: number,
  { fromMs, toMs }: SeriesRange,
  { startMs, widthMs, count, whole }: Buckets,
): Promise<BucketRow[]> {
  const rows = (where = ''): string =>
    `SELECT ${bucketOf('observed_at')}, value AS mean, value AS min, value AS max, 1 AS n
     FROM (${source.rows}) AS each ${where}`;
  // Steps that lie wholly within the range come from the aggregate, the ragged ends from the rows.
  const firstStep = Math.ceil(fromMs / source.stepMs) * source.stepMs;
  const endOfSteps = Math.max(firstStep, Math.floor(toMs / source.stepMs) * source.stepMs);
  const parts = whole
    ? `${rows('WHERE observed_at < $7')} UNION ALL ${rows('WHERE observed_at >= $8')} UNION ALL
       SELECT ${bucketOf('bucket')}, mean, min, max, n
       FROM (${source.steps}) AS step`
    : rows();
  return tx.query<BucketRow>(
    `SELECT bucket, sum(mean * n) / sum(n) AS mean, min(min) AS min, max(max) AS max, sum(n)::int AS n
     FROM (${parts}) AS part GROUP BY bucket ORDER BY bucket`,
    [
      assetNo,
      new Date(fromMs),
      new Date(toMs),
      startMs,
      widthMs,
      count - 1,
      ...(whole ? [new Date(firstStep), new Date(endOfSteps)] : []),
    ],
  );
}
