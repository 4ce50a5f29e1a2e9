// Devices in the store, their passwords, and the files that a real Mosquitto enforces.
import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import mqtt, { type MqttClient } from 'mqtt';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { selectChangesSince } from '../../store/changes.ts';
import type { Database } from '../../store/connect.ts';
import { hashDevicePassword, newDevicePassword, verifyDevicePassword } from '../../store/device-passwords.ts';
import {
  DeviceTakenError,
  insertDevice,
  revokeDevice,
  selectDevices,
  selectDevicesForBroker,
} from '../../store/devices.ts';
import { toMosquittoAcl, toMosquittoPasswords } from '../../store/mosquitto-files.ts';
import { startMosquitto } from '../mosquitto.ts';
import { tools } from '../tools.js';
import type { TestDatabase } from '../server/postgres.ts';
import { homes } from './homes.ts';

describe('passwords', () => {
  test('are random, and verify against their own hash only', async () => {
    const [one, other] = [newDevicePassword(), newDevicePassword()];
    expect(one).toMatch(/^[\w-]{32}$/);
    expect(one).not.toBe(other);
    const hash = await hashDevicePassword(one);
    expect(hash).toMatch(/^\$7\$101\$[A-Za-z0-9+/]{16}\$[A-Za-z0-9+/]{86}==$/);
    expect(await hashDevicePassword(one)).not.toBe(hash);
    expect(await verifyDevicePassword(hash, one)).toBe(true);
    expect(await verifyDevicePassword(hash, other)).toBe(false);
    expect(await verifyDevicePassword(hash, '')).toBe(false);
  });

  test.each([
    '',
    'x',
    '$7$',
    '$7$101$$',
    '$6$101$c2FsdA==$aGFzaA==',
    '$7$101$c2FsdA==$aGFzaA==',
    '$7$0$c2FsdA==$aGFzaA==',
    '$7$9999999999$c2FsdA==$aGFzaA==',
    '$7$1e3x$a$b',
  ])('the hash %j is nobody’s', async (hash) => {
    expect(await verifyDevicePassword(hash, 'x')).toBe(false);
  });
});

describe.each(homes)('$name', ({ missing, start }) => {
  let server: TestDatabase;
  let db: Database;
  beforeAll(async () => {
    if (missing) return;
    server = await start();
    db = server.db;
  });
  afterAll(() => server?.close());
  beforeEach(async () => {
    if (!missing) await db.execute('TRUNCATE device, change_log');
  });

  const pump = {
    username: 'pump-1',
    note: 'Pak Budi, 0812',
    publish: ['city/sensor/pump-1/reading'],
    subscribe: [],
  };

  test.skipIf(missing)('is let in, shut out, and may be let in anew under another password', async () => {
    const { password, ...made } = await insertDevice(db, pump, 'user:1');
    expect(made).toMatchObject({ ...pump, revokedAt: null, version: 1 });
    expect(await selectDevices(db)).toEqual([made]);
    await expect(insertDevice(db, pump, 'user:1')).rejects.toThrow(DeviceTakenError);
    const [forBroker] = await selectDevicesForBroker(db);
    expect(await verifyDevicePassword(forBroker!.passwordHash, password)).toBe(true);

    expect((await revokeDevice(db, 'pump-1', 'user:1'))!.revokedAt).not.toBeNull();
    expect((await revokeDevice(db, 'pump-1', 'user:1'))!.version).toBe(2);
    expect(await revokeDevice(db, 'constructor', 'user:1')).toBeUndefined();
    expect(await selectDevicesForBroker(db)).toEqual([]);
    expect(await selectDevices(db)).toHaveLength(1);

    const anew = await insertDevice(db, { ...pump, publish: [] }, 'user:1');
    expect(anew).toMatchObject({ publish: [], revokedAt: null, version: 3 });
    expect(anew.password).not.toBe(password);
    const log = await selectChangesSince(db, 0, 10);
    expect(log.map(({ noun, id, version, body }) => [noun, id, version, body.did])).toEqual([
      ['device', 'pump-1', 1, 'created'],
      ['device', 'pump-1', 2, 'revoked'],
      ['device', 'pump-1', 3, 'created'],
    ]);
    const all = JSON.stringify(log) + JSON.stringify(await db.query('SELECT * FROM device'));
    expect(all).not.toContain(password);
    expect(JSON.stringify(log)).not.toMatch(/Budi|\$7\$/);
  });
});

test('a line break in a filter gives no rights', () => {
  const acl = toMosquittoAcl([{ username: 'a', publish: ['x\ntopic readwrite #'], subscribe: ['y\rz'] }], {
    ingestUsername: 'simpang',
  });
  expect(acl).toMatch(/user a\n$/);
});

describe.skipIf(tools.mosquitto === undefined)('a real Mosquitto with our files', () => {
  let folder: string;
  let broker: Awaited<ReturnType<typeof startMosquitto>>;
  const passwords = new Map<string, string>();
  const clients: MqttClient[] = [];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'simpang-acl-'));
    const device = async (username: string, publish: string[], subscribe: string[] = []) => {
      passwords.set(username, newDevicePassword());
      return {
        username,
        passwordHash: await hashDevicePassword(passwords.get(username)!),
        publish,
        subscribe,
      };
    };
    const devices = [
      await device('pump-1', ['city/sensor/pump-1/reading']),
      await device('edge', ['spBv1.0/pdam/NDATA/edge'], ['spBv1.0/pdam/NCMD/edge/#', 'STATE/+']),
      await device('bus', ['/hfp/v2/journey/ongoing/vp/bus/0022/#', 'city/vehicle/bus 7/position']),
    ];
    await writeFile(join(folder, 'acl'), toMosquittoAcl(devices, { ingestUsername: 'simpang' }), {
      mode: 0o600,
    });
    await writeFile(join(folder, 'passwords'), toMosquittoPasswords(devices), { mode: 0o600 });
    passwords.set('simpang', 'of the house');
    const house = await hashDevicePassword('of the house');
    await writeFile(join(folder, 'passwords'), `simpang:${house}\n`, { flag: 'a' });
    broker = await startMosquitto([
      'allow_anonymous true',
      `acl_file ${join(folder, 'acl')}`,
      `password_file ${join(folder, 'passwords')}`,
    ]);
  });
  afterAll(async () => {
    for (const client of clients) client.end(true);
    await broker.stop();
    await rm(folder, { recursive: true, force: true });
  });

  async function connect(username?: string, password = passwords.get(username ?? '')): Promise<MqttClient> {
    const access = username === undefined ? {} : { username, password: password! };
    const client = await mqtt.connectAsync(broker.url!, { ...access, reconnectPeriod: 0, clientId: '' });
    clients.push(client);
    return client;
  }

  /** What `listener` hears of what each of them says, in the end. */
  async function heardBy(listener: string | undefined, filter: string, say: [string | undefined, string][]) {
    const client = await connect(listener);
    const heard: string[] = [];
    client.on('message', (topic) => heard.push(topic));
    await client.subscribeAsync(filter, { qos: 1 }).catch(() => undefined);
    for (const [who, topic] of say) await (await connect(who)).publishAsync(topic, 'x', { qos: 1 });
    // What the house says of itself comes last, and everything before it was delivered.
    const sentinel = await connect('simpang');
    await sentinel.subscribeAsync('simpang/sentinel');
    const done = new Promise((resolve) => sentinel.once('message', resolve));
    await sentinel.publishAsync('simpang/sentinel', '', { qos: 1 });
    await done;
    await new Promise((resolve) => setTimeout(resolve, 100));
    return heard;
  }

  test('signs in who has the password, and no other', async () => {
    await expect(connect('pump-1', 'wrong')).rejects.toThrow(/not authorized/i);
    await expect(connect('nobody', 'wrong')).rejects.toThrow(/not authorized/i);
    expect((await connect('pump-1')).connected).toBe(true);
  });

  test('a device says what its topics are, and nothing else; anonymous ones nothing', async () => {
    const heard = await heardBy('simpang', '#', [
      ['pump-1', 'city/sensor/pump-1/reading'],
      ['pump-1', 'city/sensor/pump-2/reading'],
      ['pump-1', 'simpang/live/sensor'],
      ['pump-1', 'sim/city/sensor/pump-1/reading'],
      ['edge', 'spBv1.0/pdam/NDATA/edge'],
      ['edge', 'spBv1.0/pdam/NDATA/other'],
      ['edge', 'spBv1.0/pdam/NCMD/edge'],
      ['bus', '/hfp/v2/journey/ongoing/vp/bus/0022/00854/4555'],
      ['bus', '/hfp/v2/journey/ongoing/vp/bus/0023/00854/4555'],
      ['bus', 'city/vehicle/bus 7/position'],
      [undefined, 'city/sensor/pump-1/reading'],
      ['simpang', 'spBv1.0/pdam/NCMD/edge'],
      ['simpang', 'spBv1.0/pdam/DCMD/edge/d'],
      ['simpang', 'city/sensor/x/reading'],
    ]);
    expect(heard.filter((topic) => topic !== 'simpang/sentinel')).toEqual([
      'city/sensor/pump-1/reading',
      'spBv1.0/pdam/NDATA/edge',
      '/hfp/v2/journey/ongoing/vp/bus/0022/00854/4555',
      'city/vehicle/bus 7/position',
      'spBv1.0/pdam/NCMD/edge',
      'spBv1.0/pdam/DCMD/edge/d',
    ]);
  });

  test('a device hears its commands, and nothing of anybody else', async () => {
    const say: [string, string][] = [
      ['simpang', 'spBv1.0/pdam/NCMD/edge'],
      ['simpang', 'spBv1.0/pdam/NCMD/other'],
      ['pump-1', 'city/sensor/pump-1/reading'],
      ['simpang', 'simpang/live/sensor'],
    ];
    expect(await heardBy('edge', '#', say)).toEqual(['spBv1.0/pdam/NCMD/edge']);
    expect(await heardBy('edge', 'spBv1.0/pdam/NCMD/edge/#', say)).toEqual(['spBv1.0/pdam/NCMD/edge']);
    expect(await heardBy('pump-1', '#', say)).toEqual([]);
    expect(await heardBy(undefined, '#', say)).toEqual([]);
  });

  test('mosquitto_passwd writes the same form', async ({ skip }) => {
    const path = join(folder, 'theirs');
    await writeFile(path, 'x:secret word\n');
    const { error, status } = spawnSync('mosquitto_passwd', ['-U', path]);
    skip(error !== undefined, 'mosquitto_passwd is not installed');
    expect(status).toBe(0);
    const hash = (await readFile(path, 'utf8')).trim().slice('x:'.length);
    expect(await verifyDevicePassword(hash, 'secret word')).toBe(true);
    expect(await verifyDevicePassword(hash, 'secret')).toBe(false);
  });
});
