// Areas drawn on the map: what lies in them, how large they are, how an address holds them; and measured paths.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatAddress, parseAddress } from '../../web/src/address.ts';
import { distanceM } from '../../web/src/city/geography.ts';
import {
  areaKm2,
  distancesAlong,
  formatArea,
  insideOf,
  parseArea,
  ringOf,
  type Area,
  type Position,
} from '../../web/src/map/area.ts';
import { toThingCsv } from '../../web/src/panels/thing-csv.ts';
import { assetThing } from '../../web/src/panels/things.ts';
import { areaWords, lengthWords } from '../../web/src/words/say.ts';
import { asset } from './assets.ts';

const centre: Position = [99.06, 2.96];
const circle: Area = { kind: 'circle', centre, radiusM: 300 };
/** A letter L, so that its box holds more than it does. */
const corner: Area = {
  kind: 'polygon',
  ring: [
    [99.05, 2.95],
    [99.07, 2.95],
    [99.07, 2.955],
    [99.055, 2.955],
    [99.055, 2.97],
    [99.05, 2.97],
  ],
};

describe('what lies in', () => {
  test('a circle: by metres', () => {
    const inside = insideOf(circle);
    expect(inside([99.06, 2.96 + 299 / 111_195])).toBe(true);
    expect(inside([99.06, 2.96 + 301 / 111_195])).toBe(false);
    expect(inside([99.0626, 2.9626])).toBe(false);
  });
  test('a polygon: not all that lies in its box', () => {
    const inside = insideOf(corner);
    expect(inside([99.052, 2.968])).toBe(true);
    expect(inside([99.065, 2.965])).toBe(false);
  });
  test('the edge that is drawn is the edge that counts', () => {
    for (const position of ringOf(circle))
      expect(Math.abs(distanceM(centre, position) - 300)).toBeLessThan(1);
  });
});

describe('how large', () => {
  test('a circle', () => expect(areaKm2(circle)).toBeCloseTo(0.2827, 3));
  test('a polygon, whichever way round it was drawn', () => {
    const other: Area = { kind: 'polygon', ring: ringOf(corner).slice(1).reverse() };
    expect(areaKm2(corner)).toBeCloseTo(areaKm2(other), 9);
    expect(areaKm2(corner)).toBeCloseTo((0.02 * 0.005 + 0.005 * 0.015) * 111.195 ** 2 * 0.99866, 2);
  });
  test.each([
    [0.2827, '0,28 km²'],
    [0.0123, '1,2 ha'],
  ])('%d is written %s', (km2, text) => expect(areaWords(km2, 'id-ID')).toBe(text));
});

describe('a measured path', () => {
  test('sums its legs', () => {
    const along = distancesAlong([centre, [99.06, 2.97], [99.07, 2.97]]);
    expect(along.map(Math.round)).toEqual([0, 1112, 2222]);
  });
  test.each([
    [420, '420 m'],
    [1240, '1,24 km'],
    [15_320, '15,3 km'],
  ])('%d m is written %s', (metres, text) => expect(lengthWords(metres, 'id-ID')).toBe(text));
});

describe('in an address', () => {
  const lon = fc.double({ min: -179, max: 179, noNaN: true });
  const lat = fc.double({ min: -84, max: 84, noNaN: true });
  const areas = fc.oneof(
    fc.record({
      kind: fc.constant('circle' as const),
      centre: fc.tuple(lon, lat),
      radiusM: fc.integer({ min: 20, max: 20_000 }),
    }),
    fc.record({
      kind: fc.constant('polygon' as const),
      ring: fc.array(fc.tuple(lon, lat), { minLength: 3, maxLength: 60 }),
    }),
  );
  test('every area comes back, to a metre', () =>
    fc.assert(
      fc.property(areas, (area) => {
        const written = formatArea(area);
        const address = formatAddress({ zoom: 14, area: written, selected: 'vehicle:a;b' });
        expect(parseAddress(address).area).toBe(written);
        expect(formatArea(parseArea(written)!)).toBe(written);
      }),
    ));
  test.each([
    '',
    '1,2',
    '2.9,99,5',
    '2.9,99,1e9',
    '91,99,300',
    'a,b,c',
    '2.9,99;2.9,98',
    '1,2,3;4,5,6;7,8,9',
  ])('%j is none', (text) => expect(parseArea(text)).toBeUndefined());
});

test('the list as CSV: each value with its own time, a name that a spreadsheet would calculate made harmless', () => {
  const sensor = asset('sensor:s', {
    name: '=1+1',
    lat: 2.96,
    lon: 99.06,
    pm25: 12.5,
    observedAt: '2026-11-24T07:00:00Z',
  });
  const lines = toThingCsv([assetThing(sensor)], Date.parse('2026-11-24T07:00:05Z')).split('\r\n');
  expect(lines[1]).toBe(
    "sensor:s,sensor,'=1+1,true,fresh,2026-11-24T07:00:00.000Z,2.96,99.06,pm25,12.5,2026-11-24T07:00:00.000Z",
  );
});
