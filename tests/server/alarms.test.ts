// Alarms asked for and acted on over HTTP by every role, and their events at the sockets.
import { Compile } from 'typebox/compile';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { Alarm } from '../../model/alarm.ts';
import type { Person } from '../../model/alarm-http.ts';
import { AlarmDetail, Alarms } from '../../model/alarm-http.ts';
import { busTopics, type Event } from '../../model/live.ts';
import type { Role } from '../../model/roles.ts';
import { insertAlarmRule } from '../../store/alarm-rules.ts';
import { actOnAlarm, raiseAlarm } from '../../store/alarms.ts';
import { selectChangesSince } from '../../store/changes.ts';
import { selectUserByName, userActor } from '../../store/users.ts';
import { raising, ruleText } from '../alarm-samples.ts';
import { eventually } from '../eventually.ts';
import { problemOf, startWorld, type World } from './world.ts';

let world: World;
const cookies = new Map<Role, string>();

beforeAll(async () => {
  world = await startWorld();
  for (const role of ['operator', 'supervisor', 'viewer', 'crew', 'admin'] as const)
    cookies.set(role, await world.signIn(role));
  await insertAlarmRule(world.db, 'pm25-high', ruleText(), 'live', 'test');
});
afterAll(() => world?.stop());
// Numbers go on, so that no version is written to the log twice.
beforeEach(() => world.db.execute('TRUNCATE alarm, alarm_comment, alarm_transition CASCADE'));

const by = { by: 'alarms', atMs: Date.UTC(2026, 10, 30, 12) };
const raised = async (subjectId?: string): Promise<Alarm> =>
  (await raiseAlarm(world.db, 'pm25-high', raising(subjectId), by))!;

function ask(role: Role | undefined, path: string, body?: unknown): Promise<Response> {
  const sent =
    body === undefined
      ? {}
      : { method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json' } };
  const cookie = role && cookies.get(role);
  return world.fetch(path, { ...sent, ...(cookie === undefined ? {} : { cookie }) });
}

async function expectAnswer<T>(response: Response): Promise<T> {
  if (response.status !== 200) expect.fail(`${response.status}: ${await response.text()}`);
  return (await response.json()) as T;
}

const act = async (alarm: Alarm, path: string, body: unknown, role: Role = 'operator'): Promise<Alarm> =>
  expectAnswer<Alarm>(await ask(role, `/api/alarms/${alarm.id}/${path}`, body));

const refuse = async (alarm: Alarm, path: string, body: unknown, role: Role = 'operator') =>
  problemOf(await ask(role, `/api/alarms/${alarm.id}/${path}`, body));

const list = async (query = ''): Promise<Alarms> =>
  expectAnswer<Alarms>(await ask('viewer', `/api/alarms${query}`));

const actorOf = async (role: Role): Promise<string> =>
  userActor((await selectUserByName(world.db, role))!.userNo);

describe('who may', () => {
  test.each([
    ['', undefined, 'crew'],
    ['/1', undefined, 'crew'],
    ['/1/acknowledge', {}, 'viewer'],
    ['/1/unshelve', {}, 'viewer'],
    ['/1/comment', { text: 'x' }, 'viewer'],
    ['/1/own', { owner: 'me' }, 'viewer'],
    ['/1/steps', { step: 0, outcome: 'done' }, 'viewer'],
    ['/1/shelve', { minutes: 5, reason: 'x' }, 'operator'],
    ['/1/out-of-service', { reason: 'x' }, 'operator'],
    ['/1/return-to-service', { reason: 'x' }, 'operator'],
  ] as const)('%s is refused to who may not', async (path, body, role) => {
    expect((await ask(undefined, `/api/alarms${path}`, body)).status).toBe(401);
    expect((await ask(role, `/api/alarms${path}`, body)).status).toBe(403);
    expect((await ask('admin', `/api/alarms${path}`, body)).status).not.toBe(403);
  });
});

describe('asking', () => {
  test('what stands, by subject and since; silence says of how much', async () => {
    const empty = await list();
    expect([...Compile(Alarms).Errors(empty)]).toEqual([]);
    expect(empty).toMatchObject({ alarms: [], evaluated: { at: null } });

    const [a, b] = [await raised('sensor:a'), await raised('sensor:b')];
    await actOnAlarm(world.db, a.id, { act: 'acknowledge' }, { by: 'user:1', atMs: by.atMs + 1000 });
    await actOnAlarm(world.db, a.id, { act: 'return' }, { by: 'alarms', atMs: by.atMs + 2000 });
    const standing = await list();
    expect([...Compile(Alarms).Errors(standing)]).toEqual([]);
    expect(standing.alarms).toEqual([b]);
    expect((await list('?state=all')).alarms.map(({ id, state }) => [id, state])).toEqual([
      [a.id, 'normal'],
      [b.id, 'unacknowledged'],
    ]);
    expect((await list('?state=all&subject=sensor:b')).alarms).toEqual([b]);
    const since = new Date(by.atMs + 1500).toISOString();
    expect((await list(`?state=all&since=${since}`)).alarms.map(({ id }) => id)).toEqual([a.id]);
    expect(await problemOf(await ask('viewer', '/api/alarms?state=some'))).toMatchObject({
      status: 400,
      field: 'state',
    });
  });

  test('of how much it is said, by the heartbeat of the alarms room', async () => {
    const report = {
      ...{ at: new Date().toISOString(), leader: true, rules: 24, subjects: 212, standing: 0, waiting: 0 },
      ...{ databaseError: null, blindSince: null },
    };
    await world.broker.publish(busTopics.alarms, report);
    await eventually(async () =>
      expect((await list()).evaluated).toEqual({ rules: 24, subjects: 212, at: report.at }),
    );
    const blindSince = new Date(Date.now() - 60_000).toISOString();
    await world.broker.publish(busTopics.alarms, { ...report, blindSince });
    await eventually(async () => expect((await list()).evaluated.at).toBe(blindSince));
  });

  test('one with its rule, its comments for desks, and its history in order', async () => {
    const alarm = await raised();
    await act(alarm, 'comment', { text: '  Asap dari pasar ' });
    await act(alarm, 'acknowledge', {});
    const detail = await expectAnswer<AlarmDetail>(await ask('operator', `/api/alarms/${alarm.id}`));
    expect([...Compile(AlarmDetail).Errors(detail)]).toEqual([]);
    const operator = await actorOf('operator');
    expect(detail.rule).toMatchObject({ id: 'pm25-high', state: 'live', ...ruleText() });
    expect(detail.comments).toMatchObject([{ by: operator, text: 'Asap dari pasar', occurrence: 1 }]);
    expect(detail.history.map((each) => [each.act, each.state, each.by])).toEqual([
      ['raise', 'unacknowledged', 'alarms'],
      ['comment', 'unacknowledged', operator],
      ['acknowledge', 'acknowledged', operator],
    ]);
    const seen = await expectAnswer<AlarmDetail>(await ask('viewer', `/api/alarms/${alarm.id}`));
    expect(seen.comments).toBeNull();
    expect((await problemOf(await ask('viewer', '/api/alarms/999'))).status).toBe(404);
  });

  test('people, for the names beside acts', async () => {
    expect((await ask('viewer', '/api/users')).status).toBe(403);
    const people = await expectAnswer<Person[]>(await ask('operator', '/api/users'));
    expect(people).toContainEqual({
      actor: await actorOf('supervisor'),
      displayName: 'Ibu supervisor',
      role: 'supervisor',
      disabled: false,
    });
    expect(JSON.stringify(people)).not.toMatch(/argon|username/);
  });
});

describe('acting', () => {
  test('acknowledging, owning and handing over', async () => {
    const alarm = await raised();
    const operator = await actorOf('operator');
    const acknowledged = await act(alarm, 'acknowledge', { version: 1 });
    expect(Compile(Alarm).Check(acknowledged)).toBe(true);
    expect(acknowledged).toMatchObject({ state: 'acknowledged', active: true, owner: operator, version: 2 });
    const supervisor = await actorOf('supervisor');
    expect(await act(alarm, 'own', { owner: supervisor })).toMatchObject({ owner: supervisor });
    expect(await act(alarm, 'own', { owner: 'me' })).toMatchObject({ owner: operator });
    expect(await act(alarm, 'own', { owner: null })).toMatchObject({ owner: null });
    for (const owner of ['user:999', await actorOf('crew')])
      expect(await refuse(alarm, 'own', { owner })).toMatchObject({ status: 400, field: 'owner' });
  });

  test('a stale version and what cannot be are answered with the alarm as it stands', async () => {
    const alarm = await raised();
    const acknowledged = await act(alarm, 'acknowledge', {});
    expect(await refuse(alarm, 'own', { owner: 'me', version: 1 })).toMatchObject({
      status: 409,
      field: 'version',
      current: acknowledged,
    });
    expect(await refuse(alarm, 'acknowledge', {})).toMatchObject({
      status: 409,
      reason: 'already-acknowledged',
      current: acknowledged,
    });
    expect(await refuse(alarm, 'unshelve', {})).toMatchObject({ status: 409, reason: 'not-shelved' });
    expect((await refuse({ ...alarm, id: '999' }, 'acknowledge', {})).status).toBe(404);
  });

  test('no body at all says nothing: enough to acknowledge, and what else is missing is named', async () => {
    const alarm = await raised();
    const post = (path: string, role: Role): Promise<Response> =>
      world.fetch(`/api/alarms/${alarm.id}/${path}`, { method: 'POST', cookie: cookies.get(role)! });
    expect(await problemOf(await post('shelve', 'supervisor'))).toMatchObject({
      status: 400,
      field: 'reason',
    });
    expect(await problemOf(await post('comment', 'operator'))).toMatchObject({ status: 400, field: 'text' });
    expect(await expectAnswer<Alarm>(await post('acknowledge', 'operator'))).toMatchObject({
      state: 'acknowledged',
    });
  });

  test('shelving always ends, and says why', async () => {
    const alarm = await raised();
    const shelve = (body: unknown) => refuse(alarm, 'shelve', body, 'supervisor');
    const inHours = (hours: number): string => new Date(Date.now() + hours * 3_600_000).toISOString();
    for (const [body, field] of [
      [{ minutes: 5 }, 'reason'],
      [{ minutes: 5, reason: '  ' }, 'reason'],
      [{ reason: 'x' }, 'minutes'],
      [{ reason: 'x', minutes: 0 }, 'minutes'],
      [{ reason: 'x', minutes: 721 }, 'minutes'],
      [{ reason: 'x', minutes: 5, until: inHours(1) }, 'until'],
      [{ reason: 'x', until: inHours(-1) }, 'until'],
      [{ reason: 'x', until: inHours(13) }, 'until'],
      [{ reason: 'x', minutes: 5, more: 1 }, 'more'],
    ] as const)
      expect(await shelve(body), JSON.stringify(body)).toMatchObject({ status: 400, field });

    const until = inHours(1);
    expect(await act(alarm, 'shelve', { until, reason: ' Perbaikan ' }, 'supervisor')).toMatchObject({
      state: 'shelved',
      shelvedUntil: until,
      shelvedReason: 'Perbaikan',
      shelvedBy: await actorOf('supervisor'),
    });
    expect(await act(alarm, 'unshelve', {})).toMatchObject({ state: 'unacknowledged', shelvedUntil: null });
    const shelved = await act(alarm, 'shelve', { minutes: 15, reason: 'x' }, 'supervisor');
    expect(Date.parse(shelved.shelvedUntil!) - Date.parse(shelved.changedAt)).toBeGreaterThan(14 * 60_000);
  });

  test('steps of the procedure, done once or left out and said why', async () => {
    const alarm = await raised();
    const step = (body: unknown) => refuse(alarm, 'steps', body);
    expect(await step({ step: 0, outcome: 'skipped' })).toMatchObject({ status: 400, field: 'note' });
    expect(await step({ step: 0, outcome: 'skipped', note: ' ' })).toMatchObject({ field: 'note' });
    expect(await step({ step: 2, outcome: 'done' })).toMatchObject({ status: 400, field: 'step' });
    expect((await refuse({ ...alarm, id: '999' }, 'steps', { step: 0, outcome: 'done' })).status).toBe(404);
    await act(alarm, 'steps', { step: 1, outcome: 'done' });
    const after = await act(alarm, 'steps', { step: 0, outcome: 'skipped', note: 'Kamera mati' });
    expect(after.steps).toMatchObject([
      { step: 1, outcome: 'done', note: '', by: await actorOf('operator') },
      { step: 0, outcome: 'skipped', note: 'Kamera mati' },
    ]);
    expect(await step({ step: 0, outcome: 'done' })).toMatchObject({ status: 409, reason: 'step-recorded' });
  });

  test('out of service and back, each with a reason that the log does not bear', async () => {
    const alarm = await raised();
    const reason = 'Ganti sensor, kata Pak Togu';
    expect(await act(alarm, 'out-of-service', { reason }, 'supervisor')).toMatchObject({
      state: 'out-of-service',
      comments: 1,
    });
    expect(await act(alarm, 'return-to-service', { reason: 'Selesai' }, 'supervisor')).toMatchObject({
      state: 'unacknowledged',
    });
    const { comments } = await expectAnswer<AlarmDetail>(await ask('operator', `/api/alarms/${alarm.id}`));
    expect(comments?.map(({ text }) => text)).toEqual([reason, 'Selesai']);
    const log = await selectChangesSince(world.db, 0, 1000, ['alarm']);
    expect(JSON.stringify(log)).not.toContain('Togu');
  });

  test('comments take what people write, and no more than fits', async () => {
    const alarm = await raised();
    expect(await refuse(alarm, 'comment', { text: 'x'.repeat(1001) })).toMatchObject({ field: 'text' });
    expect(await refuse(alarm, 'comment', { text: ' \n ' })).toMatchObject({ field: 'text' });
    expect(await act(alarm, 'comment', { text: '<b>😀</b> __proto__' })).toMatchObject({ comments: 1 });
  });
});

test('each act reaches who watches alarms, whole and in order; rules reach nobody', async () => {
  const events: Event[] = [];
  const client = world.connect(cookies.get('viewer'));
  client.on('events', (some) => events.push(...some));
  const answer = await client.emitWithAck('watch', { layers: ['alarm'] });
  expect(answer).toHaveProperty('snapshot');
  const alarm = await raised();
  await insertAlarmRule(world.db, 'another', ruleText(), 'draft', 'test');
  const acknowledged = await act(alarm, 'acknowledge', {});
  await eventually(() => expect(events).toHaveLength(2));
  expect(events).toMatchObject([
    { noun: 'alarm', ...alarm },
    { noun: 'alarm', ...acknowledged, actor: await actorOf('operator') },
  ]);
  expect(Compile(Alarm).Check(events[0])).toBe(true);
  const crew = await world.connect(cookies.get('crew')).emitWithAck('watch', { layers: ['alarm'] });
  expect(crew).toHaveProperty('error');
});
