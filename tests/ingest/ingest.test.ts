// Ingest through its doors: MQTT in; rows, counters, rejects and the bus out. With the embedded broker and Mosquitto.
import mqtt, { type MqttClient } from 'mqtt';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startIngest, type Ingest, type IngestOptions } from '../../ingest/main.ts';
import type { FeedStatus } from '../../model/feed.ts';
import { busTopics, type Change } from '../../model/live.ts';
import { selectAssets } from '../../store/assets.ts';
import type { Database } from '../../store/connect.ts';
import { selectRejects } from '../../store/rejects.ts';
import { shareDatabase } from '../shared-database.ts';
import { eventually } from '../eventually.ts';
import { brokers, type TestBroker } from '../broker.ts';
import { openSecrets } from '../../store/secrets.ts';

const shared = shareDatabase();
let broker: TestBroker;
let db: Database;
let ingest: Ingest;
let device: MqttClient;

/** Stands between ingest and the database, and can take it away. */
let away: Error | undefined;
const breakable = (real: Database): Database => ({
  ...real,
  query: (...args) => (away ? Promise.reject(away) : real.query(...args)),
  execute: (...args) => (away ? Promise.reject(away) : real.execute(...args)),
  transaction: (work) => (away ? Promise.reject(away) : real.transaction(work)),
  hold: (...given) => (away ? Promise.reject(away) : real.hold(...given)),
  makeDurable: () => (away ? Promise.reject(away) : real.makeDurable()),
});

async function start(options: Partial<IngestOptions> = {}): Promise<void> {
  ingest = await startIngest({
    db: breakable(db),
    dataFolder: shared.dataFolder,
    mqttUrl: broker.url,
    mqttPort: 0,
    mqttAnonymous: true,
    secrets: await openSecrets(shared.dataFolder),
    simulate: true,
    log: () => undefined,
    ...options,
  });
  device = await mqtt.connectAsync(ingest.bus.url);
  device.on('error', () => undefined);
  await broker.subscribed();
  await ingest.caughtUp;
}

describe.each(brokers)('$name', ({ name, missing, start: startTestBroker }) => {
  if (missing) {
    test.skip(missing);
    return;
  }
  beforeEach(async () => {
    away = undefined;
    broker = await startTestBroker();
    db = shared.db;
    await start();
  });

  afterEach(async () => {
    away = undefined;
    await device.endAsync(true);
    await ingest.stop();
    await broker.stop();
  });

  const t0 = Date.now() - 60_000;
  const publish = (topic: string, payload: string | Buffer | object, qos: 0 | 1 = 1): Promise<unknown> =>
    device.publishAsync(
      topic,
      typeof payload === 'string' || Buffer.isBuffer(payload) ? payload : JSON.stringify(payload),
      { qos },
    );
  const position = (n: number, more: object = {}): object => ({
    observedAt: t0 + n * 100,
    lat: 2.96,
    lon: 99.06,
    ...more,
  });

  const feed = (id: string): FeedStatus => ingest.report().feeds.find((each) => each.id === id)!;
  const stored = async (table: string): Promise<number> =>
    (await db.query<{ n: number }>(`SELECT count(*)::int AS n FROM ${table}`))[0]!.n;
  const settled = (received: number, id = 'city-vehicle'): Promise<void> =>
    eventually(() => {
      expect(feed(id).received).toBeGreaterThanOrEqual(received);
      expect(ingest.report()).toMatchObject({ unstored: 0, unreadBytes: 0 });
    });

  /** Every change on the bus, as the server hears them. */
  async function listen(): Promise<Change[]> {
    const changes: Change[] = [];
    const listener = await mqtt.connectAsync(ingest.bus.url, ingest.bus);
    listener.on('message', (_topic, payload) =>
      changes.push(...(JSON.parse(payload.toString()) as Change[])),
    );
    await listener.subscribeAsync(busTopics.allChanges);
    listeners.push(listener);
    return changes;
  }
  const listeners: MqttClient[] = [];
  afterEach(async () => {
    await Promise.all(listeners.splice(0).map((each) => each.endAsync(true)));
  });

  test('a position becomes a row, a change on the bus, and the newest value of an unconfirmed asset', async () => {
    const changes = await listen();
    await publish(
      'city/vehicle/bus-7/position',
      position(1, { speedMps: 5.04, headingDeg: 90, occupancy: 0.25, routeId: '03' }),
    );
    await settled(1);
    const rows = await db.query(
      `SELECT source_id, unconfirmed, simulated, lat_e6, lon_e6, speed_dmps, heading_deg, occupancy_pct, route_id,
       (extract(epoch FROM observed_at) * 1000)::int8 AS ms, received_after_ms > 0 AS after
     FROM vehicle_position JOIN asset ON asset_no = vehicle_no JOIN route USING (route_no)`,
    );
    expect(rows).toEqual([
      {
        source_id: 'bus-7',
        unconfirmed: true,
        simulated: false,
        lat_e6: 2_960_000,
        lon_e6: 99_060_000,
        speed_dmps: 50,
        heading_deg: 90,
        occupancy_pct: 25,
        route_id: '03',
        ms: t0 + 100,
        after: true,
      },
    ]);
    await eventually(() =>
      expect(changes).toContainEqual(
        expect.objectContaining({
          id: 'vehicle:bus-7',
          kind: 'vehicle',
          name: 'bus-7',
          unconfirmed: true,
          lat: 2.96,
          lon: 99.06,
          speedMps: 5.04,
          observedAt: new Date(t0 + 100).toISOString(),
        }),
      ),
    );
    await eventually(async () => expect(await stored('asset_latest')).toBe(1));
  });

  test('received = accepted + rejected + duplicates, whatever comes, and the rejects can be read', async () => {
    for (let n = 0; n < 20; n++) await publish('city/vehicle/v1/position', position(n));
    for (let n = 5; n < 10; n++) await publish('city/vehicle/v1/position', position(n));
    const bad: [string, string | Buffer | object, string][] = [
      ['v1', '', 'empty'],
      ['v1', '{', 'not-json'],
      ['v1', Buffer.from([0xff]), 'not-utf8'],
      ['v1', position(1, { lat: 'x' }), 'schema'],
      ['v1', position(1, { lat: 91 }), 'off-earth'],
      ['v1', position(1, { lon: 1e308 }), 'off-earth'],
      ['v1', position(1, { observedAt: Date.now() + 300_000 }), 'future'],
      ['v1', position(1, { observedAt: Date.now() - 73 * 3_600_000 }), 'too-old'],
      ['__proto__', position(1), 'bad-id'],
      ['sim-1', position(1), 'bad-id'],
      ['v1', Buffer.alloc(256 * 1024 + 1, 0x20), 'too-large'],
    ];
    for (const [id, payload] of bad) await publish(`city/vehicle/${id}/position`, payload);
    await settled(36);
    await eventually(() =>
      expect(feed('city-vehicle')).toMatchObject({ received: 36, accepted: 20, duplicates: 5, rejected: 11 }),
    );
    expect(await stored('vehicle_position')).toBe(20);
    const rejects = await eventually(async () => {
      const found = await selectRejects(db, 'city-vehicle', 50);
      expect(found).toHaveLength(11);
      return found;
    });
    expect(rejects.map((reject) => reject.reason).sort()).toEqual(bad.map(([, , reason]) => reason).sort());
    expect(rejects.find((reject) => reject.reason === 'off-earth')).toMatchObject({ field: 'lon' });
    expect(rejects.find((reject) => reject.reason === 'too-large')).toMatchObject({
      payloadBytes: 256 * 1024 + 1,
    });
  });

  test('a sensor: each value is a row; repetition and late values are told apart', async () => {
    const read = (at: number, readings: object): Promise<unknown> =>
      publish('city/sensor/air-1/reading', { observedAt: t0 + at, lat: 2.95, lon: 99.05, readings });
    await read(1_000, { pm25: 12.4, temperature: 27.1 });
    await read(1_000, { pm25: 12.4 });
    await read(1_000, { humidity: 80 });
    await read(500, { pm25: 11 });
    await read(500, { pm25: 11 });
    await read(2_000, { pm25: 5_000, temperature: 27 });
    await settled(7, 'city-sensor');
    await eventually(() =>
      expect(feed('city-sensor')).toMatchObject({
        received: 7,
        accepted: 4,
        duplicates: 2,
        rejected: 1,
        late: 2,
        rejectedByReason: { 'out-of-range': 1 },
      }),
    );
    expect(await stored('reading')).toBe(5);
    await eventually(async () => {
      const [row] = await db.query<{ values: object }>('SELECT values FROM asset_latest');
      expect(row?.values).toEqual({
        pm25: [12.4, t0 + 1_000],
        temperature: [27, t0 + 2_000],
        humidity: [80, t0 + 1_000],
      });
    });
  });

  test('a camera: rows for changes of its state only, and its address stays in the store', async () => {
    const changes = await listen();
    const status = (at: number, state: string): Promise<unknown> =>
      publish('city/camera/c1/status', {
        observedAt: t0 + at,
        state,
        lat: 2.9,
        lon: 99,
        streamUrl: 'http://127.0.0.1:9/c1',
      });
    await status(0, 'online');
    await status(30, 'online');
    await status(30, 'online');
    await status(60, 'offline');
    await publish('city/camera/c1/event', { observedAt: t0 + 61, eventId: 'e1', type: 'crash', count: 2 });
    await settled(4, 'city-camera-status');
    await settled(1, 'city-camera-event');
    expect(feed('city-camera-status')).toMatchObject({ accepted: 3, duplicates: 1 });
    expect(await stored('camera_state')).toBe(2);
    expect(await stored('camera_event')).toBe(1);
    await eventually(() => expect(changes.at(-1)?.id).toBe('camera:c1'));
    expect(JSON.stringify(changes)).not.toContain('127.0.0.1');
  });

  test('late positions are stored and never move the live picture back', async () => {
    const changes = await listen();
    await publish('city/vehicle/v1/position', position(100, { lat: 2.97 }));
    await settled(1);
    await publish('city/vehicle/v1/position', position(50, { lat: 2.91 }));
    await settled(2);
    expect(await stored('vehicle_position')).toBe(2);
    await publish('city/vehicle/v2/position', position(1));
    await eventually(() => expect(changes.some((change) => change.id === 'vehicle:v2')).toBe(true));
    expect(changes.filter((change) => change.lat === 2.91)).toEqual([]);
  });

  test('what is simulated comes under sim/ only, marked, and not at all where it is not wanted', async () => {
    await publish('sim/city/vehicle/sim-1/position', position(1));
    await publish('sim//hfp/v2/journey/ongoing/vp/bus/0012/01913/4400', {
      VP: { tst: new Date(t0).toISOString(), lat: 2.9, long: 99 },
    });
    await settled(1, 'sim-city-vehicle');
    await settled(1, 'sim-hfp');
    const ids = await db.query<{ source_id: string }>(
      'SELECT source_id FROM asset WHERE simulated ORDER BY 1',
    );
    expect(ids.map((row) => row.source_id)).toEqual(['sim-1', 'sim-hfp-12-1913']);
  });

  test('the database away: acknowledged all the same, live all the while, stored when it is back, once', async () => {
    const changes = await listen();
    await publish('city/vehicle/v1/position', position(0));
    await settled(1);
    away = new Error('away');
    for (let n = 1; n <= 200; n++) await publish('city/vehicle/v1/position', position(n));
    await eventually(() => expect(ingest.report().databaseError).toBe('away'));
    await eventually(() => expect(changes.at(-1)?.observedAt).toBe(new Date(t0 + 20_000).toISOString()));
    expect(ingest.report().unstored).toBeGreaterThan(0);
    away = undefined;
    await settled(201);
    expect(await stored('vehicle_position')).toBe(201);
    expect(feed('city-vehicle')).toMatchObject({ accepted: 201, duplicates: 0 });
  });

  test('stopped and started again: nothing missing, nothing twice, also what the database had not taken', async () => {
    away = new Error('away');
    for (let n = 0; n < 50; n++) await publish(`city/vehicle/v${n % 5}/position`, position(n));
    await device.endAsync(true);
    await ingest.stop();
    away = undefined;
    await start();
    await eventually(async () => expect(await stored('vehicle_position')).toBe(50));
    // By which feed each was heard outlasts the process: one that is silent cannot say it anew.
    await eventually(async () =>
      expect(new Set((await selectAssets(db)).map(({ feedId }) => feedId))).toEqual(
        new Set(['city-vehicle']),
      ),
    );
    await publish('city/vehicle/v0/position', position(0));
    await settled(51);
    expect(await stored('vehicle_position')).toBe(50);
    await eventually(() => expect(feed('city-vehicle').duplicates).toBeGreaterThan(0));
  });

  test('a burst beyond what may wait in memory is read back from the journal', async () => {
    away = new Error('away');
    const burst = 45_000;
    const all: Promise<unknown>[] = [];
    for (let n = 0; n < burst; n++) {
      all.push(publish(`city/vehicle/v${n % 500}/position`, position(Math.floor(n / 500))));
      if (all.length >= 5_000) await Promise.all(all.splice(0));
    }
    await Promise.all(all);
    expect(ingest.report().unstored).toBeLessThan(burst);
    away = undefined;
    await eventually(async () => expect(await stored('vehicle_position')).toBe(burst), 60_000);
    await settled(burst);
    expect(feed('city-vehicle')).toMatchObject({ accepted: burst, duplicates: 0 });
  });

  test('nothing that one message holds stops the others, now or at the next start', async () => {
    const foul: [string, string][] = [
      ['frigate/events', '{"type":{"toString":1},"after":{"camera":{"toString":1},"id":"a","start_time":1}}'],
      [
        'city/camera/c1/event',
        JSON.stringify({ observedAt: t0, eventId: 'e', type: 't', kind: 'vehicle', sourceId: 5 }),
      ],
      ['city/vehicle/v1/position', JSON.stringify(position(1, { routeId: '\0' }))],
      ['city/vehicle/v1/position', '{"observedAt":' + t0 + ',"lat":2.9,"lon":99,"routeId":"\\ud800"}'],
      ['city/vehicle/v1/position', `{"a":${'['.repeat(50_000)}${']'.repeat(50_000)}}`],
    ];
    for (const [topic, payload] of foul) await publish(topic, payload);
    await publish('city/vehicle/v1/position', position(2));
    await eventually(async () => expect(await stored('vehicle_position')).toBe(1));
    await device.endAsync(true);
    await ingest.stop();
    await start();
    await publish('city/vehicle/v1/position', position(3));
    await eventually(async () => expect(await stored('vehicle_position')).toBe(2));
    await eventually(async () => expect(await stored('asset_latest')).toBe(2));
    const events = await db.query<{ source_id: string }>(
      'SELECT source_id FROM camera_event JOIN asset USING (asset_no)',
    );
    expect(events).toEqual([{ source_id: 'c1' }]);
  });

  test('a camera: its state reaches the store also when the database was away, and its events do not hide it', async () => {
    away = new Error('away');
    await publish('city/camera/c1/status', { observedAt: t0, state: 'online' });
    await publish('city/camera/c1/event', { observedAt: t0 + 90_000, eventId: 'e1', type: 'crash' });
    await device.endAsync(true);
    await ingest.stop();
    away = undefined;
    await start();
    await eventually(async () => expect(await stored('camera_state')).toBe(1));
    await publish('city/camera/c1/status', { observedAt: t0 + 1_000, state: 'offline' });
    await eventually(async () => {
      const [row] = await db.query<{ values: { state: [string, number] } }>(
        'SELECT values FROM asset_latest',
      );
      expect(row!.values.state).toEqual(['offline', t0 + 1_000]);
    });
    expect(await stored('camera_state')).toBe(2);
  });

  test('SIMPANG_SIMULATE=0: nothing invented enters, not live, not stored, not from the journal', async () => {
    away = new Error('away');
    await publish('sim/city/vehicle/sim-1/position', position(1));
    await device.endAsync(true);
    await ingest.stop();
    away = undefined;
    await start({ simulate: false });
    const changes = await listen();
    device.publish('sim/city/vehicle/sim-2/position', JSON.stringify(position(2)), { qos: 1 });
    const other = await mqtt.connectAsync(ingest.bus.url);
    await other.publishAsync('city/vehicle/v1/position', JSON.stringify(position(3)), { qos: 1 });
    await other.endAsync(true);
    await eventually(() => expect(changes.some((change) => change.id === 'vehicle:v1')).toBe(true));
    await eventually(async () => expect(await stored('vehicle_position')).toBe(1));
    expect(changes.filter((change) => change.id.includes('sim-'))).toEqual([]);
    expect(await stored('asset')).toBe(1);
  });

  test.skipIf(name !== 'embedded')(
    'the embedded broker: devices publish feeds and read nothing',
    async () => {
      const [grant] = await device.subscribeAsync('#').catch(() => [{ qos: 128 }]);
      expect(grant?.qos).toBe(128);
      const refused = new Promise<void>((resolve) => device.once('close', () => resolve()));
      device.publish('simpang/live/vehicle', '[]', { qos: 1 });
      await refused;
      await eventually(() => expect(feed('unknown').rejectedByReason).toEqual({ 'unknown-topic': 1 }));
      await expect(
        mqtt.connectAsync(ingest.bus.url, { username: 'simpang', password: 'guess', reconnectPeriod: 0 }),
      ).rejects.toThrow();
    },
  );
});
