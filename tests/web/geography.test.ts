// Where things lie: distances, districts, junctions, with the city's own files.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { CityMap } from '../../model/city.ts';
import {
  asPosition,
  distanceM,
  Geography,
  latOfMercator,
  lonOfMercator,
  mercatorX,
  mercatorY,
  pointInRing,
} from '../../web/src/city/geography.ts';
import { bandsOf } from '../../web/src/map/trail-bands.ts';
import { countIn, densityOf } from '../../web/src/panels/district-numbers.ts';
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

test('Web Mercator there and back', () => {
  expect(lonOfMercator(mercatorX(99.06))).toBeCloseTo(99.06, 9);
  expect(latOfMercator(mercatorY(2.96))).toBeCloseTo(2.96, 9);
});

describe('kecamatan', () => {
  const { districts, subdistricts } = geography.map.districts;
  test('each kelurahan lies in its own', () => {
    const wrong = subdistricts.filter(
      ({ centroid, districtCode }) => geography.districtOf(asPosition(centroid))?.code !== districtCode,
    );
    expect(wrong.map(({ name }) => name)).toEqual([]);
  });
  test('far away is none', () => expect(geography.districtOf([98, 3])).toBeUndefined());
  test('counts what stands in it, by group and freshness', () => {
    const [lon, lat] = asPosition(districts[0]!.centroid);
    const observedAt = '2026-11-24T07:00:00Z';
    const assets = [
      asset('vehicle:in', { lat, lon, observedAt }),
      asset('sensor:old', { lat, lon }),
      asset('vehicle:out', { lat: 3.5, lon, observedAt }),
      asset('vehicle:nowhere', { observedAt }),
    ];
    const counts = countIn(geography, districts[0]!.code, assets, Date.parse(observedAt));
    expect(counts.service).toEqual({ fresh: 1, stale: 0, silent: 0 });
    expect(counts.sensor).toEqual({ fresh: 0, stale: 0, silent: 1 });
  });
  test('their people add up to the city', () => {
    const sum = districts.reduce((all, one) => all + one.population2024Estimated, 0);
    expect(Math.abs(sum / geography.map.facts.population - 1)).toBeLessThan(0.02);
    for (const one of districts) expect(densityOf(one)).toBeGreaterThan(500);
  });
});

describe('a trail by age', () => {
  const at = (minute: number): string => new Date(minute * 60_000).toISOString();
  const fixes = (from: number, to: number): [string, number, number][] =>
    Array.from({ length: to - from + 1 }, (_, n) => [at(from + n), 2.9, 99 + (from + n) / 1000]);
  test('begins pale and ends clear, without a break', () => {
    const bands = bandsOf([fixes(0, 30)], 0, 30 * 60_000);
    expect(bands[0]!.age).toBe(1);
    expect(bands.at(-1)!.age).toBe(0);
    for (const [n, { path }] of bands.entries()) {
      if (n > 0) expect(path[0]).toEqual(bands[n - 1]!.path.at(-1));
    }
  });
  test('is not drawn over a gap', () => {
    const bands = bandsOf([fixes(0, 2), fixes(20, 22)], 0, 30 * 60_000);
    const longest = Math.max(
      ...bands.flatMap(({ path }) => path.slice(1).map(([lon], n) => lon - path[n]![0])),
    );
    expect(longest).toBeLessThan(0.0011);
  });
  test('of a single fix has no line', () => expect(bandsOf([fixes(5, 5)], 0, 1)).toEqual([]));
});
