// Earthquakes of BMKG as pairs: its documents in, warnings or reasons out.
import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Outcome } from '../../../model/observation.ts';
import type { Warning } from '../../../model/warning.ts';
import { recordingsFolder } from '../../places.ts';
import { haveRecordings, newReader } from './read.ts';

const read = (payload: string | Buffer | object): Outcome[] => newReader('bmkg').read('poll', payload);
const shown = (outcomes: Outcome[]): unknown[] =>
  outcomes.map((outcome) =>
    outcome.kind === 'rejected' ? [outcome.reason, outcome.field ?? null] : outcome.kind,
  );

const gempa = {
  Tanggal: '24 Nov 2026',
  Jam: '12:16:56 WIB',
  DateTime: '2026-11-24T05:16:56+00:00',
  Coordinates: '2.51,98.27',
  Lintang: '2.51 LU',
  Bujur: '98.27 BT',
  Magnitude: '5.2',
  Kedalaman: '10 km',
  Wilayah: '40 km barat Sibolga',
  Potensi: 'Tidak berpotensi tsunami',
};
const one = (changed: object = {}): Outcome[] => read({ Infogempa: { gempa: { ...gempa, ...changed } } });
const warningOf = (outcomes: Outcome[]): Warning => {
  const [first] = outcomes;
  if (first?.kind !== 'warning') throw new Error(JSON.stringify(outcomes));
  return first.warning;
};

test('an earthquake is a warning at a point, of BMKG, for a day', () => {
  expect(one()).toEqual([
    {
      kind: 'warning',
      sourceId: 'BMKG,2026-11-24T05:16:56.000Z/2.51,98.27',
      observedAt: Date.parse('2026-11-24T05:16:56Z'),
      warning: {
        id: 'BMKG,2026-11-24T05:16:56.000Z/2.51,98.27',
        kind: 'earthquake',
        action: 'alert',
        references: [],
        sender: 'BMKG (Badan Meteorologi, Klimatologi, dan Geofisika)',
        event: 'Gempa bumi',
        severity: 'unknown',
        sentAt: '2026-11-24T05:16:56.000Z',
        onsetAt: '2026-11-24T05:16:56.000Z',
        expiresAt: '2026-11-25T05:16:56.000Z',
        texts: [
          {
            language: 'id',
            headline: 'Gempa bumi M 5.2, kedalaman 10 km. 40 km barat Sibolga',
            description: 'Tidak berpotensi tsunami',
            instruction: '',
          },
        ],
        areas: [
          { name: '40 km barat Sibolga', polygons: [], circles: [{ lon: 98.27, lat: 2.51, radiusKm: 0 }] },
        ],
        routeIds: [],
        stopIds: [],
        magnitude: 5.2,
        depthKm: 10,
        exercise: false,
      },
    },
  ]);
});

describe('fields', () => {
  test.each<[string, object, { lat: number; lon: number }]>([
    ['south and east', { Lintang: '8.51 LS', Bujur: '123.27 BT' }, { lat: -8.51, lon: 123.27 }],
    ['north and west', { Lintang: '4.74 LU', Bujur: '5.30 BB' }, { lat: 4.74, lon: -5.3 }],
    [
      'a decimal comma, close together',
      { Lintang: '8,51LS', Bujur: '123,27bt' },
      { lat: -8.51, lon: 123.27 },
    ],
  ])('without Coordinates: %s', (_name, changed, place) => {
    const { Coordinates: _, ...rest } = gempa;
    const outcomes = read({ Infogempa: { gempa: { ...rest, ...changed } } });
    expect(warningOf(outcomes).areas[0]!.circles[0]).toMatchObject(place);
  });
  test.each<[string, object, unknown]>([
    ['no DateTime, for Jam is WIB', { DateTime: undefined }, ['schema', 'Infogempa.gempa.DateTime']],
    ['DateTime without offset', { DateTime: '2026-11-24T05:16:56' }, ['schema', 'Infogempa.gempa.DateTime']],
    ['one coordinate', { Coordinates: '2.51' }, ['schema', 'Infogempa.gempa.Coordinates']],
    ['three coordinates', { Coordinates: '2.51,98.27,1' }, ['schema', 'Infogempa.gempa.Coordinates']],
    ['longitude first', { Coordinates: '123.27,-8.51' }, ['off-earth', 'Infogempa.gempa.Coordinates']],
    ['magnitude in words', { Magnitude: 'besar' }, ['schema', 'Infogempa.gempa.Magnitude']],
    ['magnitude with a unit', { Magnitude: '5.2 SR' }, ['schema', 'Infogempa.gempa.Magnitude']],
    ['depth in metres', { Kedalaman: '10 m' }, ['schema', 'Infogempa.gempa.Kedalaman']],
    ['no depth', { Kedalaman: null }, ['schema', 'Infogempa.gempa.Kedalaman']],
    ['depth with a toString', { Kedalaman: { toString: 1 } }, ['schema', 'Infogempa.gempa.Kedalaman']],
    ['NUL in a text', { Wilayah: 'a\0b' }, ['not-text', 'Infogempa.gempa.Wilayah']],
    ['half a pair in a text', { Potensi: 'a\ud800' }, ['not-text', 'Infogempa.gempa.Potensi']],
  ])('%s', (_name, changed, expected) => expect(shown(one(changed))).toEqual([expected]));
  test('numbers as numbers', () =>
    expect(warningOf(one({ Magnitude: 5.2, Kedalaman: 10 }))).toMatchObject({ magnitude: 5.2, depthKm: 10 }));
  test.each<[string, string]>([
    ['Berpotensi tsunami, untuk diteruskan pada masyarakat', 'severe'],
    ['PERINGATAN DINI TSUNAMI', 'severe'],
    ['Tidak berpotensi TSUNAMI', 'unknown'],
    ['Peringatan dini tsunami telah berakhir', 'unknown'],
    ['Gempa ini dirasakan untuk diteruskan pada masyarakat', 'unknown'],
    ['', 'unknown'],
  ])('%j: %s', (Potensi, severity) => expect(warningOf(one({ Potensi })).severity).toBe(severity));
  test('what was felt, and the map of it', () => {
    expect(warningOf(one({ Dirasakan: 'II-III Sibolga', Shakemap: '20261124121656.mmi.jpg' }))).toMatchObject(
      {
        texts: [{ description: 'Tidak berpotensi tsunami\nDirasakan (MMI): II-III Sibolga' }],
        web: 'https://static.bmkg.go.id/20261124121656.mmi.jpg',
      },
    );
    expect(warningOf(one({ Shakemap: '../../evil.jpg' })).web).toBeUndefined();
  });
  test('a repeat has the same id, a corrected place another', () => {
    expect(warningOf(one({ Magnitude: '5.4' })).id).toBe(warningOf(one()).id);
    expect(warningOf(one({ Coordinates: '2.52,98.27' })).id).not.toBe(warningOf(one()).id);
  });
});

describe('documents', () => {
  test('a list: each by itself, one bad costs none of the others', () => {
    const list = [gempa, { ...gempa, DateTime: 'x' }, null, { ...gempa, DateTime: '2026-11-24T06:16:56Z' }];
    expect(shown(read({ Infogempa: { gempa: list } }))).toEqual([
      'warning',
      ['schema', 'Infogempa.gempa[1].DateTime'],
      ['schema', 'Infogempa.gempa[2]'],
      'warning',
    ]);
  });
  test.each<[string, string | object, unknown]>([
    ['an empty list', { Infogempa: { gempa: [] } }, ['not-an-observation', 'Infogempa.gempa']],
    ['no list', { Infogempa: { gempa: 'none' } }, ['schema', 'Infogempa.gempa']],
    ['a prototype', '{"Infogempa": {"__proto__": {"gempa": []}}}', ['schema', 'Infogempa.gempa']],
    ['nothing of it', {}, ['schema', 'Infogempa']],
    ['HTML', '<html>', ['not-json', null]],
    ['empty', '', ['empty', null]],
  ])('%s', (_name, given, expected) => expect(shown(read(given))).toEqual([expected]));
  test('its faults are said as it says them', () => {
    expect(read({ message: 'Data not found', statusCode: 404 })[0]).toMatchObject({
      detail: 'BMKG answers "Data not found"; expected Infogempa.gempa',
    });
  });
  test('at most 200', () => {
    const outcomes = read({ Infogempa: { gempa: Array.from({ length: 300 }, () => gempa) } });
    expect(outcomes).toHaveLength(201);
    expect(shown(outcomes).at(-1)).toEqual(['too-large', 'Infogempa.gempa']);
  });
});

test('fuzz: never throws and always gives an outcome', () => {
  const values = fc.oneof(
    fc.string(),
    fc.double(),
    fc.constantFrom(
      null,
      true,
      [],
      {},
      { toString: 1 },
      '8.51 LS',
      '1e999',
      '-,-',
      '\ud800',
      '2026-11-24T05:16:56Z',
    ),
  );
  const quake = fc.record(
    Object.fromEntries(
      Object.entries(gempa).map(([key, value]) => [key, fc.oneof(fc.constant(value), values)]),
    ),
    { requiredKeys: [] },
  );
  const body = fc.oneof(
    fc.record({
      Infogempa: fc.record({ gempa: fc.oneof(quake, values, fc.array(fc.oneof(quake, values))) }),
    }),
    fc.record({ Infogempa: values }),
    fc.dictionary(fc.constantFrom('__proto__', 'constructor', 'message', 'Infogempa'), values),
  );
  fc.assert(
    fc.property(body, (given) => {
      const outcomes = read(JSON.stringify(given));
      expect(outcomes.length).toBeGreaterThan(0);
      for (const outcome of outcomes) {
        if (outcome.kind !== 'warning') continue;
        expect(JSON.stringify(outcome)).not.toMatch(/\\ud8|null,null|NaN/);
      }
    }),
    { numRuns: 2000 },
  );
});

if (!haveRecordings) console.warn('BMKG: recordings are not here; not read');
describe.skipIf(!haveRecordings)('recordings', () => {
  const file = (name: string): Outcome[] => read(readFileSync(join(recordingsFolder, 'bmkg', name)));
  test.each<[string, unknown[]]>([
    ['autogempa.json', ['warning']],
    ['gempadirasakan.first2.json', ['warning', 'warning']],
    ['gempaterkini.first2.json', ['warning', 'warning']],
    ['prakiraan-404.json', [['schema', 'Infogempa']]],
  ])('%s', (name, expected) => expect(shown(file(name))).toEqual(expected));
  test('the newest one, in Lembata', () => {
    expect(warningOf(file('autogempa.json'))).toMatchObject({
      magnitude: 1.8,
      depthKm: 12,
      sentAt: '2026-09-23T12:16:56.000Z',
      severity: 'unknown',
      areas: [{ circles: [{ lat: -8.51, lon: 123.27 }] }],
      web: 'https://static.bmkg.go.id/20260923191656.mmi.jpg',
    });
  });
});
