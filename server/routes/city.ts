// GET /city.json and the base map: what is drawn under everything, the same for everyone.
import { createHash } from 'node:crypto';
import { basename, dirname, resolve } from 'node:path';
import Type from 'typebox';
import type { CityMap } from '../../model/city.ts';
import { signedIn } from '../../model/roles.ts';
import type { App } from '../app.ts';

/** `city` is drawn from /city.json alone. */
export type Basemap = { kind: 'city' } | { kind: 'pmtiles'; url: string } | { kind: 'style'; url: string };

/** @param basemap the configured one: a PMTiles file, or the address of a style. */
export function toBasemap(basemap: string | undefined): Basemap {
  if (basemap === undefined) return { kind: 'city' };
  return /^https?:/.test(basemap)
    ? { kind: 'style', url: basemap }
    : { kind: 'pmtiles', url: '/basemap.pmtiles' };
}

/** Written once, at the start. */
const Written = Type.Unsafe<string>({ type: 'object', additionalProperties: true });

export function cityRoutes(app: App, city: CityMap, basemap: string | undefined): void {
  const { facts, districts, streets, ground, facilities, lines } = city;
  const map: CityMap = { facts, districts, streets, ground, facilities, lines };
  const body = JSON.stringify(map);
  // Weak: the same to whoever reads it, whichever way it is compressed (RFC 9110, 8.8.1).
  const etag = `W/"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`;
  app.get(
    '/city.json',
    {
      config: { access: 'public' },
      schema: {
        summary: 'The map of the city: outlines, streets, rivers, facilities, lines',
        tags: ['city'],
        response: { 200: Written, 304: Type.Null() },
      },
    },
    async (request, reply) => {
      reply.headers({ etag, 'cache-control': 'no-cache' });
      if (request.headers['if-none-match']?.split(/\s*,\s*/).includes(etag)) {
        reply.code(304);
        return null;
      }
      reply.type('application/json; charset=utf-8').serializer(String);
      return body;
    },
  );

  const drawn = toBasemap(basemap);
  app.get(
    '/basemap.json',
    {
      config: { access: 'public' },
      schema: {
        summary: 'Which base map to draw',
        tags: ['city'],
        response: {
          200: Type.Object({
            kind: Type.Enum(['city', 'pmtiles', 'style']),
            url: Type.Optional(Type.String()),
          }),
        },
      },
    },
    async (_request, reply) => {
      reply.header('cache-control', 'no-cache');
      return drawn;
    },
  );
  if (drawn.kind === 'pmtiles' && basemap !== undefined) pmtilesRoute(app, resolve(basemap));
}

/** Byte ranges of one file: what a PMTiles reader asks for. */
function pmtilesRoute(app: App, file: string): void {
  app.get(
    '/basemap.pmtiles',
    {
      config: { access: signedIn },
      schema: { summary: 'The tiles of the base map, by byte ranges', tags: ['city'] },
      compress: false,
    },
    (_request, reply) =>
      reply.sendFile(basename(file), dirname(file), { maxAge: 3_600_000, cacheControl: true }),
  );
}
