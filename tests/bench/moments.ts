// What looking back costs: a week in an embedded database, each question beside the smallest statement that could answer it.
import type { AssetKind } from '../../model/asset.ts';
import { metrics } from '../../model/metrics.ts';
import { toFeature } from '../../model/picture.ts';
import { registerAssets } from '../../store/assets.ts';
import type { Database } from '../../store/connect.ts';
import { selectDensity } from '../../store/moment-density.ts';
import { selectLoggedAt } from '../../store/moment-log.ts';
import { selectSlice } from '../../store/moment-slices.ts';
import { looking, selectAssetsAt } from '../../store/moments.ts';
import { selectReadingSeries } from '../../store/series.ts';
import { newTestDatabase } from '../database.ts';

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

/**
 * Scaled down: 300 vehicles each minute (a city's 10 s would be 18 million rows, an hour of making), the last hour each
 * 10 s; 60 sensors with 4 metrics each 5 minutes; 51 cameras each 2 minutes. Together 3.9 million rows.
 */
const fleet = { vehicle: 300, sensor: 60, camera: 51 } as const;
const measured = [metrics.pm25.no, metrics.pm10.no, metrics.temperature.no, metrics.humidity.no];

export interface Measured {
  what: string;
  ms: number;
  bareMs: number;
  aim: string;
}

async function fill(db: Database, now: number): Promise<void> {
  const ids = (kind: AssetKind) =>
    Array.from({ length: fleet[kind] }, (_, n) => ({
      kind,
      sourceId: `${kind}-${n}`,
      name: `${kind} ${n}`,
      simulated: false,
      lat: 2.9,
      lon: 99,
    }));
  await registerAssets(db, [...ids('vehicle'), ...ids('sensor'), ...ids('camera')]);
  await db.execute(`UPDATE asset SET created_at = now() - INTERVAL '30 days'`);
  await db.execute(
    `INSERT INTO asset_latest (asset_no, observed_at, received_at, values)
     SELECT asset_no, now(), now(), '{"pm25": [1, 1], "pm10": [1, 1], "temperature": [1, 1], "humidity": [1, 1]}'
     FROM asset WHERE kind = 'sensor'`,
  );
  // A day a statement: the embedded database holds one in memory.
  for (let from = now - 7 * day; from < now; from += day) {
    const range = [new Date(from), new Date(Math.min(now, from + day))];
    const within = (step: string): string =>
      `generate_series($1::timestamptz, $2::timestamptz - INTERVAL '1 ms', INTERVAL '${step}') AS t`;
    await db.execute(
      `INSERT INTO vehicle_position SELECT asset_no, t + asset_no * INTERVAL '131 ms', 400, 2900000 + (extract(epoch FROM t)::int8 / 60 % 60000)::int + asset_no,
         99000000 + asset_no * 100, 80, asset_no % 360, 40, NULL
       FROM asset, ${within('1 minute')} WHERE kind = 'vehicle'`,
      range,
    );
    await db.execute(
      `INSERT INTO reading SELECT asset_no, m, t + asset_no * INTERVAL '731 ms', t, 20 + asset_no % 7
       FROM asset, unnest($3::int[]) AS m, ${within('5 minutes')} WHERE kind = 'sensor'`,
      [...range, measured],
    );
    await db.execute(
      `INSERT INTO camera_state SELECT asset_no, t, t, 'online' FROM asset, ${within('2 minutes')} WHERE kind = 'camera'`,
      range,
    );
  }
  await db.execute(
    `INSERT INTO vehicle_position SELECT asset_no, t + asset_no * INTERVAL '17 ms', 400, 2900000 + asset_no, 99000000, 80, 90, 40, NULL
     FROM asset, generate_series($1::timestamptz, $2::timestamptz, INTERVAL '10 seconds') AS t WHERE kind = 'vehicle'
     ON CONFLICT DO NOTHING`,
    [new Date(now - hour), new Date(now - minute)],
  );
  await db.execute(
    `INSERT INTO feed_minute SELECT f, t, 300, 299, 1, '{}', 0, 100, 400
     FROM unnest(ARRAY['city-vehicle', 'city-sensor', 'hfp', 'city-camera-status']) AS f,
       generate_series($1::timestamptz, $2::timestamptz, INTERVAL '1 minute') AS t`,
    [new Date(now - 7 * day), new Date(now)],
  );
  // As the policies would have done by now.
  for (const [table, age] of [
    ['vehicle_position', '2 hours'],
    ['reading', '2 days'],
    ['camera_state', '2 days'],
  ] as const)
    await db.query(
      `SELECT compress_chunk(c) FROM show_chunks('${table}', older_than => INTERVAL '${age}') AS c`,
    );
}

async function medianMs(turns: number, work: (turn: number) => Promise<unknown>): Promise<number> {
  const times: number[] = [];
  for (let turn = 0; turn < turns; turn++) {
    const from = performance.now();
    await work(turn);
    times.push(performance.now() - from);
  }
  return times.sort((a, b) => a - b)[turns >> 1]!;
}

export async function measureMoments(): Promise<Measured[]> {
  const made = await newTestDatabase();
  const db = await made.open();
  try {
    const now = Math.floor(Date.now() / minute) * minute;
    await fill(db, now);
    return await measureAll(db, now);
  } finally {
    await db.close();
    await made.remove();
  }
}

async function measureAll(db: Database, now: number): Promise<Measured[]> {
  const turns = 9;
  const rows: Measured[] = [];
  const against = async (
    what: string,
    aim: string,
    ours: (turn: number) => Promise<unknown>,
    bare: (turn: number) => Promise<unknown>,
  ): Promise<void> => {
    // Once each before: neither is to pay for the first look at a chunk.
    await ours(0);
    await bare(0);
    rows.push({ what, aim, ms: await medianMs(turns, ours), bareMs: await medianMs(turns, bare) });
  };
  const fleetAt = (atMs: number): Promise<unknown> =>
    db.query(
      `SELECT DISTINCT ON (vehicle_no) vehicle_no, observed_at, lat_e6, lon_e6 FROM vehicle_position
       WHERE observed_at > $1 AND observed_at <= $2 ORDER BY vehicle_no, observed_at DESC`,
      [new Date(atMs - 3 * minute), new Date(atMs)],
    );
  const moment = async (atMs: number): Promise<string> => {
    const asked = { atMs, known: 'was', nowMs: now, withSimulated: true } as const;
    const found = await looking(db, async (tx) => ({
      assets: await selectAssetsAt(tx, asked),
      logged: await selectLoggedAt(tx, atMs, true),
    }));
    return JSON.stringify(found.assets.map((asset) => toFeature(asset, atMs)));
  };
  for (const [name, agoMs] of [
    ['an hour', hour],
    ['five days (compressed)', 5 * day],
  ] as const) {
    await against(
      `moment ${name} ago, ms, against the fleet of three minutes`,
      '< 300 drawn',
      (turn) => moment(now - agoMs - turn * 7 * minute),
      (turn) => fleetAt(now - agoMs - turn * 7 * minute),
    );
  }
  for (const [name, agoMs, spanMs, stepSeconds] of [
    ['two minutes at 1×', 40 * minute, 2 * minute, 0],
    ['half an hour at 60×', 3 * day, 30 * minute, 15],
  ] as const) {
    await against(
      `slice of ${name}, ms, against its positions alone`,
      'of less than it lasts',
      (turn) => {
        const fromMs = now - agoMs - turn * spanMs;
        const kinds = new Set(['vehicle', 'sensor', 'camera', 'event'] as const);
        const asked = { known: 'was', kinds, stepSeconds, nowMs: now, withSimulated: true } as const;
        return selectSlice(db, { fromMs, toMs: fromMs + spanMs, ...asked });
      },
      (turn) =>
        db.query(
          'SELECT vehicle_no, observed_at, lat_e6, lon_e6 FROM vehicle_position WHERE observed_at > $1 AND observed_at <= $2 ORDER BY observed_at',
          [new Date(now - agoMs - turn * spanMs), new Date(now - agoMs - turn * spanMs + spanMs)],
        ),
    );
  }
  await against(
    'density of seven days, ms, against the sums alone',
    '',
    () =>
      selectDensity(db, { fromMs: now - 7 * day, toMs: now, buckets: 288, nowMs: now, withSimulated: true }),
    () =>
      db.query('SELECT minute, sum(accepted) FROM feed_minute WHERE minute >= $1 GROUP BY minute', [
        new Date(now - 7 * day),
      ]),
  );
  const [sensor] = await db.query<{ no: number }>(
    `SELECT max(asset_no) AS no FROM asset WHERE kind = 'sensor'`,
  );
  const drawer = async (): Promise<void> => {
    const range = { fromMs: now - 6 * hour, toMs: now, points: 120 };
    for (const metric of ['pm25', 'pm10', 'temperature', 'humidity'] as const)
      await selectReadingSeries(db, sensor!.no, metric, range);
  };
  await against('selecting a sensor: its drawer’s four trends, ms, against one lookup', '< 150', drawer, () =>
    db.query('SELECT value FROM reading WHERE asset_no = $1 AND metric_no = 1 AND observed_at > $2', [
      sensor!.no,
      new Date(now - 6 * hour),
    ]),
  );
  return rows;
}
