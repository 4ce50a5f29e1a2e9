// Everything on the map as one list: ordered, searched, counted; and how keys walk a long list.
import { describe, expect, test } from 'vitest';
import {
  assetThings,
  countKinds,
  facilityThing,
  inListOrder,
  searchThings,
  stopThing,
} from '../../web/src/panels/things.ts';
import { pageOf } from '../../web/src/panels/pages.ts';
import { keptScrollTop, steppedIndex } from '../../web/src/ui/row-steps.ts';
import { asset } from './assets.ts';

const assets = new Map(
  [
    asset('sensor:s1', { name: 'Udara Pasar Horas' }),
    asset('vehicle:a10', { name: 'Angkot 03 · 10', routeId: '03' }),
    asset('vehicle:a2', { name: 'Angkot 03 · 2', routeId: '03' }),
    asset('vehicle:d1', { name: 'Damkar 1' }),
  ].map((each) => [each.id, each]),
);
const stop = stopThing({
  type: 'Feature',
  geometry: { type: 'Point', coordinates: [99.05, 2.96] },
  properties: { stopId: 'h1', name: 'Halte Horas', code: null, lines: ['03'] },
} as unknown as Parameters<typeof stopThing>[0]);
const hall = facilityThing(
  { kind: 'gov', name: 'Balai Kota', position: [99.06, 2.95], subdistrict: 'Proklamasi', accuracy: 'A' },
  0,
);
const all = inListOrder([hall, stop, ...assetThings(assets, [])]);
const keys = (text: string): string[] => searchThings(all, text).map(({ key }) => key);

describe('searching', () => {
  test('nothing typed gives all, kind by kind, numbers in order', () =>
    expect(keys('')).toEqual([
      'vehicle:d1',
      'vehicle:a2',
      'vehicle:a10',
      'sensor:s1',
      'stop:h1',
      'facility:0',
    ]));
  test('by name, whatever the case', () => expect(keys('horas UDARA')).toEqual(['sensor:s1']));
  test('by id', () => expect(keys('a10')).toEqual(['vehicle:a10']));
  test('by line: what runs on it and what it stops at', () =>
    expect(keys('03')).toEqual(['vehicle:a2', 'vehicle:a10', 'stop:h1']));
  test('finds nothing', () => expect(keys('kapal')).toEqual([]));
});

describe('the list of the assets', () => {
  const before = assetThings(assets, []);
  test('stays the same while none comes, goes or is named anew', () =>
    expect(assetThings(assets, before)).toBe(before));
  test('is ordered anew when one comes', () => {
    const more = new Map(assets).set('camera:c', asset('camera:c'));
    expect(assetThings(more, before).map(({ key }) => key)).toContain('camera:c');
  });
  test('is ordered anew when one begins to run on a line', () => {
    const onLine = new Map(assets).set('vehicle:d1', asset('vehicle:d1', { routeId: '07' }));
    expect(assetThings(onLine, before).find(({ key }) => key === 'vehicle:d1')!.kind).toBe('angkot');
  });
  test('counts by kind', () =>
    expect(countKinds(all)).toEqual({ service: 1, angkot: 2, sensor: 1, stop: 1, facility: 1 }));
});

describe('keys in a long list', () => {
  test.each([
    ['ArrowDown', 3, 4],
    ['ArrowDown', 9, 9],
    ['ArrowUp', 0, 0],
    ['PageDown', 3, 8],
    ['PageUp', 3, 0],
    ['Home', 7, 0],
    ['End', 2, 9],
    ['x', 2, undefined],
  ])('%s from row %i leads to %s', (key, from, to) => expect(steppedIndex(key, from, 10, 5)).toBe(to));
  test('an empty list leads nowhere', () => expect(steppedIndex('ArrowDown', 0, 0, 5)).toBeUndefined());
});

describe('rows that come before what one looks at', () => {
  test('do not push it away', () => expect(keptScrollTop(['new', 'a', 'b', 'c'], 'b', 35, 28)).toBe(63));
  test('show at the very top', () => expect(keptScrollTop(['new', 'a'], undefined, 0, 28)).toBe(0));
  test('change nothing when it is gone', () => expect(keptScrollTop(['x'], 'b', 35, 28)).toBe(35));
});

describe('pages', () => {
  const rows = Array.from({ length: 450 }, (_, index) => index);
  test('hold two hundred', () => expect(pageOf(rows, 1)).toMatchObject({ page: 1, pages: 3, from: 200 }));
  test('a page past the end is the last', () => expect(pageOf(rows, 9).rows).toHaveLength(50));
  test('of nothing there is one', () =>
    expect(pageOf([], 0)).toEqual({ rows: [], page: 0, pages: 1, from: 0 }));
});
