// GET /api/assets/{id}/series: one metric of one asset over time.
import Type, { type Static } from 'typebox';
import { parseAssetId, type AssetKind } from '../../model/asset.ts';
import { Problem, Series, SeriesQuery } from '../../model/http.ts';
import { isMetricId, isVehicleMetricId, metrics, vehicleMetrics } from '../../model/metrics.ts';
import { watchers } from '../../model/roles.ts';
import { selectAssetNo } from '../../store/assets.ts';
import type { Database } from '../../store/connect.ts';
import { selectReadingSeries, selectVehicleSeries, type SeriesRange } from '../../store/series.ts';
import type { App } from '../app.ts';
import type { LivePicture } from '../../bus/picture.ts';
import { HttpProblem } from '../problem.ts';

const defaultSpanMs = 24 * 3_600_000;
const defaultPoints = 500;
const Params = Type.Object({ id: Type.String({ description: '{kind}:{source id}' }) });

export function seriesRoutes(app: App, db: Database, picture: LivePicture): void {
  app.get(
    '/api/assets/:id/series',
    {
      config: { access: watchers },
      schema: {
        summary: 'A metric over time: as stored while it fits, else mean, min and max of equal buckets',
        tags: ['assets'],
        params: Params,
        querystring: SeriesQuery,
        response: { 200: Series, 400: Problem, 404: Problem },
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      const { metric } = request.query;
      const nowMs = Date.now();
      const range = parseRange(request.query, nowMs);
      const asset = parseAssetId(id);
      if (asset === undefined) throw new HttpProblem(404, `There is no asset ${JSON.stringify(id)}.`);
      const unit = unitOf(asset.kind, metric);
      const assetNo = picture.assetNoOf(id) ?? (await selectAssetNo(db, asset.kind, asset.sourceId));
      // Heard of by the bus and not stored yet: known, and without a past.
      if (assetNo === undefined && picture.get(id) === undefined) {
        throw new HttpProblem(404, `There is no asset ${JSON.stringify(id)}.`);
      }
      const points =
        assetNo === undefined ? [] : await selectPoints(db, asset.kind, assetNo, metric, range, nowMs);
      reply.header('cache-control', 'no-store');
      return { metric, unit, points };
    },
  );
}

async function selectPoints(
  db: Database,
  kind: AssetKind,
  assetNo: number,
  metric: string,
  range: SeriesRange,
  nowMs: number,
): Promise<Series['points']> {
  if (kind === 'vehicle' && isVehicleMetricId(metric)) {
    return selectVehicleSeries(db, assetNo, metric, range, nowMs);
  }
  return isMetricId(metric) ? selectReadingSeries(db, assetNo, metric, range) : [];
}

/** @throws {HttpProblem} 400 for a metric that assets of the kind do not have. */
function unitOf(kind: AssetKind, metric: string): string {
  if (kind === 'vehicle' && isVehicleMetricId(metric)) return vehicleMetrics[metric].unit;
  if (kind === 'sensor' && isMetricId(metric)) return metrics[metric].unit;
  const known = { vehicle: Object.keys(vehicleMetrics), sensor: Object.keys(metrics), camera: [] }[kind];
  const expected = known.length === 0 ? `a ${kind} has no series` : `a ${kind} has ${known.join(', ')}`;
  throw new HttpProblem(400, `metric is ${JSON.stringify(metric)}; ${expected}`, { field: 'metric' });
}

/**
 * The range of a query; by default the last 24 hours, in at most 500 points.
 * @throws {HttpProblem} 400 when it ends before it begins or is no time at all.
 */
export function parseRange(query: Static<typeof SeriesQuery>, nowMs: number): SeriesRange {
  const toMs = query.to === undefined ? nowMs : parseTime(query.to, 'to');
  const fromMs = query.from === undefined ? toMs - defaultSpanMs : parseTime(query.from, 'from');
  if (fromMs > toMs) throw new HttpProblem(400, 'from is after to', { field: 'from' });
  return { fromMs, toMs, points: query.points ?? defaultPoints };
}

/** @throws {HttpProblem} 400 naming the field. */
export function parseTime(text: string, field: string): number {
  const ms = Date.parse(text);
  // Years of four digits: what both JavaScript and PostgreSQL read alike.
  if (Number.isNaN(ms) || ms < 0 || ms >= Date.UTC(10_000, 0)) {
    throw new HttpProblem(400, `${field} must be a time such as 2026-11-24T07:00:00Z`, { field });
  }
  return ms;
}
