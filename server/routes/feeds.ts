// GET /api/feeds: what ingest counts of each feed; GET /api/feeds/{id}/rejects: the newest messages it refused.
import Type from 'typebox';
import { FeedReport, Reject } from '../../model/feed.ts';
import { Problem } from '../../model/http.ts';
import { admins, watchers } from '../../model/roles.ts';
import type { Query } from '../../store/connect.ts';
import { selectRejects } from '../../store/rejects.ts';
import type { App } from '../app.ts';
import type { HealthWatch } from '../health.ts';
import { HttpProblem } from '../problem.ts';

const Params = Type.Object({ id: Type.String({ pattern: '^[a-z0-9][a-z0-9-]{0,63}$' }) });
const RejectsQuery = Type.Object({
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 500, default: 50 })),
});
const NotCurrent = Type.Intersect([
  Problem,
  Type.Object({ lastKnown: Type.Optional(FeedReport) }, { description: 'lastKnown is as old as its `at`' }),
]);

export function feedRoutes(app: App, db: Query, health: HealthWatch): void {
  app.get(
    '/api/feeds',
    {
      config: { access: watchers },
      schema: {
        summary:
          'What ingest counts of each feed; 503 while ingest is silent, so that it never looks like all-clear',
        tags: ['feeds'],
        response: { 200: FeedReport, 503: NotCurrent },
      },
    },
    async (_request, reply) => {
      const { report, current } = health.feeds;
      if (report === undefined) throw new HttpProblem(503, 'Ingest was not heard of yet.');
      if (!current) {
        throw new HttpProblem(503, `Ingest was last heard of at ${report.at}.`, {
          extra: { lastKnown: report },
        });
      }
      reply.header('cache-control', 'no-store');
      return report;
    },
  );

  app.get(
    '/api/feeds/:id/rejects',
    {
      // Payloads of devices, as they came: for whoever mends the feed.
      config: { access: [...admins, 'supervisor', 'operator'] },
      schema: {
        summary: 'The newest messages of a feed that were refused, with the reason',
        tags: ['feeds'],
        params: Params,
        querystring: RejectsQuery,
        response: { 200: Type.Array(Reject), 404: Problem },
      },
    },
    async (request, reply) => {
      const rejects = await selectRejects(db, request.params.id, request.query.limit ?? 50);
      if (rejects.length === 0) demandFeed(health, request.params.id);
      reply.header('cache-control', 'no-store');
      return rejects;
    },
  );
}

/** A feed nobody knows is not a feed without rejects; while ingest is silent nobody can tell. */
function demandFeed(health: HealthWatch, id: string): void {
  const { report } = health.feeds;
  if (report && !report.feeds.some((feed) => feed.id === id))
    throw new HttpProblem(404, `There is no feed ${id}.`);
}
