// The native formats: bytes in, observation or reason out, one line a pair.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { routeOf } from '../../../ingest/routes.ts';
import type { Outcome } from '../../../model/observation.ts';
import { newReader } from './read.ts';

const receivedAt = Date.parse('2026-11-24T05:00:00Z');
const at = '2026-11-24T04:59:58Z';
const atMs = Date.parse(at);

function parse(topic: string, payload: string | Buffer): Outcome[] {
  const route = routeOf(topic)!;
  return newReader(route.format).read(route.topic, Buffer.from(payload), { receivedAt });
}

/** What the outcome is in short: reason and field, or the observation itself. */
const shown = (topic: string, payload: string | Buffer): unknown[] =>
  parse(topic, payload).map((outcome) =>
    outcome.kind === 'rejected' ? [outcome.reason, outcome.field] : JSON.parse(JSON.stringify(outcome)),
  );

const position = (body: object): string => JSON.stringify({ observedAt: at, lat: 2.96, lon: 99.06, ...body });

describe('native vehicle', () => {
  const topic = 'city/vehicle/bus-7/position';
  const whole = { kind: 'vehicle', sourceId: 'bus-7', observedAt: atMs, lat: 2.96, lon: 99.06 };
  test.each<[name: string, payload: string | Buffer, expected: unknown]>([
    ['least', position({}), whole],
    [
      'most',
      position({ speedMps: 5, headingDeg: 90, routeId: '03', occupancy: 0.5 }),
      { ...whole, speedMps: 5, headingDeg: 90, occupancy: 0.5, routeId: '03' },
    ],
    ['epoch milliseconds', position({ observedAt: atMs }), whole],
    ['offset', position({ observedAt: '2026-11-24T11:59:58+07:00' }), whole],
    ['unknown fields are left out', position({ driver: 'x' }), whole],
    ['empty', '', ['empty', null]],
    ['truncated', '{"observedAt":', ['not-json', null]],
    ['binary', Buffer.from([0xff, 0xfe, 0x00]), ['not-utf8', null]],
    ['an array', '[]', ['schema', null]],
    ['wrong type', position({ lat: 'north' }), ['schema', 'lat']],
    ['missing', JSON.stringify({ observedAt: at, lat: 1 }), ['schema', 'lon']],
    ['NaN is no JSON', '{"observedAt":0,"lat":NaN,"lon":1}', ['not-json', null]],
    ['too large to be a number', `{"observedAt":${atMs},"lat":1e999,"lon":1}`, ['not-finite', 'lat']],
    ['time without offset', position({ observedAt: '2026-11-24T04:59:58' }), ['schema', 'observedAt']],
  ])('%s', (_name, payload, expected) => {
    expect(JSON.stringify(shown(topic, payload))).toBe(JSON.stringify([expected]));
  });

  test.each(['__proto__', '', 'a b', 'x'.repeat(97), 'é', '../x'])('the id %j is refused', (id) => {
    expect(shown(`city/vehicle/${id.replaceAll('/', '')}/position`, position({}))[0]).toEqual([
      'bad-id',
      'id',
    ]);
  });
  test('constructor is an id like any other', () => {
    expect(shown('city/vehicle/constructor/position', position({}))[0]).toMatchObject({
      sourceId: 'constructor',
    });
  });
});

describe('native sensor', () => {
  const read = (readings: object): unknown[] =>
    shown('city/sensor/air-1/reading', JSON.stringify({ observedAt: at, readings }));
  test('good values are taken beside bad ones', () => {
    expect(read({ pm25: 12.4, nonsense: 1, temperature: 27 })).toEqual([
      ['unknown-metric', 'readings.nonsense'],
      expect.objectContaining({
        readings: [
          ['pm25', 12.4],
          ['temperature', 27],
        ],
      }),
    ]);
  });
  test('__proto__ is no metric', () => {
    expect(shown('city/sensor/a/reading', `{"observedAt":${atMs},"readings":{"__proto__":1}}`)).toEqual([
      ['unknown-metric', 'readings.__proto__'],
    ]);
  });
  test('no readings', () => expect(read({})).toEqual([['no-reading', 'readings']]));
  test('text is no value', () => expect(read({ pm25: '12' })).toEqual([['schema', 'readings.pm25']]));
});

describe('native camera', () => {
  test('status', () => {
    const body = { observedAt: at, state: 'online', bearingDeg: 40, streamUrl: 'rtsp://10.0.0.1/1' };
    expect(shown('city/camera/c1/status', JSON.stringify(body))[0]).toMatchObject({
      kind: 'camera',
      sourceId: 'c1',
      state: 'online',
      bearingDeg: 40,
      streamUrl: 'rtsp://10.0.0.1/1',
    });
    expect(shown('city/camera/c1/status', JSON.stringify({ observedAt: at, state: 'on' }))[0]).toEqual([
      'schema',
      'state',
    ]);
  });
  test('event', () => {
    const body = { observedAt: at, eventId: 'e1', type: 'crash', label: 'motor', count: 2, score: 0.8 };
    expect(shown('city/camera/c1/event', JSON.stringify(body))[0]).toMatchObject({
      kind: 'camera-event',
      eventId: 'e1',
    });
  });
});

describe('fuzz', () => {
  const topics: Record<string, fc.Arbitrary<string>> = {
    'city-vehicle': fc.string().map((id) => `city/vehicle/${id.replaceAll('/', '')}/position`),
    'city-sensor': fc.string().map((id) => `city/sensor/${id.replaceAll('/', '')}/reading`),
    'city-camera-status': fc.string().map((id) => `city/camera/${id.replaceAll('/', '')}/status`),
    'city-camera-event': fc.string().map((id) => `city/camera/${id.replaceAll('/', '')}/event`),
  };
  const words = fc.constantFrom(
    'observedAt',
    'lat',
    'lon',
    'readings',
    'VP',
    'tst',
    'after',
    'camera',
    'id',
    'uplink_message',
    'decoded_payload',
    'frm_payload',
    '__proto__',
    'constructor',
    'state',
    'eventId',
    'type',
    'pm25',
  );
  const json = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 4 },
      fc.double(),
      fc.string(),
      fc.constantFrom(null, true, at, 1e308, -0, '', { toString: 1 }, '\0', '\ud800'),
      fc.array(tie('value'), { maxLength: 3 }),
      fc.array(fc.tuple(words, tie('value')), { maxLength: 6 }).map((entries) => Object.fromEntries(entries)),
    ),
  })).value;
  const payload = fc.oneof(
    fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
    json.map((value) => Buffer.from(JSON.stringify(value) ?? '')),
  );
  test.each(Object.keys(topics))('%s never throws and always gives an outcome', (feed) => {
    fc.assert(
      fc.property(topics[feed]!, payload, (topic, bytes) => {
        expect(newReader('native').read(topic, bytes, { receivedAt }).length).toBeGreaterThan(0);
      }),
      { numRuns: 500 },
    );
  });
});
