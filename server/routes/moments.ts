// GET /api/moments: the city as it was; …/slices: all that changed in a stretch of the past; …/density: the time bar.
import { assetKinds, type AssetKind } from '../../model/asset.ts';
import { Problem } from '../../model/http.ts';
import {
  Density,
  DensityQuery,
  lookBackMs,
  Moment,
  MomentQuery,
  Slice,
  SliceQuery,
  slicesAtMost,
} from '../../model/moment.ts';
import { toFeature, type PictureAsset } from '../../model/picture.ts';
import { watchers } from '../../model/roles.ts';
import type { Database } from '../../store/connect.ts';
import { selectDensity } from '../../store/moment-density.ts';
import { selectLoggedAt } from '../../store/moment-log.ts';
import { selectSlice, type SliceKind } from '../../store/moment-slices.ts';
import {
  looking,
  resolutionAt,
  selectAssetsAt,
  selectKeptFrom,
  type MomentAsked,
} from '../../store/moments.ts';
import type { App } from '../app.ts';
import { toEvent } from '../events.ts';
import { HttpProblem } from '../problem.ts';
import { parseTime } from './series.ts';
import { toWarningFeature } from './warnings.ts';

/** The clock of whoever asks may be a little ahead of ours. */
const aheadMs = 2_000;
const sliceKinds: readonly SliceKind[] = [...assetKinds, 'event'];
const densityAtMostMs = 31 * 86_400_000;

export function momentRoutes(app: App, db: Database, withSimulated: boolean): void {
  app.get(
    '/api/moments',
    {
      config: { access: watchers },
      schema: {
        summary:
          'The city as it was at a moment, in the shape of /api/assets with the freshness of then, and what stood then',
        tags: ['moments'],
        querystring: MomentQuery,
        response: { 200: Moment, 400: Problem, 503: Problem },
      },
    },
    async (request, reply) => {
      const nowMs = Date.now();
      const atMs = await pastOf(db, request.query.at, 'at', nowMs);
      const asked: MomentAsked = { atMs, known: request.query.known ?? 'was', nowMs, withSimulated };
      const { assets, logged } = await looking(db, async (tx) => ({
        assets: await selectAssetsAt(tx, asked),
        logged: await selectLoggedAt(tx, atMs, withSimulated),
      }));
      reply.header('cache-control', 'no-store').type('application/geo+json; charset=utf-8');
      return {
        type: 'FeatureCollection' as const,
        at: new Date(atMs).toISOString(),
        known: asked.known,
        resolution: resolutionAt(atMs, nowMs),
        completeness: {
          assets: countKinds(assets),
          observed: countKinds(assets.filter(({ observedAt }) => observedAt !== undefined)),
          lookBackSeconds: toSeconds(lookBackMs),
        },
        features: assets.map((asset) => toFeature(asset, atMs)),
        alarms: logged.alarms,
        incidents: logged.incidents,
        warnings: logged.warnings.map(toWarningFeature),
        events: logged.events.map(toEvent),
      };
    },
  );

  app.get(
    '/api/moments/slices',
    {
      config: { access: watchers },
      schema: {
        summary: `All that changed in a stretch of the past, in order, as columns; at most ${slicesAtMost.rows} rows a table and ${slicesAtMost.events} events, or it says where it was cut`,
        tags: ['moments'],
        querystring: SliceQuery,
        response: { 200: Slice, 400: Problem, 503: Problem },
      },
    },
    async (request, reply) => {
      const { query } = request;
      const nowMs = Date.now();
      const fromMs = await pastOf(db, query.from, 'from', nowMs);
      const toMs = await pastOf(db, query.to, 'to', nowMs);
      spanOf(fromMs, toMs, slicesAtMost.spanMs);
      const slice = await selectSlice(db, {
        fromMs,
        toMs,
        known: query.known ?? 'was',
        kinds: parseSliceKinds(query.kinds),
        stepSeconds: query.step ?? 0,
        nowMs,
        withSimulated,
      });
      reply.header('cache-control', 'no-store');
      return { ...slice, events: slice.events.map(toEvent) };
    },
  );

  app.get(
    '/api/moments/density',
    {
      config: { access: watchers },
      schema: {
        summary:
          'How much was received when, which alarms began, and where nothing was heard: what the time bar shows',
        tags: ['moments'],
        querystring: DensityQuery,
        response: { 200: Density, 400: Problem, 503: Problem },
      },
    },
    async (request, reply) => {
      const nowMs = Date.now();
      const fromMs = parseTime(request.query.from, 'from');
      const toMs = parseTime(request.query.to, 'to');
      spanOf(fromMs, toMs, densityAtMostMs);
      reply.header('cache-control', 'no-store');
      return selectDensity(db, { fromMs, toMs, buckets: request.query.buckets ?? 288, nowMs, withSimulated });
    },
  );
}

/** @throws {HttpProblem} 400 for a time in the future, or before anything is kept. */
async function pastOf(db: Database, text: string, field: string, nowMs: number): Promise<number> {
  const ms = Date.parse(text);
  if (Number.isNaN(ms))
    throw new HttpProblem(400, `${field} must be a time such as 2026-11-24T07:00:00Z`, { field });
  if (ms > nowMs + aheadMs) throw new HttpProblem(400, `${field} lies in the future.`, { field });
  const keptFrom = await selectKeptFrom(db, nowMs);
  if (keptFrom === undefined) throw new HttpProblem(400, `${field}: nothing is kept yet.`, { field });
  if (ms < keptFrom) {
    const since = new Date(keptFrom).toISOString();
    throw new HttpProblem(400, `${field} lies before anything is kept, which is since ${since}.`, {
      field,
      extra: { keptFrom: since },
    });
  }
  return Math.min(ms, nowMs);
}

/** @throws {HttpProblem} 400 when it ends before it begins, or is too long. */
function spanOf(fromMs: number, toMs: number, atMostMs: number): void {
  if (toMs <= fromMs) throw new HttpProblem(400, 'to is not after from.', { field: 'to' });
  if (toMs - fromMs > atMostMs)
    throw new HttpProblem(400, `to is more than ${atMostMs / 3_600_000} hours after from.`, { field: 'to' });
}

/** @throws {HttpProblem} 400 for a kind that there is not. */
function parseSliceKinds(text: string | undefined): ReadonlySet<SliceKind> {
  if (text === undefined) return new Set(sliceKinds);
  const kinds = text.split(',').map((kind) => kind.trim());
  const wrong = kinds.find((kind) => !sliceKinds.includes(kind as SliceKind));
  if (wrong !== undefined) {
    throw new HttpProblem(400, `kinds has ${JSON.stringify(wrong)}; expected ${sliceKinds.join(', ')}`, {
      field: 'kinds',
    });
  }
  return new Set(kinds as SliceKind[]);
}

function countKinds(assets: readonly PictureAsset[]): Record<AssetKind, number> {
  const counts = { vehicle: 0, sensor: 0, camera: 0 };
  for (const { kind } of assets) counts[kind]++;
  return counts;
}

const toSeconds = (spans: Record<AssetKind, number>): Record<AssetKind, number> => ({
  vehicle: spans.vehicle / 1000,
  sensor: spans.sensor / 1000,
  camera: spans.camera / 1000,
});
