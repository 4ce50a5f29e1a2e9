// An alarm's whole life in a real city: messages by MQTT in, what people do by HTTP, over a restart.
import mqtt, { type MqttClient } from 'mqtt';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildStale } from '../../build.js';
import type { Alarm } from '../../model/alarm.ts';
import type { AlarmDetail, Alarms } from '../../model/alarm-http.ts';
import type { AlarmCondition, AlarmRuleText } from '../../model/alarm-rule.ts';
import { parseConfig } from '../../model/config.ts';
import { startCity, type RunningCity } from '../../simpang.ts';
import { actOnAlarm } from '../../store/alarms.ts';
import { adminPassword } from '../city.ts';
import { newTestDatabase, type TestDatabase } from '../database.ts';
import { eventually } from '../eventually.ts';

const escalateAfterMs = 1_500;
const words = { id: 'aturan uji', en: 'rule of the test' };

let database: TestDatabase;
let city: RunningCity;
let device: MqttClient;
let cookie: string;

async function begin(): Promise<void> {
  const config = parseConfig(
    {
      SIMPANG_PORT: '0',
      SIMPANG_MQTT_PORT: '0',
      SIMPANG_SIMULATE: '0',
      SIMPANG_ADMIN_PASSWORD: adminPassword,
      SIMPANG_DATA: database.dataFolder,
      ...(database.databaseUrl ? { DATABASE_URL: database.databaseUrl } : {}),
    },
    false,
  );
  city = await startCity(config, () => undefined, { escalateAfterMs: () => escalateAfterMs });
  device = await mqtt.connectAsync(city.ingest.bus.url);
  const answer = await ask('POST', '/api/session', { username: 'admin', password: adminPassword });
  cookie = answer.headers.get('set-cookie')!.split(';')[0]!;
}

async function end(): Promise<void> {
  await device.endAsync(true);
  await city.stop();
}

const ask = (method: string, path: string, body?: object): Promise<Response> =>
  fetch(`${city.server.address}${path}`, {
    method,
    headers: { 'content-type': 'application/json', ...(cookie === undefined ? {} : { cookie }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });

async function did<T>(method: string, path: string, body?: object): Promise<T> {
  const answer = await ask(method, path, body);
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
  return (await answer.json()) as T;
}

const observe = (id: string, riverLevel: number): Promise<unknown> =>
  device.publishAsync(
    `city/sensor/${id}/reading`,
    JSON.stringify({ observedAt: new Date().toISOString(), lat: 2.96, lon: 99.06, readings: { riverLevel } }),
    { qos: 1 },
  );

/** Writes a rule and puts it into service. */
async function newRule(
  id: string,
  condition: AlarmCondition,
  given: Partial<AlarmRuleText> = {},
): Promise<void> {
  const rule: AlarmRuleText = {
    name: words,
    priority: 2,
    condition,
    onDelaySeconds: 0,
    offDelaySeconds: 0,
    rationalisation: {
      cause: words,
      consequence: words,
      action: words,
      respondWithinMinutes: 5,
      owner: 'bpbd',
    },
    procedure: [words],
    suppressedByRuleIds: [],
    ...given,
  };
  const { version } = await did<{ version: number }>('POST', '/api/rules', { id, rule });
  await did('POST', `/api/rules/${id}/state`, { state: 'live', version });
}

async function alarmOf(ruleId: string, subject: string): Promise<Alarm> {
  const { alarms } = await did<Alarms>('GET', `/api/alarms?state=all&subject=${encodeURIComponent(subject)}`);
  const found = alarms.find((alarm) => alarm.ruleId === ruleId);
  if (found === undefined) throw new Error(`no alarm of ${ruleId} over ${subject}`);
  return found;
}

const becomes = (ruleId: string, subject: string, wanted: Partial<Alarm>): Promise<Alarm> =>
  eventually(async () => {
    const alarm = await alarmOf(ruleId, subject);
    expect(alarm).toMatchObject(wanted);
    return alarm;
  });

beforeAll(async () => {
  await buildStale();
  database = await newTestDatabase();
  await begin();
});
afterAll(async () => {
  await end();
  await database.remove();
});

test('the alarms room evaluates, and says of how much', async () => {
  await eventually(async () => {
    const { evaluated } = await did<Alarms>('GET', '/api/alarms');
    expect(evaluated.rules).toBeGreaterThanOrEqual(18);
    const { checks } = await did<{ checks: { alarms: { ok: boolean } } }>('GET', '/api/health');
    expect(checks.alarms.ok).toBe(true);
  });
});

test('raised, escalated, acknowledged, its procedure worked, returned, and up again', async () => {
  await newRule('gauge-high', {
    kind: 'threshold',
    metric: 'riverLevel',
    side: 'above',
    limit: 2,
    deadband: 0.1,
    assets: { idPrefix: 'gauge-' },
  });
  const subject = 'sensor:gauge-1';
  await observe('gauge-1', 1);
  await observe('gauge-1', 2.5);
  await becomes('gauge-high', subject, { state: 'unacknowledged', occurrence: 1 });
  const escalated = await eventually(async () => {
    const alarm = await alarmOf('gauge-high', subject);
    expect(alarm.escalatedAt).not.toBeNull();
    return alarm;
  });
  const escalatedAfterMs = Date.parse(escalated.escalatedAt!) - Date.parse(escalated.raisedAt);
  expect(escalatedAfterMs).toBeGreaterThanOrEqual(escalateAfterMs);
  await did('POST', `/api/alarms/${escalated.id}/steps`, {
    step: 0,
    outcome: 'skipped',
    note: 'seen by camera',
  });
  await did('POST', `/api/alarms/${escalated.id}/acknowledge`, {});
  await observe('gauge-1', 1.95);
  await becomes('gauge-high', subject, { state: 'acknowledged', active: true });
  await observe('gauge-1', 1.2);
  await becomes('gauge-high', subject, { state: 'normal', active: false });
  const { history } = await did<AlarmDetail>('GET', `/api/alarms/${escalated.id}`);
  expect(history.map(({ act }) => act)).toEqual(['raise', 'escalate', 'step', 'acknowledge', 'return']);
  await observe('gauge-1', 2.6);
  await becomes('gauge-high', subject, { state: 'unacknowledged', occurrence: 2, steps: [] });
});

test('shelved to an end, at which what still holds calls anew', async () => {
  const { id } = await alarmOf('gauge-high', 'sensor:gauge-1');
  await did('POST', `/api/alarms/${id}/acknowledge`, {});
  await did('POST', `/api/alarms/${id}/shelve`, { minutes: 1, reason: 'being washed' });
  await becomes('gauge-high', 'sensor:gauge-1', { state: 'shelved' });
  await did('POST', `/api/alarms/${id}/unshelve`, {});
  await becomes('gauge-high', 'sensor:gauge-1', { state: 'unacknowledged' });
  // People shelve for a minute at least; the alarms room ends it at whatever time stands there.
  const until = new Date(Date.now() + 1_000).toISOString();
  await actOnAlarm(
    city.db,
    id,
    { act: 'shelve', until, reason: 'for a second' },
    { by: 'user:1', atMs: Date.now() },
  );
  await becomes('gauge-high', 'sensor:gauge-1', { state: 'unacknowledged', shelvedUntil: null });
  expect(Date.parse((await alarmOf('gauge-high', 'sensor:gauge-1')).changedAt)).toBeGreaterThanOrEqual(
    Date.parse(until),
  );
});

test("a feed's silence explains its sensor's", async () => {
  const source = await did<{ id: string; version: number }>('POST', '/api/sources', {
    name: 'Quiet',
    format: 'native',
    transport: 'broker',
    topicFilter: 'city/sensor/quiet-1/reading',
    expectedEverySeconds: 2,
  });
  await did('PATCH', `/api/sources/${source.id}`, { version: source.version, state: 'active' });
  await newRule('quiet-feed', { kind: 'feed-silent', feedIds: [source.id] });
  await newRule('quiet-sensor', {
    kind: 'silence',
    assetKind: 'sensor',
    afterIntervals: 4,
    assets: { idPrefix: 'quiet-' },
  });
  await eventually(async () => {
    await observe('quiet-1', 1);
    const { features } = await did<{ features: { id: string; properties: { feedId?: string } }[] }>(
      'GET',
      '/api/assets?kind=sensor',
    );
    expect(features.find(({ id }) => id === 'sensor:quiet-1')?.properties.feedId).toBe(source.id);
  });
  await eventually(() => did('PATCH', '/api/assets/sensor:quiet-1', { expectedEverySeconds: 1 }));
  const explainer = await becomes('quiet-feed', `feed:${source.id}`, { active: true });
  await becomes('quiet-sensor', 'sensor:quiet-1', { state: 'suppressed', suppressedBy: explainer.id });
});

test('a restart keeps what stands, raises nothing again, and lets return what went away meanwhile', async () => {
  const before = await alarmOf('gauge-high', 'sensor:gauge-1');
  await end();
  await begin();
  await eventually(() => expect(city.alarms.report()).toMatchObject({ leader: true, blindSince: null }));
  await observe('gauge-1', 2.7);
  await eventually(async () => {
    const { features } = await did<{ features: { id: string; properties: Record<string, unknown> }[] }>(
      'GET',
      '/api/assets?kind=sensor',
    );
    expect(features.find(({ id }) => id === 'sensor:gauge-1')?.properties.riverLevel).toBe(2.7);
  });
  expect(await alarmOf('gauge-high', 'sensor:gauge-1')).toMatchObject({
    occurrence: before.occurrence,
    raisedAt: before.raisedAt,
    active: true,
  });
  await observe('gauge-1', 1);
  await becomes('gauge-high', 'sensor:gauge-1', { state: 'returned', occurrence: before.occurrence });
});
