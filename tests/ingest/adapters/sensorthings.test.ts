// OGC SensorThings: observations by MQTT and in collections, and what polls teach of their datastreams.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Outcome } from '../../../model/observation.ts';
import { recordingsFolder } from '../../places.ts';
import { neverThrows } from './never-throws.ts';
import { haveRecordings, newReader } from './read.ts';

const receivedAt = Date.parse('2026-11-24T05:00:00Z');
const time = '2026-11-24T04:59:58Z';
const observedAt = Date.parse(time);
const topic = 'v1.1/Datastreams(7)/Observations';

const thing = {
  '@iot.id': 3,
  name: 'Bridge',
  Locations: [{ location: { type: 'Point', coordinates: [99.06, 2.96] } }],
};
const datastream = {
  '@iot.id': 7,
  name: 'Air at the bridge',
  unitOfMeasurement: { name: 'degree Fahrenheit', symbol: '°F', definition: 'ucum:[degF]' },
  ObservedProperty: { '@iot.id': 1, name: 'Air Temperature', definition: 'http://…/air_temperature' },
  Thing: thing,
};
const known = {
  sourceId: 'sta-3',
  name: 'Bridge',
  lat: 2.96,
  lon: 99.06,
  observedAt,
  readings: [['temperature', 25]],
};
const short = (outcomes: Outcome[]): unknown[] =>
  outcomes.map((outcome) => (outcome.kind === 'rejected' ? [outcome.reason, outcome.field] : outcome));

describe('an observation', () => {
  test('understood after a poll, also after a restart', () => {
    const reader = newReader('sensorthings');
    expect(short(reader.read(topic, { result: 77, phenomenonTime: time }))).toEqual([
      ['unknown-metric', 'Datastream'],
    ]);
    expect(reader.seen).toEqual([{ name: 'Datastreams(7)', value: 77 }]);
    expect(short(reader.read('v1.1/Datastreams', { value: [datastream] }))).toEqual([
      ['not-an-observation', undefined],
    ]);
    expect(reader.read(topic, { result: 77, phenomenonTime: time })).toMatchObject([known]);
    const later = newReader('sensorthings', { memory: reader.memory });
    expect(later.read(topic, { result: 77, phenomenonTime: time })).toMatchObject([known]);
  });
  test('an older poll does not take the place of a newer one', () => {
    const reader = newReader('sensorthings');
    reader.read('v1.1/Datastreams', { value: [datastream] }, { receivedAt });
    const other = { ...datastream, unitOfMeasurement: { symbol: '°C' } };
    reader.read('v1.1/Datastreams', { value: [other] }, { receivedAt: receivedAt - 1, replayed: true });
    expect(reader.read(topic, { result: 77, phenomenonTime: time })).toMatchObject([known]);
  });

  const learned = (payload: object, where = topic): Outcome[] => {
    const reader = newReader('sensorthings');
    reader.read('v1.1/Datastreams', { value: [datastream] });
    return reader.read(where, payload, { receivedAt });
  };
  test.each<[string, object, object]>([
    ['result as text', { result: '77.0', phenomenonTime: time }, known],
    ['an interval: its end', { result: 77, phenomenonTime: `2026-11-24T04:00:00Z/${time}` }, known],
    ['only the time of the result', { result: 77, resultTime: time }, known],
    ['null for the time', { result: 77, phenomenonTime: null, resultTime: time }, known],
    ['no time', { result: 77 }, { ...known, observedAt: receivedAt }],
  ])('%s', (_name, payload, expected) => expect(learned(payload)).toMatchObject([expected]));
  test.each<[string, object, unknown[]]>([
    ['text', { result: 'open', phenomenonTime: time }, ['schema', 'result']],
    ['null', { result: null, phenomenonTime: time }, ['schema', 'result']],
    [
      'a time without offset',
      { result: 1, phenomenonTime: '2026-11-24T04:59:58' },
      ['schema', 'phenomenonTime'],
    ],
    ['no result', { phenomenonTime: time }, ['not-an-observation', undefined]],
  ])('%s', (_name, payload, expected) => expect(short(learned(payload))).toEqual([expected]));

  test.each(["v1.1/Datastreams('7')/Observations", 'v1.1/Datastreams(7)/Observations'])('%s', (where) => {
    expect(learned({ result: 77, phenomenonTime: time }, where)).toMatchObject([known]);
  });
  test('v1.1/Observations tells its datastream by its link, or has it inlined', () => {
    const where = 'v1.1/Observations';
    const link = { 'Datastream@iot.navigationLink': 'https://x/v1.1/Datastreams(7)' };
    expect(learned({ result: 77, phenomenonTime: time, ...link }, where)).toMatchObject([known]);
    expect(learned({ result: 77, phenomenonTime: time, Datastream: { '@iot.id': 7 } }, where)).toMatchObject([
      known,
    ]);
    expect(short(learned({ result: 77, phenomenonTime: time }, where))).toEqual([['bad-id', 'Datastream']]);
    const reader = newReader('sensorthings');
    expect(reader.read(where, { result: 77, phenomenonTime: time, Datastream: datastream })).toMatchObject([
      known,
    ]);
  });
  test('ids that are text, with a quote in it', () => {
    const reader = newReader('sensorthings');
    reader.read('v1.1/Datastreams', {
      value: [{ ...datastream, '@iot.id': "a'b", Thing: { '@iot.id': 'north wall' } }],
    });
    const outcomes = reader.read("v1.1/Datastreams('a''b')/Observations", {
      result: 77,
      phenomenonTime: time,
    });
    expect(outcomes).toMatchObject([{ sourceId: 'sta-north-wall', readings: [['temperature', 25]] }]);
  });
  test.each(['__proto__', 'constructor'])('the id %s does no harm', (id) => {
    const reader = newReader('sensorthings');
    expect(short(reader.read(`v1.1/Datastreams('${id}')/Observations`, { result: 1 }))).toEqual([
      ['unknown-metric', 'Datastream'],
    ]);
  });
  test('the mapping knows it by Datastreams(id), without any poll', () => {
    const metrics = { 'Datastreams(7)': { metric: 'riverLevel' as const, unit: 'cm' } };
    const reader = newReader('sensorthings', { mapping: { metrics } });
    expect(reader.read(topic, { result: 120, phenomenonTime: time })).toMatchObject([
      { sourceId: 'sta-7', readings: [['riverLevel', 1.2]] },
    ]);
  });
});

describe('collections', () => {
  test('datastreams with expanded observations', () => {
    const body = { value: [{ ...datastream, Observations: [{ result: 77, phenomenonTime: time }] }] };
    expect(newReader('sensorthings').read('https://x/v1.1/Datastreams?$expand=…', body)).toMatchObject([
      known,
    ]);
  });
  test('things with expanded datastreams', () => {
    const { Thing: _, ...bare } = datastream;
    const body = {
      value: [{ ...thing, Datastreams: [{ ...bare, Observations: [{ result: 77, phenomenonTime: time }] }] }],
    };
    expect(newReader('sensorthings').read('https://x/v1.1/Things?$expand=…', body)).toMatchObject([known]);
  });
  test('good beside bad', () => {
    const Datastream = datastream;
    const value = [{ result: 77, phenomenonTime: time, Datastream }, { result: 'x', Datastream }, 7];
    expect(short(newReader('sensorthings').read('https://x/v1.1/Observations', { value }))).toMatchObject([
      ['schema', '[1].result'],
      known,
    ]);
  });
});

const samples = [
  Buffer.from(JSON.stringify({ value: [datastream, { ...thing, Datastreams: [datastream] }] })),
  Buffer.from(JSON.stringify({ result: 77, phenomenonTime: time, resultTime: null, Datastream: datastream })),
];
test('never throws', () =>
  neverThrows('sensorthings', [topic, 'v1.1/Observations', "Datastreams('')"], samples));

describe.skipIf(!haveRecordings)('recordings', () => {
  const file = join(recordingsFolder, 'sensorthings/bgs_observations.json');
  const recorded = haveRecordings
    ? (JSON.parse(readFileSync(file, 'utf8')) as {
        observationsRawDataResponseFixture: object;
        observationsDataFixtureRealExample: object[];
      })
    : undefined;
  test('a polled page tells its datastream by its next link', () => {
    const page = recorded!.observationsRawDataResponseFixture;
    const reader = newReader('sensorthings');
    expect(short(reader.read('', page))).toEqual([['unknown-metric', '[0].Datastream']]);
    const metrics = { 'Datastreams(1)': { metric: 'pressure' as const, unit: 'hPa' } };
    const mapped = newReader('sensorthings', { mapping: { metrics } }).read('', page);
    expect(mapped).toHaveLength(3);
    expect(mapped[0]).toMatchObject({
      sourceId: 'sta-1',
      observedAt: Date.parse('2023-03-28T10:30:00Z'),
      readings: [['pressure', 1009.86]],
    });
  });
  test('bare observations need the topic', () => {
    const list = recorded!.observationsDataFixtureRealExample;
    expect(short(newReader('sensorthings').read('', list))).toEqual([['bad-id', '[0].Datastream']]);
    const reader = newReader('sensorthings');
    reader.read('', { value: [datastream] });
    expect(reader.read(topic, list).filter(({ kind }) => kind === 'sensor')).toHaveLength(list.length);
  });
  test('never throws', () =>
    neverThrows('sensorthings', [topic, ''], [readFileSync(file).subarray(0, 4_000)]));
});
