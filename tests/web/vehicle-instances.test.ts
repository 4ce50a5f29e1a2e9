// The records of vehicles as the GPU reads them: gliding, headings, removal, and what is sent.
import { beforeEach, describe, expect, test } from 'vitest';
import {
  bytesPerVehicle,
  turned,
  VehicleInstances,
  type Fix,
} from '../../web/src/map/layers/vehicle-instances.ts';

const now = 1_764_000_000_000;
const metre = 1 / 40_075_016.686;
const fix = (values: Partial<Fix> = {}): Fix => ({
  x: 0,
  y: 0,
  headingDeg: undefined,
  observedAtMs: now,
  expectedEverySeconds: 10,
  sprite: 0,
  ...values,
});

let instances: VehicleInstances;
const seenMetres = (id: string, atMs: number): number => {
  const seen = { x: 0, y: 0 };
  instances.seenAt(instances.slotOf(id)!, atMs, seen);
  return Math.round(seen.x / metre);
};
const dirty = (): [number, number][] => {
  const stretches: [number, number][] = [];
  instances.takeDirty((firstByte, bytes) =>
    stretches.push([firstByte / bytesPerVehicle, bytes / bytesPerVehicle]),
  );
  return stretches;
};
beforeEach(() => {
  instances = new VehicleInstances(now);
});

describe('gliding', () => {
  beforeEach(() => instances.set('a', fix(), now, true));

  test('goes in a straight line over the time between fixes, and stands at the end', () => {
    instances.set('a', fix({ x: 20 * metre, observedAtMs: now + 2000 }), now + 2000, true);
    expect([2000, 3000, 4000, 9000].map((ms) => seenMetres('a', now + ms))).toEqual([0, 10, 20, 20]);
    expect(instances.movingUntilMs).toBe(now + 4000);
  });

  test('a new fix begins where the vehicle is seen, not where it was going', () => {
    instances.set('a', fix({ x: 20 * metre, observedAtMs: now + 2000 }), now + 2000, true);
    instances.set('a', fix({ x: 40 * metre, observedAtMs: now + 3000 }), now + 3000, true);
    expect(seenMetres('a', now + 3000)).toBe(10);
    expect(seenMetres('a', now + 4000)).toBe(40);
  });

  test('never lasts longer than five seconds', () => {
    instances.set('a', fix({ x: 100 * metre, observedAtMs: now + 60_000 }), now + 60_000, true);
    expect(seenMetres('a', now + 65_000)).toBe(100);
    expect(instances.movingUntilMs).toBe(now + 65_000);
  });

  test('a correction faster than any vehicle jumps', () => {
    instances.set('a', fix({ x: 5000 * metre, observedAtMs: now + 1000 }), now + 1000, true);
    expect(seenMetres('a', now + 1000)).toBe(5000);
    expect(instances.movingUntilMs).toBe(0);
  });

  test('who asked for less motion sees jumps', () => {
    instances.set('a', fix({ x: 20 * metre, observedAtMs: now + 2000 }), now + 2000, false);
    expect(seenMetres('a', now + 2000)).toBe(20);
  });

  test('stays exact after days', () => {
    const later = now + 5 * 86_400_000;
    instances.set('a', fix({ observedAtMs: later }), later, true);
    instances.set('a', fix({ x: 10 * metre, observedAtMs: later + 1000 }), later + 1000, true);
    expect(seenMetres('a', later + 1500)).toBe(5);
  });
});

describe('headings', () => {
  const turn = (deg: number): number => Math.round((deg / 360) * 65536) & 0xffff;
  test.each([
    [350, 10, 0.5, 0],
    [10, 350, 0.5, 0],
    [0, 90, 0.5, 45],
    [90, 0, 1, 0],
    [180, 180, 0.3, 180],
  ])('from %d to %d at %d is %d', (from, to, along, expected) => {
    expect(turned(turn(from), turn(to), along)).toBe(turn(expected));
  });
});

describe('records', () => {
  test('the last takes the place of a removed one', () => {
    for (const [index, id] of ['a', 'b', 'c'].entries())
      instances.set(id, fix({ x: index * metre }), now, true);
    instances.remove('a');
    expect(instances.count).toBe(2);
    expect([instances.idAt(0), instances.idAt(1)]).toEqual(['c', 'b']);
    expect([seenMetres('c', now), seenMetres('b', now)]).toEqual([2, 1]);
    instances.remove('a');
    expect(instances.count).toBe(2);
  });

  test('ids like __proto__ are ids', () => {
    instances.set('__proto__', fix({ x: metre }), now, true);
    expect(seenMetres('__proto__', now)).toBe(1);
  });

  test('room grows, and everything is kept', () => {
    for (let no = 0; no < 5000; no++) instances.set(`v${no}`, fix({ x: no * metre }), now, true);
    expect(instances.capacity).toBeGreaterThanOrEqual(5000);
    expect([0, 1023, 1024, 4999].map((no) => seenMetres(`v${no}`, now))).toEqual([0, 1023, 1024, 4999]);
  });

  test('those within bounds are counted', () => {
    for (let no = 0; no < 10; no++) instances.set(`v${no}`, fix({ x: no * metre }), now, true);
    expect(instances.countWithin(2.5 * metre, -metre, 6.5 * metre, metre)).toBe(4);
  });
});

describe('what is sent to the GPU', () => {
  beforeEach(() => {
    for (let no = 0; no < 3000; no++) instances.set(`v${no}`, fix(), now, true);
    dirty();
  });
  test('nothing when nothing changed', () => expect(dirty()).toEqual([]));
  test('only the pages of what changed, near ones in one stretch', () => {
    for (const no of [3, 200, 2990]) instances.set(`v${no}`, fix({ x: metre }), now, true);
    expect(dirty()).toEqual([
      [0, 256],
      [2944, 56],
    ]);
    expect(dirty()).toEqual([]);
  });
});
