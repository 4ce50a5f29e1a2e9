// GET /api/assets: the live picture as GeoJSON; PATCH /api/assets/{id}: what an admin puts down about one.
import Type from 'typebox';
import { AssetCollection, assetKinds, isAssetKind, parseAssetId, type AssetKind } from '../../model/asset.ts';
import { AssetChange, RegisteredAsset } from '../../model/device.ts';
import { Problem } from '../../model/http.ts';
import { admins, watchers } from '../../model/roles.ts';
import { updateAsset } from '../../store/assets.ts';
import type { Database } from '../../store/connect.ts';
import { userActor } from '../../store/users.ts';
import type { App } from '../app.ts';
import type { Bbox, LivePicture } from '../../bus/picture.ts';
import { HttpProblem } from '../problem.ts';

const AssetsQuery = Type.Object({
  kind: Type.Optional(
    Type.String({
      maxLength: 64,
      description: `one or more of ${assetKinds.join(', ')}, separated by commas; default all`,
    }),
  ),
  bbox: Type.Optional(
    Type.String({
      maxLength: 128,
      description: 'west,south,east,north in degrees (WGS 84); default everywhere',
    }),
  ),
});

const Params = Type.Object({ id: Type.String({ maxLength: 128 }) });

export function assetRoutes(app: App, db: Database, picture: LivePicture): void {
  app.get(
    '/api/assets',
    {
      config: { access: watchers },
      schema: {
        summary: 'Every asset with its newest values, as GeoJSON',
        tags: ['assets'],
        querystring: AssetsQuery,
        response: { 200: AssetCollection, 400: Problem, 503: Problem },
      },
    },
    async (request, reply) => {
      const kinds = parseKinds(request.query.kind);
      const bbox = parseBbox(request.query.bbox);
      if (picture.loadedAt === undefined) throw new HttpProblem(503, 'There is no picture of the city yet.');
      reply.header('cache-control', 'no-store').type('application/geo+json; charset=utf-8');
      return { type: 'FeatureCollection' as const, features: picture.toFeatures(kinds, Date.now(), bbox) };
    },
  );

  app.patch(
    '/api/assets/:id',
    {
      config: { access: admins },
      schema: {
        summary: 'Confirm an asset, name it, place it, or say how often it should be heard',
        tags: ['assets'],
        params: Params,
        body: AssetChange,
        response: { 200: RegisteredAsset, 400: Problem, 404: Problem },
      },
    },
    async (request, reply) => {
      const change = toChange(request.body);
      const asset = parseAssetId(request.params.id);
      const actor = userActor(request.session!.userNo);
      const registered = asset && (await updateAsset(db, asset.kind, asset.sourceId, change, actor));
      if (registered === undefined) throw new HttpProblem(404, `There is no asset ${request.params.id}.`);
      reply.header('cache-control', 'no-store');
      return registered;
    },
  );
}

/** @throws {HttpProblem} 400 when nothing is asked for, or half a place. */
function toChange(given: AssetChange): AssetChange {
  if (Object.keys(given).length === 0) throw new HttpProblem(400, 'Nothing is to be changed.');
  if ((given.lat === undefined) !== (given.lon === undefined)) {
    const field = given.lat === undefined ? 'lat' : 'lon';
    throw new HttpProblem(400, `lat and lon come together; ${field} is missing.`, { field });
  }
  if (given.name === undefined) return given;
  const name = given.name.trim();
  if (name === '') throw new HttpProblem(400, 'The name is empty.', { field: 'name' });
  return { ...given, name };
}

/** @throws {HttpProblem} 400 for a kind that there is not. */
export function parseKinds(text: string | undefined): ReadonlySet<AssetKind> {
  if (text === undefined) return new Set(assetKinds);
  const kinds = text.split(',').map((kind) => kind.trim());
  const wrong = kinds.find((kind) => !isAssetKind(kind));
  if (wrong !== undefined) {
    throw new HttpProblem(400, `kind is ${JSON.stringify(wrong)}; expected ${assetKinds.join(', ')}`, {
      field: 'kind',
    });
  }
  return new Set(kinds.filter(isAssetKind));
}

const decimal = /^[+-]?(\d+\.?\d*|\.\d+)$/;

/** @throws {HttpProblem} 400 saying which of the four is wrong. */
export function parseBbox(text: string | undefined): Bbox | undefined {
  if (text === undefined) return undefined;
  const parts = text.split(',').map((part) => part.trim());
  if (parts.length !== 4) {
    throw badBbox(`bbox has ${parts.length} numbers; expected 4: west,south,east,north`);
  }
  const numbers = parts.map((part) => (decimal.test(part) ? Number(part) : Number.NaN));
  const [west, south, east, north] = numbers as [number, number, number, number];
  for (const [name, value, limit] of [
    ['west', west, 180],
    ['south', south, 90],
    ['east', east, 180],
    ['north', north, 90],
  ] as const) {
    // Also false for what is no number.
    if (!(Math.abs(value) <= limit))
      throw badBbox(`${name} of bbox must be a number from ${-limit} to ${limit}`);
  }
  if (south > north) throw badBbox(`south of bbox (${south}) is more than north (${north})`);
  return [west, south, east, north];
}

const badBbox = (detail: string): HttpProblem => new HttpProblem(400, detail, { field: 'bbox' });
