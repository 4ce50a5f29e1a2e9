// Names and units of others become the city's: by the mapping, by the format, by the registry; the rest is told.
import { describe, expect, test } from 'vitest';
import { knownAs, rejectsOfParts, toReadings, type Names } from '../../../ingest/adapters/measurements.ts';
import type { Measured } from '../../../ingest/adapters/decoders/decoder.ts';
import type { Mapping } from '../../../model/source.ts';
import { rejected } from '../../../model/observation.ts';
import { newReader } from './read.ts';

const names: Names = new Map([
  ['air_temperature', { metric: 'temperature', unit: '°F' }],
  ['hum', { metric: 'humidity', unit: '1' }],
]);

function read(measured: Measured[], metrics: Mapping['metrics'] = {}) {
  const seen: unknown[][] = [];
  const result = toReadings(
    measured,
    names,
    { mapping: { metrics }, seen: (...told) => seen.push(told) },
    'body',
  );
  return {
    readings: Object.fromEntries(result.readings),
    rejects: result.rejects.map(({ reason, field }) => [reason, field]),
    seen,
  };
}
const one = (name: string, value: number, unit?: string): Measured => ({ name, value, unit });

describe('names', () => {
  test.each<[string, Measured[], Mapping['metrics'], object]>([
    ['by the format, in its unit', [one('Air Temperature', 77)], {}, { temperature: 25 }],
    ['a unit that is said stands before the usual one', [one('hum', 40, '%')], {}, { humidity: 40 }],
    ['by the registry', [one('pm25', 12)], {}, { pm25: 12 }],
    ['a number at the end', [one('hum_2', 0.4)], {}, { humidity: 40 }],
    ['the last part of a path', [one('Inputs/pm25', 3), one('a.hum', 0.5)], {}, { pm25: 3, humidity: 50 }],
    ['by the mapping', [one('x', 4, 'cm')], { x: { metric: 'riverLevel' } }, { riverLevel: 0.04 }],
    [
      'the unit of the mapping',
      [one('x', 4, 'cm')],
      { x: { metric: 'riverLevel', unit: 'm' } },
      { riverLevel: 4 },
    ],
    [
      'the usual unit under a mapping',
      [one('hum', 0.4)],
      { hum: { metric: 'soilMoisture' } },
      { soilMoisture: 40 },
    ],
    [
      'the mapping stands before the format',
      [one('hum', 3)],
      { hum: { metric: 'pm25', unit: 'GQ' } },
      { pm25: 3 },
    ],
    ['the first of several', [one('hum_1', 0.1), one('hum_2', 0.2)], {}, { humidity: 10 }],
    [
      'of several, the one that is mapped',
      [one('hum_1', 0.1), one('hum_2', 0.2)],
      { hum_2: { metric: 'humidity', unit: '1' } },
      { humidity: 20 },
    ],
    ['null leaves out', [one('hum', 0.1), one('pm25', 1)], { hum: null }, { pm25: 1 }],
  ])('%s', (_name, measured, mapping, expected) => {
    expect(read(measured, mapping)).toMatchObject({ readings: expected, rejects: [] });
    expect(Object.keys(read(measured, mapping).readings)).toEqual(Object.keys(expected));
  });

  test('what nobody needs is seen, and no reject beside good values', () => {
    const { rejects, seen } = read([one('rssi', -90), one('pm25', 1)]);
    expect(rejects).toEqual([]);
    expect(seen).toEqual([
      ['rssi', undefined, -90, undefined],
      ['pm25', undefined, 1, 'pm25'],
    ]);
  });
  test.each<[string, Measured[], Mapping['metrics'], unknown[]]>([
    ['nothing known', [one('rssi', -90), one('snr', 1)], {}, ['unknown-metric', 'body']],
    ['one unknown', [one('rssi', -90)], {}, ['unknown-metric', 'body.rssi']],
    ['a unit of something else', [one('pm25', 1, '°C')], {}, ['unknown-unit', 'body.pm25']],
    ['no number', [one('pm25', Number.NaN)], {}, ['not-finite', 'body.pm25']],
    ['all left out', [one('pm25', 1)], { pm25: null }, ['no-reading', 'body']],
    ['nothing', [], {}, ['no-reading', 'body']],
    ['__proto__', [one('__proto__', 1)], {}, ['unknown-metric', 'body.__proto__']],
    ['constructor', [one('constructor', 1)], {}, ['unknown-metric', 'body.constructor']],
  ])('%s', (_name, measured, mapping, expected) =>
    expect(read(measured, mapping).rejects).toEqual([expected]),
  );

  test('no_2 is not the second NO', () => expect(knownAs('no_2', names)).toBeUndefined());
  test('what is wrong with many parts alike is told once', () => {
    const alike = [1, 2, 3].map((n) => rejected('schema', 'expected a number', `[${n}].result`));
    expect(rejectsOfParts(alike, false)).toEqual([
      { ...alike[0], detail: 'expected a number (and 2 more like it)' },
    ]);
  });
});

describe('native readings', () => {
  const at = '2026-11-24T04:59:58Z';
  const read = (readings: object, metrics: Mapping['metrics'] = {}) => {
    const reader = newReader('native', { mapping: { metrics } });
    const outcomes = reader.read('city/sensor/s/reading', { observedAt: at, readings });
    return outcomes.map((outcome) =>
      outcome.kind === 'rejected'
        ? [outcome.reason, outcome.field]
        : 'readings' in outcome && outcome.readings,
    );
  };
  test('each unknown metric is one reject', () => {
    expect(read({ a: 1, pm25: 2, b: 3 })).toEqual([
      ['unknown-metric', 'readings.a'],
      ['unknown-metric', 'readings.b'],
      [['pm25', 2]],
    ]);
  });
  test('what the mapping knows is taken, in its unit', () => {
    expect(read({ lvl: 120 }, { lvl: { metric: 'riverLevel', unit: 'cm' } })).toEqual([
      [['riverLevel', 1.2]],
    ]);
    expect(read({ lvl: 120, pm25: 1 }, { lvl: null })).toEqual([[['pm25', 1]]]);
    expect(read({ lvl: 120 }, { lvl: null })).toEqual([['no-reading', 'readings']]);
    expect(read({ lvl: 120 }, { lvl: { metric: 'riverLevel', unit: 'hPa' } })).toEqual([
      ['unknown-unit', 'readings.lvl'],
    ]);
  });
});
