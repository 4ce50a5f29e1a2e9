// What the store counts of alarms, against a naive recomputation from the same transitions.
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { applyAct, firstAlarm, type Alarm, type AlarmAct, type AlarmPriority } from '../../model/alarm.ts';
import type { AlarmTotals } from '../../model/alarm-metrics.ts';
import { selectAlarmTotals } from '../../store/alarm-metrics.ts';
import { insertEvaluatedMinutes, selectEvaluated } from '../../store/evaluated-minutes.ts';
import { insertAlarmRule } from '../../store/alarm-rules.ts';
import { actOnAlarm, raiseAlarm } from '../../store/alarms.ts';
import { raising, ruleText } from '../alarm-samples.ts';
import { startDatabase, type TestDatabase } from '../server/postgres.ts';

let server: TestDatabase;
beforeAll(async () => {
  server = await startDatabase();
  for (const id of ['r1', 'r2', 'r3', 'r4']) await insertAlarmRule(server.db, id, ruleText(), 'live', 'test');
}, 60_000);
afterAll(() => server?.close());

/** One line of alarm_transition as the test knows it. */
interface Transition {
  alarm: Alarm;
  act: AlarmAct['act'];
  atMs: number;
}

const startMs = Date.UTC(2026, 10, 1);
const untilMs = startMs + 6 * 3_600_000;

const acts: fc.Arbitrary<AlarmAct | { act: 'raise-it' }> = fc.oneof(
  { weight: 5, arbitrary: fc.constant({ act: 'raise-it' } as const) },
  { weight: 4, arbitrary: fc.constant({ act: 'return' } as const) },
  { weight: 2, arbitrary: fc.constant({ act: 'acknowledge' } as const) },
  fc.constantFrom(
    { act: 'escalate' } as const,
    { act: 'suppress', by: '1' } as const,
    { act: 'unsuppress' } as const,
    { act: 'shelve', until: '2026-12-01T00:00:00Z', reason: 'x' } as const,
    { act: 'unshelve' } as const,
    { act: 'take-out-of-service' } as const,
    { act: 'return-to-service' } as const,
  ),
);
/** Seconds until each act, mostly short, so that some chatter and some are fleeting. */
const steps = fc.array(
  fc.record({
    alarm: fc.integer({ min: 0, max: 11 }),
    act: acts,
    afterSeconds: fc.oneof(fc.integer({ min: 0, max: 20 }), fc.integer({ min: 0, max: 900 })),
  }),
  { maxLength: 90 },
);

const subject = (n: number): string => `sensor:s-${n}`;
const raise = (n: number) =>
  raising(subject(n), { priority: ((n % 4) + 1) as AlarmPriority, name: { id: `a${n}`, en: `a${n}` } });

/** Does the steps by the pure rules alone. */
function live(
  given: { alarm: number; act: AlarmAct | { act: 'raise-it' }; afterSeconds: number }[],
): Transition[] {
  const alarms = new Map<number, Alarm>();
  const done: Transition[] = [];
  let atMs = startMs;
  for (const { alarm: n, act, afterSeconds } of given) {
    atMs += afterSeconds * 1000;
    const held = alarms.get(n);
    const what = act.act === 'raise-it' ? raise(n) : act;
    const at = new Date(atMs).toISOString();
    let next: Alarm;
    if (held === undefined) {
      if (what.act !== 'raise') continue;
      next = firstAlarm(String(n), `r${(n % 4) + 1}`, what, at);
    } else {
      const applied = applyAct(held, what, 'x', at);
      if ('refused' in applied) continue;
      next = applied.alarm;
    }
    alarms.set(n, next);
    done.push({ alarm: next, act: what.act, atMs });
  }
  return done;
}

const annunciates = ({ act, alarm }: Transition): boolean =>
  ['raise', 'unsuppress', 'unshelve', 'return-to-service'].includes(act) && alarm.state === 'unacknowledged';

function percentile(values: number[], share: number): number | null {
  const sorted = values.toSorted((a, b) => a - b);
  if (sorted.length === 0) return null;
  const at = share * (sorted.length - 1);
  const [low, high] = [sorted[Math.floor(at)]!, sorted[Math.ceil(at)]!];
  return low + (high - low) * (at - Math.floor(at));
}

function countsBy<Key>(list: Transition[], keyOf: (each: Transition) => Key): [Key, number][] {
  const counts = new Map<Key, number>();
  for (const each of list) counts.set(keyOf(each), (counts.get(keyOf(each)) ?? 0) + 1);
  return [...counts];
}

/** Counts by going through the list for everything anew. */
function recount(
  all: Transition[],
  fromMs: number,
  toMs: number,
  nowMs: number,
): Omit<AlarmTotals, 'evaluated'> {
  const within = all.filter(({ atMs }) => atMs >= fromMs && atMs < toMs);
  const called = within.filter(annunciates);
  const before = (each: Transition, is: (other: Transition) => boolean): Transition | undefined =>
    all
      .slice(0, all.indexOf(each))
      .findLast(
        (other) =>
          other.alarm.id === each.alarm.id && other.alarm.occurrence === each.alarm.occurrence && is(other),
      );
  const returns = within.filter(({ act }) => act === 'return');
  const answers = within
    .filter(({ act }) => act === 'acknowledge')
    .flatMap((each) => {
      const call = before(each, annunciates);
      return call === undefined ? [] : [(each.atMs - call.atMs) / 1000];
    });
  const chatter = within.filter((each) => {
    if (each.act !== 'raise') return false;
    const raises = within.filter((other) => other.act === 'raise' && other.alarm.id === each.alarm.id);
    const third = raises[raises.indexOf(each) - 2];
    return third !== undefined && each.atMs - third.atMs <= 60_000;
  });
  const newest = [...new Map(all.map((each) => [each.alarm.id, each.alarm])).values()];
  const states = (...wanted: string[]): Alarm[] => newest.filter(({ state }) => wanted.includes(state));
  const most = (list: [string, number][]) =>
    list
      .toSorted(([a, m], [b, n]) => n - m || Number(a) - Number(b))
      .slice(0, 10)
      .map(([id, count]) => ({
        alarmId: id,
        ruleId: `r${(Number(id) % 4) + 1}`,
        name: { id: `a${id}`, en: `a${id}` },
        subject: { id: subject(Number(id)), name: 'Udara 1' },
        count,
      }));
  const chattering = countsBy(chatter, ({ alarm }) => alarm.id);
  const hourMs = 3_600_000;
  const ascending = (list: [number, number][]) => list.toSorted(([a], [b]) => a - b);
  return {
    periods: ascending(countsBy(called, ({ atMs }) => Math.floor((atMs - fromMs) / 600_000))),
    hours: ascending(countsBy(called, ({ atMs }) => Math.floor(atMs / hourMs) * hourMs)),
    byPriority: Object.fromEntries(countsBy(called, ({ alarm }) => alarm.priority)),
    frequent: most(countsBy(called, ({ alarm }) => alarm.id)),
    chattering: { alarms: chattering.length, most: most(chattering) },
    returned: returns.length,
    fleeting: returns.filter((each) => each.atMs - before(each, ({ act }) => act === 'raise')!.atMs < 60_000)
      .length,
    answers: {
      count: answers.length,
      medianSeconds: percentile(answers, 0.5),
      p90Seconds: percentile(answers, 0.9),
    },
    escalated: within.filter(({ act }) => act === 'escalate').length,
    now: {
      alarms: newest.length,
      unanswered: states('unacknowledged', 'returned').length,
      standing: states('unacknowledged', 'acknowledged').length,
      stale: states('unacknowledged', 'acknowledged').filter(
        ({ raisedAt }) => Date.parse(raisedAt) < nowMs - 86_400_000,
      ).length,
      shelved: states('shelved').length,
      suppressed: states('suppressed').length,
      outOfService: states('out-of-service').length,
    },
  };
}

/** Puts what was lived into the tables, with the numbers of the list as keys. */
async function store(all: Transition[]): Promise<void> {
  const { db } = server;
  await db.execute('TRUNCATE alarm, alarm_transition CASCADE');
  const newest = [...new Map(all.map((each) => [each.alarm.id, each.alarm])).values()];
  await db.execute(
    `INSERT INTO alarm (alarm_no, rule_id, subject_id, priority, state, body, raised_at, changed_at, version)
     OVERRIDING SYSTEM VALUE
     SELECT (b->>'id')::int, b->>'ruleId', b->'subject'->>'id', (b->>'priority')::int, b->>'state', b,
       (b->>'raisedAt')::timestamptz, (b->>'changedAt')::timestamptz, (b->>'version')::int
     FROM unnest($1::jsonb[]) AS b`,
    [newest.map((alarm) => JSON.stringify(alarm))],
  );
  await db.execute(
    `INSERT INTO alarm_transition (at, alarm_no, rule_id, occurrence, act, state, priority, actor, version)
     SELECT (b->>'changedAt')::timestamptz, (b->>'id')::int, b->>'ruleId', (b->>'occurrence')::int, b->>'act',
       b->>'state', (b->>'priority')::int, 'x', (b->>'version')::int FROM unnest($1::jsonb[]) AS b`,
    [all.map(({ alarm, act }) => JSON.stringify({ ...alarm, act }))],
  );
}

test('whatever happened, every figure is that of a naive count', async () => {
  await fc.assert(
    fc.asyncProperty(steps, fc.integer({ min: 0, max: 60 }), async (given, cutMinutes) => {
      const all = live(given);
      await store(all);
      // Both ends cut through what happened.
      const range = { fromMs: startMs + cutMinutes * 60_000, toMs: untilMs, nowMs: startMs + 26 * 3_600_000 };
      const { evaluated: _, ...counted } = await selectAlarmTotals(server.db, range);
      expect(counted).toEqual(recount(all, range.fromMs, range.toMs, range.nowMs));
    }),
    { numRuns: 40 },
  );
}, 60_000);

test('the minutes that were evaluated, and the gaps between, are those of a naive count', async () => {
  const minutes = fc.uniqueArray(fc.integer({ min: 0, max: 40 }), { maxLength: 30 });
  await fc.assert(
    fc.asyncProperty(minutes, fc.integer({ min: 0, max: 45 }), fc.nat(20), async (given, from, length) => {
      await server.db.execute('TRUNCATE evaluated_minute');
      const ms = (minute: number): number => startMs + minute * 60_000;
      await insertEvaluatedMinutes(server.db, given.map(ms));
      // The same again, as a second process brings them.
      if (given.length > 0) await insertEvaluatedMinutes(server.db, given.slice(0, 1).map(ms));
      const until = from + length;
      const { sinceMs, minutes, missedMinutes, gaps } = await selectEvaluated(server.db, ms(from), ms(until));
      const first = given.length === 0 ? undefined : Math.min(...given);
      const within = given.filter((minute) => minute >= from && minute < until);
      expect({ sinceMs, minutes }).toEqual({
        sinceMs: first === undefined ? null : ms(first),
        minutes: within.length,
      });
      const isIn = (minute: number): boolean =>
        gaps.some(([gapFrom, gapTo]) => ms(minute) >= gapFrom && ms(minute) < gapTo);
      let missed = 0;
      for (let minute = from; minute < until; minute++) {
        expect(isIn(minute), `minute ${minute}`).toBe(!given.includes(minute));
        if (first !== undefined && minute >= first && !given.includes(minute)) missed++;
      }
      expect(missedMinutes).toBe(missed);
    }),
    { numRuns: 60 },
  );
});

test('what the acts themselves write is what is counted', async () => {
  const { db } = server;
  await db.execute('TRUNCATE alarm, alarm_transition CASCADE');
  const at = (seconds: number) => ({ by: 'alarms', atMs: startMs + seconds * 1000 });
  const alarm = (await raiseAlarm(db, 'r1', raise(0), at(0)))!;
  await actOnAlarm(db, alarm.id, { act: 'escalate' }, at(60));
  await actOnAlarm(db, alarm.id, { act: 'acknowledge' }, at(90));
  await actOnAlarm(db, alarm.id, { act: 'return' }, at(600));
  const range = { fromMs: startMs, toMs: untilMs, nowMs: untilMs };
  expect(await selectAlarmTotals(db, range)).toMatchObject({
    periods: [[0, 1]],
    byPriority: { 1: 1 },
    frequent: [{ alarmId: alarm.id, count: 1 }],
    returned: 1,
    fleeting: 0,
    answers: { count: 1, medianSeconds: 90, p90Seconds: 90 },
    escalated: 1,
    now: { alarms: 1, standing: 0 },
  });
});
