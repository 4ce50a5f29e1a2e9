// sensor.community: lines of the archive and entries of the API, one pair a line.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Outcome } from '../../../model/observation.ts';
import { recordingsFolder } from '../../places.ts';
import { neverThrows } from './never-throws.ts';
import { haveRecordings, newReader } from './read.ts';

const read = (payload: string | Buffer | object): Outcome[] =>
  newReader('sensor-community').read('https://data.sensor.community/static/v2/data.json', payload);
const shown = (payload: string | object): unknown =>
  read(payload).map((outcome) => (outcome.kind === 'rejected' ? [outcome.reason, outcome.field] : outcome));

const head = 'sensor_id;sensor_type;location;lat;lon;timestamp;';
const observedAt = Date.parse('2026-11-24T04:59:58Z');
const observed = { kind: 'sensor', sourceId: 'sc-7', observedAt };
const place = { lat: 2.96, lon: 99.06 };

describe('CSV', () => {
  test.each<[string, string, unknown[]]>([
    [
      'dust: P1 is PM10, P2 is PM2.5',
      `${head}P1;durP1;ratioP1;P2;durP2;ratioP2\n7;SDS011;1;2.960;99.060;2026-11-24T04:59:58;9.53;;;2.83;;\n`,
      [
        {
          ...observed,
          ...place,
          readings: [
            ['pm10', 9.53],
            ['pm25', 2.83],
          ],
        },
      ],
    ],
    [
      'other columns, CRLF, a BOM; pressure in Pa',
      `\uFEFF${head}pressure;altitude;temperature;humidity\r\n7;BME280;1;2.960;99.060;2026-11-24T04:59:58;93120.5;;23.50;57.20\r\n`,
      [
        {
          ...observed,
          ...place,
          readings: [
            ['pressure', 931.205],
            ['temperature', 23.5],
            ['humidity', 57.2],
          ],
        },
      ],
    ],
    ['no place', `${head}P1\n7;X;1;0;0;2026-11-24T04:59:58;1`, [{ ...observed, readings: [['pm10', 1]] }]],
    ['no value', `${head}P1\n7;X;1;1;1;2026-11-24T04:59:58;`, [['no-reading', 'line 2']]],
    ['text for a number', `${head}P1\n7;X;1;1;1;2026-11-24T04:59:58;nan`, [['no-reading', 'line 2']]],
    ['no time', `${head}P1\n7;X;1;1;1;yesterday;1`, [['schema', 'line 2.timestamp']]],
    ['no id', `${head}P1\n;X;1;1;1;2026-11-24T04:59:58;1`, [['bad-id', 'line 2.sensor_id']]],
    [
      'nothing known',
      `${head}counts\n7;X;1;1;1;2026-11-24T04:59:58;1`,
      [['unknown-metric', 'line 2.counts']],
    ],
    ['no header', '7;SDS011;1;2.960;99.060;2026-11-24T04:59:58;9.53', [['schema', 'line 1']]],
    ['header alone', `${head}P1\n`, [['no-reading', undefined]]],
    ['empty', '', [['empty', undefined]]],
  ])('%s', (_name, payload, expected) => expect(shown(payload)).toEqual(expected));
});

describe('JSON', () => {
  const entry = (values: [string, unknown][], more: object = {}): object => ({
    id: 1,
    timestamp: '2026-11-24 04:59:58',
    sensor: { id: 7, pin: '1', sensor_type: { name: 'SDS011' } },
    location: { latitude: '2.96', longitude: '99.06', country: 'ID' },
    sensordatavalues: values.map(([value_type, value]) => ({ value_type, value })),
    ...more,
  });
  test.each<[string, object, unknown[]]>([
    [
      'dust',
      [
        entry([
          ['P1', '9.53'],
          ['P2', '2.83'],
        ]),
      ],
      [
        {
          ...observed,
          ...place,
          readings: [
            ['pm10', 9.53],
            ['pm25', 2.83],
          ],
        },
      ],
    ],
    [
      'noise and weather',
      [
        entry([
          ['noise_LAeq', '55.1'],
          ['noise_LA_max', '70'],
          ['pressure', 101325],
        ]),
      ],
      [
        {
          ...observed,
          ...place,
          readings: [
            ['noise', 55.1],
            ['pressure', 1013.25],
          ],
        },
      ],
    ],
    [
      'good beside bad',
      [entry([['P1', '1']]), entry([['P1', '1']], { timestamp: 'x' }), 7],
      [
        ['schema', '[1].timestamp'],
        ['no-reading', '[2]'],
        { ...observed, ...place, readings: [['pm10', 1]] },
      ],
    ],
    ['an object of another kind', { detail: 'throttled' }, [['no-reading', '[0]']]],
    ['nothing', [], [['no-reading', undefined]]],
    ['ids that could do harm', [entry([['__proto__', '1']])], [['unknown-metric', '[0].__proto__']]],
  ])('%s', (_name, payload, expected) => expect(shown(payload)).toEqual(expected));
});

describe.skipIf(!haveRecordings)('recordings', () => {
  const files = ['2017-08-30_dht22_sensor_5332.csv', '2017-08-30_sds011_sensor_5331.csv'];
  const bytes = (file: string): Buffer => readFileSync(join(recordingsFolder, 'sensor-community', file));
  test('each line with a value is an observation', () => {
    const [weather, dust] = files.map((file) => read(bytes(file)));
    expect(weather).toHaveLength(304);
    expect(weather![0]).toEqual({
      kind: 'sensor',
      sourceId: 'sc-5332',
      observedAt: Date.parse('2017-08-30T11:29:51Z'),
      lat: 57.128,
      lon: -2.13,
      readings: [
        ['temperature', 23.5],
        ['humidity', 57.2],
      ],
    });
    expect(dust!.filter(({ kind }) => kind === 'sensor').length).toBeGreaterThan(300);
    expect(dust![0]).toMatchObject({ kind: 'rejected', reason: 'no-reading', field: 'line 3' });
    expect(dust![1]).toMatchObject({
      sourceId: 'sc-5331',
      readings: [
        ['pm10', 9.53],
        ['pm25', 2.83],
      ],
    });
  });
  test('never throws', () =>
    neverThrows(
      'sensor-community',
      ['x'],
      files.map((file) => bytes(file).subarray(0, 600)),
    ));
});
test('never throws', () =>
  neverThrows(
    'sensor-community',
    ['x'],
    [
      Buffer.from(`${head}P1\n7;X;1;1;1;2026-11-24T04:59:58;1\n`),
      Buffer.from(
        '[{"timestamp":"2026-11-24 04:59:58","sensor":{"id":7},"location":{"latitude":"1"},"sensordatavalues":[{"value_type":"P1","value":"1"}]}]',
      ),
    ],
  ));
