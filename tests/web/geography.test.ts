// Where things lie: distances, districts, junctions, with the city's own files.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { CityMap } from '../../model/city.ts';
import { distanceM, Geography, mercatorX, mercatorY, pointInRing } from '../../web/src/city/geography.ts';
import { neighboursOf } from '../../web/src/panels/near.ts';
import { citiesFolder } from '../places.ts';
import { asset } from './assets.ts';

const read = (name: string): unknown =>
  JSON.parse(readFileSync(join(citiesFolder, 'pematangsiantar', `${name}.json`), 'utf8'));
const geography = new Geography({
  facts: read('city'),
  districts: read('districts'),
  streets: read('streets'),
  ground: read('ground'),
  facilities: read('facilities'),
  lines: read('lines'),
} as CityMap);

test('a degree of latitude is 111 km', () => expect(distanceM([99, 2], [99, 3])).toBeCloseTo(111_195, -1));

test('Web Mercator has the equator in its middle and grows southward', () => {
  expect([mercatorX(0), mercatorY(0)]).toEqual([0.5, 0.5]);
  expect(mercatorY(2.9)).toBeLessThan(0.5);
});

describe('a point in a ring', () => {
  const square: [number, number][] = [
    [0, 0],
    [4, 0],
    [4, 4],
    [0, 4],
  ];
  test('inside', () => expect(pointInRing([1, 1], square)).toBe(true));
  test('outside', () => expect(pointInRing([5, 1], square)).toBe(false));
  test('closed or not', () => expect(pointInRing([1, 1], [...square, [0, 0]])).toBe(true));
  test('a ring of nothing', () => expect(pointInRing([0, 0], [])).toBe(false));
});

describe('the place of a point', () => {
  test('the town hall is in Siantar Barat', () => {
    const { district, junction } = geography.placeOf([99.0613, 2.9562]);
    expect(district?.shortName).toBe('Barat');
    expect(junction?.name).toContain('Balai Kota');
    expect(junction?.metres).toBeLessThan(100);
  });
  test('every junction lies in the city', () => {
    const lost = geography.map.streets.junctions.filter(
      ({ position }) => geography.placeOf(position as [number, number]).district === undefined,
    );
    expect(lost.map(({ id }) => id)).toEqual([]);
  });
  test('Medan is in no district', () => expect(geography.placeOf([98.67, 3.59]).district).toBeUndefined());
});

test('every street has a path', () => {
  expect(geography.streets.filter((street) => street.path.length < 2)).toEqual([]);
});

test('neighbours are the nearest first, without the asset itself', () => {
  const middle = asset('sensor:a', { lat: 2.96, lon: 99.06 });
  const near = asset('camera:b', { lat: 2.9605, lon: 99.06 });
  const nearer = asset('camera:c', { lat: 2.9602, lon: 99.06 });
  const far = asset('camera:d', { lat: 2.97, lon: 99.06 });
  const nowhere = asset('camera:e', {});
  const found = neighboursOf(middle, [middle, far, near, nowhere, nearer], 300);
  expect(found.map(({ asset: { id } }) => id)).toEqual(['camera:c', 'camera:b']);
});
