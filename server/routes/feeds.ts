// GET /api/feeds, …/history: what ingest counts of each feed, now and over days; …/{id}/rejects: the newest it refused.
import Type from 'typebox';
import { FeedHistory, FeedReport, Reject } from '../../model/feed.ts';
import { Problem } from '../../model/http.ts';
import { admins, watchers } from '../../model/roles.ts';
import type { Query } from '../../store/connect.ts';
import { keptFeedMinutesMs, selectFeedHistory } from '../../store/feed-minutes.ts';
import { selectRejects } from '../../store/rejects.ts';
import type { App } from '../app.ts';
import type { HealthWatch } from '../health.ts';
import { demandFeed } from '../known-feed.ts';
import { HttpProblem } from '../problem.ts';

const Params = Type.Object({ id: Type.String({ pattern: '^[a-z0-9][a-z0-9-]{0,63}$' }) });
const RejectsQuery = Type.Object({
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 500, default: 50 })),
  reason: Type.Optional(
    Type.String({ minLength: 1, maxLength: 64, description: 'only those of this reason' }),
  ),
});
const HistoryQuery = Type.Object({
  from: Type.Optional(
    Type.String({ format: 'date-time', description: 'default: 24 hours ago; at most eight days are kept' }),
  ),
});
const defaultHistoryMs = 86_400_000;
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
    '/api/feeds/history',
    {
      config: { access: watchers },
      schema: {
        summary: 'What was counted of each feed since a time, over restarts of ingest too',
        tags: ['feeds'],
        querystring: HistoryQuery,
        response: { 200: FeedHistory, 400: Problem },
      },
    },
    async (request, reply) => {
      const now = Date.now();
      const from = request.query.from === undefined ? now - defaultHistoryMs : Date.parse(request.query.from);
      if (from > now) throw new HttpProblem(400, 'from lies in the future.', { field: 'from' });
      reply.header('cache-control', 'no-store');
      return selectFeedHistory(db, Math.max(from, now - keptFeedMinutesMs), now);
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
      const { id } = request.params;
      const { limit = 50, reason } = request.query;
      const rejects = await selectRejects(db, id, limit, reason);
      // A feed nobody knows is not a feed without rejects.
      if (rejects.length === 0) await demandFeed(db, id);
      reply.header('cache-control', 'no-store');
      return rejects;
    },
  );
}
