// Which marks are joined: where they would lie on each other, without a flicker, and each exactly once.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  cellPx,
  ClusterGrid,
  clustersUntilZoom,
  countWords,
  joinsFrom,
} from '../../web/src/map/layers/cluster-grid.ts';
import { VehicleInstances } from '../../web/src/map/layers/vehicle-instances.ts';

const zoom = 14;
const worldPx = 512 * 2 ** zoom;
/** Pixels into a cell in the middle of the world. */
const at = (px: number): number => 0.5 + px / worldPx;

function count(grid: ClusterGrid, marks: readonly [id: string, x: number, y: number][], z = zoom): void {
  grid.begin(z);
  for (const [id, x, y] of marks) grid.add(id, x, y, 'fresh');
  grid.end();
}
const heap = (n: number, px = 20): [string, number, number][] =>
  Array.from({ length: n }, (_, i) => [`m${i}`, at(px), at(px)]);

describe('marks on one spot', () => {
  test('are joined when they are too many', () => {
    const grid = new ClusterGrid();
    count(grid, heap(joinsFrom(zoom)));
    expect([...grid.clusters.values()]).toMatchObject([{ fresh: joinsFrom(zoom), stale: 0, silent: 0 }]);
  });
  test('stay apart when they are few', () => {
    const grid = new ClusterGrid();
    count(grid, heap(joinsFrom(zoom) - 1));
    expect(grid.clusters.size).toBe(0);
  });
  test('stay joined when one leaves, and part when few are left', () => {
    const grid = new ClusterGrid();
    count(grid, heap(joinsFrom(zoom)));
    count(grid, heap(joinsFrom(zoom) - 1));
    expect(grid.clusters.size).toBe(1);
    count(grid, heap(1));
    expect(grid.clusters.size).toBe(0);
  });
  test('are told apart from near', () => {
    const grid = new ClusterGrid();
    count(grid, heap(50), clustersUntilZoom);
    expect(grid.clusters.size).toBe(0);
  });
  test('keep their box where it was while they move a little', () => {
    const grid = new ClusterGrid();
    count(grid, heap(10, 30));
    const before = [...grid.clusters.values()][0]!;
    count(grid, heap(10, 34));
    expect([...grid.clusters.values()][0]).toMatchObject({ x: before.x, y: before.y });
  });
});

test('every mark is drawn once, by itself or in one box, and no two boxes meet', () => {
  const spot = fc.integer({ min: 0, max: 6 * cellPx });
  fc.assert(
    fc.property(fc.array(fc.tuple(spot, spot), { maxLength: 300 }), (spots) => {
      const grid = new ClusterGrid();
      count(
        grid,
        spots.map(([x, y], i) => [`m${i}`, at(x), at(y)]),
      );
      const joined = [...grid.clusters.values()].flatMap(({ ids }) => ids);
      expect(new Set(joined).size).toBe(joined.length);
      expect(new Set(joined)).toEqual(grid.joined);
      const boxes = [...grid.clusters.values()];
      for (const [n, a] of boxes.entries()) {
        for (const b of boxes.slice(n + 1)) {
          const apart = Math.max(Math.abs(a.x - b.x), Math.abs(a.y - b.y)) * worldPx;
          expect(apart).toBeGreaterThanOrEqual(34);
        }
      }
    }),
  );
});

test.each([
  [9, '9'],
  [999, '999'],
  [1234, '1,2k'],
  [20_000, '20k'],
])('%i is written %s', (n, text) => expect(countWords(n, 'id-ID')).toBe(text));

test('a joined vehicle is not counted as drawn, keeps that when it is heard, and comes back', () => {
  const vehicles = new VehicleInstances(0);
  const fix = { x: 0, y: 0, headingDeg: 90, observedAtMs: 0, expectedEverySeconds: 10, sprite: 0 };
  vehicles.set('a', fix, 0, true);
  vehicles.setHidden('a', true);
  vehicles.set('a', fix, 1000, true);
  expect(vehicles.countWithin(-1, -1, 1, 1)).toBe(0);
  vehicles.setHidden('a', false);
  expect(vehicles.countWithin(-1, -1, 1, 1)).toBe(1);
});
