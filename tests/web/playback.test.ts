// Playing the past, without a page: a reel forward and back, the pieces of a film, and the geometry of the time bar.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { AssetFeature } from '../../model/asset.ts';
import type { Slice } from '../../model/moment.ts';
import type { PictureAsset } from '../../model/picture.ts';
import { Reel } from '../../web/src/live/reel.ts';
import { leadsOn, Shelf, speeds, stretchAt } from '../../web/src/live/stretches.ts';
import {
  alarmBeside,
  barsOf,
  longAgo,
  momentAt,
  parseMoment,
  placeOf,
  ranges,
  rangeIds,
  ticksOf,
  windowOf,
} from '../../web/src/panels/time-scale.ts';

const start = Date.UTC(2026, 10, 24, 11);
const iso = (ms: number): string => new Date(ms).toISOString();
const zone = 'Asia/Jakarta';

const feature = (id: string, properties: Record<string, unknown>, lon = 99, lat = 2.9): AssetFeature =>
  ({
    type: 'Feature',
    id,
    geometry: { type: 'Point', coordinates: [lon, lat] },
    properties: {
      kind: id.slice(0, id.indexOf(':')),
      name: id,
      freshness: 'fresh',
      simulated: false,
      unconfirmed: false,
      expectedEverySeconds: 10,
      ...properties,
    },
  }) as AssetFeature;

const base: AssetFeature[] = [
  feature('vehicle:bus-1', { observedAt: iso(start - 10_000), headingDeg: 10, routeId: '03' }),
  feature('sensor:air-1', { observedAt: iso(start - 60_000), pm25: 7 }),
  feature('camera:cam-1', { observedAt: iso(start - 30_000), state: 'online' }),
];

type Fix = [asset: number, t: number, seen: number, lat: number];
const slice = (fixes: Fix[], more: Partial<Slice> = {}): Slice => ({
  from: iso(start),
  to: iso(start + 120_000),
  known: 'was',
  resolution: 'fix',
  truncated: false,
  assets: ['vehicle:bus-1', 'vehicle:bus-2', 'sensor:air-1', 'camera:cam-1'],
  routes: [],
  vehicles: {
    asset: fixes.map(([asset]) => asset),
    t: fixes.map(([, t]) => t),
    seen: fixes.map(([, , seen]) => seen),
    latE6: fixes.map(([, , , lat]) => lat),
    lonE6: fixes.map(() => 99_000_000),
    speedDmps: fixes.map(() => null),
    headingDeg: fixes.map(([, t]) => t % 360),
    occupancyPct: fixes.map(() => null),
    route: fixes.map(() => null),
  },
  readings: { asset: [], metric: [], t: [], seen: [], value: [] },
  cameras: { asset: [], t: [], seen: [], online: [] },
  events: [],
  ...more,
});

const stateOf = (reel: Reel): unknown =>
  [...reel.assets.values()]
    .sort((a, b) => a.id.localeCompare(b.id))
    .map(({ id, observedAt, lat, values }) => [id, observedAt, lat, [...values].sort()]);
const noneKnown = (): PictureAsset | undefined => undefined;

describe('a reel', () => {
  const anyFixes = fc
    .array(
      fc.tuple(
        fc.integer({ min: 0, max: 1 }),
        fc.integer({ min: 1, max: 120_000 }),
        fc.integer({ min: 0, max: 50_000 }),
        fc.integer({ min: 2_800_000, max: 3_000_000 }),
      ),
      { maxLength: 60 },
    )
    // As with known=then: some were long under way.
    .map((rows) =>
      rows.map(([asset, t, late, lat]): Fix => [asset, t, t - late, lat]).sort((a, b) => a[1] - b[1]),
    );
  const stops = fc.array(fc.integer({ min: 0, max: 120_000 }), { minLength: 1, maxLength: 8 });

  test('forward and back, by whatever way, an instant is always the same', () => {
    fc.assert(
      fc.property(anyFixes, stops, (fixes, offsets) => {
        const wandering = new Reel(base, slice(fixes), noneKnown);
        for (const offset of offsets) {
          wandering.moveTo(start + offset);
          const direct = new Reel(base, slice(fixes), noneKnown);
          direct.moveTo(start + offset);
          expect(stateOf(wandering)).toEqual(stateOf(direct));
        }
        wandering.moveTo(start);
        expect(stateOf(wandering)).toEqual(stateOf(new Reel(base, slice([]), noneKnown)));
      }),
    );
  });

  test('what it says moved is what became another', () => {
    fc.assert(
      fc.property(anyFixes, stops, (fixes, offsets) => {
        const reel = new Reel(base, slice(fixes), noneKnown);
        for (const offset of offsets) {
          const before = new Map(reel.assets);
          const seen = new Map([...before].map(([id, { observedAt }]) => [id, observedAt]));
          const { changed, gone } = reel.moveTo(start + offset);
          for (const { id } of gone) expect(before.has(id) && !reel.assets.has(id)).toBe(true);
          for (const [id, asset] of reel.assets)
            if (!changed.has(asset)) expect(asset.observedAt).toBe(seen.get(id));
        }
      }),
    );
  });

  test('a vehicle first heard within it is not there before, and is called as it is known today', () => {
    const known = {
      name: 'Bus dua',
      simulated: false,
      unconfirmed: false,
      expectedEverySeconds: 5,
    } as PictureAsset;
    const reel = new Reel(base, slice([[1, 50_000, 50_000, 2_950_000]]), () => known);
    reel.moveTo(start + 49_999);
    expect(reel.assets.has('vehicle:bus-2')).toBe(false);
    reel.moveTo(start + 50_000);
    expect(reel.assets.get('vehicle:bus-2')).toMatchObject({
      name: 'Bus dua',
      lat: 2.95,
      expectedEverySeconds: 5,
    });
    expect(reel.moveTo(start).gone.map(({ id }) => id)).toEqual(['vehicle:bus-2']);
  });

  test('between fixes a vehicle glides from the one before to the last known, never ahead of it', () => {
    const reel = new Reel(
      base,
      slice([
        [0, 0 + 1, 1, 2_900_000],
        [0, 10_001, 10_001, 2_900_500],
      ]),
      noneKnown,
    );
    const latAt = (offset: number): number | undefined => {
      reel.moveTo(start + offset);
      return reel.glideOf('vehicle:bus-1', 5_000)?.lat;
    };
    expect(latAt(10_000)).toBeUndefined();
    expect(latAt(10_001)).toBeCloseTo(2.9, 6);
    expect(latAt(12_501)).toBeCloseTo(2.90025, 6);
    expect(latAt(15_001)).toBeUndefined();
    expect(latAt(12_501)).toBeCloseTo(2.90025, 6);
  });

  test('sensors and cameras too; what a camera sees proves that it lives', () => {
    const reel = new Reel(
      base,
      slice([], {
        readings: {
          asset: [2, 2],
          metric: ['pm25', 'pm10'],
          t: [1_000, 2_000],
          seen: [1_000, 2_000],
          value: [8, 20],
        },
        cameras: { asset: [3, 3], t: [5_000, 9_000], seen: [5_000, 9_000], online: [null, 0] },
      }),
      noneKnown,
    );
    reel.moveTo(start + 6_000);
    expect(reel.assets.get('sensor:air-1')!.values.get('pm25')).toEqual({
      value: 8,
      observedAt: start + 1_000,
    });
    expect(reel.assets.get('sensor:air-1')!.observedAt).toBe(start + 2_000);
    expect(reel.assets.get('camera:cam-1')).toMatchObject({ observedAt: start + 5_000 });
    expect(reel.assets.get('camera:cam-1')!.values.get('state')!.value).toBe('online');
    reel.moveTo(start + 9_000);
    expect(reel.assets.get('camera:cam-1')!.values.get('state')!.value).toBe('offline');
    reel.moveTo(start);
    expect(reel.assets.get('sensor:air-1')!.values.has('pm10')).toBe(false);
    expect(reel.assets.get('sensor:air-1')!.observedAt).toBe(start - 60_000);
  });
});

describe('the pieces of a film', () => {
  test('a stretch leads on from the instant it was cut for, and asks for nothing that is not past', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: start - 86_400_000, max: start - 1 }),
        fc.constantFrom(...speeds),
        fc.constantFrom<1 | -1>(1, -1),
        (ms, speed, direction) => {
          const stretch = stretchAt(ms, speed, direction, start);
          expect(leadsOn(stretch, ms, direction)).toBe(true);
          expect(stretch.toMs).toBeLessThanOrEqual(start);
        },
      ),
    );
  });

  test('the shelf keeps the last ones used', () => {
    const shelf = new Shelf<{ fromMs: number; toMs: number }>(2);
    for (const fromMs of [0, 10, 20]) shelf.put({ fromMs, toMs: fromMs + 10 });
    expect(shelf.size).toBe(2);
    expect(shelf.find(5, 1)).toBeUndefined();
    expect(shelf.find(20, -1)).toEqual({ fromMs: 10, toMs: 20 });
    shelf.put({ fromMs: 30, toMs: 40 });
    expect(shelf.peek(20, 1)).toBeUndefined();
    expect(shelf.peek(15, 1)).toBeDefined();
  });
});

describe('the time bar', () => {
  test('a moment and its place are each other’s inverse, in every window that shows it', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 30 * 86_400 }), fc.constantFrom(...rangeIds), (ago, range) => {
        const at = start - ago * 1000;
        const span = windowOf(range, at, start);
        expect(span.toMs - span.fromMs).toBe(ranges[range]);
        expect(at).toBeGreaterThanOrEqual(span.fromMs);
        expect(at).toBeLessThanOrEqual(span.toMs);
        expect(Math.abs(momentAt(placeOf(at, span, 1000), span, 1000) - at)).toBeLessThan(1);
      }),
    );
  });

  test('ticks stand on round local times, and a day begins at its midnight', () => {
    const span = { fromMs: Date.UTC(2026, 10, 23, 14), toMs: Date.UTC(2026, 10, 24, 14) };
    const ticks = ticksOf(span, 1200, zone);
    expect(ticks.filter(({ day }) => day).map(({ ms }) => iso(ms))).toEqual(['2026-11-23T17:00:00.000Z']);
    expect(ticks.filter(({ labelled }) => labelled).length).toBeLessThanOrEqual(1200 / 76);
    expect(ticks.length).toBeGreaterThan(20);
  });

  test('bars, alarms beside a moment, ages in two units', () => {
    expect(barsOf({ accepted: [0, 25, 100] })).toEqual([0, 0.5, 1]);
    const alarms = [start, start + 60_000].map((at) => ({ at: iso(at) })) as Parameters<
      typeof alarmBeside
    >[0];
    expect(alarmBeside(alarms, start, 1)).toBe(start + 60_000);
    expect(alarmBeside(alarms, start, -1)).toBeUndefined();
    expect(alarmBeside(alarms, start + 60_000, -1)).toBe(start);
    expect(longAgo(2 * 3_600_000 + 5 * 60_000 + 3_000)).toEqual([
      [2, 'hours'],
      [5, 'minutes'],
    ]);
    expect(longAgo(3_600_000)).toEqual([[1, 'hours']]);
    expect(longAgo(300)).toEqual([[0, 'seconds']]);
  });

  // 18:00 in Pematangsiantar.
  test.each([
    ['17:30', '2026-11-24T10:30:00.000Z'],
    ['18.42.10', '2026-11-23T11:42:10.000Z'],
    ['23-11 18:42', '2026-11-23T11:42:00.000Z'],
    ['23/11/2025 08:05', '2025-11-23T01:05:00.000Z'],
    ['2026-11-24 17:59:59', '2026-11-24T10:59:59.000Z'],
    ['-15', '2026-11-24T10:45:00.000Z'],
    ['−90 mnt', '2026-11-24T09:30:00.000Z'],
  ])('%s is a moment in the city’s time', (text, expected) => {
    const typed = parseMoment(text, start, zone);
    expect('ms' in typed && iso(typed.ms)).toBe(expected);
  });

  test.each([
    ['', 'unreadable'],
    ['kemarin', 'unreadable'],
    ['25:00', 'unreadable'],
    ['31-02 10:00', 'unreadable'],
    ['24-11 18:01', 'future'],
    ['2027-01-01 00:00', 'future'],
  ])('%s is said to be %s', (text, fault) => {
    expect(parseMoment(text, start, zone)).toEqual({ fault });
  });
});
