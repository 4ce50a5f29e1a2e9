// POST /api/feeds/{id}/replays, GET /api/replays/{id}: rejects read again, to see what would come of it or to take them in.
import Type from 'typebox';
import { Problem } from '../../model/http.ts';
import { admins } from '../../model/roles.ts';
import { Replay, ReplayRequest } from '../../model/source.ts';
import type { Database } from '../../store/connect.ts';
import { insertReplay, ReplayUnderWayError, selectReplay } from '../../store/replays.ts';
import { userActor } from '../../store/users.ts';
import type { App } from '../app.ts';
import { demandFeed, demandReadFeed } from '../known-feed.ts';
import { demandReadable, largestMappingBytes } from '../mapping-fault.ts';
import { HttpProblem } from '../problem.ts';
import { staleProblem } from '../stale.ts';

const FeedParams = Type.Object({ id: Type.String({ pattern: '^[a-z0-9][a-z0-9-]{0,63}$' }) });
const ReplayParams = Type.Object({ id: Type.String({ pattern: '^[1-9][0-9]{0,8}$' }) });
const access = { config: { access: admins } } as const;
const tags = ['feeds'];

export function replayRoutes(app: App, db: Database): void {
  app.post(
    '/api/feeds/:id/replays',
    {
      ...access,
      bodyLimit: largestMappingBytes,
      schema: {
        summary:
          'Read the rejects of a feed again: a dry run tells what would come of it; else a mapping is put in force first',
        tags,
        params: FeedParams,
        body: ReplayRequest,
        response: { 202: Replay, 400: Problem, 404: Problem, 409: staleProblem(Replay) },
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      const asked = request.body;
      await (asked.mapping === undefined ? demandFeed(db, id) : demandReadFeed(db, id));
      if (asked.mapping !== undefined) demandReadable(asked.mapping);
      const replay = await orUnderWay(insertReplay(db, id, asked, userActor(request.session!.userNo)));
      reply.header('cache-control', 'no-store').header('location', `/api/replays/${replay.id}`);
      return reply.code(202).send(replay);
    },
  );

  app.get(
    '/api/replays/:id',
    {
      ...access,
      schema: {
        summary: 'How a replay goes, or what came of it',
        tags,
        params: ReplayParams,
        response: { 200: Replay, 404: Problem },
      },
    },
    async (request, reply) => {
      const replay = await selectReplay(db, Number(request.params.id));
      if (replay === undefined) throw new HttpProblem(404, `There is no replay ${request.params.id}.`);
      reply.header('cache-control', 'no-store');
      return replay;
    },
  );
}

/** @throws {HttpProblem} 409 with the one that is not done yet. */
async function orUnderWay(work: Promise<Replay>): Promise<Replay> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof ReplayUnderWayError)) throw error;
    throw new HttpProblem(409, 'Another replay of this feed is not done yet.', {
      extra: { current: error.current },
    });
  }
}
