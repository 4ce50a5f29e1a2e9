// The past as devices made it: MQTT in, and a moment over HTTP that equals a recomputation from the rows.
import mqtt, { type MqttClient } from 'mqtt';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Moment } from '../../model/moment.ts';
import { adminPassword, startTestCity, type TestCity } from '../city.ts';
import { eventually } from '../eventually.ts';

let city: TestCity;
let device: MqttClient;
let cookie: string;
const second = 1000;
const start = Date.now() - 600 * second;

beforeAll(async () => {
  city = await startTestCity();
  device = await mqtt.connectAsync(city.mqttUrl);
  const answer = await fetch(`${city.address}/api/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ username: 'admin', password: adminPassword }),
  });
  cookie = answer.headers.get('set-cookie')!.split(';')[0]!;
});
afterAll(async () => {
  await device.endAsync(true);
  await city.remove();
});

const publish = (topic: string, payload: object): Promise<unknown> =>
  device.publishAsync(topic, JSON.stringify(payload), { qos: 1 });

async function momentAt(at: number, known = 'was'): Promise<Moment> {
  const query = new URLSearchParams({ at: new Date(at).toISOString(), known });
  const answer = await fetch(`${city.address}/api/moments?${query}`, { headers: { cookie } });
  expect(answer.status).toBe(200);
  return (await answer.json()) as Moment;
}

/** What the tables say, by the plainest statements there are. */
async function recompute(at: number): Promise<Record<string, unknown>> {
  const when = [new Date(at)];
  const fixes = await city.db.query<{ id: string; lat: number; lon: number; at: Date }>(
    `SELECT DISTINCT ON (source_id) 'vehicle:' || source_id AS id, lat_e6 / 1e6::float8 AS lat, lon_e6 / 1e6::float8 AS lon,
       observed_at AS at FROM vehicle_position JOIN asset ON asset_no = vehicle_no
     WHERE observed_at <= $1 ORDER BY source_id, observed_at DESC`,
    when,
  );
  const readings = await city.db.query<{ id: string; value: number; at: Date }>(
    `SELECT DISTINCT ON (source_id) 'sensor:' || source_id AS id, value, observed_at AS at
     FROM reading JOIN asset USING (asset_no) WHERE observed_at <= $1 ORDER BY source_id, observed_at DESC`,
    when,
  );
  const states = await city.db.query<{ id: string; state: string }>(
    `SELECT DISTINCT ON (source_id) 'camera:' || source_id AS id, state
     FROM camera_state JOIN asset USING (asset_no) WHERE observed_at <= $1 ORDER BY source_id, observed_at DESC`,
    when,
  );
  return Object.fromEntries([
    ...fixes.map(({ id, lat, lon, at: seen }) => [id, [lon, lat, seen.toISOString()]]),
    ...readings.map(({ id, value, at: seen }) => [id, [value, seen.toISOString()]]),
    ...states.map(({ id, state }) => [id, [state]]),
  ]);
}

const described = ({ features }: Moment): Record<string, unknown> =>
  Object.fromEntries(
    features
      .filter(({ properties }) => properties.observedAt !== null)
      .map(({ id, geometry, properties }) => {
        if (properties.kind === 'vehicle') return [id, [...geometry!.coordinates, properties.observedAt]];
        return [
          id,
          properties.kind === 'sensor'
            ? [properties['pm25' as never], properties.observedAt]
            : [properties['state' as never]],
        ];
      }),
  );

test('ten minutes of a city, at any moment of them; what came late is known only later', async () => {
  for (let n = 0; n <= 60; n++) {
    const observedAt = start + n * 10 * second;
    await publish('city/vehicle/bus-1/position', {
      observedAt,
      lat: 2.9 + n / 1000,
      lon: 99.05,
      speedMps: 8,
    });
    if (n % 6 !== 0) continue;
    await publish('city/vehicle/bus-2/position', {
      observedAt: observedAt + 3_000,
      lat: 2.95,
      lon: 99 + n / 1000,
    });
    await publish('city/sensor/air-1/reading', {
      observedAt: observedAt + 1_000,
      lat: 2.9,
      lon: 99,
      readings: { pm25: n },
    });
    await publish('city/camera/cam-1/status', {
      observedAt,
      state: n < 30 ? 'online' : 'offline',
      lat: 2.9,
      lon: 99,
    });
  }
  // Older than what is known already.
  await publish('city/vehicle/bus-2/position', { observedAt: start + 100 * second, lat: 2.91, lon: 99.09 });
  await eventually(async () => {
    const [row] = await city.db.query<{ n: number }>('SELECT count(*)::int AS n FROM vehicle_position');
    expect(row!.n).toBe(61 + 11 + 1);
    expect((await city.db.query('SELECT FROM reading')).length).toBe(11);
    // Minutely, and of the sameness every other minute: 0, 120, 240, 300 (offline), 420, 540; each of them where a
    // busy machine read some back from the journal.
    expect((await city.db.query('SELECT FROM camera_state')).length).toBeGreaterThanOrEqual(6);
  });
  for (const offset of [0, 59, 61, 100, 101, 240, 299, 300, 425, 599]) {
    const at = start + offset * second;
    expect(described(await momentAt(at))).toEqual(await recompute(at));
  }
  // All of it was received just now: ten minutes ago nothing of it was known.
  expect(described(await momentAt(start + 300 * second, 'then'))).toEqual({});
  const now = Date.now();
  expect(described(await momentAt(now, 'then'))).toEqual(await recompute(now));
  const camera = (await momentAt(start + 230 * second)).features.find(({ id }) => id === 'camera:cam-1')!;
  expect(camera.properties.freshness).toBe('fresh');
});
