// Dry runs over rows put into the store: what they find is what the rows say, and they stop when they are told to.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { toGround, type Ground } from '../../alarms/ground.ts';
import { Trials } from '../../alarms/trials.ts';
import type { AlarmCondition } from '../../model/alarm-rule.ts';
import { keptTrialOccurrences, type RuleTrial } from '../../model/alarm-rule-http.ts';
import { metrics } from '../../model/metrics.ts';
import { registerAssets, selectAssetNo } from '../../store/assets.ts';
import type { Database } from '../../store/connect.ts';
import { insertFeedMinutes } from '../../store/feed-minutes.ts';
import {
  cancelRuleTrial,
  insertRuleTrial,
  selectRuleTrial,
  takeWaitingTrial,
} from '../../store/rule-trials.ts';
import { ruleText, thresholdCondition } from '../alarm-samples.ts';
import { eventually } from '../eventually.ts';
import { startDatabase, type TestDatabase } from '../server/postgres.ts';
import { testCity } from '../server/world.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const fromMs = Date.UTC(2026, 10, 20, 0);
const toMs = fromMs + 12 * hourMs;

let server: TestDatabase;
let db: Database;
let ground: Ground;
let trials: Trials;
let sensorNo: number;
let vehicleNo: number;

beforeAll(async () => {
  server = await startDatabase();
  db = server.db;
  ground = toGround(await testCity());
  await registerAssets(db, [
    { kind: 'sensor', sourceId: 'air-1', name: 'Udara 1', simulated: false, lat: 2.95, lon: 99.06 },
    { kind: 'sensor', sourceId: 'sim-air', name: 'Udara rekaan', simulated: true, lat: 2.95, lon: 99.06 },
    { kind: 'vehicle', sourceId: 'bus-1', name: 'Angkot 1', simulated: false },
  ]);
  sensorNo = (await selectAssetNo(db, 'sensor', 'air-1'))!;
  vehicleNo = (await selectAssetNo(db, 'vehicle', 'bus-1'))!;
}, 60_000);
afterAll(() => server?.close());
beforeEach(async () => {
  await trials?.stop();
  await db.execute('TRUNCATE rule_trial, reading, vehicle_position, feed_minute, asset_latest, change_log');
  trials = new Trials({ db, ground, simulate: false, log: () => undefined });
});

async function putReadings(values: readonly (readonly [atMs: number, value: number])[], assetNo = sensorNo) {
  await db.execute(
    `INSERT INTO reading (asset_no, metric_no, observed_at, received_at, value)
     SELECT $1, $2, to_timestamp(ms / 1000), to_timestamp(ms / 1000), value
     FROM unnest($3::float8[], $4::float8[]) AS t (ms, value)`,
    [assetNo, metrics.pm25.no, values.map(([atMs]) => atMs), values.map(([, value]) => value)],
  );
}

const ask = (condition: AlarmCondition, change = {}): Promise<RuleTrial> =>
  insertRuleTrial(
    db,
    {
      rule: ruleText({ condition, onDelaySeconds: 0, offDelaySeconds: 0, ...change }),
      ruleId: undefined,
      fromMs,
      toMs,
    },
    'user:1',
  );

/** Asked for, then done. */
async function tried(condition: AlarmCondition, change = {}): Promise<RuleTrial> {
  const { no } = await ask(condition, change);
  await trials.lead();
  return eventually(async () => {
    const trial = (await selectRuleTrial(db, no))!;
    expect(trial.state).toBe('done');
    return trial;
  });
}

const iso = (ms: number): string => new Date(ms).toISOString();

describe('a threshold', () => {
  test('finds what the rows say, with dead band and delays in the time of the rows', async () => {
    const at = (minute: number): number => fromMs + minute * minuteMs;
    const values = new Map([
      ...Array.from({ length: 600 }, (_, minute) => [minute, 20] as [number, number]),
      // Too short for the delay; long enough; within the dead band it goes on.
      [100, 160],
      ...Array.from({ length: 10 }, (_, n) => [200 + n, 170 + n] as [number, number]),
      [210, 145],
      [211, 152],
    ]);
    await putReadings([...values].map(([minute, value]) => [at(minute), value]));
    await putReadings([[at(5), 500]], (await selectAssetNo(db, 'sensor', 'sim-air'))!);
    const { result, progress } = await tried(thresholdCondition, {
      onDelaySeconds: 120,
      offDelaySeconds: 60,
    });
    expect(progress).toBe(1);
    expect(result).toMatchObject({
      rows: 600,
      subjects: 1,
      raised: 1,
      perHour: 1 / 12,
      worstHour: { at: iso(fromMs + 3 * hourMs), count: 1 },
      hours: [[iso(fromMs + 3 * hourMs), 1]],
      chattering: 0,
      resolutionSeconds: 0,
      occurrences: [
        {
          subject: { id: 'sensor:air-1', name: 'Udara 1' },
          from: iso(at(202)),
          to: iso(at(213)),
          value: 171,
        },
      ],
      standingSeconds: 11 * 60,
      longestSeconds: 11 * 60,
    });
  });

  test('counts all, keeps the first, and says what chatters', async () => {
    const values = Array.from(
      { length: 2 * 600 },
      (_, n) => [fromMs + n * 10_000, n % 2 ? 20 : 200] as const,
    );
    await putReadings(values);
    const { result } = await tried(thresholdCondition);
    expect(result).toMatchObject({ raised: 600, chattering: 1, perHour: 50, loadPct: (100 * 50) / 6 });
    expect(result?.occurrences).toHaveLength(keptTrialOccurrences);
    expect(result?.hours.reduce((sum, [, count]) => sum + count, 0)).toBe(600);
  });

  test('without rows says that there were none', async () => {
    expect((await tried(thresholdCondition)).result).toMatchObject({ rows: 0, raised: 0, worstHour: null });
  });
});

describe('silence', () => {
  const condition: AlarmCondition = {
    kind: 'silence',
    assetKind: 'sensor',
    afterIntervals: 10,
    assets: {},
  };
  const everyMinute = (from: number, to: number): number[] =>
    Array.from({ length: to - from }, (_, n) => fromMs + (from + n) * minuteMs);

  test('of an asset is found; that nobody listened is none', async () => {
    await putReadings(
      [...everyMinute(0, 60), ...everyMinute(120, 300), ...everyMinute(400, 720)].map((atMs) => [atMs, 1]),
    );
    // Other feeds were heard while the sensor was silent first; the second time nobody listened.
    const heard = [...everyMinute(0, 300), ...everyMinute(400, 720)];
    await insertFeedMinutes(
      db,
      heard.map((minute) => ({
        ...{ feedId: 'hfp', minute, received: 1, accepted: 1, rejected: 0, rejectedByReason: {} },
        ...{ duplicates: 0, lagP50Ms: undefined, lagP99Ms: undefined },
      })),
    );
    const { result } = await tried(condition);
    expect(result?.occurrences.map(({ from, to }) => [from, to])).toEqual([
      [iso(fromMs + 69 * minuteMs), iso(fromMs + 120 * minuteMs)],
    ]);
  });

  test('from before the span is nothing that it would have raised', async () => {
    await db.execute(
      `INSERT INTO asset_latest (asset_no, observed_at, received_at, values) VALUES ($1, $2, $2, '{}')`,
      [sensorNo, new Date(toMs)],
    );
    expect((await tried(condition)).result).toMatchObject({ raised: 0 });
  });

  test('of a feed is found in its minutes', async () => {
    const minutes = [...everyMinute(0, 100), ...everyMinute(130, 720)];
    const rows = (feedId: string, list: number[]) =>
      list.map((minute) => ({
        ...{ feedId, minute, received: 1, accepted: 1, rejected: 0, rejectedByReason: {} },
        ...{ duplicates: 0, lagP50Ms: undefined, lagP99Ms: undefined },
      }));
    await insertFeedMinutes(db, [...rows('city-sensor', minutes), ...rows('hfp', everyMinute(0, 720))]);
    const { result } = await tried({ kind: 'feed-silent', feedIds: [] });
    // Silent after ten minutes of its own rhythm.
    expect(result?.occurrences).toMatchObject([
      {
        subject: { id: 'feed:city-sensor' },
        from: iso(fromMs + 111 * minuteMs),
        to: iso(fromMs + 131 * minuteMs),
      },
    ]);
  });
});

test('a geofence is tried on thinned positions', async () => {
  const [inside, outside] = [
    [2.955, 99.055],
    [2.97, 99.07],
  ] as const;
  const fixes = Array.from(
    { length: 600 },
    (_, n) => [fromMs + n * 1000, n >= 200 && n < 400 ? inside : outside] as const,
  );
  await db.execute(
    `INSERT INTO vehicle_position (vehicle_no, observed_at, received_after_ms, lat_e6, lon_e6)
     SELECT $1, to_timestamp(ms / 1000), 0, lat * 1e6, lon * 1e6
     FROM unnest($2::float8[], $3::float8[], $4::float8[]) AS t (ms, lat, lon)`,
    [vehicleNo, fixes.map(([ms]) => ms), fixes.map(([, [lat]]) => lat), fixes.map(([, [, lon]]) => lon)],
  );
  const ring: [number, number][] = [
    [99.05, 2.95],
    [99.06, 2.95],
    [99.06, 2.96],
    [99.05, 2.96],
  ];
  const { result } = await tried({ kind: 'geofence', side: 'inside', ring, assets: {} });
  expect(result).toMatchObject({
    rows: 60,
    resolutionSeconds: 10,
    occurrences: [
      { subject: { id: 'vehicle:bus-1' }, from: iso(fromMs + 200_000), to: iso(fromMs + 400_000) },
    ],
  });
});

describe('the end', () => {
  test('one that is stopped stays stopped, and the next is taken', async () => {
    const first = await ask(thresholdCondition);
    await cancelRuleTrial(db, first.no, 'user:1');
    expect((await tried(thresholdCondition)).no).toBeGreaterThan(first.no);
    expect(await selectRuleTrial(db, first.no)).toMatchObject({ state: 'cancelled' });
  });

  test('what another process left half done is said to have failed', async () => {
    const { no } = await ask(thresholdCondition);
    await takeWaitingTrial(db);
    await trials.lead();
    expect(await selectRuleTrial(db, no)).toMatchObject({
      state: 'failed',
      fault: expect.stringContaining('Ask once more') as string,
    });
  });

  test('a process that does not lead takes nothing', async () => {
    const { no } = await ask(thresholdCondition);
    trials.wake();
    await trials.stop();
    expect(await selectRuleTrial(db, no)).toMatchObject({ state: 'waiting' });
  });
});
