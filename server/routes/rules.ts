// /api/rules: the rules by which alarms are raised, written, changed, put into service and out of it.
import Type from 'typebox';
import { AlarmRule, alarmRuleIdPattern, type AlarmRuleText } from '../../model/alarm-rule.ts';
import { ListedRule, NewRule, RuleChange, RuleStateChange } from '../../model/alarm-rule-http.ts';
import type { City } from '../../model/city.ts';
import { Problem } from '../../model/http.ts';
import { admins, desks } from '../../model/roles.ts';
import { selectRuleFigures } from '../../store/alarm-rule-figures.ts';
import {
  insertAlarmRule,
  selectAlarmRule,
  selectAlarmRules,
  updateAlarmRule,
} from '../../store/alarm-rules.ts';
import type { Database, Query } from '../../store/connect.ts';
import { StaleVersionError } from '../../store/stale.ts';
import { userActor } from '../../store/users.ts';
import type { App } from '../app.ts';
import { demandGoodRule } from '../known-city.ts';
import { HttpProblem } from '../problem.ts';
import { demandConditionShape } from '../rule-shape.ts';
import { orStale, staleProblem } from '../stale.ts';

const Params = Type.Object({ id: Type.String({ pattern: alarmRuleIdPattern }) });
const tags = ['rules'];
const weekMs = 7 * 86_400_000;

export function ruleRoutes(app: App, db: Database, city: City): void {
  app.get(
    '/api/rules',
    {
      config: { access: desks },
      schema: {
        summary: 'Every alarm rule, with how often it raised in the last week and what stands of it',
        tags,
        response: { 200: Type.Array(ListedRule) },
      },
    },
    async (_request, reply) => {
      reply.header('cache-control', 'no-store');
      const rules = await selectAlarmRules(db);
      const figures = await selectRuleFigures(db, Date.now() - weekMs);
      return rules.map((rule) => {
        const { raised = 0, standing = 0 } = figures.get(rule.id) ?? {};
        return { ...rule, raisedLastWeek: raised, standing };
      });
    },
  );

  app.post(
    '/api/rules',
    {
      config: { access: admins },
      preValidation: demandConditionShape,
      schema: {
        summary: 'Write a rule, as a draft that raises nothing yet',
        tags,
        body: NewRule,
        response: { 201: AlarmRule, 400: Problem, 409: Problem },
      },
    },
    async (request, reply) => {
      const { rule, id } = request.body;
      await demandGoodRule(db, city, rule, id);
      const made = await insertUnderFreeId(db, rule, id, userActor(request.session!.userNo));
      return reply.code(201).header('location', `/api/rules/${made.id}`).send(made);
    },
  );

  app.put(
    '/api/rules/:id',
    {
      config: { access: admins },
      preValidation: demandConditionShape,
      schema: {
        summary: 'Change what a rule says; one that is live does so from the next second on',
        tags,
        params: Params,
        body: RuleChange,
        response: { 200: AlarmRule, 400: Problem, 404: Problem, 409: staleProblem(AlarmRule) },
      },
    },
    async ({ params: { id }, body: { rule, version }, session }) => {
      await demandVersion(db, id, version);
      await demandGoodRule(db, city, rule, id);
      return orGone(id, updateAlarmRule(db, id, { text: rule }, version, userActor(session!.userNo)));
    },
  );

  app.post(
    '/api/rules/:id/state',
    {
      config: { access: admins },
      schema: {
        summary: 'Put a rule into service, out of service, back to a draft, or away for good',
        tags,
        params: Params,
        body: RuleStateChange,
        response: { 200: AlarmRule, 400: Problem, 404: Problem, 409: staleProblem(AlarmRule) },
      },
    },
    async ({ params: { id }, body: { state, version, reason: given }, session }) => {
      const reason = given?.trim() || undefined;
      if (state === 'retired' && reason === undefined)
        throw new HttpProblem(400, 'Retiring a rule needs a reason.', { field: 'reason' });
      const { id: _, state: _state, version: _version, ...text } = await demandVersion(db, id, version);
      // What it names may have gone since it was written.
      if (state === 'live') await demandGoodRule(db, city, text, id);
      const change = reason === undefined ? { state } : { state, reason };
      return orGone(id, updateAlarmRule(db, id, change, version, userActor(session!.userNo)));
    },
  );
}

/** What is judged must be what is changed. @throws {HttpProblem} 404, 409. */
async function demandVersion(db: Query, id: string, version: number): Promise<AlarmRule> {
  const held = await orGone(id, selectAlarmRule(db, id));
  if (held.version !== version) await orStale(Promise.reject(new StaleVersionError(held)));
  return held;
}

/** @throws {HttpProblem} 404 when there is no such rule, 409 when somebody was quicker. */
async function orGone(id: string, work: Promise<AlarmRule | undefined>): Promise<AlarmRule> {
  const rule = await orStale(work);
  if (rule === undefined) throw new HttpProblem(404, `There is no rule ${id}.`);
  return rule;
}

const triedIds = 100;
/** Addresses of their own beside those of rules. */
const reservedIds: ReadonlySet<string> = new Set(['new', 'trials']);

/** @throws {HttpProblem} 409 when the id that was asked for is taken. */
async function insertUnderFreeId(
  db: Database,
  rule: AlarmRuleText,
  id: string | undefined,
  actor: string,
): Promise<AlarmRule> {
  const wanted = id ?? toRuleId(rule.name.en);
  if (reservedIds.has(wanted))
    throw new HttpProblem(400, `${wanted} is an address of its own: choose another id.`, { field: 'id' });
  for (let n = 1; n <= (id === undefined ? triedIds : 1); n++) {
    const made = await insertAlarmRule(db, n === 1 ? wanted : `${wanted}-${n}`, rule, 'draft', actor);
    if (made !== undefined) return made;
  }
  throw new HttpProblem(409, `There is a rule ${wanted} already.`, { field: 'id' });
}

/** `PM2.5 high!` → `pm2-5-high`; what begins with no letter gets `rule-` before it. */
export function toRuleId(name: string): string {
  const plain = name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '');
  const isId = /^[a-z]./.test(plain) && !reservedIds.has(plain);
  return (isId ? plain : `rule-${plain}`).slice(0, 56).replace(/-+$/, '');
}
