// NGSI-LD and NGSI v2: four encodings of the same thing, and what trips a reader of them.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Outcome } from '../../../model/observation.ts';
import { recordingsFolder } from '../../places.ts';
import { neverThrows } from './never-throws.ts';
import { haveRecordings, newReader } from './read.ts';

const receivedAt = Date.parse('2026-11-24T05:00:00Z');
const observedAt = Date.parse('2026-11-24T04:55:00Z');
const read = (payload: string | object): Outcome[] =>
  newReader('ngsi-ld').read('ngsi-ld/v1/entities', payload, { receivedAt });
const shown = (payload: string | object): unknown =>
  read(payload).map((outcome) =>
    outcome.kind === 'rejected' ? [outcome.reason, outcome.field] : JSON.parse(JSON.stringify(outcome)),
  );

const id = 'urn:ngsi-ld:AirQualityObserved:Station-7';
const point = { type: 'Point', coordinates: [99.06, 2.96] };
const expected = {
  kind: 'sensor',
  sourceId: 'ngsi-Station-7',
  observedAt,
  lat: 2.96,
  lon: 99.06,
  readings: [
    ['no2', 69],
    ['co', 500],
    ['humidity', 54],
  ],
};
const dateObserved = '2026-11-24T04:55:00Z';

describe('the four encodings', () => {
  test.each<[string, object]>([
    [
      'NGSI-LD, normalized',
      {
        id,
        type: 'AirQualityObserved',
        dateObserved: { type: 'Property', value: { '@type': 'DateTime', '@value': dateObserved } },
        no2: { type: 'Property', value: 69, unitCode: 'GQ' },
        co: { type: 'Property', value: 0.5, unitCode: 'GP' },
        relativeHumidity: { type: 'Property', value: 0.54 },
        location: { type: 'GeoProperty', value: point },
        refDevice: { type: 'Relationship', object: 'urn:ngsi-ld:Device:7' },
        '@context': ['https://example.org/context.jsonld'],
      },
    ],
    [
      'NGSI-LD, key-values',
      {
        id,
        type: 'AirQualityObserved',
        dateObserved,
        no2: 69,
        co: 500,
        relativeHumidity: 0.54,
        location: point,
      },
    ],
    [
      'NGSI v2, normalized',
      {
        id: 'Station-7',
        type: 'AirQualityObserved',
        dateObserved: { type: 'DateTime', value: dateObserved, metadata: {} },
        no2: { type: 'Number', value: 69, metadata: { unitCode: { type: 'Text', value: 'GQ' } } },
        co: { type: 'Number', value: 0.5, metadata: { unitCode: { value: 'GP' } } },
        relativeHumidity: { type: 'Number', value: 0.54, metadata: {} },
        location: { type: 'geo:json', value: point },
      },
    ],
    [
      'NGSI v2, key-values, with the time in the id and no zone',
      {
        id: 'Station-7-2026-11-24T04:55:00',
        type: 'AirQualityObserved',
        dateObserved: '2026-11-24T04:55:00',
        no2: 69,
        co: 500,
        relativeHumidity: 54,
        location: point,
      },
    ],
  ])('%s', (_name, entity) => {
    expect(shown(entity)).toEqual([expected]);
    expect(shown([entity, entity])).toEqual([expected, expected]);
    expect(shown({ id: 'n', type: 'Notification', subscriptionId: 's', data: [entity] })).toEqual([expected]);
  });
});

describe('what is measured', () => {
  const values = (entity: object): unknown =>
    read({ id: 'e', type: 'X', dateObserved, ...entity }).map((outcome) =>
      outcome.kind === 'sensor'
        ? outcome.readings
        : outcome.kind === 'rejected' && [outcome.reason, outcome.field],
    );
  test.each<[string, object, unknown[]]>([
    [
      'traffic: vehicles of a period are a flow an hour',
      {
        type: 'TrafficFlowObserved',
        dateObserved: '2026-11-24T04:50:00Z/2026-11-24T04:55:00Z',
        intensity: 197,
        occupancy: 0.76,
        averageVehicleSpeed: 52.2,
        averageHeadwayTime: 0.5,
        laneId: 1,
      },
      [
        [
          ['vehicleCount', 2364],
          ['roadOccupancy', 76],
          ['meanSpeed', 14.5],
          ['headway', 0.5],
        ],
      ],
    ],
    ['traffic: without a period there is no flow', { intensity: 197 }, [['unknown-metric', 'X.intensity']]],
    [
      'water: its own temperature, S/m',
      { type: 'WaterQualityObserved', temperature: 24.4, conductivity: 0.005, pH: 7.4, turbidity: 3, O2: 8 },
      [
        [
          ['waterTemperature', 24.4],
          ['conductivity', 50],
          ['ph', 7.4],
          ['turbidity', 3],
          ['dissolvedOxygen', 8],
        ],
      ],
    ],
    [
      'weather',
      {
        type: 'WeatherObserved',
        atmosphericPressure: 931,
        windSpeed: 2,
        precipitation: 1.5,
        illuminance: 1000,
      },
      [
        [
          ['pressure', 931],
          ['windSpeed', 2],
          ['rainAmount', 1.5],
          ['illuminance', 1000],
        ],
      ],
    ],
    ['a unit that is none', { no2: { value: 1, unitCode: 'XYZ' } }, [['unknown-unit', 'X.no2']]],
    ['parts are mass', { no2: { value: 0.1, unitCode: '59' } }, [[['no2', 188.045129239]]]],
    ['null and text are not known', { no2: null, co: 'high', so2: { value: null } }, [['no-reading', 'X']]],
    [
      'a street as a line',
      {
        pm10: 1,
        location: {
          type: 'LineString',
          coordinates: [
            [1, 2],
            [3, 4],
            [5, 6],
          ],
        },
      },
      [[['pm10', 1]]],
    ],
    ['__proto__', JSON.parse('{"__proto__": 5, "constructor": 6}') as object, [['unknown-metric', 'X']]],
  ])('%s', (_name, entity, outcome) => expect(values(entity)).toEqual(outcome));

  test('the middle of a line is the place', () => {
    const location = {
      type: 'LineString',
      coordinates: [
        [1, 2],
        [3, 4],
        [5, 6],
      ],
    };
    expect(read({ id: 'e', type: 'X', pm10: 1, location })[0]).toMatchObject({ lat: 4, lon: 3 });
  });
  test.each<[string, object, number]>([
    ['the end of an interval', { dateObserved: '2026-11-24T04:00:00/2026-11-24T04:55:00' }, observedAt],
    ['dateObservedTo', { dateObserved: 'x', dateObservedTo: dateObserved }, observedAt],
    ['timestamp', { timestamp: { type: 'DateTime', value: dateObserved } }, observedAt],
    ['the newest observedAt', { no2: { value: 1, observedAt: dateObserved }, so2: { value: 1 } }, observedAt],
    ['none', {}, receivedAt],
  ])('time: %s', (_name, entity, at) => {
    expect(read({ id: 'e', type: 'X', pm10: 1, ...entity })[0]).toMatchObject({ observedAt: at });
  });
});

test.each<[string, string | object, unknown[]]>([
  ['no id', { type: 'X', pm10: 1 }, ['bad-id', 'id']],
  ['an id of an object', { id: {}, pm10: 1 }, ['bad-id', 'id']],
  ['a time that is none', { id: 'e', dateObserved: 'noon', pm10: 1 }, ['schema', 'dateObserved']],
  ['a bare number', '7', ['schema', undefined]],
  ['no entity', [], ['not-an-observation', undefined]],
  ['an entity that is none', [7], ['schema', '[0]']],
  ['nothing', '', ['empty', undefined]],
])('%s', (_name, payload, outcome) => expect(shown(payload)).toEqual([outcome]));

const samples = [
  Buffer.from(
    JSON.stringify({
      id,
      type: 'AirQualityObserved',
      dateObserved,
      no2: { type: 'Property', value: 69, unitCode: 'GQ' },
      location: point,
    }),
  ),
];
test('never throws', () => neverThrows('ngsi-ld', ['x'], samples));

describe.skipIf(!haveRecordings)('recordings', () => {
  const folder = join(recordingsFolder, 'fiware-ngsi');
  const files = haveRecordings ? readdirSync(folder) : [];
  const recorded = (file: string): string => readFileSync(join(folder, file), 'utf8');
  test.each(files.filter((file) => file.startsWith('Air')))('%s', (file) => {
    const [outcome] = read(recorded(file));
    expect(outcome).toMatchObject({
      kind: 'sensor',
      sourceId: 'ngsi-Madrid-AmbientObserved-28079004',
      observedAt: Date.parse('2016-03-15T11:00:00Z'),
      lat: 40.423852777777775,
      lon: -3.712247222222222,
    });
    const values = Object.fromEntries((outcome as { readings: [string, number][] }).readings);
    const normalized = file.includes('normalized');
    expect(values).toMatchObject({
      co: normalized ? 500_000 : 500,
      humidity: 54,
      temperature: 12.2,
      so2: 11,
      no: 45,
    });
  });
  test.each(files.filter((file) => file.startsWith('Traffic')))('%s', (file) => {
    expect(read(recorded(file))).toMatchObject([
      {
        sourceId: 'ngsi-TrafficFlowObserved-Valladolid-osm-60821110',
        observedAt: Date.parse('2016-12-07T11:15:00Z'),
        lat: 41.6600594193478,
        readings: expect.arrayContaining([
          ['vehicleCount', 2364],
          ['roadOccupancy', 76],
        ]) as unknown,
      },
    ]);
  });
  test('never throws', () =>
    neverThrows(
      'ngsi-ld',
      ['x'],
      files.map((file) => Buffer.from(recorded(file))),
    ));
});
