// Devices and the confirmation of assets, asked over HTTP by every role.
import { Compile } from 'typebox/compile';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { Device, DeviceWithPassword, RegisteredAsset } from '../../model/device.ts';
import { upsertHeardAssets, upsertLatest, selectAssets } from '../../store/assets.ts';
import { selectChangesSince } from '../../store/changes.ts';
import { verifyDevicePassword } from '../../store/device-passwords.ts';
import { selectDevicesForBroker } from '../../store/devices.ts';
import { problemOf, startWorld, type World } from './world.ts';

let world: World;
let admin: string;
let supervisor: string;

beforeAll(async () => {
  world = await startWorld({ env: { MQTT_URL: 'mqtt://rumah%20kita:x@127.0.0.1' } });
  [admin, supervisor] = [await world.signIn('admin'), await world.signIn('supervisor')];
});
afterAll(() => world?.stop());
beforeEach(() => world.db.execute('TRUNCATE device, source, change_log CASCADE'));

const ask = (method: string, path: string, body?: unknown, cookie = admin): Promise<Response> =>
  world.fetch(path, {
    method,
    cookie,
    ...(body === undefined
      ? {}
      : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
  });

const pump = { username: 'pump-1', note: 'di Jalan Sutomo', assetId: 'sensor:pump-1' };

async function expectProblem(status: number, field: string | undefined, response: Response) {
  const problem = await problemOf(response);
  expect(problem).toMatchObject({ status });
  expect(problem.field).toBe(field);
  return problem;
}

describe('devices', () => {
  test.each([
    ['GET', '/api/devices', undefined],
    ['POST', '/api/devices', pump],
    ['DELETE', '/api/devices/pump-1', undefined],
    ['GET', '/api/devices/mosquitto/acl', undefined],
    ['GET', '/api/devices/mosquitto/passwords', undefined],
    ['PATCH', '/api/assets/vehicle:bus-1', { confirmed: true }],
  ])('%s %s is for admins', async (method, path, body) => {
    expect((await world.fetch(path, { method })).status).toBe(401);
    expect((await ask(method, path, body, supervisor)).status).toBe(403);
  });

  test('let in with a password that is shown once, and shut out', async () => {
    const response = await ask('POST', '/api/devices', pump);
    expect(response.status).toBe(201);
    expect(response.headers.get('cache-control')).toBe('no-store');
    const { password, ...device } = (await response.json()) as DeviceWithPassword;
    expect(Compile(DeviceWithPassword).Check({ ...device, password })).toBe(true);
    expect(device).toMatchObject({ publish: ['city/sensor/pump-1/reading'], subscribe: [], revokedAt: null });
    const [held] = await selectDevicesForBroker(world.db);
    expect(await verifyDevicePassword(held!.passwordHash, password)).toBe(true);

    const list = await (await ask('GET', '/api/devices')).text();
    expect(JSON.parse(list)).toEqual([device]);
    expect(list).not.toMatch(/\$7\$/);
    await expectProblem(409, 'username', await ask('POST', '/api/devices', pump));

    const revoked = (await (await ask('DELETE', '/api/devices/pump-1')).json()) as Device;
    expect(Compile(Device).Check(revoked)).toBe(true);
    expect(revoked.revokedAt).not.toBeNull();
    expect((await ask('DELETE', '/api/devices/pump-1')).status).toBe(200);
    await expectProblem(404, undefined, await ask('DELETE', '/api/devices/constructor'));
    expect(await (await ask('GET', '/api/devices/mosquitto/passwords')).text()).toBe('');
    const log = JSON.stringify(await selectChangesSince(world.db, 0, 100));
    expect(log).toMatch(/"noun":"device"/);
    for (const word of [password, 'Sutomo', '$7$']) expect(log).not.toContain(word);
  });

  test('a source of the house’s broker makes room for its topics', async () => {
    const odd = { username: 'odd', publish: ['pabrik/1/data'] };
    const refused = await expectProblem(400, 'publish.0', await ask('POST', '/api/devices', odd));
    expect(refused.detail).toMatch(/belongs to no feed/);
    const source = { name: 'Pabrik', format: 'native', transport: 'broker', topicFilter: 'pabrik/#' };
    expect((await ask('POST', '/api/sources', source)).status).toBe(201);
    expect((await ask('POST', '/api/devices', odd)).status).toBe(201);
  });

  test.each([
    [{ ...pump, username: 'simpang' }, 'username'],
    [{ ...pump, username: 'SIMPANG' }, 'username'],
    [{ ...pump, username: 'Rumah kita' }, 'username'],
    [{ ...pump, username: '__proto__' }, 'username'],
    [{ ...pump, username: 'a\nuser b' }, 'username'],
    [{ ...pump, note: 'a\0' }, 'note'],
    [{ ...pump, assetId: 'pump-1' }, 'assetId'],
    [{ ...pump, assetId: 'sensor:a/#' }, 'assetId'],
    [{ ...pump, assetId: 'sensor:sim-air-1' }, 'assetId'],
    [{ ...pump, publish: ['city/sensor/pump-1/reading'] }, 'publish'],
    [{ username: 'a' }, 'publish'],
    [{ username: 'a', publish: ['#'] }, 'publish.0'],
    [{ username: 'a', publish: ['city/sensor/a/reading', 'simpang/live/sensor'] }, 'publish.1'],
    [{ username: 'a', publish: ['sim/city/sensor/a/reading'] }, 'publish.0'],
    [{ username: 'a', publish: ['$SYS/x'] }, 'publish.0'],
    [{ username: 'a', publish: ['city/sensor/a/reading\ntopic readwrite #'] }, 'publish.0'],
    [{ username: 'a', subscribe: ['spBv1.0/+/NCMD/#'] }, 'subscribe.0'],
    [{ username: 'a', subscribe: ['city/sensor/a/reading'] }, 'subscribe.0'],
    [{ username: 'a', publish: Array.from({ length: 21 }, () => 'city/sensor/a/reading') }, 'publish'],
    [{ ...pump, password: 'mine' }, 'password'],
  ])('%j is refused, naming %s', async (body, field) => {
    await expectProblem(400, field, await ask('POST', '/api/devices', body));
    expect(await (await ask('GET', '/api/devices')).json()).toEqual([]);
  });

  test('files for Mosquitto', async () => {
    const edge = {
      username: 'edge',
      publish: ['spBv1.0/pdam/NDATA/edge'],
      subscribe: ['spBv1.0/pdam/NCMD/edge', 'spBv1.0/pdam/NCMD/edge'],
    };
    expect((await ask('POST', '/api/devices', edge)).status).toBe(201);
    const acl = await ask('GET', '/api/devices/mosquitto/acl');
    expect(acl.headers.get('content-type')).toBe('text/plain; charset=utf-8');
    expect(acl.headers.get('content-disposition')).toBe('attachment; filename="simpang.acl"');
    const lines = (await acl.text()).split('\n').filter((line) => line !== '' && !line.startsWith('#'));
    expect(lines).toEqual([
      // As MQTT_URL says.
      'user rumah kita',
      'topic read #',
      'topic readwrite simpang/#',
      'topic write spBv1.0/+/NCMD/#',
      'topic write spBv1.0/+/DCMD/#',
      'user edge',
      'topic write spBv1.0/pdam/NDATA/edge',
      'topic read spBv1.0/pdam/NCMD/edge',
    ]);
    const passwords = await ask('GET', '/api/devices/mosquitto/passwords');
    expect(passwords.headers.get('content-disposition')).toBe('attachment; filename="simpang.passwords"');
    expect(await passwords.text()).toMatch(/^edge:\$7\$101\$\S+\n$/);
  });
});

describe('assets', () => {
  const change = (id: string, body: unknown) => ask('PATCH', `/api/assets/${encodeURIComponent(id)}`, body);

  test('one that was only heard is confirmed, named and placed', async () => {
    const [assetNo] = await upsertHeardAssets(world.db, [
      { kind: 'sensor', sourceId: 'eui-1', name: 'eui-1', simulated: false },
    ]);
    const at = Date.now();
    await upsertLatest(world.db, [
      { assetNo: assetNo!, observedAt: at, receivedAt: at, lat: 1, lon: 2, values: new Map() },
    ]);
    const named = (await (
      await change('sensor:eui-1', {
        name: ' Sungai Bah Bolon ',
        lat: 2.96,
        lon: 99.06,
        expectedEverySeconds: 900,
      })
    ).json()) as RegisteredAsset;
    expect(Compile(RegisteredAsset).Check(named)).toBe(true);
    const asset = {
      id: 'sensor:eui-1',
      kind: 'sensor',
      sourceId: 'eui-1',
      name: 'Sungai Bah Bolon',
      lat: 2.96,
      lon: 99.06,
      expectedEverySeconds: 900,
    };
    expect(named).toEqual({ ...asset, unconfirmed: true, version: 2 });
    const confirmed = await (await change('sensor:eui-1', { confirmed: true })).json();
    expect(confirmed).toEqual({ ...asset, unconfirmed: false, version: 3 });
    // Changed later, it stays confirmed; and it stands where it was placed.
    await change('sensor:eui-1', { name: 'Bah Bolon' });
    expect((await selectAssets(world.db)).find(({ id }) => id === asset.id)).toMatchObject({
      name: 'Bah Bolon',
      unconfirmed: false,
      lat: 2.96,
      lon: 99.06,
    });
    const [last] = (await selectChangesSince(world.db, 0, 1000, ['asset'])).slice(-1);
    const { id, ...registration } = asset;
    expect(last).toMatchObject({
      id,
      version: 4,
      body: { ...registration, name: 'Bah Bolon', unconfirmed: false },
    });
  });

  test('a vehicle stays where it was heard', async () => {
    const assets = await selectAssets(world.db);
    const { assetNo } = assets.find(({ id }) => id === 'vehicle:bus-1')!;
    const at = Date.now();
    await upsertLatest(world.db, [
      { assetNo, observedAt: at, receivedAt: at, lat: 1, lon: 2, values: new Map() },
    ]);
    expect((await change('vehicle:bus-1', { lat: 2.9, lon: 99 })).status).toBe(200);
    expect((await selectAssets(world.db)).find(({ id }) => id === 'vehicle:bus-1')).toMatchObject({
      lat: 1,
      lon: 2,
    });
  });

  test.each([
    ['vehicle:bus-1', {}, 400, undefined],
    ['vehicle:bus-1', { lat: 2 }, 400, 'lon'],
    ['vehicle:bus-1', { lon: 2 }, 400, 'lat'],
    ['vehicle:bus-1', { lat: 91, lon: 2 }, 400, 'lat'],
    ['vehicle:bus-1', { name: ' ' }, 400, 'name'],
    ['vehicle:bus-1', { name: 'a\0' }, 400, 'name'],
    ['vehicle:bus-1', { confirmed: false }, 400, 'confirmed'],
    ['vehicle:bus-1', { simulated: true }, 400, 'simulated'],
    ['vehicle:bus-9', { confirmed: true }, 404, undefined],
    ['__proto__', { confirmed: true }, 404, undefined],
    ['tram:1', { confirmed: true }, 404, undefined],
  ])('%s %j is %i and names %s', async (id, body, status, field) => {
    await expectProblem(status, field, await change(id, body));
  });
});
