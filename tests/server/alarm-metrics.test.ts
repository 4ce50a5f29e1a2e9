// The figures of the alarm system, asked for over HTTP.
import { Compile } from 'typebox/compile';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { AlarmMetrics } from '../../model/alarm-metrics.ts';
import { insertAlarmRule } from '../../store/alarm-rules.ts';
import { actOnAlarm, raiseAlarm } from '../../store/alarms.ts';
import { insertEvaluatedMinutes } from '../../store/evaluated-minutes.ts';
import { raising, ruleText } from '../alarm-samples.ts';
import { problemOf, startWorld, type World } from './world.ts';

let world: World;
let viewer: string;
beforeAll(async () => {
  world = await startWorld();
  viewer = await world.signIn('viewer');
});
afterAll(() => world?.stop());

const path = '/api/alarms/metrics';
const minutesAgo = (minutes: number): number => Date.now() - minutes * 60_000;

test('a week by default, for who watches, shared among positions', async () => {
  expect((await world.fetch(path)).status).toBe(401);
  expect((await world.fetch(path, { cookie: await world.signIn('crew') })).status).toBe(403);

  await insertAlarmRule(world.db, 'r1', ruleText(), 'live', 'test');
  const alarm = (await raiseAlarm(world.db, 'r1', raising(), { by: 'alarms', atMs: minutesAgo(5) }))!;
  await actOnAlarm(world.db, alarm.id, { act: 'acknowledge' }, { by: 'user:1', atMs: minutesAgo(3) });
  await raiseAlarm(world.db, 'r1', raising('sensor:old'), { by: 'alarms', atMs: minutesAgo(9 * 1440) });

  const lastMinute = Math.floor(Date.now() / 60_000) - 3;
  const day = Array.from({ length: 1_440 }, (_, n) => (lastMinute - n) * 60_000);
  await insertEvaluatedMinutes(
    world.db,
    day.filter((_, n) => n !== 700),
  );

  const response = await world.fetch(`${path}?positions=2`, { cookie: viewer });
  const metrics = (await response.json()) as AlarmMetrics;
  expect([...Compile(AlarmMetrics).Errors(metrics)]).toEqual([]);
  expect(metrics).toMatchObject({
    positions: 2,
    annunciated: 1,
    frequent: [{ alarmId: alarm.id, ruleId: 'r1', count: 1 }],
    evaluated: { minutes: 1_439, missedMinutes: 1, since: new Date(day.at(-1)!).toISOString() },
    now: { alarms: 2, standing: 2, stale: 1, unanswered: 1 },
  });
  const figures = new Map(metrics.figures.map((figure) => [figure.id, figure]));
  expect(figures.get('per-day')).toMatchObject({ value: 1440 / 1439 / 2, verdict: 'acceptable' });
  expect(figures.get('answer-median')?.value).toBeCloseTo(120, -1);
  expect(Date.parse(metrics.to) - Date.parse(metrics.from)).toBe(7 * 86_400_000);
});

test.each([
  ['from=2026-01-01T00:00:00Z&to=2025-12-31T00:00:00Z', 'from'],
  ['from=2026-01-01T00:00:00Z', 'from'],
  ['positions=0', 'positions'],
  ['to=yesterday', 'to'],
])('%s is refused by its field', async (query, field) => {
  const problem = await problemOf(await world.fetch(`${path}?${query}`, { cookie: viewer }));
  expect(problem).toMatchObject({ status: 400, field });
});
