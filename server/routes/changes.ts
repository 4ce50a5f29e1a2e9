// GET /api/changes: the change log from a seq on, as the role may see it.
import Type from 'typebox';
import { Event } from '../../model/live.ts';
import { watchers } from '../../model/roles.ts';
import { selectChangesSince } from '../../store/changes.ts';
import type { Query } from '../../store/connect.ts';
import type { App } from '../app.ts';
import { nounsFor, toEvent } from '../events.ts';

const ChangesQuery = Type.Object({
  since: Type.Optional(Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER, default: 0 })),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, default: 500 })),
});

const Changes = Type.Object({
  changes: Type.Array(Event),
  next: Type.Integer({ description: 'the `since` to go on with' }),
});

export function changeRoutes(app: App, db: Query): void {
  app.get(
    '/api/changes',
    {
      config: { access: watchers },
      schema: {
        summary: 'The change log after the seq `since`, oldest first',
        tags: ['changes'],
        querystring: ChangesQuery,
        response: { 200: Changes },
      },
    },
    async (request, reply) => {
      const { since = 0, limit = 500 } = request.query;
      const changes = await selectChangesSince(db, since, limit, nounsFor(request.session!.role));
      reply.header('cache-control', 'no-store');
      return { changes: changes.map(toEvent), next: changes.at(-1)?.seq ?? since };
    },
  );
}
