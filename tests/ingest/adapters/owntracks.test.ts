// OwnTracks: topic and JSON in, vehicle or reason out. Fixtures after owntracks.org/booklet, "JSON".
import { describe, expect, test } from 'vitest';
import { neverThrows } from './never-throws.ts';
import { newReader } from './read.ts';

const topic = 'owntracks/dewi/pixel';
const { read } = newReader('owntracks');
const shown = (payload: string | Buffer | object, at = topic): unknown[] =>
  read(at, payload).map((outcome) =>
    outcome.kind === 'rejected'
      ? [outcome.reason, outcome.field ?? null]
      : JSON.parse(JSON.stringify(outcome)),
  );

const location = {
  _type: 'location',
  lat: 2.96,
  lon: 99.06,
  tst: 1_795_496_398,
  acc: 12,
  vel: 36,
  cog: 270,
  tid: 'DW',
};
const whole = {
  kind: 'vehicle',
  sourceId: 'owntracks-dewi-pixel',
  name: 'DW (dewi/pixel)',
  observedAt: 1_795_496_398_000,
  lat: 2.96,
  lon: 99.06,
  speedMps: 10,
  headingDeg: 270,
};
const without = (...keys: string[]): object =>
  Object.fromEntries(Object.entries(whole).filter(([key]) => !keys.includes(key)));

test.each<[name: string, body: object, expected: unknown]>([
  ['km/h and seconds', {}, whole],
  ['-1 is unknown', { vel: -1, cog: -1, acc: -1 }, without('speedMps', 'headingDeg')],
  ['standing still is known', { vel: 0, cog: 0 }, { ...whole, speedMps: 0, headingDeg: 0 }],
  ['no tracker id', { tid: undefined }, { ...whole, name: 'dewi/pixel' }],
  ['a kilometre is still a place', { acc: 1000 }, whole],
  ['more is none', { acc: 1001 }, ['no-position', 'acc']],
  ['0,0', { lat: 0, lon: 0 }, ['no-position', 'lat']],
  ['text is no latitude', { lat: '2.96' }, ['no-position', 'lat']],
  ['no time', { tst: null }, ['schema', 'tst']],
  ['encrypted', { _type: 'encrypted', data: 'x' }, ['not-an-observation', '_type']],
  ['lwt', { _type: 'lwt' }, ['not-an-observation', '_type']],
  ['transition', { _type: 'transition' }, ['not-an-observation', '_type']],
  ['waypoint', { _type: 'waypoint' }, ['not-an-observation', '_type']],
  ['cmd', { _type: 'cmd' }, ['not-an-observation', '_type']],
  ['no type', { _type: 5 }, ['schema', '_type']],
])('%s', (_name, body, expected) => expect(shown({ ...location, ...body })).toEqual([expected]));

test.each<[name: string, topic: string, expected: unknown]>([
  ['a first level of its own', 'siantar/crews/dewi/pixel', whole.sourceId],
  ['deeper', 'owntracks/dewi/pixel/event', whole.sourceId],
  ['spaces', 'owntracks/Dewi S/Galaxy+', 'owntracks-Dewi-S-Galaxy'],
  ['__proto__', 'owntracks/__proto__/constructor', 'owntracks-__proto__-constructor'],
  ['no device', 'owntracks/dewi', 'bad-id'],
  ['nothing readable', 'owntracks/水/水', 'bad-id'],
  ['too long', `owntracks/dewi/${'x'.repeat(96)}`, 'bad-id'],
])('the topic: %s', (_name, at, expected) => {
  const [outcome] = read(at, location);
  expect(outcome!.kind === 'rejected' ? outcome!.reason : outcome!.sourceId).toBe(expected);
});

describe('several at once', () => {
  test('each is an outcome', () =>
    expect(shown([location, { ...location, lat: null }, 7])).toEqual([
      whole,
      ['no-position', '[1].lat'],
      ['schema', '[2]'],
    ]));
  test('none', () => expect(shown([])).toEqual([['not-an-observation', null]]));
  test('cut off', () => expect(shown('[{"_type":"loc')).toEqual([['not-json', null]]));
  test('not more than 20,000', () => {
    const outcomes = read(topic, `[${'{},'.repeat(20_001)}{}]`);
    expect([outcomes.length, outcomes.at(-1)]).toEqual([
      20_001,
      expect.objectContaining({ reason: 'too-large', field: '[20000]' }),
    ]);
  });
});

test('an encrypted one says what to do', () =>
  expect(read(topic, { _type: 'encrypted', data: 'x' })[0]).toMatchObject({
    detail: expect.stringContaining('TLS'),
  }));

test('whatever comes, there is an answer', () => {
  neverThrows(
    'owntracks',
    [topic, 'owntracks/__proto__/x', 'owntracks', ''],
    [location, [location, location]].map((each) => Buffer.from(JSON.stringify(each))),
  );
});
