// Forms of the admin screen: what is missing, and what is sent to the server.
import { describe, expect, test } from 'vitest';
import { formatIds, type Source } from '../../model/source.ts';
import { listAssets, parseDegrees } from '../../web/src/admin/assets/asset-rows.ts';
import {
  deviceFaults,
  emptyDevice,
  publishExample,
  suggestUsername,
  toNewDevice,
} from '../../web/src/admin/devices/device-form.ts';
import {
  emptyForm,
  faultsOf,
  formOf,
  toChange,
  toDraft,
  withFormat,
} from '../../web/src/admin/sources/connection-form.ts';
import { faultAt, problemWords } from '../../web/src/admin/say-problem.ts';
import { adminEn } from '../../web/src/words/admin-en.ts';
import { adminId } from '../../web/src/words/admin-id.ts';

const http = { ...emptyForm('bmkg'), address: ' https://data.bmkg.go.id/x.json ', name: ' Gempa ' };
const source: Source = {
  id: 'gempa',
  name: 'Gempa',
  format: 'bmkg',
  transport: 'http',
  address: 'https://data.bmkg.go.id/x.json',
  topicFilter: null,
  pollEverySeconds: 30,
  expectedEverySeconds: null,
  state: 'active',
  hasCredentials: true,
  version: 4,
};

describe('a draft', () => {
  test('polled: address and interval, no topic', () =>
    expect(toDraft(http, 'BMKG')).toEqual({
      name: 'Gempa',
      format: 'bmkg',
      transport: 'http',
      address: 'https://data.bmkg.go.id/x.json',
      topicFilter: null,
      pollEverySeconds: 30,
      expectedEverySeconds: null,
    }));

  test('on the city’s broker: a topic alone, and never credentials', () => {
    const form = { ...emptyForm('native'), topicFilter: 'x/#', expectedEverySeconds: '2,5' };
    form.credentials.password = 'left over';
    expect(toDraft(form, 'Simpang JSON')).toEqual({
      name: 'Simpang JSON',
      format: 'native',
      transport: 'broker',
      address: null,
      topicFilter: 'x/#',
      pollEverySeconds: null,
      expectedEverySeconds: 2.5,
    });
  });

  test('every format has a way, a sentence and an example in both languages', () => {
    for (const format of formatIds) {
      expect(emptyForm(format).transport).toBeTruthy();
      expect(adminId.formatWords[format]?.every(Boolean)).toBe(true);
      expect(adminEn.formatWords[format]?.[1]).toBe(adminId.formatWords[format]?.[1]);
    }
  });

  test('another format takes its usual way, unless somebody began to say where', () => {
    expect(withFormat(emptyForm('native'), 'things-stack').transport).toBe('mqtt');
    expect(withFormat({ ...emptyForm('native'), topicFilter: 'v3/#' }, 'things-stack').transport).toBe(
      'broker',
    );
    expect(withFormat({ ...emptyForm('native'), topicFilter: 'v3/#' }, 'bmkg').transport).toBe('http');
  });
});

test.each([
  [http, {}],
  [{ ...http, address: '' }, { address: adminId.needAddress }],
  [{ ...http, address: 'mqtt://x' }, { address: adminId.needHttpAddress }],
  [{ ...http, pollEverySeconds: '1' }, { pollEverySeconds: adminId.needNumber('5', '86.400') }],
  [{ ...http, expectedEverySeconds: 'x' }, { expectedEverySeconds: adminId.needNumber('1', '604.800') }],
  [emptyForm('native'), { topicFilter: adminId.needTopic }],
  [{ ...emptyForm('native'), topicFilter: 'simpang/live/#' }, { topicFilter: adminId.ownTopic }],
  [
    { ...emptyForm('things-stack'), topicFilter: 'v3/#', address: 'http://x' },
    { address: adminId.needMqttAddress },
  ],
])('what is missing (%#)', (form, faults) => expect(faultsOf(form, adminId)).toEqual(faults));

describe('a change', () => {
  test('says only what differs, with the version that was seen', () => {
    expect(toChange(formOf(source), source)).toEqual({ version: 4 });
    expect(toChange({ ...formOf(source), name: 'Gempa bumi', pollEverySeconds: '60' }, source)).toEqual({
      version: 4,
      name: 'Gempa bumi',
      pollEverySeconds: 60,
    });
  });

  test('credentials are kept, removed or replaced whole', () => {
    expect(toChange({ ...formOf(source), credentialsChoice: 'remove' }, source).credentials).toBeNull();
    const form = { ...formOf(source), credentialsChoice: 'replace' as const };
    form.credentials.headerName = 'x-api-key';
    form.credentials.headerValue = 'k';
    expect(toChange(form, source).credentials).toEqual({ headerName: 'x-api-key', headerValue: 'k' });
  });
});

describe('a device', () => {
  test('for an asset, or with topics of its own', () => {
    const form = { ...emptyDevice(), username: 'air-9', assetId: 'sensor:air-9' };
    expect(deviceFaults(form, adminId)).toEqual({});
    expect(toNewDevice(form)).toEqual({ username: 'air-9', assetId: 'sensor:air-9' });
    const own = { ...form, for: 'topics' as const, publish: ' a/+ \n\n b/# ', subscribe: 'c' };
    expect(toNewDevice(own)).toEqual({ username: 'air-9', publish: ['a/+', 'b/#'], subscribe: ['c'] });
    expect(deviceFaults({ ...emptyDevice(), for: 'topics' }, adminId)).toEqual({
      username: adminId.badUsername,
      publish: adminId.needTopics,
    });
  });

  test('its username follows the asset', () =>
    expect(['sensor:a:b', 'lamp:x', ''].map(suggestUsername)).toEqual(['a-b', '', '']));

  test('the line that tries it is safe to paste', () => {
    const example = publishExample({
      host: 'simpang.example.id',
      username: 'air-9',
      password: "it's",
      topic: 'city/sensor/air-9/reading',
      nowIso: '2026-11-24T13:47:12.000Z',
    });
    expect(example).toBe(
      `mosquitto_pub -h simpang.example.id -p 1883 -u 'air-9' -P 'it'\\''s' -q 1 \\\n` +
        `  -t 'city/sensor/air-9/reading' -m '{"observedAt":"2026-11-24T13:47:12.000Z","readings":{"pm25":12.4,"temperature":27.1}}'`,
    );
  });
});

describe('what the server refuses', () => {
  const problem = {
    type: 'about:blank',
    title: 'Bad Request',
    status: 400,
    detail: 'no host',
    field: 'address',
  };
  test('is said at its field', () => {
    expect(faultAt('address', problem)).toBe('no host');
    expect(faultAt('topicFilter', problem)).toBeUndefined();
    expect(faultAt('publish', { ...problem, field: 'publish.0' })).toBe('no host');
    expect(faultAt('password', { ...problem, field: 'credentials.password' })).toBe('no host');
  });
  test('or as a sentence', () => {
    expect(problemWords({ status: 0, problem }, adminId)).toBe(adminId.unreachable);
    expect(problemWords({ status: 409, problem: { type: '', title: '', status: 409 } }, adminId)).toBe(
      adminId.staleVersion,
    );
    expect(problemWords({ status: 400, problem }, adminId)).toContain('no host');
  });
});

test('assets that nobody confirmed come first', () => {
  const asset = (id: string, unconfirmed: boolean, simulated = false) => ({
    type: 'Feature' as const,
    id: `sensor:${id}`,
    geometry: null,
    properties: {
      kind: 'sensor' as const,
      name: id,
      freshness: 'fresh' as const,
      observedAt: null,
      simulated,
      unconfirmed,
      expectedEverySeconds: 60,
    },
  });
  const all = [asset('a', false), asset('b10', true), asset('b9', true), asset('c', false, true)];
  const filter = { kind: 'all', text: '', onlyUnconfirmed: false, simulated: true } as const;
  const ids = (over: object) => listAssets(all, { ...filter, ...over }).map((one) => one.properties.name);
  expect(ids({})).toEqual(['b9', 'b10', 'a', 'c']);
  expect(ids({ onlyUnconfirmed: true, text: 'B1' })).toEqual(['b10']);
  expect(ids({ simulated: false })).toEqual(['b9', 'b10', 'a']);
  expect(ids({ kind: 'camera' })).toEqual([]);
});

test.each([
  ['2,961', 90, 2.961],
  [' -91 ', 90, undefined],
  ['', 90, undefined],
  ['99.06', 180, 99.06],
] as const)('%s within %d', (text, limit, degrees) => expect(parseDegrees(text, limit)).toBe(degrees));

test('both languages say the same things', () => {
  const keysOf = (words: object): string[] =>
    Object.entries(words).flatMap(([key, value]) =>
      typeof value === 'object' && value !== null && !Array.isArray(value)
        ? keysOf(value as object).map((inner) => `${key}.${inner}`)
        : [key],
    );
  expect(keysOf(adminEn).sort()).toEqual(keysOf(adminId).sort());
});
