// kill -9 in mid-stream, three times at full speed: nothing acknowledged is missing, nothing is stored twice.
import mqtt from 'mqtt';
import { afterEach, expect, test } from 'vitest';
import { adminPassword } from '../city.ts';
import { newTestDatabase, type TestDatabase } from '../database.ts';
import { eventually } from '../eventually.ts';
import { run, type Running } from '../process.ts';

let database: TestDatabase;
let running: Running | undefined;
afterEach(async () => {
  running?.child.kill('SIGKILL');
  await running?.exited;
  await database.remove();
});

const start = async (): Promise<string> => {
  running = run(['start'], {
    SIMPANG_DATA: database.dataFolder,
    SIMPANG_PORT: '0',
    SIMPANG_MQTT_PORT: '0',
    SIMPANG_SIMULATE: '0',
    SIMPANG_ADMIN_PASSWORD: adminPassword,
    ...(database.databaseUrl ? { DATABASE_URL: database.databaseUrl } : {}),
  });
  return (await running.printed(/MQTT in: (\S+)/))[1]!;
};

/** Told to stop at once, it would leave for the next start what it has not read back yet. */
async function drained(address: string): Promise<void> {
  const signedIn = await fetch(`${address}/api/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ username: 'admin', password: adminPassword }),
  });
  const cookie = signedIn.headers.getSetCookie()[0]!.split(';')[0]!;
  await eventually(async () => {
    const response = await fetch(`${address}/api/feeds`, { headers: { cookie } });
    expect(await response.json()).toMatchObject({ unstored: 0, unreadBytes: 0 });
  });
}

const vehicles = 200;
const t0 = Date.now() - 3_600_000;
const killAfterAcknowledged = 8_000;

/** Publishes at full speed until so many were acknowledged, then kills; returns where to go on. */
async function streamAndKill(url: string, from: number, acknowledged: Set<number>): Promise<number> {
  const device = mqtt.connect(url, { reconnectPeriod: 0 });
  device.on('error', () => undefined);
  await new Promise<void>((resolve) => device.once('connect', () => resolve()));
  const before = acknowledged.size;
  let next = from;
  let waiting = 0;
  await new Promise<void>((resolve) => {
    const fill = (): void => {
      while (waiting < 1_000) {
        const n = next++;
        waiting++;
        const payload = JSON.stringify({
          observedAt: t0 + Math.floor(n / vehicles) * 1_000,
          lat: 2.96,
          lon: 99.06,
        });
        device.publish(`city/vehicle/v${n % vehicles}/position`, payload, { qos: 1 }, (error) => {
          waiting--;
          if (error) return;
          acknowledged.add(n);
          if (acknowledged.size - before === killAfterAcknowledged) {
            running!.child.kill('SIGKILL');
            resolve();
          } else if (acknowledged.size - before < killAfterAcknowledged) fill();
        });
      }
    };
    fill();
  });
  await running!.exited;
  await device.endAsync(true);
  return next;
}

test('three kills', async () => {
  database = await newTestDatabase();
  const acknowledged = new Set<number>();
  let next = 0;
  for (let kill = 0; kill < 3; kill++) next = await streamAndKill(await start(), next, acknowledged);
  await start();
  await drained((await running!.printed(/Simpang: (\S+)/))[1]!);
  running!.child.kill('SIGINT');
  expect((await running!.exited).code).toBe(0);

  let db = await database.open();
  const keys = async (): Promise<string[]> =>
    (
      await db.query<{ key: string }>(
        `SELECT source_id || ' ' || (extract(epoch FROM observed_at) * 1000)::int8 AS key
         FROM vehicle_position JOIN asset ON asset_no = vehicle_no`,
      )
    ).map((row) => row.key);
  const stored = await keys();
  expect(new Set(stored).size).toBe(stored.length);
  const held = new Set(stored);
  const keyOf = (n: number): string => `v${n % vehicles} ${t0 + Math.floor(n / vehicles) * 1_000}`;
  expect([...acknowledged].filter((n) => !held.has(keyOf(n)))).toEqual([]);
  expect(stored.length).toBeGreaterThanOrEqual(3 * killAfterAcknowledged);
  expect(stored.length).toBeLessThanOrEqual(next);

  await db.query(`SELECT compress_chunk(c) FROM show_chunks('vehicle_position') c`);
  await db.close();
  db = await database.open();
  expect((await keys()).length).toBe(stored.length);
  await db.close();
}, 180_000);
