// GET, PUT /api/feeds/{id}/mapping: how a feed's own names, units and clock are read.
import Type from 'typebox';
import { Problem } from '../../model/http.ts';
import { admins } from '../../model/roles.ts';
import { FeedMapping, type Mapping } from '../../model/source.ts';
import type { Database } from '../../store/connect.ts';
import { selectMapping, upsertMapping } from '../../store/feed-mappings.ts';
import { userActor } from '../../store/users.ts';
import type { App } from '../app.ts';
import { demandReadFeed } from '../known-feed.ts';
import { demandReadable, largestMappingBytes } from '../mapping-fault.ts';
import { orStale, staleProblem } from '../stale.ts';

const Params = Type.Object({ id: Type.String({ pattern: '^[a-z0-9][a-z0-9-]{0,63}$' }) });
const access = { config: { access: admins } } as const;
const tags = ['feeds'];

export function mappingRoutes(app: App, db: Database): void {
  app.get(
    '/api/feeds/:id/mapping',
    {
      ...access,
      schema: {
        summary: "How a feed's own names, units and clock are read",
        tags,
        params: Params,
        response: { 200: FeedMapping, 404: Problem },
      },
    },
    async (request, reply) => {
      await demandReadFeed(db, request.params.id);
      reply.header('cache-control', 'no-store');
      return selectMapping(db, request.params.id);
    },
  );

  app.put(
    '/api/feeds/:id/mapping',
    {
      ...access,
      bodyLimit: largestMappingBytes,
      schema: {
        summary: "Say how a feed's own names, units and clock are read",
        tags,
        params: Params,
        body: FeedMapping,
        response: { 200: FeedMapping, 400: Problem, 404: Problem, 409: staleProblem(FeedMapping) },
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      const { mapping, version } = request.body as { mapping: Mapping; version: number };
      await demandReadFeed(db, id);
      demandReadable(mapping);
      const actor = userActor(request.session!.userNo);
      reply.header('cache-control', 'no-store');
      return orStale(upsertMapping(db, id, mapping, version, actor));
    },
  );
}
