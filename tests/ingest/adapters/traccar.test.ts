// Traccar: JSON in, vehicle or reason out. Fixtures after traccar.org's API reference and its forwarding page.
import { expect, test } from 'vitest';
import { neverThrows } from './never-throws.ts';
import { newReader } from './read.ts';

const { read } = newReader('traccar');
const shown = (payload: string | object): unknown[] =>
  read('positions', payload).map((outcome) =>
    outcome.kind === 'rejected'
      ? [outcome.reason, outcome.field ?? null]
      : JSON.parse(JSON.stringify(outcome)),
  );

const position = {
  id: 7,
  deviceId: 3,
  protocol: 'teltonika',
  serverTime: '2026-11-24T09:00:00.000+00:00',
  deviceTime: '2026-11-24T04:59:58.000+00:00',
  fixTime: '2026-11-24T04:59:58.000+00:00',
  valid: true,
  latitude: 2.96,
  longitude: 99.06,
  altitude: 400,
  speed: 10,
  course: 90,
  accuracy: 0,
  attributes: [],
};
const device = { id: 3, uniqueId: '352093081452251', name: 'Truk 12', status: 'online', attributes: {} };
const whole = {
  kind: 'vehicle',
  sourceId: 'traccar-352093081452251',
  name: 'Truk 12',
  observedAt: Date.parse('2026-11-24T04:59:58Z'),
  lat: 2.96,
  lon: 99.06,
  speedMps: (10 * 1852) / 3600,
  headingDeg: 90,
};
const without = (...keys: string[]): object =>
  Object.fromEntries(Object.entries(whole).filter(([key]) => !keys.includes(key)));

test.each<[name: string, body: object, expected: unknown]>([
  ['knots, and the time of the fix', {}, whole],
  ['zone without a colon', { fixTime: '2026-11-24T04:59:58.000+0000' }, whole],
  ['epoch milliseconds', { fixTime: whole.observedAt }, whole],
  ['attributes are an object', { attributes: { batteryLevel: 80 } }, whole],
  ['no speed', { speed: null, course: undefined }, without('speedMps', 'headingDeg')],
  ['no fix', { valid: false }, ['no-position', 'position.valid']],
  ['0,0', { latitude: 0, longitude: 0 }, ['no-position', 'position.latitude']],
  ['text', { latitude: '2.96' }, ['no-position', 'position.latitude']],
  ['no time', { fixTime: null }, ['schema', 'position.fixTime']],
])('forwarded: %s', (_name, body, expected) =>
  expect(shown({ position: { ...position, ...body }, device })).toEqual([expected]),
);

test.each<[name: string, device: unknown, expected: unknown]>([
  ['a plate', 'BK 1234 AB', 'traccar-BK-1234-AB'],
  ['a number', 42, 'traccar-42'],
  ['__proto__', '__proto__', 'traccar-__proto__'],
  ['nothing readable', '水', ['bad-id', 'device.uniqueId']],
  ['an object', { toString: 1 }, 'traccar-device-3'],
])('the device: %s', (_name, uniqueId, expected) => {
  const [found] = shown({ position, device: { ...device, uniqueId } });
  expect(Array.isArray(found) ? found : (found as { sourceId: string }).sourceId).toEqual(expected);
});

test.each<[name: string, payload: string | object, expected: unknown[]]>([
  [
    'the API names a number only',
    [position, { ...position, deviceId: 4, valid: false }, { ...position, deviceId: null }],
    [
      { ...without('name'), sourceId: 'traccar-device-3' },
      ['no-position', '[1].valid'],
      ['bad-id', '[2].deviceId'],
    ],
  ],
  ['forwarded together', [{ position, device }], [whole]],
  ['a position alone', position, [{ ...without('name'), sourceId: 'traccar-device-3' }]],
  ['an event', { event: { type: 'alarm' }, device }, [['not-an-observation', 'position']]],
  ['a device', device, [['not-an-observation', 'position']]],
  ['neither', { position: 5 }, [['schema', 'position']]],
  ['no position', {}, [['schema', 'position']]],
  ['cut off', '{"position":', [['not-json', null]]],
])('%s', (_name, payload, expected) => expect(shown(payload)).toEqual(expected));

test('whatever comes, there is an answer', () => {
  neverThrows(
    'traccar',
    ['positions', 'traccar/positions'],
    [{ position, device }, [position], [{ position, device }]].map((each) =>
      Buffer.from(JSON.stringify(each)),
    ),
  );
});
