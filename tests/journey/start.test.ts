// Starting and stopping as a user does: Ctrl-C, wrong settings, taken ports, a folder in use, a full disk.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, statfs } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import mqtt from 'mqtt';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startIngest } from '../../ingest/main.ts';
import { newTestDatabase, type TestDatabase } from '../database.ts';
import { eventually } from '../eventually.ts';
import { root } from '../places.ts';
import { run, type Running } from '../process.ts';
import { openSecrets } from '../../store/secrets.ts';

let database: TestDatabase;
const started: Running[] = [];

beforeEach(async () => {
  database = await newTestDatabase();
});
afterEach(async () => {
  for (const running of started.splice(0)) {
    running.child.kill('SIGKILL');
    await running.exited;
  }
  await database.remove();
});

const start = (env: Record<string, string> = {}, command = 'start'): Running => {
  const running = run([command], {
    SIMPANG_DATA: database.dataFolder,
    SIMPANG_PORT: '0',
    SIMPANG_MQTT_PORT: '0',
    SIMPANG_SIMULATE: '0',
    ...(database.databaseUrl ? { DATABASE_URL: database.databaseUrl } : {}),
    ...env,
  });
  started.push(running);
  return running;
};

const refusal = async (running: Running): Promise<string> => {
  expect((await running.exited).code).toBe(1);
  expect(running.output()).not.toContain('    at ');
  return running.output();
};

test('Ctrl-C in `npm start` stops cleanly, with exit 0, and the next start signs in as before', async () => {
  const npm = spawn('npm', ['start'], {
    cwd: root,
    env: { ...process.env, SIMPANG_DATA: database.dataFolder, SIMPANG_PORT: '0', SIMPANG_MQTT_PORT: '0' },
    stdio: ['ignore', 'pipe', 'pipe'],
    // A group of its own: a terminal sends Ctrl-C to the whole group.
    detached: true,
  });
  let output = '';
  npm.stdout.on('data', (bytes: Buffer) => (output += bytes.toString()));
  npm.stderr.on('data', (bytes: Buffer) => (output += bytes.toString()));
  const exited = once(npm, 'exit');
  await eventually(() => expect(output).toContain('Ctrl-C stops'), 120_000);
  expect(output).toMatch(/Sign in: admin\nPassword: [a-z0-9]{23} /);
  process.kill(-npm.pid!, 'SIGINT');
  expect((await exited)[0]).toBe(0);
  const again = start();
  await again.printed(/Ctrl-C stops/);
  expect(again.output()).not.toContain('Password');
});

test.each([
  [{ SIMPANG_PORT: 'eighty' }, /SIMPANG_PORT is "eighty"; expected a port number/],
  [{ SIMPANG_CITY: 'atlantis' }, /atlantis/],
  [{ SIMPANG_ADMIN_PASSWORD: 'short' }, /SIMPANG_ADMIN_PASSWORD .*at least 12 characters/],
])('%j stops the start with a line that says what is wrong', async (env, message) => {
  expect(await refusal(start(env))).toMatch(message);
});

test('a room alone says what it needs', async () => {
  expect(await refusal(start({}, 'ingest'))).toMatch(/needs MQTT_URL and DATABASE_URL/);
});

test.each(['SIMPANG_PORT', 'SIMPANG_MQTT_PORT'])('a taken port is named, with %s', async (variable) => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const output = await refusal(start({ [variable]: String(port) }));
  expect(output).toContain(String(port));
  expect(output).toContain(variable);
  server.close();
});

test('a second process on the same folder is refused, naming the first', async () => {
  const first = start();
  await first.printed(/Ctrl-C stops/);
  const output = await refusal(start());
  expect(output).toContain(`process ${first.child.pid} `);
  expect(output).toContain('SIMPANG_DATA');
});

/** A disk of 3 MB of its own; undefined where this machine does not let us make one. */
async function smallDisk(): Promise<string | undefined> {
  const folder = await mkdtemp(join(tmpdir(), 'simpang-disk-'));
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=3m', 'tmpfs', folder]);
  if (mounted.status === 0) return folder;
  await rm(folder, { recursive: true });
  return undefined;
}

test('a full disk: nothing more is acknowledged, nothing acknowledged is lost, and it goes on once there is room', async (context) => {
  const disk = await smallDisk();
  if (disk === undefined) return context.skip('this machine lets nobody mount');
  const db = await database.open();
  const said: string[] = [];
  const ingest = await startIngest({
    db,
    dataFolder: disk,
    mqttUrl: undefined,
    mqttPort: 0,
    mqttAnonymous: true,
    secrets: await openSecrets(disk),
    simulate: false,
    log: (message) => said.push(message),
  });
  const device = await mqtt.connectAsync(ingest.bus.url);
  device.on('error', () => undefined);
  let acknowledged = 0;
  const payload = (n: number): string =>
    JSON.stringify({ observedAt: Date.now() - 60_000 + n, lat: 2.96, lon: 99.06, note: 'x'.repeat(20_000) });
  for (let n = 0; n < 300; n++) {
    device.publish('city/vehicle/v1/position', payload(n), { qos: 1 }, (error) => {
      if (!error) acknowledged++;
    });
  }
  await eventually(() => expect(said.join('\n')).toMatch(/ENOSPC.*nothing is acknowledged/));
  const whenFull = acknowledged;
  expect(whenFull).toBeLessThan(300);
  expect((await statfs(disk)).bavail).toBeLessThan(10);
  spawnSync('mount', ['-o', 'remount,size=40m', disk]);
  await eventually(() => expect(acknowledged).toBe(300));
  await eventually(async () => {
    const [row] = await db.query<{ n: number }>('SELECT count(*)::int AS n FROM vehicle_position');
    expect(row!.n).toBe(300);
  });
  await device.endAsync(true);
  await ingest.stop();
  await db.close();
  spawnSync('umount', [disk]);
  await rm(disk, { recursive: true });
});
