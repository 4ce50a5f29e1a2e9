// Bytes in, observation or reason out: one line a pair, per format.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { adapters } from '../../ingest/adapters/registry.ts';
import type { Outcome } from '../../model/observation.ts';
import { mqttFeeds, routeOf, type MqttFeedId } from '../../model/topics.ts';
import { recordingsFolder } from '../places.ts';

const receivedAt = Date.parse('2026-11-24T05:00:00Z');
const at = '2026-11-24T04:59:58Z';
const atMs = Date.parse(at);

function parse(topic: string, payload: string | Buffer): Outcome[] {
  const route = routeOf(topic)!;
  return adapters[mqttFeeds[route.feedNo]!.id]({
    topic: route.topic,
    payload: Buffer.from(payload),
    receivedAt,
  });
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
    ['256 KiB + 1', Buffer.alloc(256 * 1024 + 1, 32), ['too-large', null]],
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

describe('HFP v2', () => {
  const topic =
    '/hfp/v2/journey/ongoing/vp/bus/0012/01913/4400/1/Vantaankoski/15:21/1130110/4/60;24/19/72/15';
  const vp = (body: object): string =>
    JSON.stringify({
      VP: {
        desi: '400',
        dir: '1',
        oper: 6,
        veh: 1,
        tst: at,
        spd: 4.5,
        hdg: 274,
        lat: 60.17,
        long: 24.92,
        occu: 30,
        ...body,
      },
    });
  test.each<[name: string, payload: string, expected: unknown]>([
    [
      'keyed by the topic',
      vp({}),
      {
        kind: 'vehicle',
        sourceId: 'hfp-12-1913',
        observedAt: atMs,
        lat: 60.17,
        lon: 24.92,
        speedMps: 4.5,
        headingDeg: 274,
        occupancy: 0.3,
        routeId: '400',
      },
    ],
    [
      'null is unknown',
      vp({ spd: null, hdg: null, occu: 0, desi: null }),
      { kind: 'vehicle', sourceId: 'hfp-12-1913', observedAt: atMs, lat: 60.17, lon: 24.92 },
    ],
    ['no position', vp({ lat: null, long: null }), ['no-position', 'VP.lat']],
    ['0,0', vp({ lat: 0, long: 0 }), ['no-position', 'VP.lat']],
    [
      'no time',
      vp({ tst: 5e300 }),
      {
        kind: 'vehicle',
        sourceId: 'hfp-12-1913',
        observedAt: 5e300,
        lat: 60.17,
        lon: 24.92,
        speedMps: 4.5,
        headingDeg: 274,
        occupancy: 0.3,
        routeId: '400',
      },
    ],
    ['no event', '{"vp":{}}', ['schema', null]],
  ])('%s', (_name, payload, expected) => {
    expect(JSON.stringify(shown(topic, payload))).toBe(JSON.stringify([expected]));
  });
  test('a dead run has nine levels less', () => {
    expect(shown('/hfp/v2/deadrun/ongoing/vp/bus/0018/00123', vp({}))[0]).toMatchObject({
      sourceId: 'hfp-18-123',
    });
  });
  test('a topic without a vehicle', () =>
    expect(shown('/hfp/v2/journey', vp({}))[0]).toEqual(['bad-id', 'topic']));
});

describe('The Things Stack v3', () => {
  const topic = 'v3/city-air@ttn/devices/node-1/up';
  const up = (message: object): string =>
    JSON.stringify({ received_at: at, uplink_message: { received_at: at, ...message } });
  // 01 67 00e6: 23.0 °C; 01 68 5a: 45 %; 01 73 27f6: 1023.0 hPa
  const lpp = Buffer.from('016700e601685a017327f6', 'hex').toString('base64');
  test('Cayenne LPP where the network does not decode', () => {
    expect(shown(topic, up({ frm_payload: lpp }))[0]).toEqual({
      kind: 'sensor',
      sourceId: 'tts-city-air-node-1',
      observedAt: atMs,
      readings: [
        ['temperature', 23],
        ['humidity', 45],
        ['pressure', 1023],
      ],
    });
  });
  test('decoded by the network', () => {
    const decoded_payload = {
      temperature_1: 23.5,
      gps_1: { latitude: 0, longitude: 0 },
      colour: 'red',
      pm2_5: 12,
    };
    expect(shown(topic, up({ decoded_payload }))[0]).toMatchObject({
      readings: [
        ['temperature', 23.5],
        ['pm25', 12],
      ],
    });
  });
  test.each<[string, string, unknown]>([
    [
      'a format of its own',
      up({ frm_payload: 'AhtQAA0MJWe9YY29EA==' }),
      ['no-decoder', 'uplink_message.frm_payload'],
    ],
    ['no bytes', up({}), ['schema', 'uplink_message.frm_payload']],
    ['nothing we keep', up({ decoded_payload: { door: 1 } }), ['no-reading', 'uplink_message']],
    ['no uplink', '{}', ['schema', 'uplink_message']],
  ])('%s', (_name, payload, expected) => expect(shown(topic, payload)).toEqual([expected]));
  test('the tenant may be absent', () => {
    expect(shown('v3/city-air/devices/n/up', up({ frm_payload: lpp }))[0]).toMatchObject({
      sourceId: 'tts-city-air-n',
    });
  });
});

describe('Frigate', () => {
  const after = {
    id: '1.5-ab',
    camera: 'front_door',
    label: 'car',
    score: 0.8,
    frame_time: atMs / 1000,
    start_time: 1,
    sub_label: ['A Name', 0.9],
    recognized_license_plate: 'BK 1',
  };
  test('an event, without face or plate', () => {
    const [event] = shown('frigate/events', JSON.stringify({ type: 'update', before: {}, after }));
    expect(event).toEqual({
      kind: 'camera-event',
      sourceId: 'frigate-front_door',
      observedAt: atMs,
      eventId: '1.5-ab',
      type: 'object-update',
      label: 'car',
      score: 0.8,
    });
  });
  test.each(['camera', 'id', 'label'])(
    'an object with a toString of its own as %s is no fault of ours',
    (field) => {
      const body = { type: { toString: 1 }, after: { ...after, [field]: { toString: 1 } } };
      expect(parse('frigate/events', JSON.stringify(body))).toHaveLength(1);
    },
  );
  test('no camera', () => {
    expect(shown('frigate/events', JSON.stringify({ after: { ...after, camera: null } }))[0]).toEqual([
      'bad-id',
      'after.camera',
    ]);
  });
});

describe('fuzz', () => {
  const topics: Record<MqttFeedId, fc.Arbitrary<string>> = {
    'city-vehicle': fc.string().map((id) => `city/vehicle/${id.replaceAll('/', '')}/position`),
    'city-sensor': fc.string().map((id) => `city/sensor/${id.replaceAll('/', '')}/reading`),
    'city-camera-status': fc.string().map((id) => `city/camera/${id.replaceAll('/', '')}/status`),
    'city-camera-event': fc.string().map((id) => `city/camera/${id.replaceAll('/', '')}/event`),
    hfp: fc.array(fc.string()).map((levels) => `/hfp/v2/${levels.join('/')}`),
    'things-stack': fc.string().map((id) => `v3/app/devices/${id.replaceAll('/', '') || 'x'}/up`),
    frigate: fc.constantFrom('frigate/events', 'frigate/reviews'),
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
  test.each(Object.keys(topics) as MqttFeedId[])('%s never throws and always gives an outcome', (feed) => {
    fc.assert(
      fc.property(topics[feed], payload, (topic, bytes) => {
        expect(adapters[feed]({ topic, payload: bytes, receivedAt }).length).toBeGreaterThan(0);
      }),
      { numRuns: 500 },
    );
  });
});

describe.skipIf(!existsSync(recordingsFolder))('recordings', () => {
  const folder = (name: string): string => join(recordingsFolder, name);
  test('HFP: every message is an observation or has no position', () => {
    const counts = { vehicle: 0, rejected: new Map<string, number>() };
    for (const file of readdirSync(folder('hfp-v2')).filter((name) => name.endsWith('.dump'))) {
      for (const line of readFileSync(join(folder('hfp-v2'), file), 'utf8')
        .split('\n')
        .filter(Boolean)) {
        const [, topic, json] = /^\S+ (\S.*?) (\{.*)$/.exec(line)!;
        for (const outcome of parse(topic!, json!)) {
          if (outcome.kind === 'rejected')
            counts.rejected.set(outcome.reason, (counts.rejected.get(outcome.reason) ?? 0) + 1);
          else counts.vehicle++;
        }
      }
    }
    expect(counts.vehicle).toBeGreaterThan(150);
    expect([...counts.rejected.keys()]).toEqual(['no-position']);
  });
  test('The Things Stack: the sensebox is read, other makes say that they have no decoder', () => {
    const read = (file: string): Outcome[] =>
      parse('v3/app/devices/d/up', readFileSync(join(folder('tts-v3-uplink'), file)));
    expect(read('sensebox_TTNv3payload_cayennelpp_valid.json')[0]).toMatchObject({
      readings: expect.arrayContaining([
        ['temperature', 23],
        ['pressure', 1023],
        ['illuminance', 1451],
      ]),
    });
    for (const file of readdirSync(folder('tts-v3-uplink')).filter((name) => !name.startsWith('sensebox'))) {
      expect(read(file)[0]).toMatchObject({ kind: 'rejected', reason: 'no-decoder' });
    }
  });
  test('Frigate: the examples of its documentation', () => {
    const read = (topic: string, file: string): Outcome =>
      parse(topic, readFileSync(join(folder('frigate'), file)))[0]!;
    expect(read('frigate/events', 'doc_frigate_events_1.json')).toMatchObject({
      kind: 'camera-event',
      label: 'person',
    });
    expect(read('frigate/reviews', 'doc_frigate_reviews_1.json')).toMatchObject({
      type: 'review-alert-update',
      count: 3,
    });
  });
});
