// Sources as rows: connected, tried, read with a mapping, paused, replayed; devices and assets as people change them.
import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import mqtt, { type MqttClient } from 'mqtt';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startBroker, type EmbeddedBroker } from '../../ingest/broker.ts';
import { Devices } from '../../ingest/devices.ts';
import { startIngest, type Ingest } from '../../ingest/main.ts';
import { Routes } from '../../ingest/routes.ts';
import type { FeedStatus } from '../../model/feed.ts';
import { busTopics, type Change } from '../../model/live.ts';
import type { Mapping, SourceDraft, Trial } from '../../model/source.ts';
import { selectAssets, updateAsset } from '../../store/assets.ts';
import type { Database } from '../../store/connect.ts';
import { insertDevice, revokeDevice } from '../../store/devices.ts';
import { upsertMapping } from '../../store/feed-mappings.ts';
import { selectFeedHistory } from '../../store/feed-minutes.ts';
import { selectRejects } from '../../store/rejects.ts';
import { insertReplay, selectReplay } from '../../store/replays.ts';
import { openSecrets, type Secrets } from '../../store/secrets.ts';
import { deleteSource, insertSource, selectTrial, updateSource } from '../../store/sources.ts';
import { eventually } from '../eventually.ts';
import { shareDatabase } from '../shared-database.ts';

const actor = 'user:1';
const shared = shareDatabase();
let db: Database;
let secrets: Secrets;
let ingest: Ingest;
const closing: (() => Promise<unknown>)[] = [];

const start = async (): Promise<void> => {
  ingest = await startIngest({
    db,
    dataFolder: shared.dataFolder,
    mqttUrl: undefined,
    mqttPort: 0,
    mqttAnonymous: true,
    simulate: false,
    secrets,
    log: () => undefined,
  });
  await ingest.caughtUp;
};

beforeEach(async () => {
  db = shared.db;
  secrets = await openSecrets(shared.dataFolder);
  await start();
});
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
  await ingest.stop();
});

const feed = (id: string): FeedStatus => {
  const found = ingest.report().feeds.find((each) => each.id === id);
  if (found === undefined) throw new Error(`there is no feed ${id}`);
  return found;
};

async function connect(options: mqtt.IClientOptions = {}): Promise<MqttClient> {
  const device = await mqtt.connectAsync(ingest.bus.url, { reconnectPeriod: 0, ...options });
  device.on('error', () => undefined);
  closing.push(() => device.endAsync(true));
  return device;
}

async function makeSource(draft: SourceDraft, mapping?: Mapping): Promise<string> {
  const { id } = await insertSource(db, secrets, draft, actor);
  if (mapping !== undefined) await upsertMapping(db, id, mapping, 0, actor);
  return id;
}

const activate = (id: string, version = 1) =>
  updateSource(db, secrets, id, { version, state: 'active' }, actor);

/** A web server that answers as told; `seen` are the headers it was asked with. */
async function serve(answer: () => { status?: number; body: string }) {
  const seen: Record<string, unknown>[] = [];
  const server: Server = createServer((request, response) => {
    seen.push(request.headers);
    const { status = 200, body } = answer();
    response.writeHead(status, { 'content-type': 'application/json' }).end(body);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  closing.push(async () => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, seen };
}

const traccar = (id: string, at: number, valid = true): string =>
  JSON.stringify([
    {
      id: 1,
      deviceId: 5,
      valid,
      fixTime: new Date(at).toISOString(),
      serverTime: new Date(at).toISOString(),
      latitude: 2.96,
      longitude: 99.06,
      speed: 10,
      course: 90,
      attributes: {},
      device: { uniqueId: id, name: 'Truk sampah 3' },
    },
  ]);

test('a polled source: through the journal, with its credentials, counted under its own name', async () => {
  let at = Date.now() - 5_000;
  const { url, seen } = await serve(() => ({ body: traccar('truk-3', (at += 1_000)) }));
  const id = await makeSource({
    name: 'Truk sampah',
    format: 'traccar',
    transport: 'http',
    address: url,
    pollEverySeconds: 1,
    credentials: { username: 'kota', password: 'rahasia sekali' },
  });
  await activate(id);
  await eventually(() => expect(feed(id).accepted).toBeGreaterThan(1));
  expect(feed(id)).toMatchObject({ name: 'Truk sampah', format: 'traccar', transport: 'http', fault: null });
  expect(seen[0]!.authorization).toBe(`Basic ${Buffer.from('kota:rahasia sekali').toString('base64')}`);
  await eventually(async () => {
    const rows = await db.query<{ source_id: string; name: string }>(
      'SELECT DISTINCT source_id, name FROM vehicle_position JOIN asset ON asset_no = vehicle_no',
    );
    expect(rows).toEqual([{ source_id: 'traccar-truk-3', name: 'Truk sampah 3' }]);
  });
});

test('a source that fails says why, and how it is when it answers again', async () => {
  let status = 503;
  const { url } = await serve(() => ({ status, body: traccar('a', Date.now()) }));
  const id = await makeSource({
    name: 'Lalu',
    format: 'traccar',
    transport: 'http',
    address: url,
    pollEverySeconds: 1,
  });
  await activate(id);
  await eventually(() => expect(feed(id).fault).toMatch(/503/));
  status = 200;
  await eventually(() => expect(feed(id)).toMatchObject({ fault: null }), 30_000);
  await eventually(() => expect(feed(id).received).toBeGreaterThan(0), 30_000);
});

async function otherBroker(): Promise<{
  broker: EmbeddedBroker;
  client: MqttClient;
  acknowledged: () => number;
}> {
  const devices = new Devices();
  const routes = new Routes();
  const broker = await startBroker({
    port: 0,
    simulate: false,
    anonymous: true,
    routes,
    devices,
    onMessage: (_topic, _payload, _qos, settled) => settled(true),
    onRefused: () => undefined,
  });
  closing.push(() => broker.close());
  const { url, ...access } = broker.access;
  const client = await mqtt.connectAsync(url, access);
  closing.push(() => client.endAsync(true));
  return { broker, client, acknowledged: () => 0 };
}

test('another broker: signed in, subscribed, read with the mapping of its names and units', async () => {
  const { broker, client } = await otherBroker();
  const id = await makeSource(
    {
      name: 'LoRa PDAM',
      format: 'things-stack',
      transport: 'mqtt',
      address: broker.access.url,
      topicFilter: 'v3/pdam@ttn/devices/+/up',
      credentials: { username: broker.access.username, password: broker.access.password },
    },
    { metrics: { tekanan: { metric: 'waterPressure', unit: 'kPa' } } },
  );
  await activate(id);
  await eventually(() => expect(feed(id).fault).toBeNull());
  const uplink = (n: number) =>
    JSON.stringify({
      end_device_ids: { device_id: 'pdam-t-14' },
      received_at: new Date(Date.now() + n).toISOString(),
      uplink_message: { f_port: 2, decoded_payload: { tekanan: 250 + n } },
    });
  let n = 0;
  await eventually(async () => {
    await client.publishAsync('v3/pdam@ttn/devices/pdam-t-14/up', uplink(n++), { qos: 1 });
    expect(feed(id).accepted).toBeGreaterThan(0);
  });
  await eventually(async () => {
    const [row] = await db.query<{ value: number }>('SELECT value FROM reading ORDER BY value LIMIT 1');
    expect(row?.value).toBeGreaterThanOrEqual(2.5);
    expect(row?.value).toBeLessThan(3);
  });
  await updateSource(db, secrets, id, { version: 2, state: 'paused' }, actor);
  await eventually(() => expect(() => feed(id)).toThrow());
});

test('wrong credentials are said in words, and nowhere is the password', async () => {
  const { broker } = await otherBroker();
  const id = await makeSource({
    name: 'Salah',
    format: 'owntracks',
    transport: 'mqtt',
    address: broker.access.url,
    topicFilter: 'owntracks/#',
    credentials: { username: 'simpang', password: 'tebakan-yang-salah' },
  });
  await activate(id);
  await eventually(() => expect(feed(id).fault).toMatch(/user name and password|not authorised/));
  const rows = await db.query<{ body: object }>('SELECT body FROM change_log');
  const [stored] = await db.query<{ credentials: Buffer }>('SELECT credentials FROM source');
  expect(JSON.stringify(rows) + stored!.credentials.toString('latin1')).not.toContain('tebakan');
});

const trialOf = async (id: string, until: (trial: Trial) => void): Promise<Trial> =>
  eventually(async () => {
    const trial = await selectTrial(db, id);
    expect(trial).toBeDefined();
    until(trial!);
    return trial!;
  });

test('a draft is tried: raw beside parsed, names to map, nothing stored; then saved', async () => {
  const { url } = await serve(() => ({ body: traccar('truk-9', Date.now()) }));
  const id = await makeSource({
    name: 'Coba',
    format: 'traccar',
    transport: 'http',
    address: url,
    pollEverySeconds: 5,
  });
  const trial = await trialOf(id, ({ samples }) => expect(samples.length).toBeGreaterThan(0));
  expect(trial).toMatchObject({ state: 'connected', fault: null });
  expect(trial.samples[0]!.payload).toContain('truk-9');
  expect(trial.samples[0]!.outcomes[0]).toMatchObject({
    kind: 'vehicle',
    assetId: 'vehicle:traccar-truk-9',
    lat: 2.96,
  });
  expect(await db.query('SELECT FROM asset')).toEqual([]);
  await activate(id);
  await eventually(() => expect(feed(id).accepted).toBeGreaterThan(0));
});

test('a draft at the house’s broker sees what devices are refused; a mapping reads its samples again', async () => {
  const id = await makeSource({
    name: 'Sungai',
    format: 'things-stack',
    transport: 'broker',
    topicFilter: 'lora/+/up',
  });
  await trialOf(id, ({ state }) => expect(state).toBe('connected'));
  const uplink = JSON.stringify({
    received_at: new Date().toISOString(),
    uplink_message: { f_port: 1, decoded_payload: { muka_air_cm: 123 } },
  });
  const device = await connect();
  device.publish('lora/sungai-1/up', uplink, { qos: 0 });
  const before = await trialOf(id, ({ names }) => expect(names.length).toBeGreaterThan(0));
  expect(before.names).toContainEqual(
    expect.objectContaining({ name: 'muka_air_cm', example: 123, metric: null }),
  );
  await upsertMapping(db, id, { metrics: { muka_air_cm: { metric: 'riverLevel', unit: 'cm' } } }, 0, actor);
  const after = await trialOf(id, ({ samples }) =>
    expect(samples[0]?.outcomes[0]?.values).toEqual({ riverLevel: 1.23 }),
  );
  expect(after.names).toContainEqual(expect.objectContaining({ name: 'muka_air_cm', metric: 'riverLevel' }));
});

test('fix and replay: a clock that writes WIB as Z, tried without a trace, then taken in once', async () => {
  const device = await connect();
  const sevenHours = 7 * 3_600_000;
  const t0 = Date.now() - 60_000;
  const position = (n: number) =>
    JSON.stringify({ observedAt: t0 + n * 1_000 + sevenHours, lat: 2.96, lon: 99.06 });
  for (let n = 0; n < 20; n++)
    await device.publishAsync('city/vehicle/gmss-1/position', position(n), { qos: 1 });
  await device.publishAsync('city/vehicle/gmss-1/position', position(3), { qos: 1 });
  await device.publishAsync('city/vehicle/gmss-1/position', '{', { qos: 1 });
  await eventually(async () => expect(await selectRejects(db, 'city-vehicle', 50)).toHaveLength(22));
  const mapping: Mapping = { clockOffsetMinutes: -420 };
  const done = async (replay: { id: number }) =>
    eventually(async () => {
      const found = await selectReplay(db, replay.id);
      expect(found?.state).toBe('done');
      return found!;
    });
  const tried = await done(await insertReplay(db, 'city-vehicle', { dryRun: true, mapping }, actor));
  expect(tried).toMatchObject({ messages: 22, accepted: 20, duplicates: 1, rejected: 1 });
  expect(tried.rejects[0]).toMatchObject({ reason: 'not-json' });
  expect(await db.query('SELECT FROM vehicle_position')).toEqual([]);

  await done(await insertReplay(db, 'city-vehicle', { dryRun: false, mapping }, actor));
  await eventually(async () => expect(await db.query('SELECT FROM vehicle_position')).toHaveLength(20));
  const left = (await selectRejects(db, 'city-vehicle', 50)).filter((reject) => reject.replayedAt === null);
  expect(left.map((reject) => reject.reason)).toEqual(['not-json']);
  const again = await done(await insertReplay(db, 'city-vehicle', { dryRun: true }, actor));
  expect(again).toMatchObject({ messages: 1, accepted: 0 });
  // From now on the feed is read so.
  await device.publishAsync('city/vehicle/gmss-1/position', position(40), { qos: 1 });
  await eventually(async () => expect(await db.query('SELECT FROM vehicle_position')).toHaveLength(21));
});

test('devices: their own topics and no others, and revoked at once', async () => {
  const { password } = await insertDevice(
    db,
    { username: 'bus-7', note: '', publish: ['city/vehicle/bus-7/position'], subscribe: [] },
    actor,
  );
  const position = JSON.stringify({ observedAt: Date.now(), lat: 2.96, lon: 99.06 });
  const device = await eventually(() => connect({ username: 'bus-7', password }));
  await device.publishAsync('city/vehicle/bus-7/position', position, { qos: 1 });
  await eventually(() => expect(feed('city-vehicle').accepted).toBe(1));

  const closed = new Promise((resolve) => device.once('close', () => resolve(undefined)));
  device.publish('city/vehicle/bus-8/position', position, { qos: 1 });
  await closed;
  await expect(connect({ username: 'bus-7', password: 'guess' })).rejects.toThrow();
  await expect(connect({ username: '__proto__', password })).rejects.toThrow();

  const again = await connect({ username: 'bus-7', password });
  const thrown = new Promise((resolve) => again.once('close', () => resolve(undefined)));
  await revokeDevice(db, 'bus-7', actor);
  await thrown;
  await expect(connect({ username: 'bus-7', password })).rejects.toThrow();
  expect(await db.query('SELECT FROM asset')).toHaveLength(1);
});

test('an asset that is confirmed and renamed is told to every screen, without a new start', async () => {
  const device = await connect();
  await device.publishAsync(
    'city/sensor/air-1/reading',
    JSON.stringify({ observedAt: Date.now(), readings: { pm25: 12 } }),
    { qos: 1 },
  );
  await eventually(async () => expect(await selectAssets(db)).toHaveLength(1));
  const changes: Change[] = [];
  const { url, ...access } = ingest.bus;
  const screen = await mqtt.connectAsync(url, access);
  closing.push(() => screen.endAsync(true));
  screen.on('message', (_topic, payload) => changes.push(...(JSON.parse(payload.toString()) as Change[])));
  await screen.subscribeAsync(busTopics.allChanges);
  await updateAsset(
    db,
    'sensor',
    'air-1',
    { name: 'Udara Pasar Horas', lat: 2.96, lon: 99.06, confirmed: true },
    actor,
  );
  await eventually(() =>
    expect(changes).toContainEqual(
      expect.objectContaining({
        id: 'sensor:air-1',
        name: 'Udara Pasar Horas',
        lat: 2.96,
        unconfirmed: false,
      }),
    ),
  );
});

test('the history of a feed goes on over a restart', async () => {
  const device = await connect();
  await device.publishAsync('city/vehicle/v1/position', '{', { qos: 1 });
  await eventually(() => expect(feed('city-vehicle').rejected).toBe(1));
  await device.endAsync(true);
  await ingest.stop();
  await start();
  const history = await selectFeedHistory(db, Date.now() - 3_600_000, Date.now());
  expect(history.feeds).toMatchObject([
    { id: 'city-vehicle', received: 1, rejected: 1, rejectedByReason: { 'not-json': 1 } },
  ]);
});

test('a source that was deleted is gone: not connected, not listed, its id not given again', async () => {
  const { url, seen } = await serve(() => ({ body: traccar('x', Date.now()) }));
  const draft: SourceDraft = {
    name: 'Sekali',
    format: 'traccar',
    transport: 'http',
    address: url,
    pollEverySeconds: 1,
  };
  const id = await makeSource(draft);
  await activate(id);
  await eventually(() => expect(feed(id).accepted).toBeGreaterThan(0));
  await deleteSource(db, id, actor);
  await eventually(() => expect(() => feed(id)).toThrow());
  const asked = seen.length;
  expect(await makeSource(draft)).not.toBe(id);
  await eventually(() => expect(seen.length).toBeGreaterThan(asked));
});
