// Frigate: topic and payload in, camera events and states out. Fixtures after docs.frigate.video, "MQTT".
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { recordingsFolder } from '../../places.ts';
import { neverThrows } from './never-throws.ts';
import { haveRecordings, newReader, type Reader } from './read.ts';

const now = Date.parse('2026-11-24T05:00:00Z');
const second = 1_000;
const seconds = now / 1000;

const keeping = newReader('frigate', { mapping: { keepIdentities: true } });
const dropping = newReader('frigate');
const shown = (
  reader: Reader,
  topic: string,
  payload: string | Buffer | object,
  receivedAt = now,
): unknown[] =>
  reader
    .read(`frigate/${topic}`, payload, { receivedAt })
    .map((outcome) =>
      outcome.kind === 'rejected'
        ? [outcome.reason, outcome.field ?? null]
        : JSON.parse(JSON.stringify(outcome)),
    );

const after = {
  id: '1.5-ab',
  camera: 'gate',
  label: 'person',
  score: 0.8,
  frame_time: seconds,
  start_time: 1,
};
const whole = {
  kind: 'camera-event',
  sourceId: 'frigate-gate',
  observedAt: now,
  eventId: '1.5-ab',
  type: 'object-new',
  label: 'person',
  score: 0.8,
};

describe('events', () => {
  const event = (body: object, reader = dropping): unknown =>
    shown(reader, 'events', { type: 'new', before: null, after: { ...after, ...body } })[0];
  test.each<[name: string, body: object, expected: unknown]>([
    ['of the frame', {}, whole],
    ['still there', { end_time: null }, whole],
    ['gone', { end_time: seconds + 2 }, { ...whole, observedAt: now + 2 * second }],
    ['no camera', { camera: null }, ['bad-id', 'after.camera']],
    [
      '__proto__ is a camera like any other',
      { camera: '__proto__' },
      { ...whole, sourceId: 'frigate-__proto__' },
    ],
    ['no id', { id: 5 }, ['schema', 'after.id']],
    ['no time', { frame_time: null, start_time: 'x' }, ['schema', 'after.start_time']],
  ])('%s', (_name, body, expected) => expect(event(body)).toEqual(expected));

  test.each<[name: string, body: object, identity: string | undefined]>([
    ['a name', { sub_label: 'Budi' }, 'Budi'],
    ['a name and how sure', { sub_label: ['Budi', 0.79] }, 'Budi'],
    ['a plate', { label: 'car', recognized_license_plate: 'BK 1234 AB' }, 'BK 1234 AB'],
    ['both', { sub_label: 'Truk Dinas', recognized_license_plate: 'BK 1' }, 'Truk Dinas, BK 1'],
    ['nobody', { sub_label: null }, undefined],
    ['no text', { sub_label: { toString: 1 } }, undefined],
  ])(
    'whom it recognised is kept only where it is configured, and never in the label: %s',
    (_name, body, identity) => {
      const expected = { ...whole, label: (body as { label?: string }).label ?? 'person' };
      expect(event(body)).toEqual(expected);
      expect(event(body, keeping)).toEqual(identity === undefined ? expected : { ...expected, identity });
    },
  );
});

describe('reviews and recognitions', () => {
  const review = {
    ...after,
    end_time: null,
    severity: 'alert',
    data: { objects: ['person', 'car'], detections: ['a', 'b'], sub_labels: ['Budi'] },
  };
  const seen = { ...whole, observedAt: second, type: 'review-alert-end', label: 'person car', count: 2 };
  const body = { type: 'end', after: { ...review, score: undefined, frame_time: undefined } };
  const { score: _, ...expected } = seen;
  test('a review counts its objects', () => expect(shown(dropping, 'reviews', body)).toEqual([expected]));
  test('with names', () =>
    expect(shown(keeping, 'reviews', body)).toEqual([{ ...expected, identity: 'Budi' }]));

  const face = { type: 'face', id: '1.5-ab', name: 'Budi', score: 0.9, camera: 'gate', timestamp: seconds };
  const { label: _label, ...recognised } = { ...whole, type: 'object-face', score: 0.9 };
  test.each<[name: string, payload: object, expected: unknown, kept: unknown]>([
    ['a face', face, recognised, { ...recognised, identity: 'Budi' }],
    [
      'a plate',
      { ...face, type: 'lpr', name: "Budi's", plate: 'BK 1' },
      { ...recognised, type: 'object-lpr' },
      { ...recognised, type: 'object-lpr', identity: "Budi's, BK 1" },
    ],
    [
      'a description has no camera',
      { type: 'description', id: '1.5-ab', description: 'A red car' },
      ['not-an-observation', 'camera'],
      ['not-an-observation', 'camera'],
    ],
  ])('%s', (_name, payload, expected_, kept) => {
    expect(shown(dropping, 'tracked_object_update', payload)).toEqual([expected_]);
    expect(shown(keeping, 'tracked_object_update', payload)).toEqual([kept]);
  });
});

describe('cameras', () => {
  const state = (camera: string, is: string, at = now): object => ({
    kind: 'camera',
    sourceId: `frigate-${camera}`,
    observedAt: at,
    state: is,
  });
  const stats = (cameras: Record<string, number>): object => ({
    cameras: Object.fromEntries(Object.entries(cameras).map(([name, camera_fps]) => [name, { camera_fps }])),
    detectors: { cpu: { inference_speed: 10 } },
    service: { uptime: 5 },
  });

  test('its end is the end of every camera that was heard of, and its return theirs', () => {
    const reader = newReader('frigate');
    shown(reader, 'events', { type: 'new', after });
    shown(reader, 'stats', stats({ yard: 5 }));
    shown(newReader('frigate'), 'stats', stats({ other: 5 }));
    expect(shown(reader, 'available', 'offline')).toEqual([
      state('gate', 'offline'),
      state('yard', 'offline'),
    ]);
    expect(shown(reader, 'available', 'online', now + second)).toEqual([
      state('gate', 'online', now + second),
      state('yard', 'online', now + second),
    ]);
  });
  test('over a restart', () => {
    const reader = newReader('frigate');
    shown(reader, 'events', { type: 'new', after });
    const again = newReader('frigate', { memory: reader.memory });
    expect(shown(again, 'available', 'offline\n')).toEqual([state('gate', 'offline')]);
  });
  test('two Frigates are told apart by their prefix', () => {
    const reader = newReader('frigate');
    reader.read('north/stats', stats({ gate: 5 }), { receivedAt: now });
    expect(reader.read('south/available', 'offline')).toMatchObject([{ reason: 'not-an-observation' }]);
  });
  test('a camera without frames is offline; the time is that of the statistics', () => {
    const body = { ...stats({ gate: 0, yard: 5.1 }), service: { last_updated: seconds - 3 } };
    expect(shown(newReader('frigate'), 'stats', body)).toEqual([
      state('gate', 'offline', now - 3 * second),
      state('yard', 'online', now - 3 * second),
    ]);
  });
  test('before 0.13 cameras stood beside the rest', () => {
    const body = { gate: { camera_fps: 5 }, detection_fps: 3, detectors: {}, service: {} };
    expect(shown(newReader('frigate'), 'stats', body)).toEqual([state('gate', 'online')]);
  });
  test('what is unchanged is sent each minute, between them once as it was: a repetition', () => {
    const reader = newReader('frigate');
    const at = (ms: number, cameras: Record<string, number>): unknown =>
      shown(reader, 'stats', stats(cameras), now + ms);
    at(0, { gate: 5, yard: 5 });
    expect(at(15 * second, { gate: 5, yard: 6 })).toEqual([state('yard', 'online')]);
    expect(at(30 * second, { gate: 0, yard: 6 })).toEqual([state('gate', 'offline', now + 30 * second)]);
    expect(at(60 * second, { gate: 0, yard: 6 })).toEqual([state('yard', 'online', now + 60 * second)]);
  });
  test('what is read back from the journal late moves nothing back', () => {
    const reader = newReader('frigate');
    shown(reader, 'stats', stats({ gate: 5 }), now);
    expect(shown(reader, 'stats', stats({ gate: 0 }), now - second)).toEqual([
      state('gate', 'offline', now - second),
    ]);
    expect(shown(reader, 'available', 'online', now + second)).toEqual([state('gate', 'online', now)]);
  });
  test('the offset of the clock of the feed does not move our own', () => {
    const reader = newReader('frigate', { mapping: { clockOffsetMinutes: -420 } });
    const [{ observedAt }] = shown(reader, 'stats', stats({ gate: 5 })) as [{ observedAt: number }];
    expect(observedAt - 420 * 60 * second).toBe(now);
  });
});

test.each<[topic: string, payload: string | Buffer | object, expected: unknown[]]>([
  ['available', 'online', [['not-an-observation', null]]],
  ['available', 'maybe', [['schema', null]]],
  ['stats', '{}', [['not-an-observation', 'cameras']]],
  ['stats', { cameras: { 'a b': { camera_fps: 5 } } }, [['bad-id', 'cameras.a b']]],
  ['stats', '{"cameras":{"__proto__":{"camera_fps":"x"}}}', [['not-an-observation', 'cameras']]],
  ['gate/person/snapshot', Buffer.from('ffd8ffe000104a464946', 'hex'), [['not-json', null]]],
  ['gate/person', '2', [['not-an-observation', 'topic']]],
  ['gate/detect/state', 'ON', [['not-an-observation', 'topic']]],
  ['triggers', { name: 'x', camera: 'gate' }, [['not-an-observation', 'topic']]],
  ['events', { type: 'new' }, [['schema', 'after']]],
  ['events', 'ON', [['not-json', null]]],
])('frigate/%s %j', (topic, payload, expected) =>
  expect(shown(newReader('frigate'), topic, payload)).toEqual(expected),
);

const topics = ['events', 'reviews', 'available', 'stats', 'tracked_object_update', 'gate/person', ''];
test('whatever comes, there is an answer', () => {
  neverThrows(
    'frigate',
    topics.map((topic) => `frigate/${topic}`),
    [
      Buffer.from(JSON.stringify({ type: 'new', after })),
      Buffer.from('{"cameras":{"gate":{"camera_fps":5}}}'),
    ],
  );
});

describe.skipIf(!haveRecordings)('recordings (skipped where /work/shared/feeds is absent)', () => {
  const folder = join(recordingsFolder, 'frigate');
  const files = haveRecordings ? readdirSync(folder) : [];
  const read = (reader: Reader, file: string): unknown =>
    shown(reader, /doc_frigate_(.*)_\d+\.json/.exec(file)![1]!, readFileSync(join(folder, file)))[0];
  test('no name or plate of the documentation comes through, nor in any label', () => {
    expect(JSON.stringify(files.map((file) => read(dropping, file)))).not.toMatch(/John|Bob|ABC|123ABC/);
    const kept = files.map((file) => read(keeping, file) as { identity?: string; label?: string });
    expect(kept.map(({ identity }) => identity).filter(Boolean)).toEqual([
      'John Smith, ABC12345',
      'Bob',
      'John',
      "John's Car, 123ABC",
      'delivery_person',
    ]);
    expect(kept.map(({ label }) => label).filter(Boolean)).toEqual(['person', 'person car']);
  });
  test('damaged on the way', () =>
    neverThrows(
      'frigate',
      topics.map((topic) => `frigate/${topic}`),
      files.map((file) => readFileSync(join(folder, file))),
    ));
});
