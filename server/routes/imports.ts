// /api/imports: an admin brings a timetable as the ZIP of a GTFS feed, watches it come in, and can stop it.
import Type from 'typebox';
import { Problem } from '../../model/http.ts';
import { admins } from '../../model/roles.ts';
import { GtfsImport } from '../../model/transit.ts';
import { ImportBusy } from '../../store/gtfs/imports.ts';
import type { App } from '../app.ts';
import { HttpProblem } from '../problem.ts';
import type { TimetableImports } from '../timetable-imports.ts';

const mostBytes = 64 * 1024 ** 2;
/** The name that systems give a ZIP differs. */
const zipTypes = ['application/zip', 'application/x-zip-compressed', 'application/octet-stream'];
/** Local file header; or end of central directory, of an empty one. */
const zipBegins = [Buffer.from('PK\x03\x04'), Buffer.from('PK\x05\x06')];

const Params = Type.Object({ id: Type.String({ pattern: '^[1-9][0-9]{0,8}$' }) });
const UploadQuery = Type.Object({
  name: Type.Optional(Type.String({ maxLength: 200, description: 'of the file, to be told apart by' })),
});
const ListQuery = Type.Object({
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 50, default: 10 })),
});
/** Judged by the route, which says more than a schema could. */
const Zip = Type.Unsafe<Buffer>({ description: 'the ZIP of a GTFS feed, up to 64 MiB' });

const busy = (): HttpProblem =>
  new HttpProblem(409, 'Another import is running. Wait for its end, or stop it.');

export function importRoutes(app: App, imports: TimetableImports): void {
  app.addHook('onClose', () => imports.close());
  const access = { config: { access: admins } } as const;

  // In a scope of its own: no other route takes bodies that are no JSON.
  void app.register(async (scope: App) => {
    scope.addContentTypeParser(
      zipTypes,
      { parseAs: 'buffer', bodyLimit: mostBytes },
      (_request, body, done) => done(null, body),
    );
    scope.addContentTypeParser('*', (_request, _body, done) =>
      done(new HttpProblem(415, 'The body must be application/zip.')),
    );
    scope.post(
      '/api/imports/gtfs',
      {
        ...access,
        bodyLimit: mostBytes,
        // Before the body is taken in: memory holds one.
        preParsing: async () => {
          if (imports.busy) throw busy();
        },
        schema: {
          summary: 'Import the ZIP of a GTFS feed, which replaces the timetable when it is whole',
          tags: ['imports'],
          consumes: ['application/zip'],
          querystring: UploadQuery,
          body: Zip,
          response: {
            202: Type.Object({ id: Type.Integer() }),
            400: Problem,
            409: Problem,
            413: Problem,
            415: Problem,
          },
        },
      },
      async (request, reply) => {
        const { body } = request;
        if (!Buffer.isBuffer(body) || !zipBegins.some((begin) => body.subarray(0, 4).equals(begin)))
          throw new HttpProblem(400, 'The body is no ZIP.');
        if (imports.busy) throw busy();
        const name = request.query.name ?? 'gtfs.zip';
        const id = await imports
          .start(body, name, `user:${request.session!.userNo}`)
          .catch((error: unknown) => {
            throw error instanceof ImportBusy ? busy() : error;
          });
        reply.code(202).headers({ location: `/api/imports/${id}`, 'cache-control': 'no-store' });
        return { id };
      },
    );
  });

  app.get(
    '/api/imports',
    {
      ...access,
      schema: {
        summary: 'Imports of timetables, newest first',
        tags: ['imports'],
        querystring: ListQuery,
        response: { 200: Type.Array(GtfsImport) },
      },
    },
    async (request, reply) => {
      reply.header('cache-control', 'no-store');
      return imports.list(request.query.limit ?? 10);
    },
  );

  app.get(
    '/api/imports/:id',
    {
      ...access,
      schema: {
        summary: 'How an import goes, or how it went',
        tags: ['imports'],
        params: Params,
        response: { 200: GtfsImport, 404: Problem },
      },
    },
    async (request, reply) => {
      reply.header('cache-control', 'no-store');
      return demandImport(imports, request.params.id);
    },
  );

  app.delete(
    '/api/imports/:id',
    {
      ...access,
      schema: {
        summary: 'Stop an import; the timetable stays as it was',
        tags: ['imports'],
        params: Params,
        response: { 204: Type.Null(), 404: Problem, 409: Problem },
      },
    },
    async (request, reply) => {
      const { id } = await demandImport(imports, request.params.id);
      if (!(await imports.stop(id))) throw new HttpProblem(409, 'The import is over; it cannot be stopped.');
      reply.code(204);
      return null;
    },
  );
}

async function demandImport(imports: TimetableImports, id: string): Promise<GtfsImport> {
  const found = await imports.find(Number(id));
  if (found === undefined) throw new HttpProblem(404, `There is no import ${id}.`);
  return found;
}
