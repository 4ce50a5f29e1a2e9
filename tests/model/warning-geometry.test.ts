// Where warnings hold: rings the right way round, circles of the right size, and whether the city is in them.
import { describe, expect, test } from 'vitest';
import { kmToEpicentre, toGeometry, touches, type Bounds } from '../../model/warning-geometry.ts';

const city: Bounds = [99.012, 2.892, 99.102, 3.019];
const place = (
  polygons: [number, number][][],
  circles: { lon: number; lat: number; radiusKm: number }[] = [],
) => toGeometry([{ name: 'A', polygons, circles }]);
const box = (west: number, south: number, east: number, north: number): [number, number][] => [
  [west, south],
  [east, south],
  [east, north],
  [west, north],
  [west, south],
];

test('rings are counterclockwise, points are epicentres, nothing is null', () => {
  const clockwise = box(99, 2.9, 99.1, 3).reverse();
  expect(place([clockwise])).toEqual({ type: 'MultiPolygon', coordinates: [[box(99, 2.9, 99.1, 3)]] });
  expect(place([], [{ lon: 99, lat: 2, radiusKm: 0 }])).toEqual({
    type: 'MultiPoint',
    coordinates: [[99, 2]],
  });
  expect(place([box(0, 0, 1, 1)], [{ lon: 99, lat: 2, radiusKm: 0 }])!.type).toBe('GeometryCollection');
  expect(place([])).toBeNull();
  expect(toGeometry([])).toBeNull();
});

test.each([0, 60, -89.9])('a circle at %d° has its radius', (lat) => {
  const shape = place([], [{ lon: 99, lat, radiusKm: 10 }]);
  if (shape?.type !== 'MultiPolygon') throw new Error('no polygon');
  const [ring] = shape.coordinates[0]!;
  expect(ring![0]).toEqual(ring!.at(-1));
  for (const corner of ring!) {
    if (Math.abs(lat) > 85) continue;
    expect(kmToEpicentre({ type: 'MultiPoint', coordinates: [corner] }, [99, lat])).toBeCloseTo(10, 1);
  }
  expect(ring!.every(([lon, at]) => Math.abs(lon) <= 180 && Math.abs(at) <= 90)).toBe(true);
});

describe('the city', () => {
  test.each<[string, [number, number][], boolean]>([
    ['within it', box(99.05, 2.95, 99.06, 2.96), true],
    ['round all of it', box(90, 0, 100, 5), true],
    ['over one corner', box(99.1, 3.01, 99.2, 3.1), true],
    ['an edge through it, no corner near', box(99.05, -10, 99.06, 10), true],
    ['beside it', box(99.2, 2.9, 99.3, 3), false],
    [
      'round it without it',
      [
        [98, 2],
        [100, 2],
        [100, 4],
        [99.9, 4],
        [99.9, 2.1],
        [98, 2.1],
        [98, 2],
      ],
      false,
    ],
  ])('%s', (_name, ring, expected) => expect(touches(place([ring]), city)).toBe(expected));
  test('a circle that reaches it, and a point far off', () => {
    expect(touches(place([], [{ lon: 99.2, lat: 2.95, radiusKm: 15 }]), city)).toBe(true);
    expect(touches(place([], [{ lon: 99.3, lat: 2.95, radiusKm: 15 }]), city)).toBe(false);
    const quake = place([], [{ lon: 98.27, lat: 2.51, radiusKm: 0 }]);
    expect(touches(quake, city)).toBe(false);
    expect(kmToEpicentre(quake, [99.059, 2.961])).toBeCloseTo(101, 0);
    expect(touches(null, city)).toBe(false);
  });
});
