// /api/rules/trials: a rule tried on the past before it goes live; the alarms room runs it, here it is asked for.
import type { FastifyReply } from 'fastify';
import Type from 'typebox';
import { RuleTrial, trialDays, TrialRequest } from '../../model/alarm-rule-http.ts';
import type { City } from '../../model/city.ts';
import { Problem } from '../../model/http.ts';
import { admins } from '../../model/roles.ts';
import type { Database } from '../../store/connect.ts';
import {
  cancelRuleTrial,
  insertRuleTrial,
  selectRuleTrial,
  TrialUnderWayError,
} from '../../store/rule-trials.ts';
import { userActor } from '../../store/users.ts';
import type { App } from '../app.ts';
import { demandGoodRule } from '../known-city.ts';
import { HttpProblem } from '../problem.ts';
import { demandConditionShape } from '../rule-shape.ts';
import { staleProblem } from '../stale.ts';
import { parseTime } from './series.ts';

const Params = Type.Object({ no: Type.String({ pattern: '^[1-9][0-9]{0,8}$' }) });
const tags = ['rules'];
const access = {
  config: { access: admins },
  onRequest: async (_request: unknown, reply: FastifyReply) => {
    reply.header('cache-control', 'no-store');
  },
} as const;
const dayMs = 86_400_000;

export function ruleTrialRoutes(app: App, db: Database, city: City): void {
  app.post(
    '/api/rules/trials',
    {
      ...access,
      preValidation: demandConditionShape,
      schema: {
        summary: 'Try a rule on the past: what it would have raised, and how much work that would have been',
        tags,
        body: TrialRequest,
        response: { 202: RuleTrial, 400: Problem, 409: staleProblem(RuleTrial) },
      },
    },
    async (request, reply) => {
      const { rule, ruleId } = request.body;
      const span = spanOf(request.body, Date.now());
      await demandGoodRule(db, city, rule, ruleId);
      const actor = userActor(request.session!.userNo);
      const trial = await orUnderWay(insertRuleTrial(db, { rule, ruleId, ...span }, actor));
      return reply.code(202).header('location', `/api/rules/trials/${trial.no}`).send(trial);
    },
  );

  app.get(
    '/api/rules/trials/:no',
    {
      ...access,
      schema: {
        summary: 'How a dry run goes, or what came of it',
        tags,
        params: Params,
        response: { 200: RuleTrial, 404: Problem },
      },
    },
    async ({ params: { no } }) => orMissing(no, await selectRuleTrial(db, Number(no))),
  );

  app.delete(
    '/api/rules/trials/:no',
    {
      ...access,
      schema: {
        summary: 'Stop a dry run; what it found until then is kept',
        tags,
        params: Params,
        response: { 200: RuleTrial, 404: Problem },
      },
    },
    async ({ params: { no }, session }) =>
      orMissing(no, await cancelRuleTrial(db, Number(no), userActor(session!.userNo))),
  );
}

/** @throws {HttpProblem} 400 when the past asked for lies ahead, is empty or too long. */
function spanOf({ from, to }: TrialRequest, nowMs: number): { fromMs: number; toMs: number } {
  const toMs = to === undefined ? nowMs : parseTime(to, 'to');
  const fromMs = from === undefined ? toMs - trialDays.default * dayMs : parseTime(from, 'from');
  if (toMs > nowMs)
    throw new HttpProblem(400, 'A rule is tried on the past: `to` lies ahead.', { field: 'to' });
  if (fromMs >= toMs) throw new HttpProblem(400, '`from` lies after `to`.', { field: 'from' });
  if (toMs - fromMs > trialDays.max * dayMs)
    throw new HttpProblem(400, `At most ${trialDays.max} days are tried.`, { field: 'from' });
  return { fromMs, toMs };
}

function orMissing(no: string, trial: RuleTrial | undefined): RuleTrial {
  if (trial === undefined) throw new HttpProblem(404, `There is no dry run ${no}.`);
  return trial;
}

/** @throws {HttpProblem} 409 with the one that is not done yet. */
async function orUnderWay(work: Promise<RuleTrial>): Promise<RuleTrial> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof TrialUnderWayError)) throw error;
    throw new HttpProblem(409, 'Another dry run is not done yet.', { extra: { current: error.current } });
  }
}
