// Alarm rules and their dry runs, asked for over HTTP.
import { Compile } from 'typebox/compile';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { AlarmRule } from '../../model/alarm-rule.ts';
import { ListedRule, RuleTrial } from '../../model/alarm-rule-http.ts';
import type { Role } from '../../model/roles.ts';
import { toRuleId } from '../../server/routes/rules.ts';
import { insertAlarmRule } from '../../store/alarm-rules.ts';
import { raiseAlarm } from '../../store/alarms.ts';
import { selectChangesSince } from '../../store/changes.ts';
import { takeWaitingTrial } from '../../store/rule-trials.ts';
import { raising, ruleText, thresholdCondition } from '../alarm-samples.ts';
import { problemOf, startWorld, type World } from './world.ts';

let world: World;
const cookies = new Map<Role, string>();

beforeAll(async () => {
  world = await startWorld();
  for (const role of ['operator', 'supervisor', 'viewer', 'admin'] as const)
    cookies.set(role, await world.signIn(role));
});
afterAll(() => world?.stop());
beforeEach(() =>
  world.db.execute(
    'TRUNCATE alarm_rule, alarm, alarm_comment, alarm_transition, rule_trial, change_log RESTART IDENTITY CASCADE',
  ),
);

function ask(method: string, path: string, body?: unknown, role: Role = 'admin'): Promise<Response> {
  const json =
    body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } };
  return world.fetch(path, { method, cookie: cookies.get(role)!, ...json });
}

async function answerOf<T>(status: number, asked: Promise<Response>): Promise<T> {
  const response = await asked;
  if (response.status !== status) expect.fail(`${response.status}: ${await response.text()}`);
  return (await response.json()) as T;
}

const refusal = async (method: string, path: string, body: unknown) =>
  problemOf(await ask(method, path, body));
const make = (change = {}, id?: string): Promise<AlarmRule> =>
  answerOf(201, ask('POST', '/api/rules', { rule: ruleText(change), ...(id === undefined ? {} : { id }) }));
const put = (id: string, state: string, version: number): Promise<AlarmRule> =>
  answerOf(200, ask('POST', `/api/rules/${id}/state`, { state, version }));

test.each([
  ['GET', '/api/rules', undefined, ['viewer'], ['operator', 'supervisor']],
  ['POST', '/api/rules', { rule: ruleText() }, ['supervisor', 'viewer'], []],
  ['PUT', '/api/rules/x1', { rule: ruleText(), version: 1 }, ['supervisor'], []],
  ['POST', '/api/rules/x1/state', { state: 'live', version: 1 }, ['supervisor'], []],
  ['POST', '/api/rules/trials', { rule: ruleText() }, ['supervisor'], []],
  ['GET', '/api/rules/trials/1', undefined, ['supervisor'], []],
  ['DELETE', '/api/rules/trials/1', undefined, ['supervisor'], []],
] as const)('%s %s is for who may', async (method, path, body, refused, allowed) => {
  expect((await world.fetch(path, { method })).status).toBe(401);
  for (const role of refused) expect((await ask(method, path, body, role)).status).toBe(403);
  for (const role of allowed) expect((await ask(method, path, body, role)).status).toBe(200);
});

describe('a rule', () => {
  test('from a draft to live and out of service, each in the log', async () => {
    const made = await make();
    expect(Compile(AlarmRule).Check(made)).toBe(true);
    expect(made).toEqual({ ...ruleText(), id: 'pm2-5-high', state: 'draft', version: 1 });
    expect(await make()).toMatchObject({ id: 'pm2-5-high-2' });
    expect(await make({}, 'my-own')).toMatchObject({ id: 'my-own' });
    expect(await refusal('POST', '/api/rules', { rule: ruleText(), id: 'my-own' })).toMatchObject({
      status: 409,
      field: 'id',
    });

    const live = await put('pm2-5-high', 'live', 1);
    expect(live).toEqual({ ...made, state: 'live', version: 2 });
    const change = { rule: ruleText({ priority: 1 }), version: 2 };
    const changed = await answerOf<AlarmRule>(200, ask('PUT', '/api/rules/pm2-5-high', change));
    expect(changed).toEqual({ ...live, priority: 1, version: 3 });
    for (const stale of [
      await refusal('PUT', '/api/rules/pm2-5-high', change),
      await refusal('POST', '/api/rules/pm2-5-high/state', { state: 'draft', version: 2 }),
    ])
      expect(stale).toMatchObject({ status: 409, field: 'version', current: changed });
    await put('pm2-5-high', 'out-of-service', 3);
    for (const reason of [undefined, '  '])
      expect(
        await refusal('POST', '/api/rules/pm2-5-high/state', { state: 'retired', version: 4, reason }),
      ).toMatchObject({ status: 400, field: 'reason' });
    const reason = 'sensornya dibongkar';
    const away = { state: 'retired', version: 4, reason };
    await answerOf(200, ask('POST', '/api/rules/pm2-5-high/state', away));
    const log = await selectChangesSince(world.db, 0, 100, ['rule']);
    expect(log.filter(({ id }) => id === 'pm2-5-high').map(({ body }) => body.state)).toEqual([
      'draft',
      'live',
      'live',
      'out-of-service',
      'retired',
    ]);
    expect(log.at(-1)!.body).toMatchObject({ reason, name: changed.name });
    expect((await refusal('PUT', '/api/rules/nope', change)).status).toBe(404);
  });

  test('the list says how it went', async () => {
    await make();
    await put('pm2-5-high', 'live', 1);
    const by = { by: 'alarms', atMs: Date.now() };
    await raiseAlarm(world.db, 'pm2-5-high', raising('sensor:a'), by);
    await raiseAlarm(world.db, 'pm2-5-high', raising('sensor:b'), { ...by, atMs: by.atMs - 8 * 86_400_000 });
    await make({}, 'quiet');
    const list = await answerOf<ListedRule[]>(200, ask('GET', '/api/rules', undefined, 'operator'));
    expect(Compile(ListedRule).Check(list[0])).toBe(true);
    expect(list.map(({ id, raisedLastWeek, standing }) => [id, raisedLastWeek, standing])).toEqual([
      ['pm2-5-high', 1, 2],
      ['quiet', 0, 0],
    ]);
  });

  const condition = (change: object): object => ({
    ...ruleText(),
    condition: { ...thresholdCondition, ...change },
  });
  test.each([
    ['a word too few', { ...ruleText(), name: { id: 'x' } }, 'rule.name.en'],
    ['no condition', { ...ruleText(), condition: undefined }, 'rule.condition'],
    ['a kind that is none', condition({ kind: '__proto__' }), 'rule.condition.kind'],
    ['no limit', condition({ limit: undefined }), 'rule.condition.limit'],
    ['a limit that is text', condition({ limit: '150' }), 'rule.condition.limit'],
    ['a metric that is none', condition({ metric: 'constructor' }), 'rule.condition.metric'],
    ['a dead band below 0', condition({ deadband: -1 }), 'rule.condition.deadband'],
    ['a limit beyond what is plausible', condition({ limit: 5000 }), 'rule.condition.limit'],
    [
      'a district of another city',
      condition({ assets: { districtCodes: ['00'] } }),
      'rule.condition.assets.districtCodes.0',
    ],
    [
      'an owner who is none',
      { ...ruleText(), rationalisation: { ...ruleText().rationalisation, owner: 'x' } },
      'rule.rationalisation.owner',
    ],
    ['more than a rule has', { ...ruleText(), more: 1 }, 'rule.more'],
    ['text that cannot be stored', { ...ruleText(), name: { id: 'a\0', en: 'b' } }, 'rule.name.id'],
  ])('with %s is refused by its field, to be made or tried', async (_, rule, field) => {
    for (const path of ['/api/rules', '/api/rules/trials'])
      expect(await refusal('POST', path, { rule }), path).toMatchObject({ status: 400, field });
  });

  test('is refused by a code with what it speaks of, for who says it in another language', async () => {
    const rule = ruleText({ suppressedByRuleIds: ['gone'] });
    expect(await refusal('POST', '/api/rules', { rule })).toMatchObject({
      code: 'unknown',
      given: { noun: 'rule', id: 'gone' },
    });
  });

  test('that names what has gone does not go live', async () => {
    const rule = ruleText({ suppressedByRuleIds: ['gone'] });
    await insertAlarmRule(world.db, 'old', rule, 'draft', 'test');
    expect(await refusal('POST', '/api/rules/old/state', { state: 'live', version: 1 })).toMatchObject({
      status: 400,
      field: 'rule.suppressedByRuleIds.0',
    });
    await put('old', 'out-of-service', 1);
  });

  test.each([
    ['River level, high!', 'river-level-high'],
    ['3 buses bunch', 'rule-3-buses-bunch'],
    ['Überlauf', 'uberlauf'],
    ['水', 'rule'],
    ['New', 'rule-new'],
    ['x'.repeat(200), 'x'.repeat(56)],
  ])('%s gets the id %s', (name, id) => expect(toRuleId(name)).toBe(id));
});

describe('a dry run', () => {
  const asked = (more = {}): Promise<RuleTrial> =>
    answerOf(202, ask('POST', '/api/rules/trials', { rule: ruleText(), ...more }));

  test('waits for the alarms room, one at a time, and can be stopped', async () => {
    const trial = await asked({ ruleId: 'pm25' });
    expect([...Compile(RuleTrial).Errors(trial)]).toEqual([]);
    expect(trial).toMatchObject({
      state: 'waiting',
      progress: 0,
      result: null,
      ruleId: 'pm25',
      rule: ruleText(),
    });
    expect(Date.parse(trial.to) - Date.parse(trial.from)).toBe(7 * 86_400_000);
    expect(await refusal('POST', '/api/rules/trials', { rule: ruleText() })).toMatchObject({
      status: 409,
      current: trial,
    });
    expect(await takeWaitingTrial(world.db)).toEqual({ ...trial, state: 'running' });
    expect(await takeWaitingTrial(world.db)).toBeUndefined();
    const path = `/api/rules/trials/${trial.no}`;
    const stopped = await answerOf(200, ask('DELETE', path));
    expect(stopped).toEqual({ ...trial, state: 'cancelled' });
    expect(await answerOf(200, ask('DELETE', path))).toEqual(stopped);
    expect(await answerOf(200, ask('GET', path))).toEqual(stopped);
    await asked();
    expect((await ask('GET', '/api/rules/trials/99')).status).toBe(404);
    expect((await ask('DELETE', '/api/rules/trials/99')).status).toBe(404);
    const log = await selectChangesSince(world.db, 0, 100, ['rule-trial']);
    expect(log.map(({ body }) => body.did)).toEqual(['asked', 'cancelled', 'asked']);
  });

  const day = (n: number): string => new Date(Date.now() - n * 86_400_000).toISOString();
  test.each([
    [{ to: day(-1) }, 'to'],
    [{ from: day(1), to: day(2) }, 'from'],
    [{ from: day(40) }, 'from'],
    [{ from: 'yesterday' }, 'from'],
  ])('of %j is refused', async (span, field) => {
    expect(await refusal('POST', '/api/rules/trials', { rule: ruleText(), ...span })).toMatchObject({
      status: 400,
      field,
    });
  });
});
