// Sources, mappings, replays and the history of feeds, asked over HTTP by every role.
import { Writable } from 'node:stream';
import pino from 'pino';
import { Compile } from 'typebox/compile';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { FeedHistory } from '../../model/feed.ts';
import { ChangedSource, FeedMapping, Replay, Source, Trial } from '../../model/source.ts';
import { logOptions } from '../../server/logging.ts';
import { selectChangesSince, verifyChanges } from '../../store/changes.ts';
import { insertFeedMinutes } from '../../store/feed-minutes.ts';
import { insertRejects } from '../../store/rejects.ts';
import { selectReplay, takeWaitingReplay, updateReplay } from '../../store/replays.ts';
import { selectSourcesForIngest, upsertTrial } from '../../store/sources.ts';
import type { Secrets } from '../../store/secrets.ts';
import { problemOf, startWorld, testSecrets, type World } from './world.ts';

let world: World;
let secrets: Secrets;
let admin: string;
let supervisor: string;
let viewer: string;
/** Everything that the server logged, and everything that it answered. */
let logged = '';
let answered = '';

beforeAll(async () => {
  secrets = await testSecrets();
  const stream = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      logged += chunk.toString();
      done();
    },
  });
  world = await startWorld({ server: { secrets, log: pino({ ...logOptions, level: 'trace' }, stream) } });
  [admin, supervisor, viewer] = [
    await world.signIn('admin'),
    await world.signIn('supervisor'),
    await world.signIn('viewer'),
  ];
});
afterAll(() => world?.stop());
beforeEach(() =>
  world.db.execute(
    'TRUNCATE source, source_trial, feed_mapping, replay, feed_minute, reject, change_log RESTART IDENTITY CASCADE',
  ),
);

async function ask(method: string, path: string, body?: unknown, cookie: string | undefined = admin) {
  const json =
    body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } };
  const response = await world.fetch(path, { method, ...json, ...(cookie === undefined ? {} : { cookie }) });
  const text = await response.clone().text();
  answered += text;
  return response;
}

async function expectAnswer<T>(status: number, response: Response): Promise<T> {
  if (response.status !== status) expect.fail(`${response.status}: ${await response.text()}`);
  return (await response.json()) as T;
}

async function expectProblem(status: number, field: string | undefined, response: Response) {
  const problem = await problemOf(response);
  expect(problem).toMatchObject({ status });
  expect(problem.field).toBe(field);
  return problem;
}

const secret = 'NNSXS.RAHASIA-SEKALI';
const draft = {
  name: ' LoRa PDAM ',
  format: 'things-stack',
  transport: 'mqtt',
  address: 'mqtts://eu1.example.net:8883',
  topicFilter: 'v3/+/devices/+/up',
  credentials: { username: 'pdam@ttn', password: secret },
};
const polled = {
  name: 'Udara',
  format: 'sensor-community',
  transport: 'http',
  address: 'https://data.example.net/x',
};
const make = async (body: object = draft): Promise<Source> =>
  expectAnswer<Source>(201, await ask('POST', '/api/sources', body));

describe('access', () => {
  test.each([
    ['GET', '/api/sources', undefined],
    ['POST', '/api/sources', draft],
    ['GET', '/api/sources/x', undefined],
    ['PATCH', '/api/sources/x', { version: 1 }],
    ['DELETE', '/api/sources/x', undefined],
    ['GET', '/api/sources/x/trial', undefined],
    ['GET', '/api/feeds/hfp/mapping', undefined],
    ['PUT', '/api/feeds/hfp/mapping', { mapping: {}, version: 0 }],
    ['POST', '/api/feeds/hfp/replays', { dryRun: true }],
    ['GET', '/api/replays/1', undefined],
  ])('%s %s is for admins', async (method, path, body) => {
    const nobody = await world.fetch(path, { method });
    expect(nobody.status).toBe(401);
    expect((await ask(method, path, body, supervisor)).status).toBe(403);
    expect((await ask(method, path, body, viewer)).status).toBe(403);
  });

  test('history is for who watches, rejects for who works', async () => {
    expect((await world.fetch('/api/feeds/history')).status).toBe(401);
    expect((await ask('GET', '/api/feeds/history', undefined, await world.signIn('crew'))).status).toBe(403);
    expect((await ask('GET', '/api/feeds/history', undefined, viewer)).status).toBe(200);
    expect((await ask('GET', '/api/feeds/hfp/rejects', undefined, viewer)).status).toBe(403);
    expect((await ask('GET', '/api/feeds/hfp/rejects', undefined, supervisor)).status).toBe(200);
  });

  test('another site changes nothing', async () => {
    const response = await world.fetch('/api/sources', {
      method: 'POST',
      cookie: admin,
      body: JSON.stringify(draft),
      headers: { 'content-type': 'application/json', origin: 'https://evil.example' },
    });
    expect(response.status).toBe(403);
  });
});

describe('sources', () => {
  test('from the first draft to the end', async () => {
    const response = await ask('POST', '/api/sources', draft);
    expect(response.headers.get('location')).toBe('/api/sources/lora-pdam');
    expect(response.headers.get('cache-control')).toBe('no-store');
    const source = await expectAnswer<Source>(201, response);
    expect(Compile(Source).Check(source)).toBe(true);
    expect(source).toMatchObject({
      id: 'lora-pdam',
      name: 'LoRa PDAM',
      state: 'draft',
      hasCredentials: true,
      pollEverySeconds: null,
      version: 1,
    });
    expect(await (await ask('GET', '/api/sources')).json()).toEqual([source]);

    const active = await ask('PATCH', `/api/sources/${source.id}`, { version: 1, state: 'active' });
    expect(await expectAnswer(200, active)).toEqual({ ...source, state: 'active', version: 2 });
    const stale = await ask('PATCH', `/api/sources/${source.id}`, { version: 1, name: 'Lain' });
    const problem = await expectProblem(409, 'version', stale);
    expect(problem.current).toEqual({ ...source, state: 'active', version: 2 });

    expect((await ask('DELETE', `/api/sources/${source.id}`)).status).toBe(204);
    await expectProblem(404, undefined, await ask('DELETE', `/api/sources/${source.id}`));
    await expectProblem(404, undefined, await ask('GET', `/api/sources/${source.id}`));
    await expectProblem(404, undefined, await ask('PATCH', `/api/sources/${source.id}`, { version: 2 }));
    const log = (await selectChangesSince(world.db, 0, 1000, ['source'])).filter(
      ({ id }) => id === source.id,
    );
    expect(log.map(({ version, actor, body }) => [version, actor, body.did, body.state])).toEqual([
      [1, expect.stringMatching(/^user:\d+$/), 'created', 'draft'],
      [2, expect.stringMatching(/^user:\d+$/), 'changed', 'active'],
      [3, expect.stringMatching(/^user:\d+$/), 'deleted', 'active'],
    ]);
  });

  test('polls each 30 s unless told otherwise', async () => {
    expect(await make(polled)).toMatchObject({ pollEverySeconds: 30, hasCredentials: false });
    expect(await make({ ...polled, pollEverySeconds: 5 })).toMatchObject({ pollEverySeconds: 5 });
  });

  test.each([
    [{ ...draft, name: '' }, 'name'],
    [{ ...draft, name: 'a\0b' }, 'name'],
    [{ ...draft, name: '\ud800' }, 'name'],
    [{ ...draft, format: 'no-such' }, 'format'],
    [{ ...draft, format: '__proto__' }, 'format'],
    [{ ...draft, format: 'constructor' }, 'format'],
    [{ ...draft, transport: 'http' }, 'transport'],
    [{ ...draft, address: `mqtts://pdam:${secret}@eu1.example.net` }, 'address'],
    [{ ...draft, address: 'https://eu1.example.net' }, 'address'],
    [{ ...draft, topicFilter: 'v3/#/up' }, 'topicFilter'],
    [{ ...draft, topicFilter: undefined }, 'topicFilter'],
    [{ ...draft, credentials: { password: secret } }, 'credentials.username'],
    [{ ...draft, credentials: { username: 'a', token: secret } }, 'credentials.token'],
    [{ ...draft, state: 'active' }, 'state'],
    [{ ...polled, pollEverySeconds: 4 }, 'pollEverySeconds'],
    [{ ...polled, credentials: { headerName: 'x y', headerValue: 's' } }, 'credentials.headerName'],
    [
      { ...polled, credentials: { headerName: 'x', headerValue: 's\r\nhost: evil' } },
      'credentials.headerValue',
    ],
    [{ ...draft, id: 'hfp' }, 'id'],
  ])('%j is refused, naming %s', async (body, field) => {
    const problem = await expectProblem(400, field, await ask('POST', '/api/sources', body));
    expect(JSON.stringify(problem)).not.toContain(secret);
    expect(await (await ask('GET', '/api/sources')).json()).toEqual([]);
  });

  test('a change is judged with what is there', async () => {
    const { id } = await make();
    const change = (body: object) => ask('PATCH', `/api/sources/${id}`, { version: 1, ...body });
    await expectProblem(400, 'address', await change({ address: null }));
    await expectProblem(400, 'address', await change({ address: 'http://eu1.example.net' }));
    await expectProblem(400, 'topicFilter', await change({ topicFilter: null }));
    await expectProblem(400, 'pollEverySeconds', await change({ pollEverySeconds: 60 }));
    await expectProblem(400, 'credentials.headerName', await change({ credentials: { headerName: 'a' } }));
    await expectProblem(400, 'state', await change({ state: 'running' }));
    await expectProblem(400, 'name', await change({ name: ' ' }));
    await expectProblem(400, 'format', await change({ format: 'hfp' }));
    await expectProblem(400, 'version', await ask('PATCH', `/api/sources/${id}`, { name: 'x' }));
  });

  test('credentials do not follow to another host, and it is said', async () => {
    const { id } = await make();
    const moved = await expectAnswer<ChangedSource>(
      200,
      await ask('PATCH', `/api/sources/${id}`, { version: 1, address: 'mqtts://evil.example.net:8883' }),
    );
    expect(Compile(ChangedSource).Check(moved)).toBe(true);
    expect(moved).toMatchObject({
      hasCredentials: false,
      notice: expect.stringContaining('deleted') as string,
    });
    const [held] = await selectSourcesForIngest(world.db, secrets);
    expect(held).toMatchObject({ credentials: undefined, fault: undefined });
    const anew = { version: 2, credentials: { username: 'baru' } };
    expect(await expectAnswer(200, await ask('PATCH', `/api/sources/${id}`, anew))).not.toHaveProperty(
      'notice',
    );
    expect((await selectSourcesForIngest(world.db, secrets))[0]!.credentials).toEqual({ username: 'baru' });
    const none = { version: 3, credentials: null };
    expect(await expectAnswer(200, await ask('PATCH', `/api/sources/${id}`, none))).toMatchObject({
      hasCredentials: false,
    });
  });

  test('a trial waits until ingest has a word', async () => {
    const { id } = await make();
    const waiting = await expectAnswer<Trial>(200, await ask('GET', `/api/sources/${id}/trial`));
    expect(Compile(Trial).Check(waiting)).toBe(true);
    expect(waiting).toMatchObject({ state: 'waiting', fault: null, samples: [], names: [] });
    const failed = { ...waiting, state: 'failed' as const, fault: 'Not authorized' };
    await upsertTrial(world.db, id, failed);
    expect(await expectAnswer(200, await ask('GET', `/api/sources/${id}/trial`))).toEqual(failed);
    await expectProblem(404, undefined, await ask('GET', '/api/sources/constructor/trial'));
  });

  test('credentials are in no answer, no log line and no entry of the change log', async () => {
    await make();
    const [row] = await world.db.query<{ bytes: Buffer }>('SELECT credentials AS bytes FROM source');
    const { id } = await make();
    const [other] = await world.db.query<{ bytes: Buffer }>(
      'SELECT credentials AS bytes FROM source WHERE source_id = $1',
      [id],
    );
    expect(row!.bytes.toString('latin1')).not.toContain(secret);
    expect(row!.bytes.equals(other!.bytes)).toBe(false);
    // What fails inside is logged, too.
    const { transaction } = world.db;
    world.db.transaction = () => Promise.reject(new Error('on purpose'));
    try {
      expect((await ask('POST', '/api/sources', draft)).status).toBe(500);
    } finally {
      world.db.transaction = transaction;
    }
    await ask('GET', '/api/changes?limit=1000');
    expect(logged).toMatch(/on purpose/);
    for (const text of [logged, answered, JSON.stringify(await selectChangesSince(world.db, 0, 1000))]) {
      expect(text.length).toBeGreaterThan(100);
      expect(text).not.toMatch(/RAHASIA|pdam@ttn/);
    }
    expect(await verifyChanges(world.db)).toMatchObject({ ok: true });
  });
});

describe('mappings', () => {
  const path = '/api/feeds/sparkplug/mapping';
  test('there is none, one is put, and a stale one is refused', async () => {
    expect(await expectAnswer(200, await ask('GET', path))).toEqual({ mapping: {}, version: 0 });
    const mapping = {
      metrics: { 'Suhu/Ruang': { metric: 'temperature', unit: 'F' }, __x__: null },
      clockOffsetMinutes: -420,
    };
    const put = await expectAnswer<FeedMapping>(200, await ask('PUT', path, { mapping, version: 0 }));
    expect(put).toEqual({ mapping, version: 1 });
    expect(Compile(FeedMapping).Check(put)).toBe(true);
    const stale = await expectProblem(409, 'version', await ask('PUT', path, { mapping: {}, version: 0 }));
    expect(stale.current).toEqual(put);
  });

  test('of a source too, gone with it', async () => {
    const { id } = await make();
    const own = `/api/feeds/${id}/mapping`;
    await expectAnswer(200, await ask('PUT', own, { mapping: { keepIdentities: false }, version: 0 }));
    await ask('DELETE', `/api/sources/${id}`);
    await expectProblem(404, undefined, await ask('GET', own));
  });

  test.each(['no-such', 'sim-sparkplug', 'unknown', 'constructor'])('%s has none', async (id) => {
    await expectProblem(404, undefined, await ask('GET', `/api/feeds/${id}/mapping`));
    await expectProblem(
      404,
      undefined,
      await ask('PUT', `/api/feeds/${id}/mapping`, { mapping: {}, version: 0 }),
    );
  });

  test.each([
    [{ metrics: { a: { metric: 'no-such' } } }, 'mapping.metrics.a.metric'],
    [{ metrics: { a: { metric: 'temperature', unit: 'hPa' } } }, 'mapping.metrics.a.unit'],
    [{ metrics: { ['x'.repeat(129)]: null } }, `mapping.metrics.${'x'.repeat(129)}`],
    [{ metrics: { 'a\0': null } }, 'mapping.metrics'],
    [{ clockOffsetMinutes: 1441 }, 'mapping.clockOffsetMinutes'],
    [{ other: 1 }, 'mapping.other'],
  ])('%j is refused, naming %s', async (mapping, field) => {
    await expectProblem(400, field, await ask('PUT', path, { mapping, version: 0 }));
  });

  test('500 names fit, and __proto__ does no harm', async () => {
    const metrics = Object.fromEntries(
      Array.from({ length: 500 }, (_, n) => [`${n}`.padEnd(128, 'x'), { metric: 'temperature', unit: '°C' }]),
    );
    await expectAnswer(200, await ask('PUT', path, { mapping: { metrics }, version: 0 }));
    const response = await world.fetch(path, {
      method: 'PUT',
      cookie: admin,
      headers: { 'content-type': 'application/json' },
      body: '{"mapping":{"metrics":{"__proto__":null}},"version":1}',
    });
    expect(response.status).toBe(400);
    const own = { metrics: { constructor: { metric: 'temperature' }, toString: null } };
    expect(await expectAnswer(200, await ask('PUT', path, { mapping: own, version: 1 }))).toMatchObject({
      mapping: own,
    });
  });
});

describe('rejects and replays', () => {
  const reject = (reason: string, feedId = 'hfp') => ({
    at: Date.now(),
    feedId,
    topic: '/hfp/v2/x',
    reason,
    field: undefined,
    detail: 'd',
    payload: Buffer.from('{}'),
    payloadBytes: 2,
  });

  test('rejects by reason', async () => {
    await insertRejects(world.db, [reject('schema'), reject('late'), reject('late')]);
    const of = async (query: string) =>
      (
        (await expectAnswer<unknown[]>(200, await ask('GET', `/api/feeds/hfp/rejects${query}`))) as {
          reason: string;
        }[]
      ).map(({ reason }) => reason);
    expect(await of('')).toEqual(['late', 'late', 'schema']);
    expect(await of('?reason=schema')).toEqual(['schema']);
    expect(await of('?reason=late&limit=1')).toEqual(['late']);
    expect(await of('?reason=constructor')).toEqual([]);
    await expectProblem(400, 'limit', await ask('GET', '/api/feeds/hfp/rejects?limit=501'));
    await expectProblem(404, undefined, await ask('GET', '/api/feeds/no-such/rejects'));
    expect(await expectAnswer(200, await ask('GET', '/api/feeds/unknown/rejects'))).toEqual([]);
  });

  test('a replay is asked for, done by ingest, and read', async () => {
    const response = await ask('POST', '/api/feeds/hfp/replays', { dryRun: true, reason: 'schema' });
    expect(response.headers.get('location')).toBe('/api/replays/1');
    const asked = await expectAnswer<Replay>(202, response);
    expect(Compile(Replay).Check(asked)).toBe(true);
    expect(asked).toMatchObject({ id: 1, feedId: 'hfp', state: 'waiting', dryRun: true });
    const busy = await expectProblem(
      409,
      undefined,
      await ask('POST', '/api/feeds/hfp/replays', { dryRun: true }),
    );
    expect(busy.current).toEqual(asked);
    expect(await takeWaitingReplay(world.db)).toMatchObject({ id: 1, reason: 'schema', dryRun: true });
    const result = { messages: 1, accepted: 1, duplicates: 0, rejected: 0, rejects: [], fault: null };
    await updateReplay(world.db, 1, 'done', result);
    expect(await expectAnswer(200, await ask('GET', '/api/replays/1'))).toEqual({
      ...asked,
      state: 'done',
      ...result,
    });
    await expectProblem(404, undefined, await ask('GET', '/api/replays/2'));
    await expectProblem(400, 'id', await ask('GET', '/api/replays/x'));
  });

  test('a mapping is put in force by a real replay, not by a dry run', async () => {
    const mapping = { clockOffsetMinutes: -420 };
    const of = async () => (await (await ask('GET', '/api/feeds/hfp/mapping')).json()) as FeedMapping;
    const before = (await selectChangesSince(world.db, 0, 1000)).length;
    await expectAnswer(202, await ask('POST', '/api/feeds/hfp/replays', { dryRun: true, mapping }));
    expect((await of()).version).toBe(0);
    const { id } = (await takeWaitingReplay(world.db))!;
    await updateReplay(world.db, id, 'done', { ...(await selectReplay(world.db, id))! });
    await expectAnswer(202, await ask('POST', '/api/feeds/hfp/replays', { dryRun: false, mapping }));
    expect(await of()).toEqual({ mapping, version: 1 });
    const log = (await selectChangesSince(world.db, 0, 1000)).slice(before);
    expect(log.map(({ noun, id: of }) => `${noun} ${of}`)).toEqual(['replay 1', 'mapping hfp', 'replay 2']);
  });

  test.each([
    ['hfp', {}, 'dryRun'],
    ['hfp', { dryRun: 'yes' }, 'dryRun'],
    [
      'hfp',
      { dryRun: true, mapping: { metrics: { a: { metric: 'pm25', unit: '°C' } } } },
      'mapping.metrics.a.unit',
    ],
    ['hfp', { dryRun: true, reason: 'a\0' }, 'reason'],
  ])('%s %j is refused, naming %s', async (id, body, field) => {
    await expectProblem(400, field, await ask('POST', `/api/feeds/${id}/replays`, body));
  });

  test('feeds that there are not, or that are read as another', async () => {
    await expectProblem(404, undefined, await ask('POST', '/api/feeds/no-such/replays', { dryRun: true }));
    await expectProblem(
      404,
      undefined,
      await ask('POST', '/api/feeds/sim-hfp/replays', { dryRun: true, mapping: {} }),
    );
    await expectAnswer(202, await ask('POST', '/api/feeds/sim-hfp/replays', { dryRun: true }));
  });
});

test('the history of feeds', async () => {
  const minute = Math.floor(Date.now() / 60_000) * 60_000;
  const row = {
    feedId: 'hfp',
    minute,
    received: 3,
    accepted: 1,
    rejected: 1,
    rejectedByReason: { schema: 1 },
    duplicates: 1,
    lagP50Ms: 5,
    lagP99Ms: undefined,
  };
  await insertFeedMinutes(world.db, [row, { ...row, minute: minute - 86_400_000 * 2 }]);
  const of = async (query: string): Promise<FeedHistory> =>
    expectAnswer(200, await ask('GET', `/api/feeds/history${query}`, undefined, viewer));
  const day = await of('');
  expect(Compile(FeedHistory).Check(day)).toBe(true);
  expect(day.feeds).toEqual([
    {
      id: 'hfp',
      received: 3,
      accepted: 1,
      rejected: 1,
      duplicates: 1,
      rejectedByReason: { schema: 1 },
      minutes: [[new Date(minute).toISOString(), 3, 1, 1, 1, 5, null]],
    },
  ]);
  const from = encodeURIComponent(new Date(minute - 86_400_000 * 3).toISOString());
  expect((await of(`?from=${from}`)).feeds[0]!.received).toBe(6);
  const before = await of('?from=1970-01-01T00:00:00Z');
  expect(Date.now() - Date.parse(before.from)).toBeLessThan(9 * 86_400_000);
  await expectProblem(400, 'from', await ask('GET', '/api/feeds/history?from=yesterday'));
  await expectProblem(400, 'from', await ask('GET', '/api/feeds/history?from=2999-01-01T00:00:00Z'));
});
