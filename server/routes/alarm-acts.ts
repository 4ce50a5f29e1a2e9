// POST /api/alarms/{id}/…: what people do to an alarm, each act an entry of the change log.
import { Alarm, shelveMinutes, type AlarmAct, type AlarmRefusal } from '../../model/alarm.ts';
import {
  CommentBody,
  OwnBody,
  PlainActBody,
  ServiceBody,
  ShelveBody,
  StepBody,
} from '../../model/alarm-http.ts';
import { Problem } from '../../model/http.ts';
import { desks, supervisors, type Role } from '../../model/roles.ts';
import { actOnAlarm, AlarmRefusedError, selectAlarm, type ActOptions } from '../../store/alarms.ts';
import { selectAlarmRule } from '../../store/alarm-rules.ts';
import type { Database, Query } from '../../store/connect.ts';
import { selectUsers, userActor } from '../../store/users.ts';
import type { App } from '../app.ts';
import { HttpProblem } from '../problem.ts';
import type { SignedIn } from '../session.ts';
import { orStale, staleProblem } from '../stale.ts';
import { parseTime } from './series.ts';
import { AlarmParams, noAlarm } from './alarms.ts';

const tags = ['alarms'];
const response = { 200: Alarm, 400: Problem, 404: Problem, 409: staleProblem(Alarm) };

const minuteMs = 60_000;
/** Clocks of desks differ a little from ours. */
const clockSlackMs = 5_000;

export function alarmActRoutes(app: App, db: Database): void {
  const act = async (
    id: string,
    session: SignedIn,
    what: AlarmAct,
    given: Pick<ActOptions, 'version' | 'text'>,
  ) => {
    const options = { ...given, by: userActor(session.userNo), atMs: Date.now() };
    const alarm = await orRefused(orStale(actOnAlarm(db, id, what, options)));
    if (alarm === undefined) throw noAlarm(id);
    return alarm;
  };
  const described = (summary: string, access: readonly Role[] = desks) => ({
    config: { access },
    schema: { summary, tags, params: AlarmParams, response },
  });

  const plain = (path: string, summary: string, what: AlarmAct): void => {
    const { config, schema } = described(summary);
    app.post(
      `/api/alarms/:id/${path}`,
      { config, schema: { ...schema, body: PlainActBody } },
      async ({ params, session, body }) => act(params.id, session!, what, { version: body.version }),
    );
  };
  plain('acknowledge', 'Say that somebody has seen it; it never clears the alarm', { act: 'acknowledge' });
  plain('unshelve', 'Bring a shelved alarm back before its end', { act: 'unshelve' });

  const shelving = described('Put an alarm aside; it always comes back', supervisors);
  app.post(
    '/api/alarms/:id/shelve',
    { config: shelving.config, schema: { ...shelving.schema, body: ShelveBody } },
    async ({ params, session, body }) => {
      const until = endOf(body, Date.now());
      return act(params.id, session!, { act: 'shelve', until, reason: body.reason.trim() }, body);
    },
  );

  const commenting = described('Say something about an alarm, for the desks');
  app.post(
    '/api/alarms/:id/comment',
    { config: commenting.config, schema: { ...commenting.schema, body: CommentBody } },
    async ({ params, session, body }) =>
      act(params.id, session!, { act: 'comment' }, { text: body.text.trim() }),
  );

  const owning = described('Take an alarm, hand it over, or let it go');
  app.post(
    '/api/alarms/:id/own',
    { config: owning.config, schema: { ...owning.schema, body: OwnBody } },
    async ({ params, session, body }) => {
      const owner = body.owner === 'me' ? userActor(session!.userNo) : body.owner;
      if (owner !== null) await demandAtDesk(db, owner);
      return act(params.id, session!, { act: 'own', owner }, { version: body.version });
    },
  );

  const stepping = described("Record a step of the alarm's procedure, done or left out");
  app.post(
    '/api/alarms/:id/steps',
    { config: stepping.config, schema: { ...stepping.schema, body: StepBody } },
    async ({ params, session, body }) => {
      const { step, outcome, version } = body;
      const note = body.note?.trim() ?? '';
      if (outcome === 'skipped' && note === '')
        throw new HttpProblem(400, 'A step that is left out needs a note that says why.', { field: 'note' });
      await demandStep(db, params.id, step);
      return act(params.id, session!, { act: 'step', step, outcome, note }, { version });
    },
  );

  const serving = (path: string, summary: string, what: AlarmAct): void => {
    const { config, schema } = described(summary, supervisors);
    app.post(
      `/api/alarms/:id/${path}`,
      { config, schema: { ...schema, body: ServiceBody } },
      async ({ params, session, body }) =>
        act(params.id, session!, what, { version: body.version, text: body.reason.trim() }),
    );
  };
  serving('out-of-service', 'Take an alarm out of service, for maintenance', { act: 'take-out-of-service' });
  serving('return-to-service', 'Put an alarm back into service', { act: 'return-to-service' });
}

/**
 * When shelving ends, ISO 8601.
 * @throws {HttpProblem} 400 when none is given, both are, or it is too near or too far.
 */
function endOf({ until, minutes }: ShelveBody, nowMs: number): string {
  if ((until === undefined) === (minutes === undefined))
    throw new HttpProblem(400, 'Shelving always ends: give either `minutes` or `until`.', {
      field: until === undefined ? 'minutes' : 'until',
    });
  if (minutes !== undefined) return new Date(nowMs + minutes * minuteMs).toISOString();
  const endMs = parseTime(until!, 'until');
  const leastMs = nowMs + shelveMinutes.min * minuteMs - clockSlackMs;
  const mostMs = nowMs + shelveMinutes.max * minuteMs + clockSlackMs;
  if (endMs < leastMs || endMs > mostMs) {
    const { min, max } = shelveMinutes;
    const detail = `Shelving ends after at least ${min} minute and at most ${max / 60} hours.`;
    throw new HttpProblem(400, detail, { field: 'until' });
  }
  return new Date(endMs).toISOString();
}

/** @throws {HttpProblem} 400 when nobody of that name works at a desk. */
async function demandAtDesk(db: Query, actor: string): Promise<void> {
  const user = (await selectUsers(db)).find(({ userNo }) => userActor(userNo) === actor);
  const atDesk =
    user?.disabledAt === undefined && (desks as readonly (string | undefined)[]).includes(user?.role);
  if (!atDesk) throw new HttpProblem(400, `${actor} does not work at a desk.`, { field: 'owner' });
}

/** @throws {HttpProblem} 404 without the alarm, 400 without the step. */
async function demandStep(db: Query, id: string, step: number): Promise<void> {
  const alarm = await selectAlarm(db, id);
  if (alarm === undefined) throw noAlarm(id);
  const steps = (await selectAlarmRule(db, alarm.ruleId))?.procedure.length ?? 0;
  if (step >= steps)
    throw new HttpProblem(400, `The procedure has ${steps} steps, counted from 0.`, { field: 'step' });
}

const refusals: Readonly<Record<AlarmRefusal, string>> = {
  'not-active': 'The condition is gone already.',
  'already-active': 'The condition holds already.',
  'already-acknowledged': 'It was acknowledged already.',
  'already-escalated': 'The supervisor was called already.',
  'already-shelved': 'It is shelved already.',
  'not-shelved': 'It is not shelved.',
  'already-suppressed': 'It is suppressed already.',
  'not-suppressed': 'It is not suppressed.',
  'already-out-of-service': 'It is out of service already.',
  'in-service': 'It is in service.',
  'step-recorded': 'The step was recorded already.',
};

/** @throws {HttpProblem} 409 with why, and with the alarm as it stands. */
async function orRefused<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof AlarmRefusedError)) throw error;
    const { reason, current } = error;
    throw new HttpProblem(409, refusals[reason], { extra: { reason, current } });
  }
}
