// The blind map on the page: its shapes are where the field says, rings and holes the right way round; its CSV.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Ground } from '../../model/blind-ground.ts';
import type { BlindPlaces, Sight } from '../../model/blindness.ts';
import { toBlindShape, type Ring } from '../../web/src/map/blind-shape.ts';
import { toBlindCsv } from '../../web/src/panels/blind-csv.ts';

const [columns, rows] = [9, 8];
/** A degree a step, so that a place is its column and row. */
const ground: Ground = {
  ...{ west: 0, south: 0, stepLon: 1, stepLat: 1, stepM: 1, columns, rows },
  insideM: new Float32Array(columns * rows),
  district: new Int16Array(columns * rows),
};

/** Blind where `#` stands, the northmost row first. */
const fieldOf = (drawn: string[]): Float32Array =>
  Float32Array.from(
    drawn
      .toReversed()
      .flatMap((row) => [...row])
      .map((each) => (each === '#' ? 1 : -1)),
  );

const within = (ring: Ring, x: number, y: number): boolean => {
  let inside = false;
  for (let n = 1; n < ring.length; n++) {
    const [[xA, yA], [xB, yB]] = [ring[n - 1]!, ring[n]!];
    if (yA > y !== yB > y && x < xA + ((y - yA) / (yB - yA)) * (xB - xA)) inside = !inside;
  }
  return inside;
};
const twiceArea = (ring: Ring): number =>
  ring.slice(1).reduce((sum, [x, y], n) => sum + ring[n]![0] * y - x * ring[n]![1], 0);

describe('shapes', () => {
  test('an island in the sight of an island: a ring with its hole, and a ring in the hole', () => {
    const polygons = toBlindShape(
      ground,
      fieldOf([
        '.........',
        '.#######.',
        '.#.....#.',
        '.#.###.#.',
        '.#.###.#.',
        '.#.....#.',
        '.#######.',
        '.........',
      ]),
    );
    expect(polygons.map((rings) => rings.length).sort()).toEqual([1, 2]);
    for (const [outer, ...holes] of polygons) {
      expect(outer![0]).toEqual(outer!.at(-1));
      expect(twiceArea(outer!)).toBeGreaterThan(0);
      for (const hole of holes) expect(twiceArea(hole)).toBeLessThan(0);
    }
  });

  test('nothing blind is nothing drawn', () => {
    expect(toBlindShape(ground, new Float32Array(columns * rows).fill(-1))).toEqual([]);
  });

  test('each point of any field is in a shape exactly if it is blind', () => {
    const inner = fc.array(
      fc.double({ min: -2, max: 2, noNaN: true }).filter((value) => Math.abs(value) > 0.01),
      {
        minLength: columns * rows,
        maxLength: columns * rows,
      },
    );
    fc.assert(
      fc.property(inner, (values) => {
        const isEdge = (at: number): boolean =>
          at % columns === 0 || at % columns === columns - 1 || at < columns || at >= columns * (rows - 1);
        const field = Float32Array.from(values, (value, at) => (isEdge(at) ? -1 : value));
        const polygons = toBlindShape(ground, field);
        for (let at = 0; at < field.length; at++) {
          const [x, y] = [(at % columns) + 1e-7, Math.floor(at / columns) + 1e-7];
          const around = polygons.flat().filter((ring) => within(ring, x, y)).length;
          expect(around % 2 === 1).toBe(field[at]! > 0);
          const covering = polygons.filter(
            ([outer, ...holes]) => within(outer!, x, y) && !holes.some((hole) => within(hole, x, y)),
          );
          expect(covering.length).toBe(field[at]! > 0 ? 1 : 0);
        }
      }),
      { numRuns: 100 },
    );
  });
});

test('CSV: a row a junction, minutes only where they are known', () => {
  const places: BlindPlaces = { junctions: [], districts: [{ code: '1', name: 'Timur' }] };
  const sight: Sight = {
    ...{ id: 'bri', name: '=Simpang, BRI', districtCode: '1', lat: 2.95, lon: 99.06, placeEstimated: true },
    ...{ camera: false, sensor: false, inDoubt: false, simulated: false },
  };
  const at = Date.parse('2026-11-30T05:00:00Z');
  const day = {
    day: '2026-11-30',
    countedSince: '2026-11-29T17:00:00Z',
    countedMinutes: 700,
    uncountedMinutes: 20,
  };
  const lines = (minutes: Parameters<typeof toBlindCsv>[3]): string[] =>
    toBlindCsv(places, [sight], at, minutes).replace('\uFEFF', '').trimEnd().split('\r\n');
  const frame = `1,Timur,bri,"'=Simpang, BRI",2.95,99.06,true,blind,false,false,false,2026-11-30T05:00:00.000Z`;
  expect(lines({ of: new Map([['bri', 35]]), day })[1]).toBe(
    `${frame},35,2026-11-30,2026-11-29T17:00:00Z,700,20`,
  );
  expect(lines(undefined)[1]).toBe(frame);
});
