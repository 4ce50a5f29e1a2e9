// Sparkplug B: births, data by alias, deaths, and what is missing between them.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeSparkplug, encodeRebirth } from '../../../ingest/adapters/sparkplug-payload.ts';
import type { Outcome } from '../../../model/observation.ts';
import { recordingsFolder } from '../../places.ts';
import { encodeSparkplug, type MetricDraft } from './encode-sparkplug.ts';
import { neverThrows } from './never-throws.ts';
import { haveRecordings, newReader, type Reader } from './read.ts';

const start = Date.parse('2026-11-24T05:00:00Z');
const node = (type: string): string => `spBv1.0/Water/N${type}/Pump-1`;
const device = (type: string, id = 'Tank'): string => `spBv1.0/Water/D${type}/Pump-1/${id}`;

const temperature: MetricDraft = {
  name: 'Temperature',
  alias: 1,
  dataType: 10,
  unit: 'FAH',
  value: { double: 77 },
};
const level: MetricDraft = {
  name: 'Inputs/water_level',
  alias: 2,
  dataType: 7,
  unit: 'cm',
  value: { int: 120 },
};
const nodeBirth = (bdSeq = 0, seq = 0) => ({
  seq,
  metrics: [
    { name: 'bdSeq', dataType: 8, value: { long: BigInt(bdSeq) } },
    { name: 'Node Control/Rebirth', dataType: 11, value: { boolean: false } },
    temperature,
  ],
});
const data = (seq: number, metrics: MetricDraft[] = [{ alias: 1, value: { double: 68 } }]) => ({
  seq,
  metrics,
});

/** A feed whose clock goes on a second with each message. */
class Feed {
  readonly reader: Reader;
  now = start;
  constructor(reader: Reader = newReader('sparkplug')) {
    this.reader = reader;
  }
  read(topic: string, draft: Parameters<typeof encodeSparkplug>[0], replayed = false): unknown[] {
    this.now += 1000;
    const payload = encodeSparkplug({ timestamp: this.now, ...draft });
    return short(this.reader.read(topic, payload, { receivedAt: this.now, replayed }));
  }
  get rebirths(): string[] {
    return this.reader.sent.map(({ topic }) => topic);
  }
}

const short = (outcomes: Outcome[]): unknown[] =>
  outcomes.map((outcome) => {
    if (outcome.kind === 'rejected') return [outcome.reason, outcome.field];
    if (outcome.kind === 'link') return [outcome.sourceId, outcome.link];
    return outcome.kind === 'sensor'
      ? [outcome.sourceId, Object.fromEntries(outcome.readings)]
      : outcome.kind;
  });
const nodeId = 'spb-Water-Pump-1';
const tankId = 'spb-Water-Pump-1-Tank';

describe('births and data', () => {
  test('a birth names what data carry: aliases, types and units', () => {
    const feed = new Feed();
    expect(feed.read(node('BIRTH'), nodeBirth())).toEqual([
      [nodeId, 'online'],
      [nodeId, { temperature: 25 }],
    ]);
    expect(feed.read(device('BIRTH'), { seq: 1, metrics: [level] })).toEqual([
      [tankId, 'online'],
      [tankId, { riverLevel: 1.2 }],
    ]);
    expect(feed.read(node('DATA'), data(2))).toEqual([[nodeId, { temperature: 20 }]]);
    expect(feed.read(device('DATA'), data(3, [{ alias: 2, value: { int: 90 } }]))).toEqual([
      [tankId, { riverLevel: 0.9 }],
    ]);
    expect(feed.read(node('DATA'), data(4, [{ name: 'Temperature', value: { double: 50 } }]))).toEqual([
      [nodeId, { temperature: 10 }],
    ]);
    expect(feed.rebirths).toEqual([]);
  });
  test('times: of each metric, else of the message, else of its arrival', () => {
    const feed = new Feed();
    feed.read(node('BIRTH'), {
      seq: 0,
      metrics: [temperature, { ...temperature, name: 'humidity', alias: 3, unit: '%' }],
    });
    const payload = encodeSparkplug({
      timestamp: start + 500,
      seq: 1,
      metrics: [
        { alias: 1, timestamp: start - 60_000, isHistorical: true, value: { double: 68 } },
        { alias: 3, value: { double: 40 } },
      ],
    });
    expect(feed.reader.read(node('DATA'), payload, { receivedAt: start + 9_000 })).toMatchObject([
      { observedAt: start - 60_000, readings: [['temperature', 20]], name: 'Pump-1' },
      { observedAt: start + 500, readings: [['humidity', 40]] },
    ]);
    const late = encodeSparkplug(data(2));
    expect(feed.reader.read(node('DATA'), late, { receivedAt: start + 9_500 })).toMatchObject([
      { observedAt: start + 9_500 },
    ]);
  });

  const values: [string, MetricDraft, number | undefined][] = [
    ['Int8', { dataType: 1, value: { int: -5 } }, -5],
    ['Int8 in one byte', { dataType: 1, value: { int: 251 } }, -5],
    ['Int16', { dataType: 2, value: { int: -300 } }, -300],
    ['Int32', { dataType: 3, value: { int: -70_000 } }, -70_000],
    ['Int64', { dataType: 4, value: { long: -70_000n } }, -70_000],
    ['UInt8', { dataType: 5, value: { int: 251 } }, 251],
    ['UInt16', { dataType: 6, value: { int: 65_000 } }, 65_000],
    ['UInt32', { dataType: 7, value: { int: 4_000_000_000 } }, 4_000_000_000],
    ['UInt64', { dataType: 8, value: { long: 4_000_000_001n } }, 4_000_000_001],
    ['Float', { dataType: 9, value: { float: 1.5 } }, 1.5],
    ['Boolean', { dataType: 11, value: { boolean: true } }, 1],
    ['text', { dataType: 12, value: { text: '7' } }, undefined],
    ['null', { dataType: 10, isNull: true, value: { double: 1 } }, undefined],
    ['an integer whose type nobody told', { value: { int: 7 } }, undefined],
  ];
  test.each(values)('%s', (_name, draft, expected) => {
    const metrics = { x: { metric: 'energy' as const } };
    const feed = new Feed(newReader('sparkplug', { mapping: { metrics } }));
    const birth = { name: 'x', alias: 9, ...(draft.dataType !== undefined && { dataType: draft.dataType }) };
    feed.read(node('BIRTH'), { seq: 0, metrics: [birth] });
    const { dataType: _left, ...rest } = draft;
    expect(feed.read(node('DATA'), data(1, [{ alias: 9, ...rest }]))).toEqual([
      expected === undefined ? ['no-reading', 'metrics'] : [nodeId, { energy: expected }],
    ]);
  });
  test('aliases of 64 bits are not rounded into one another', () => {
    const feed = new Feed();
    const alias = 2n ** 63n;
    feed.read(node('BIRTH'), {
      seq: 0,
      metrics: [
        { ...temperature, alias },
        { name: 'humidity', alias: alias + 1n, dataType: 10, value: { double: 1 } },
      ],
    });
    expect(feed.read(node('DATA'), data(1, [{ alias: alias + 1n, value: { double: 40 } }]))).toEqual([
      [nodeId, { humidity: 40 }],
    ]);
  });
  test.each(['__proto__', 'constructor'])('a metric and a device called %s do no harm', (name) => {
    const feed = new Feed();
    const birth = feed.read(device('BIRTH', `a${name}`), {
      seq: 0,
      metrics: [{ name, alias: 1, dataType: 10, value: { double: 1 } }],
    });
    expect(birth).toEqual([[expect.stringMatching(/^spb-Water-Pump-1-a/), 'online']]);
    expect(feed.read(device('DATA', `a${name}`), data(1))).toEqual([['unknown-metric', `metrics.${name}`]]);
  });
  test('two names of one metric: the first counts, unless the mapping says which', () => {
    const metrics = [temperature, { ...temperature, name: 'Ambient/temp', alias: 2, value: { double: 50 } }];
    expect(new Feed().read(node('BIRTH'), { seq: 0, metrics })).toContainEqual([nodeId, { temperature: 25 }]);
    const mapping = { metrics: { 'Ambient/temp': { metric: 'temperature' as const } } };
    const mapped = new Feed(newReader('sparkplug', { mapping }));
    expect(mapped.read(node('BIRTH'), { seq: 0, metrics })).toContainEqual([nodeId, { temperature: 10 }]);
  });
  test('every name is seen once, whichever way it was read', () => {
    const feed = new Feed();
    feed.read(node('BIRTH'), nodeBirth());
    feed.read(node('DATA'), data(1, [{ alias: 1, value: { double: Number.NaN } }]));
    feed.read(node('DATA'), data(2, [{ name: 'Valve', dataType: 11, value: { boolean: true } }]));
    expect(feed.reader.seen).toEqual([
      { name: 'Temperature', unit: 'FAH', value: 77, metric: 'temperature' },
      { name: 'Valve', unit: undefined, value: 1, metric: undefined },
    ]);
  });
  test('the place among its values', () => {
    const at = (name: string, double: number) => ({ name, dataType: 10, value: { double } });
    const metrics = [temperature, at('GPS/Latitude', 2.96), at('GPS/Longitude', 99.06)];
    const payload = encodeSparkplug({ timestamp: start, seq: 0, metrics });
    expect(newReader('sparkplug').read(node('BIRTH'), payload)[1]).toMatchObject({ lat: 2.96, lon: 99.06 });
  });
  test('a unit that is none is told, in a birth too', () => {
    const metrics = [{ ...temperature, unit: 'gon' }];
    expect(new Feed().read(node('BIRTH'), { seq: 0, metrics })).toEqual([
      [nodeId, 'online'],
      ['unknown-unit', 'metrics.Temperature'],
    ]);
  });
});

describe('what is missing', () => {
  test('joining in mid-stream: nothing is known, so a rebirth is asked for, once in ten seconds', () => {
    const feed = new Feed();
    for (let n = 0; n < 9; n++) expect(feed.read(node('DATA'), data(n))).toEqual([['no-birth', 'topic']]);
    expect(feed.rebirths).toEqual(['spBv1.0/Water/NCMD/Pump-1']);
    feed.now += 2_000;
    feed.read(device('DATA'), data(9));
    expect(feed.rebirths).toHaveLength(2);
    expect(decodeSparkplug(feed.reader.sent[0]!.payload)).toMatchObject({
      metrics: [{ name: 'Node Control/Rebirth', dataType: 11, value: 1 }],
    });
    expect(feed.read(node('BIRTH'), nodeBirth())).toHaveLength(2);
    expect(feed.read(node('DATA'), data(1))).toEqual([[nodeId, { temperature: 20 }]]);
  });
  test('nobody is asked while the journal is read back', () => {
    const feed = new Feed();
    expect(feed.read(node('DATA'), data(0), true)).toEqual([['no-birth', 'topic']]);
    feed.read(node('BIRTH'), nodeBirth(), true);
    expect(feed.read(node('DATA'), data(7), true)).toEqual([
      ['sequence-gap', 'seq'],
      [nodeId, { temperature: 20 }],
    ]);
    expect(feed.rebirths).toEqual([]);
  });
  test('a gap is told, its data are taken, and a rebirth is asked for', () => {
    const feed = new Feed();
    feed.read(node('BIRTH'), nodeBirth());
    expect(feed.read(node('DATA'), data(5))).toEqual([
      ['sequence-gap', 'seq'],
      [nodeId, { temperature: 20 }],
    ]);
    expect(feed.read(node('DATA'), data(6))).toEqual([[nodeId, { temperature: 20 }]]);
    expect(feed.rebirths).toHaveLength(1);
  });
  test('255 is followed by 0; a repetition is told and asks for nothing', () => {
    const feed = new Feed();
    feed.read(node('BIRTH'), nodeBirth());
    for (let seq = 1; seq <= 255; seq++) feed.read(node('DATA'), data(seq));
    expect(feed.read(node('DATA'), data(0))).toEqual([[nodeId, { temperature: 20 }]]);
    expect(feed.read(node('DATA'), data(0))).toEqual([
      ['sequence-gap', 'seq'],
      [nodeId, { temperature: 20 }],
    ]);
    expect(feed.rebirths).toEqual([]);
    expect(feed.read(node('DATA'), data(300))).toEqual([
      ['schema', 'seq'],
      [nodeId, { temperature: 20 }],
    ]);
  });
  test('an alias that the birth did not name: the others are taken', () => {
    const feed = new Feed();
    feed.read(node('BIRTH'), nodeBirth());
    const metrics = [
      { alias: 77, value: { double: 1 } },
      { alias: 1, value: { double: 68 } },
    ];
    expect(feed.read(node('DATA'), data(1, metrics))).toEqual([
      ['no-birth', 'metrics'],
      [nodeId, { temperature: 20 }],
    ]);
    expect(feed.rebirths).toHaveLength(1);
  });
});

describe('deaths', () => {
  const alive = (): Feed => {
    const feed = new Feed();
    feed.read(node('BIRTH'), nodeBirth(3));
    feed.read(device('BIRTH'), { seq: 1, metrics: [level] });
    feed.read(device('BIRTH', 'Valve'), { seq: 2, metrics: [level] });
    return feed;
  };
  const death = (bdSeq: number) => ({
    metrics: [{ name: 'bdSeq', dataType: 8, value: { long: BigInt(bdSeq) } }],
  });
  test("a node's is its devices' too; what follows has no birth", () => {
    const feed = alive();
    expect(feed.read(node('DEATH'), death(3))).toEqual([
      [nodeId, 'offline'],
      [tankId, 'offline'],
      ['spb-Water-Pump-1-Valve', 'offline'],
    ]);
    expect(feed.read(device('DATA'), data(3))).toEqual([['no-birth', 'topic']]);
    feed.read(node('BIRTH'), nodeBirth(4));
    expect(feed.read(node('DATA'), data(1))).toEqual([[nodeId, { temperature: 20 }]]);
    expect(feed.read(device('DATA'), data(2, [{ alias: 2, value: { int: 1 } }]))).toEqual([
      ['no-birth', 'topic'],
    ]);
    expect(feed.read(device('BIRTH'), { seq: 3, metrics: [level] })).toEqual([
      [tankId, 'online'],
      [tankId, { riverLevel: 1.2 }],
    ]);
  });
  test('of an earlier session: it changes nothing', () => {
    const feed = alive();
    expect(feed.read(node('DEATH'), death(2))).toEqual([['too-old', 'bdSeq']]);
    expect(feed.read(node('DATA'), data(3))).toEqual([[nodeId, { temperature: 20 }]]);
  });
  test("a device's is its own", () => {
    const feed = alive();
    expect(feed.read(device('DEATH'), { seq: 3 })).toEqual([[tankId, 'offline']]);
    expect(feed.read(device('DATA'), data(4, [{ alias: 2, value: { int: 1 } }]))).toEqual([
      ['no-birth', 'topic'],
    ]);
    expect(feed.read(device('DATA', 'Valve'), data(5, [{ alias: 2, value: { int: 1 } }]))).toEqual([
      ['spb-Water-Pump-1-Valve', { riverLevel: 0.01 }],
    ]);
  });
  test('order is kept within a millisecond', () => {
    const reader = newReader('sparkplug');
    const read = (topic: string, draft: object) =>
      short(reader.read(topic, encodeSparkplug({ timestamp: start, ...draft }), { receivedAt: start }));
    read(node('BIRTH'), nodeBirth(3));
    read(node('DEATH'), death(3));
    expect(read(node('DATA'), data(1))).toEqual([['no-birth', 'topic']]);
    read(node('BIRTH'), nodeBirth(4));
    expect(read(node('DATA'), data(1))).toEqual([[nodeId, { temperature: 20 }]]);
  });
  test('links are told by our clock, whatever the offset of theirs', () => {
    const reader = newReader('sparkplug', { mapping: { clockOffsetMinutes: -420 } });
    const payload = encodeSparkplug({ timestamp: 0, ...nodeBirth() });
    const [link] = reader.read(node('BIRTH'), payload, { receivedAt: start });
    expect(link).toMatchObject({ kind: 'link', of: 'sensor', observedAt: start + 420 * 60_000 });
  });
});

describe('restarts', () => {
  test('aliases and devices are known again, and a gap cannot be', () => {
    const before = new Feed();
    before.read(node('BIRTH'), nodeBirth(3));
    before.read(device('BIRTH'), { seq: 1, metrics: [level] });
    const after = new Feed(newReader('sparkplug', { memory: before.reader.memory }));
    after.now = before.now;
    expect(after.read(device('DATA'), data(77, [{ alias: 2, value: { int: 90 } }]))).toEqual([
      [tankId, { riverLevel: 0.9 }],
    ]);
    expect(
      after.read(node('DEATH'), { metrics: [{ name: 'bdSeq', dataType: 8, value: { long: 3n } }] }),
    ).toEqual([
      [nodeId, 'offline'],
      [tankId, 'offline'],
    ]);
  });
  test('a birth that cannot be read is one that nobody knows', () => {
    const before = new Feed();
    before.read(node('BIRTH'), nodeBirth(3));
    for (const held of before.reader.memory.held.values()) held.value = Buffer.from('{"rows":[]}');
    const after = new Feed(newReader('sparkplug', { memory: before.reader.memory }));
    expect(after.read(node('DATA'), data(1))).toEqual([['no-birth', 'topic']]);
    expect(after.rebirths).toHaveLength(1);
  });
  test('what is remembered of a birth is not the memory that its message lay in', () => {
    const before = new Feed();
    const payload = encodeSparkplug({ timestamp: start, ...nodeBirth() });
    before.reader.read(node('BIRTH'), payload, { receivedAt: start });
    payload.fill(0);
    const after = new Feed(newReader('sparkplug', { memory: before.reader.memory }));
    expect(after.read(node('DATA'), data(1))).toEqual([[nodeId, { temperature: 20 }]]);
  });
  test('an older birth, read back, does not take the place of a newer one; its own data are read by it', () => {
    const feed = new Feed();
    const moved = [
      { ...temperature, alias: 2 },
      { name: 'humidity', alias: 1, dataType: 10, value: { double: 1 } },
    ];
    feed.now += 100_000;
    feed.read(node('BIRTH'), { seq: 0, metrics: moved });
    const newest = feed.now;
    feed.now = start;
    feed.read(node('BIRTH'), nodeBirth(), true);
    expect(feed.read(node('DATA'), data(1), true)).toEqual([[nodeId, { temperature: 20 }]]);
    feed.now = newest;
    expect(feed.read(node('DATA'), data(1))).toEqual([[nodeId, { humidity: 68 }]]);
    const after = new Feed(newReader('sparkplug', { memory: feed.reader.memory }));
    after.now = feed.now;
    expect(after.read(node('DATA'), data(2))).toEqual([[nodeId, { humidity: 68 }]]);
  });
});

test.each<[string, string, Buffer, unknown[]]>([
  ['a topic of another namespace', 'spAv1.0/G/NDATA/E', Buffer.from([8, 1]), ['unknown-topic', 'topic']],
  ['a command', 'spBv1.0/G/NCMD/E', Buffer.from([8, 1]), ['unknown-topic', 'topic']],
  ['a device without a name', 'spBv1.0/G/DDATA/E', Buffer.from([8, 1]), ['unknown-topic', 'topic']],
  ['an empty name', 'spBv1.0/G/DDATA/E/', Buffer.from([8, 1]), ['bad-id', 'topic']],
  ['no bytes', 'spBv1.0/G/NDATA/E', Buffer.alloc(0), ['empty', undefined]],
  [
    'cut off',
    'spBv1.0/G/NBIRTH/E',
    encodeSparkplug(nodeBirth()).subarray(0, 30),
    ['truncated', 'metrics[1]'],
  ],
  ['JSON', 'spBv1.0/G/NDATA/E', Buffer.from('{"online":true}'), ['not-protobuf', undefined]],
])('%s', (_name, topic, payload, expected) => {
  expect(short(newReader('sparkplug').read(topic, payload))).toEqual([expected]);
});

const topics = [
  node('BIRTH'),
  node('DATA'),
  node('DEATH'),
  device('BIRTH'),
  device('DATA'),
  device('DEATH'),
  'spBv1.0/a',
];
const samples = [nodeBirth(), data(1), { seq: 1, metrics: [level] }].map((each) =>
  encodeSparkplug({ timestamp: start, ...each }),
);
test('never throws', () => neverThrows('sparkplug', topics, samples));
test('reads back the rebirth that it writes', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 2 ** 48 }), (atMs) => {
      expect(decodeSparkplug(encodeRebirth(atMs))).toMatchObject({ timestamp: atMs });
    }),
  );
});

describe.skipIf(!haveRecordings)('recordings', () => {
  const bytes = (name: string): Buffer => readFileSync(join(recordingsFolder, 'sparkplug-b', `${name}.bin`));
  test('birth, data, gap, and the death of another session', () => {
    const reader = newReader('sparkplug');
    const read = (type: string, name: string) =>
      short(reader.read(node(type), bytes(name), { receivedAt: start }));
    expect(read('DATA', 'NDATA_V1')).toEqual([['no-birth', 'topic']]);
    expect(read('BIRTH', 'NBIRTH_V1')).toEqual([
      [nodeId, 'online'],
      [nodeId, { temperature: 21.5 }],
    ]);
    expect(read('DATA', 'NDATA_V1')).toEqual([[nodeId, { temperature: 22.5 }]]);
    expect(read('DATA', 'NDATA_GAP')).toEqual([
      ['sequence-gap', 'seq'],
      [nodeId, { temperature: 27 }],
    ]);
    expect(read('DEATH', 'NDEATH_V1')).toEqual([['too-old', 'bdSeq']]);
  });
  test('never throws', () =>
    neverThrows('sparkplug', topics, ['NBIRTH_V1', 'NDATA_V1', 'NDATA_GAP', 'NDEATH_V1'].map(bytes)));
});
