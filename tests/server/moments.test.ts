// The past over HTTP: what is asked for wrongly is named, and what is answered is what its schema says.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Compile } from 'typebox/compile';
import { Density, Moment, Slice } from '../../model/moment.ts';
import type { Database } from '../../store/connect.ts';
import { insertVehiclePositions, insertReadings } from '../../store/observations.ts';
import { newTestDatabase, type TestDatabase } from '../database.ts';
import { problemOf, startWorld, type World } from './world.ts';

let world: World;
let cookie: string;
let made: TestDatabase;
let db: Database;
const minute = 60_000;
const at = Date.now() - 30 * minute;
const iso = (ms: number): string => new Date(ms).toISOString();

beforeAll(async () => {
  made = await newTestDatabase();
  db = await made.open();
  world = await startWorld({ database: { db, close: () => db.close() } });
  cookie = await world.signIn('operator');
  await db.execute(`UPDATE asset SET created_at = now() - INTERVAL '1 day'`);
  const [{ asset_no: vehicleNo }, { asset_no: sensorNo }] = (await db.query<{ asset_no: number }>(
    'SELECT asset_no FROM asset ORDER BY asset_no',
  )) as [{ asset_no: number }, { asset_no: number }];
  const fix = {
    latE6: 2_960_000,
    lonE6: 99_060_000,
    speedDmps: 83,
    headingDeg: 90,
    occupancyPct: 50,
    routeNo: undefined,
  };
  await insertVehiclePositions(
    db,
    [
      { vehicleNo, observedAt: at - minute, receivedAfterMs: 5, ...fix },
      // Ten minutes under way.
      { vehicleNo, observedAt: at - 5_000, receivedAfterMs: 10 * minute, ...fix, latE6: 2_970_000 },
    ],
    false,
  );
  await db.execute(
    `INSERT INTO asset_latest (asset_no, observed_at, received_at, values) VALUES ($1, now(), now(), '{"pm25": [1, 1]}')`,
    [sensorNo],
  );
  await insertReadings(
    db,
    [{ assetNo: sensorNo, metricNo: 1, observedAt: at - 20_000, receivedAt: at, value: 12.5 }],
    false,
  );
});
afterAll(async () => {
  await world.stop();
  await made.remove();
});

const ask = (path: string): Promise<Response> => world.fetch(path, { cookie });

test('the city as it was, and as it was known then', async () => {
  const was = (await (await ask(`/api/moments?at=${iso(at)}`)).json()) as Moment;
  expect(Compile(Moment).Errors(was)).toEqual([]);
  expect(was).toMatchObject({
    at: iso(at),
    known: 'was',
    resolution: 'fix',
    alarms: [],
    incidents: [],
    warnings: [],
  });
  expect(was.completeness.assets).toEqual({ vehicle: 1, sensor: 1, camera: 1 });
  expect(was.completeness.observed).toEqual({ vehicle: 1, sensor: 1, camera: 0 });
  const bus = was.features.find(({ id }) => id === 'vehicle:bus-1')!;
  expect(bus.geometry!.coordinates).toEqual([99.06, 2.97]);
  expect(bus.properties).toMatchObject({
    freshness: 'fresh',
    observedAt: iso(at - 5_000),
    speedMps: 8.3,
    occupancy: 0.5,
  });
  expect(was.features.find(({ id }) => id === 'sensor:sim-air-1')!.properties).toMatchObject({
    pm25: 12.5,
    freshness: 'fresh',
  });
  expect(was.features.find(({ id }) => id === 'camera:sim-cam-1')!.properties).toMatchObject({
    freshness: 'silent',
    observedAt: null,
  });
  const then = (await (await ask(`/api/moments?at=${iso(at)}&known=then`)).json()) as Moment;
  expect(then.features.find(({ id }) => id === 'vehicle:bus-1')).toMatchObject({
    geometry: { coordinates: [99.06, 2.96] },
    properties: { freshness: 'stale', observedAt: iso(at - minute) },
  });
});

test('a slice holds what changed, in order, of the kinds that were asked for', async () => {
  const range = `from=${iso(at - 2 * minute)}&to=${iso(at)}`;
  const whole = (await (await ask(`/api/moments/slices?${range}`)).json()) as Slice;
  expect(Compile(Slice).Errors(whole)).toEqual([]);
  expect(whole.assets).toEqual(['vehicle:bus-1', 'sensor:sim-air-1']);
  expect(whole.vehicles.t).toEqual([minute, 2 * minute - 5_000]);
  expect(whole.readings).toEqual({
    asset: [1],
    metric: ['pm25'],
    t: [100_000],
    seen: [100_000],
    value: [12.5],
  });
  const sensors = (await (await ask(`/api/moments/slices?${range}&kinds=sensor`)).json()) as Slice;
  expect(sensors.vehicles.t).toEqual([]);
  expect(sensors.readings.value).toEqual([12.5]);
  const late = `from=${iso(at + 9 * minute)}&to=${iso(at + 11 * minute)}&known=then`;
  const then = (await (await ask(`/api/moments/slices?${late}`)).json()) as Slice;
  expect(then.vehicles).toMatchObject({ t: [minute - 5_000], seen: [-9 * minute - 5_000] });
});

test('density, by whole minutes', async () => {
  const answer = await ask(`/api/moments/density?from=${iso(at - 60 * minute)}&to=${iso(at)}&buckets=20`);
  const density = (await answer.json()) as Density;
  expect(Compile(Density).Errors(density)).toEqual([]);
  expect(density.stepSeconds).toBe(180);
});

test.each([
  ['/api/moments', 'at'],
  ['/api/moments?at=yesterday', 'at'],
  [`/api/moments?at=${iso(Date.now() + minute)}`, 'at'],
  ['/api/moments?at=2019-01-01T00:00:00Z', 'at'],
  [`/api/moments?at=${iso(at)}&known=perhaps`, 'known'],
  [`/api/moments/slices?from=${iso(at)}&to=${iso(at)}`, 'to'],
  [`/api/moments/slices?from=${iso(at - 130 * minute)}&to=${iso(at)}`, 'to'],
  [`/api/moments/slices?from=${iso(at - minute)}&to=${iso(at)}&kinds=tram`, 'kinds'],
  [`/api/moments/density?from=${iso(at)}&to=${iso(at - minute)}`, 'to'],
])('%s names what is wrong: %s', async (path, field) => {
  const answer = await ask(path);
  expect(answer.status).toBe(400);
  expect(await problemOf(answer)).toMatchObject({ field });
});

test('nobody without a session, and no all-clear while the database is away', async () => {
  expect((await world.fetch(`/api/moments?at=${iso(at)}`)).status).toBe(401);
  world.db.away = true;
  const range = `from=${iso(at - minute)}&to=${iso(at)}`;
  for (const path of [`?at=${iso(at)}`, `/slices?${range}`, `/density?${range}`])
    expect((await ask(`/api/moments${path}`)).status).toBe(503);
  world.db.away = false;
});
