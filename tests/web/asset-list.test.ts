// The table behind the map: searched, ordered, paged.
import { describe, expect, test } from 'vitest';
import { pageOf, searchAssets } from '../../web/src/panels/asset-list.ts';
import { asset } from './assets.ts';

const assets = [
  asset('sensor:s1', { name: 'Udara Pasar Horas' }),
  asset('vehicle:a10', { name: 'Angkot 03 · 10', routeId: '03' }),
  asset('vehicle:a2', { name: 'Angkot 03 · 2', routeId: '03' }),
  asset('vehicle:d1', { name: 'Damkar 1' }),
];
const ids = (text: string): string[] => searchAssets(assets, text).map(({ id }) => id);

describe('searching', () => {
  test('nothing typed gives all, group by group, numbers in order', () =>
    expect(ids('')).toEqual(['vehicle:d1', 'vehicle:a2', 'vehicle:a10', 'sensor:s1']));
  test('by name, whatever the case', () => expect(ids('horas UDARA')).toEqual(['sensor:s1']));
  test('by id', () => expect(ids('a10')).toEqual(['vehicle:a10']));
  test('finds nothing', () => expect(ids('kapal')).toEqual([]));
});

describe('pages', () => {
  const rows = Array.from({ length: 450 }, (_, index) => index);
  test('hold two hundred', () => expect(pageOf(rows, 1)).toMatchObject({ page: 1, pages: 3, from: 200 }));
  test('a page past the end is the last', () => expect(pageOf(rows, 9).rows).toHaveLength(50));
  test('of nothing there is one', () =>
    expect(pageOf([], 0)).toEqual({ rows: [], page: 0, pages: 1, from: 0 }));
});
