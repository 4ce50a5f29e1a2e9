// GET /api/assets: the live picture as GeoJSON.
import Type from 'typebox';
import { AssetCollection, assetKinds, isAssetKind, type AssetKind } from '../../model/asset.ts';
import { Problem } from '../../model/http.ts';
import { watchers } from '../../model/roles.ts';
import type { App } from '../app.ts';
import type { Bbox, LivePicture } from '../live/picture.ts';
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

export function assetRoutes(app: App, picture: LivePicture): void {
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
