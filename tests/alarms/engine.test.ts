// The engine on a real database: what is raised, escalated, shelved, suppressed and taken out of service, and by whom.
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { Engine } from '../../alarms/engine.ts';
import { Leadership } from '../../alarms/leadership.ts';
import type { Alarm } from '../../model/alarm.ts';
import type { AlarmRule } from '../../model/alarm-rule.ts';
import { insertAlarmRule } from '../../store/alarm-rules.ts';
import { actOnAlarm, selectAlarmsOf, selectStandingAlarms } from '../../store/alarms.ts';
import { selectChangesSince, verifyChanges } from '../../store/changes.ts';
import type { Database } from '../../store/connect.ts';
import { eventually } from '../eventually.ts';
import { awayable } from '../server/world.ts';
import { hasPostgres, startPostgres, type TestDatabase } from '../server/postgres.ts';
import { homes } from '../store/homes.ts';
import { newStage, ruleOf, startMs, type Stage } from './stage.ts';

const high = ruleOf(
  { kind: 'threshold', metric: 'riverLevel', side: 'above', limit: 2, deadband: 0, assets: {} },
  { id: 'river-high', priority: 1 },
);
const higher = ruleOf(
  { kind: 'threshold', metric: 'riverLevel', side: 'above', limit: 3, deadband: 0, assets: {} },
  { id: 'river-higher', priority: 1 },
);
const quiet = ruleOf(
  { kind: 'silence', assetKind: 'sensor', afterIntervals: 5, assets: {} },
  { id: 'sensor-silent' },
);
const feedSilent = ruleOf({ kind: 'feed-silent', feedIds: [] }, { id: 'feed-silent', offDelaySeconds: 30 });

async function keepRules(db: Database, rules: AlarmRule[]): Promise<void> {
  for (const { id, state, version: _, ...text } of rules) await insertAlarmRule(db, id, text, state, 'test');
}

/** Everything that the tests made; the log is chained, so it goes as a whole. */
const empty = (db: Database): Promise<number> =>
  db.execute('TRUNCATE alarm_comment, alarm_transition, alarm, alarm_rule, change_log RESTART IDENTITY');

interface Room {
  stage: Stage;
  engine: Engine;
  /** Moves the clock, and lets all that follows be written. */
  at(second: number): Promise<void>;
  of(ruleId: string): Promise<Alarm | undefined>;
  person(alarm: Alarm, act: Parameters<typeof actOnAlarm>[2]): Promise<void>;
}

async function newRoom(db: Database, rules: AlarmRule[], leads = true): Promise<Room> {
  const stage = newStage(rules.filter(({ state }) => state === 'live'));
  let nowMs = startMs;
  const engine = new Engine({
    db,
    evaluator: stage.evaluator,
    feedOf: (id) => (id.startsWith('sensor:') ? 'city-sensor' : undefined),
    hasAsset: (id) => stage.picture.has(id),
    escalateAfterMs: () => 60_000,
    now: () => nowMs,
    log: () => undefined,
  });
  engine.setRules(rules);
  if (leads) await engine.lead();
  let taken = 0;
  const room: Room = {
    stage,
    engine,
    at: async (second) => {
      nowMs = startMs + second * 1000;
      stage.tick(second);
      engine.take(stage.outcomes.slice(taken));
      taken = stage.outcomes.length;
      engine.write();
      await engine.settled();
    },
    of: async (ruleId) => (await selectStandingAlarms(db)).find((alarm) => alarm.ruleId === ruleId),
    person: async (alarm, act) => {
      const acted = await actOnAlarm(db, alarm.id, act, { by: 'user:3', atMs: nowMs });
      engine.heard(acted!, 'user:3');
      engine.write();
      await engine.settled();
    },
  };
  return room;
}

describe.each(homes.filter(({ missing }) => !missing))('$name', ({ start }) => {
  let made: TestDatabase;
  beforeAll(async () => {
    made = await start();
  });
  afterAll(() => made.close());
  afterEach(() => empty(made.db));

  test('raised, escalated after a minute and not before, acknowledged, returned', async () => {
    await keepRules(made.db, [high]);
    const room = await newRoom(made.db, [high]);
    room.stage.see(0, 'sensor:a', { riverLevel: 2.5 });
    await room.at(59);
    expect(await room.of('river-high')).toMatchObject({
      state: 'unacknowledged',
      escalatedAt: null,
      occurrence: 1,
    });
    await room.at(60);
    const alarm = (await room.of('river-high'))!;
    expect(alarm.escalatedAt).toBe(new Date(startMs + 60_000).toISOString());
    await room.person(alarm, { act: 'acknowledge' });
    room.stage.see(90, 'sensor:a', { riverLevel: 1 });
    await room.at(91);
    expect(await room.of('river-high')).toBeUndefined();
    const log = await selectChangesSince(made.db, 0, 100, ['alarm']);
    expect(log.map(({ actor, body }) => `${actor} ${String(body.state)}`)).toEqual([
      'alarms unacknowledged',
      'alarms unacknowledged',
      'user:3 acknowledged',
      'alarms normal',
    ]);
    expect(await verifyChanges(made.db)).toMatchObject({ ok: true });
  });

  test('shelving ends at its time, and what is still there calls anew', async () => {
    await keepRules(made.db, [high]);
    const room = await newRoom(made.db, [high]);
    room.stage.see(0, 'sensor:a', { riverLevel: 2.5 });
    await room.at(1);
    await room.person((await room.of('river-high'))!, { act: 'acknowledge' });
    const until = new Date(startMs + 600_000).toISOString();
    await room.person((await room.of('river-high'))!, {
      act: 'shelve',
      until,
      reason: 'gauge is being washed',
    });
    await room.at(599);
    expect(await room.of('river-high')).toMatchObject({ state: 'shelved' });
    await room.at(601);
    expect(await room.of('river-high')).toMatchObject({ state: 'unacknowledged', changedAt: until });
    await room.at(659);
    expect(await room.of('river-high')).toMatchObject({ escalatedAt: null });
    await room.at(661);
    expect(await room.of('river-high')).toMatchObject({ escalatedAt: expect.any(String) as string });
  });

  test("a feed's silence explains its sensors', also those that were said first; a value that was heard is not hidden", async () => {
    await keepRules(made.db, [high, quiet, feedSilent]);
    const room = await newRoom(made.db, [high, quiet, feedSilent]);
    room.stage.see(0, 'sensor:a', { riverLevel: 2.5 });
    room.stage.see(100, 'sensor:b', { riverLevel: 1 });
    await room.at(310);
    expect(await room.of('sensor-silent')).toMatchObject({ state: 'unacknowledged' });
    const lastMessageAt = new Date(startMs + 100_000).toISOString();
    const feed = { id: 'city-sensor', expectedEverySeconds: 240, lastMessageAt };
    room.stage.feeds(341, [feed]);
    await room.at(341);
    const explainer = (await room.of('feed-silent'))!;
    await room.at(420);
    const states = async () =>
      (await selectStandingAlarms(made.db))
        .map(({ ruleId, subject, state, suppressedBy }) => `${ruleId} ${subject.id} ${state} ${suppressedBy}`)
        .sort();
    expect(await states()).toEqual([
      `feed-silent feed:city-sensor unacknowledged null`,
      `river-high sensor:a unacknowledged null`,
      `sensor-silent sensor:a suppressed ${explainer.id}`,
      `sensor-silent sensor:b suppressed ${explainer.id}`,
    ]);
    // It returns: what has come back by the end of its delay says nothing, what has not calls.
    const log = (await selectChangesSince(made.db, 0, 100, ['alarm'])).at(-1)!.seq;
    room.stage.feeds(500, [{ ...feed, lastMessageAt: new Date(startMs + 499_000).toISOString() }]);
    room.stage.see(505, 'sensor:b', { riverLevel: 1 });
    await room.at(531);
    expect(await states()).toEqual([
      `feed-silent feed:city-sensor returned null`,
      `river-high sensor:a unacknowledged null`,
      `sensor-silent sensor:a unacknowledged null`,
    ]);
    const since = await selectChangesSince(made.db, log, 100, ['alarm']);
    expect(since.filter(({ body }) => body.state === 'returned')).toHaveLength(1);
  });

  test('the graver alarm of a subject explains the lesser, and gives it back', async () => {
    const lesser = { ...high, suppressedByRuleIds: ['river-higher'] };
    await keepRules(made.db, [lesser, higher]);
    const room = await newRoom(made.db, [lesser, higher]);
    room.stage.see(0, 'sensor:a', { riverLevel: 2.5 });
    await room.at(1);
    room.stage.see(2, 'sensor:a', { riverLevel: 3.5 });
    await room.at(3);
    expect(await room.of('river-high')).toMatchObject({ state: 'suppressed' });
    room.stage.see(4, 'sensor:a', { riverLevel: 2.5 });
    await room.at(5);
    expect(await room.of('river-high')).toMatchObject({ state: 'unacknowledged', active: true });
    expect(await room.of('river-higher')).toMatchObject({ state: 'returned' });
  });

  test('a rule out of service takes its alarms out, and gives them back; one that is a draft again lets them return', async () => {
    await keepRules(made.db, [high]);
    const room = await newRoom(made.db, [high]);
    room.stage.see(0, 'sensor:a', { riverLevel: 2.5 });
    await room.at(1);
    const rule = async (second: number, state: AlarmRule['state']): Promise<void> => {
      const rules = [{ ...high, state }];
      room.engine.setRules(rules);
      const live = state === 'live' ? rules : [];
      room.engine.take(
        room.stage.evaluator.setRules(live, room.stage.picture.values(), startMs + second * 1000),
      );
      room.engine.take(room.stage.evaluator.restore(room.engine.stoodBefore(), startMs + second * 1000));
      await room.at(second);
    };
    await rule(2, 'out-of-service');
    expect(await room.of('river-high')).toMatchObject({ state: 'out-of-service', active: true });
    // Another process begins meanwhile, and knows that it was the rule.
    const other = await newRoom(made.db, [{ ...high, state: 'out-of-service' }]);
    await other.at(3);
    expect(await room.of('river-high')).toMatchObject({ state: 'out-of-service' });
    await rule(4, 'live');
    expect(await room.of('river-high')).toMatchObject({ state: 'unacknowledged', occurrence: 1 });
    await rule(5, 'draft');
    expect(await room.of('river-high')).toMatchObject({ state: 'returned' });
    // Retired while it is out of service: nothing of it stands for ever.
    await rule(6, 'out-of-service');
    expect(await room.of('river-high')).toMatchObject({ state: 'out-of-service' });
    await rule(7, 'retired');
    expect(await room.of('river-high')).toBeUndefined();
  });

  test('what somebody took out of service stays there, whatever its rule does', async () => {
    await keepRules(made.db, [high]);
    const room = await newRoom(made.db, [high]);
    room.stage.see(0, 'sensor:a', { riverLevel: 2.5 });
    await room.at(1);
    await room.person((await room.of('river-high'))!, { act: 'take-out-of-service' });
    await room.at(2);
    expect(await room.of('river-high')).toMatchObject({ state: 'out-of-service' });
    const restarted = await newRoom(made.db, [high]);
    await restarted.at(3);
    expect(await room.of('river-high')).toMatchObject({ state: 'out-of-service' });
  });

  test('while the database is away all goes on, and is written with its times when it is back', async () => {
    await keepRules(made.db, [high]);
    const db = awayable(made.db);
    const room = await newRoom(db, [high]);
    db.away = true;
    room.stage.see(10, 'sensor:a', { riverLevel: 2.5 });
    room.stage.see(20, 'sensor:a', { riverLevel: 1 });
    room.stage.see(30, 'sensor:b', { riverLevel: 2.5 });
    await room.at(31);
    expect(room.engine.faultAt(startMs)).toBeDefined();
    db.away = false;
    await room.at(40);
    expect(room.engine.faultAt(startMs)).toBeUndefined();
    const [a] = await selectAlarmsOf(made.db, 'sensor:a', 1);
    expect(a).toMatchObject({
      state: 'returned',
      raisedAt: new Date(startMs + 10_000).toISOString(),
      returnedAt: new Date(startMs + 20_000).toISOString(),
    });
    expect((await room.of('river-high'))?.subject.id).toBeDefined();
  });

  test('a restart raises nothing again, and lets return what went away meanwhile', async () => {
    await keepRules(made.db, [high]);
    const before = await newRoom(made.db, [high]);
    before.stage.see(0, 'sensor:a', { riverLevel: 2.5 });
    before.stage.see(0, 'sensor:b', { riverLevel: 2.5 });
    before.stage.see(0, 'sensor:c', { riverLevel: 2.5 });
    await before.at(1);
    const after = await newRoom(made.db, [high], false);
    after.stage.see(10, 'sensor:a', { riverLevel: 2.6 });
    after.stage.see(10, 'sensor:b', { riverLevel: 1 });
    await after.engine.lead();
    await after.at(11);
    const alarms = await selectStandingAlarms(made.db);
    expect(
      alarms.map(({ subject, state, occurrence }) => `${subject.id} ${state} ${occurrence}`).sort(),
    ).toEqual(['sensor:a unacknowledged 1', 'sensor:b returned 1', 'sensor:c returned 1']);
  });
});

describe.skipIf(!hasPostgres)('two processes', () => {
  test('one leads, nothing is raised twice, and the other takes over when the session of the first dies', async () => {
    const made = await startPostgres();
    try {
      await keepRules(made.db, [high]);
      const rooms = await Promise.all([newRoom(made.db, [high], false), newRoom(made.db, [high], false)]);
      const leaders = rooms.map(
        ({ engine }) =>
          new Leadership({
            db: made.db,
            lead: () => engine.lead(),
            seek: () => engine.seek(),
            standBy: () => engine.standBy(),
            log: () => undefined,
          }),
      );
      const duties = (): string[] => rooms.map(({ engine }) => engine.duty).sort();
      await eventually(() => expect(duties()).toEqual(['leading', 'standing-by']));
      const first = rooms.find(({ engine }) => engine.duty === 'leading')!;
      const second = rooms.find((room) => room !== first)!;
      for (const room of rooms) room.stage.see(0, 'sensor:a', { riverLevel: 2.5 });
      for (const room of rooms) await room.at(1);
      await made.db.query(
        `SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND granted AND mode = 'ExclusiveLock'`,
      );
      await eventually(() => expect(duties()).not.toContain('seeking'));
      for (const room of rooms) room.stage.see(2, 'sensor:b', { riverLevel: 2.5 });
      for (const room of rooms) await room.at(3);
      await Promise.all([first, second].map(({ engine }) => engine.settled()));
      const log = await selectChangesSince(made.db, 0, 100, ['alarm']);
      expect(log.map(({ body }) => (body.subject as { id: string }).id)).toEqual(['sensor:a', 'sensor:b']);
      await Promise.all(leaders.map((each) => each.stop()));
    } finally {
      await made.close();
    }
  });

  test('even two that both believe to lead raise one alarm once', async () => {
    const made = await startPostgres();
    try {
      await keepRules(made.db, [high]);
      const rooms = await Promise.all([newRoom(made.db, [high]), newRoom(made.db, [high])]);
      for (const room of rooms)
        for (let no = 0; no < 30; no++) room.stage.see(0, `sensor:s${no}`, { riverLevel: 2.5 });
      await Promise.all(rooms.map((room) => room.at(1)));
      const log = await selectChangesSince(made.db, 0, 100, ['alarm']);
      expect(log).toHaveLength(30);
      expect(new Set(log.map(({ body }) => body.occurrence))).toEqual(new Set([1]));
    } finally {
      await made.close();
    }
  });
});
