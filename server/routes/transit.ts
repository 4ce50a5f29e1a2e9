// GET /api/transit/…: the lines and stops of the timetable, and what leaves a stop next.
import Type from 'typebox';
import { Problem } from '../../model/http.ts';
import { watchers } from '../../model/roles.ts';
import {
  Departures,
  DeparturesQuery,
  LineCollection,
  StopCollection,
  type Timetable,
} from '../../model/transit.ts';
import { isTimeZone } from '../../model/transit-times.ts';
import type { Database, Query } from '../../store/connect.ts';
import { selectStopBoard } from '../../store/departures.ts';
import { selectLines, selectStops, selectTimetable, type TimetableRow } from '../../store/timetable.ts';
import type { App } from '../app.ts';
import { toDepartures, windowsAround } from '../departure-board.ts';
import { HttpProblem } from '../problem.ts';

const defaultLimit = 12;
const StopParams = Type.Object({
  id: Type.String({ minLength: 1, description: 'stop_id of the timetable' }),
});
const geoJson = 'application/geo+json; charset=utf-8';

/** @param cityTimeZone stands in for a feed that names none. */
export function transitRoutes(app: App, db: Database, cityTimeZone: string): void {
  const zoneOf = ({ timeZone }: TimetableRow): string => (isTimeZone(timeZone) ? timeZone : cityTimeZone);
  const toTimetable = (row: TimetableRow): Timetable => ({
    importId: row.importNo,
    importedAt: row.importedAt.toISOString(),
    serviceFrom: row.serviceFrom,
    serviceUntil: row.serviceUntil,
    timeZone: zoneOf(row),
  });
  const lines = writtenOnce(db, async (tx, row) => ({
    ...(await toLines(tx, row)),
    timetable: toTimetable(row),
  }));
  const stops = writtenOnce(db, async (tx, row) => ({
    ...(await toStops(tx, row)),
    timetable: toTimetable(row),
  }));

  for (const [path, what, response, written] of [
    ['/api/transit/lines', 'Every line with where it runs, as GeoJSON', LineCollection, lines],
    ['/api/transit/stops', 'Every stop and station, as GeoJSON', StopCollection, stops],
  ] as const) {
    app.get(
      path,
      {
        config: { access: watchers },
        schema: {
          summary: what,
          tags: ['transit'],
          response: { 200: Type.Unsafe<string>(response), 304: Type.Null() },
        },
      },
      async (request, reply) => {
        const { body, etag } = await written();
        reply.headers({ etag, 'cache-control': 'private, no-cache' });
        if (request.headers['if-none-match']?.split(/\s*,\s*/).includes(etag)) {
          reply.code(304);
          return null;
        }
        reply.type(geoJson).serializer(String);
        return body;
      },
    );
  }

  app.get(
    '/api/transit/stops/:id/departures',
    {
      config: { access: watchers },
      schema: {
        summary: 'What leaves a stop within a day, soonest first, with what is known live',
        tags: ['transit'],
        params: StopParams,
        querystring: DeparturesQuery,
        response: { 200: Departures, 400: Problem, 404: Problem },
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      const nowMs = Date.now();
      const found = await selectStopBoard(db, id.replaceAll('\0', ''), (timetable) =>
        windowsAround(nowMs, zoneOf(timetable), timetable.lastSecond),
      );
      if (found === undefined) throw new HttpProblem(404, 'No timetable was imported yet.');
      if (found.board === undefined) throw new HttpProblem(404, `There is no stop ${JSON.stringify(id)}.`);
      reply.header('cache-control', 'no-store');
      return {
        stopId: found.board.stop.stopId,
        name: found.board.stop.name,
        asOf: new Date(nowMs).toISOString(),
        timetable: toTimetable(found.timetable),
        departures: toDepartures(found.board, nowMs, request.query.limit ?? defaultLimit),
      };
    },
  );
}

interface Written {
  body: string;
  etag: string;
}

/** What changes with an import alone is written once for each: a wall asks for it at every load. */
function writtenOnce(
  db: Database,
  make: (tx: Query, timetable: TimetableRow) => Promise<object>,
): () => Promise<Written> {
  const none = { type: 'FeatureCollection', timetable: null, features: [] };
  let last: { importNo: number; written: Written } | undefined;
  return async () => {
    const newest = (await selectTimetable(db))?.importNo;
    if (newest === undefined) return { body: JSON.stringify(none), etag: 'W/"0"' };
    if (last?.importNo === newest) return last.written;
    last = await db.transaction(async (tx) => {
      // An import that ends meanwhile is not seen by half.
      await tx.execute('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY');
      const timetable = (await selectTimetable(tx))!;
      const body = JSON.stringify(await make(tx, timetable));
      const { importNo } = timetable;
      return { importNo, written: { body, etag: `W/"${importNo}-${timetable.importedAt.getTime()}"` } };
    });
    return last.written;
  };
}

const colourOf = (color: string | null): string | null => (color === null ? null : `#${color}`);

async function toLines(
  tx: Query,
  { importNo }: TimetableRow,
): Promise<Pick<LineCollection, 'type' | 'features'>> {
  const lines = await selectLines(tx, importNo);
  return {
    type: 'FeatureCollection',
    features: lines.map(({ routeId, shortName, longName, color, textColor, routeType, agency, paths }) => ({
      type: 'Feature' as const,
      id: routeId,
      geometry: { type: 'MultiLineString' as const, coordinates: paths },
      properties: {
        routeId,
        shortName,
        longName,
        color: colourOf(color),
        textColor: colourOf(textColor),
        routeType,
        agency,
      },
    })),
  };
}

async function toStops(
  tx: Query,
  { importNo }: TimetableRow,
): Promise<Pick<StopCollection, 'type' | 'features'>> {
  const stops = await selectStops(tx, importNo);
  return {
    type: 'FeatureCollection',
    features: stops.map(({ lat, lon, ...properties }) => ({
      type: 'Feature' as const,
      id: properties.stopId,
      geometry: { type: 'Point' as const, coordinates: [lon, lat] },
      properties,
    })),
  };
}
