// GET /api/assets/{id}/track: where a vehicle was.
import Type, { type Static } from 'typebox';
import { parseAssetId } from '../../model/asset.ts';
import { Problem } from '../../model/http.ts';
import { watchers } from '../../model/roles.ts';
import { gapMsOf, toTrackParts, Track, TrackQuery } from '../../model/track.ts';
import { selectAssetNo } from '../../store/assets.ts';
import type { Database } from '../../store/connect.ts';
import { selectTrack, type StoredTrack, type TrackRange } from '../../store/tracks.ts';
import type { App } from '../app.ts';
import type { LivePicture } from '../../bus/picture.ts';
import { HttpProblem } from '../problem.ts';
import { parseTime } from './series.ts';

const defaultSpanMs = 30 * 60_000;
const longestSpanMs = 7 * 86_400_000;
const Params = Type.Object({ id: Type.String({ description: '{kind}:{source id}' }) });
const nothing: StoredTrack = { resolution: 'fix', fixes: [], truncated: false };
const iso = (ms: number): string => new Date(ms).toISOString();

export function trackRoutes(app: App, db: Database, picture: LivePicture): void {
  app.get(
    '/api/assets/:id/track',
    {
      config: { access: watchers },
      schema: {
        summary: 'Where a vehicle was, as lines; where it was not heard there is none',
        tags: ['assets'],
        params: Params,
        querystring: TrackQuery,
        response: { 200: Track, 400: Problem, 404: Problem },
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      const nowMs = Date.now();
      const range = rangeOf(request.query, nowMs);
      const vehicleNo = await demandVehicle(db, picture, id);
      const track = vehicleNo === undefined ? nothing : await selectTrack(db, vehicleNo, range, nowMs);
      const { resolution, fixes, truncated } = track;
      const gapMs = gapMsOf(picture.get(id)?.expectedEverySeconds ?? 10, resolution);
      const parts = toTrackParts(fixes, gapMs).map((part) =>
        part.map(({ at, lat, lon }): [string, number, number] => [iso(at), lat, lon]),
      );
      reply.header('cache-control', 'no-store');
      const { fromMs, toMs } = range;
      return { id, from: iso(fromMs), to: iso(toMs), resolution, fixes: fixes.length, truncated, parts };
    },
  );
}

/** @throws {HttpProblem} 404 when there is no such asset, 400 when it is none that moves. */
async function demandVehicle(db: Database, picture: LivePicture, id: string): Promise<number | undefined> {
  const asset = parseAssetId(id);
  if (asset === undefined) throw new HttpProblem(404, `There is no asset ${JSON.stringify(id)}.`);
  if (asset.kind !== 'vehicle')
    throw new HttpProblem(400, `id is a ${asset.kind}; only vehicles have a track`, { field: 'id' });
  const assetNo = picture.assetNoOf(id) ?? (await selectAssetNo(db, asset.kind, asset.sourceId));
  // Heard of by the bus and not stored yet: known, and without a past.
  if (assetNo === undefined && picture.get(id) === undefined)
    throw new HttpProblem(404, `There is no asset ${JSON.stringify(id)}.`);
  return assetNo;
}

/** @throws {HttpProblem} 400 naming the field: no time, turned round, longer than seven days. */
function rangeOf(query: Static<typeof TrackQuery>, nowMs: number): TrackRange {
  const toMs = query.to === undefined ? nowMs : parseTime(query.to, 'to');
  const fromMs = query.from === undefined ? toMs - defaultSpanMs : parseTime(query.from, 'from');
  if (fromMs > toMs) throw new HttpProblem(400, 'from is after to', { field: 'from' });
  if (toMs - fromMs > longestSpanMs)
    throw new HttpProblem(400, 'from is more than seven days before to', { field: 'from' });
  return { fromMs, toMs };
}
