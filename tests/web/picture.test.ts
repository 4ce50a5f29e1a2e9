// The live picture of a page: merging, snapshots that come late, and who is told.
import { beforeEach, describe, expect, test } from 'vitest';
import type { AssetFeature } from '../../model/asset.ts';
import { toFeature } from '../../model/picture.ts';
import { groupOf, lineOf, Picture, shownFreshness, type Batch } from '../../web/src/live/picture.ts';
import { asset, whole } from './assets.ts';

const at = (second: number): string => new Date(Date.UTC(2026, 10, 24, 13, 0, second)).toISOString();
const feature = (id: string, values: Record<string, unknown> = {}): AssetFeature =>
  toFeature(asset(id, values), Date.UTC(2026, 10, 24, 13));

let picture: Picture;
let batches: Batch[];
beforeEach(() => {
  picture = new Picture();
  batches = [];
  picture.listen((batch) => batches.push(batch));
});

describe('changes', () => {
  test('of one asset in one batch are told once, as the newest', () => {
    picture.apply([
      whole('vehicle:a', { observedAt: at(1), lat: 2.9, lon: 99 }),
      { id: 'vehicle:a', observedAt: at(3), lat: 2.93, lon: 99 },
      { id: 'vehicle:a', observedAt: at(2), lat: 2.92, lon: 99 },
    ]);
    expect(batches).toHaveLength(1);
    expect([...batches[0]!.changed].map(({ lat }) => lat)).toEqual([2.93]);
    expect([picture.changes, picture.conflated]).toEqual([3, 2]);
  });

  test('of an asset never seen whole are left out', () => {
    picture.apply([{ id: 'vehicle:a', observedAt: at(1), lat: 2.9, lon: 99 }]);
    expect(picture.assets.size).toBe(0);
    expect(batches).toEqual([]);
  });

  test('a gone asset is told by its kind', () => {
    picture.apply([whole('camera:a')]);
    picture.apply([
      { id: 'camera:a', gone: true },
      { id: 'camera:never', gone: true },
    ]);
    expect(batches[1]!.gone).toEqual([{ id: 'camera:a', kind: 'camera' }]);
  });

  test('a listener that stopped hears nothing more', () => {
    const heard: Batch[] = [];
    const stop = picture.listen((batch) => heard.push(batch));
    stop();
    picture.apply([whole('camera:a')]);
    expect(heard).toEqual([]);
  });
});

describe('a snapshot', () => {
  test('older than what was heard meanwhile moves nothing back', () => {
    picture.expectSnapshot();
    picture.apply([whole('vehicle:a', { observedAt: at(9), lat: 2.99, lon: 99 })]);
    picture.applySnapshot([feature('vehicle:a', { observedAt: at(5), lat: 2.95, lon: 99 })]);
    expect(picture.assets.get('vehicle:a')!.lat).toBe(2.99);
  });

  test('ends what it no longer holds, but not what was heard of since it was asked for', () => {
    picture.apply([whole('vehicle:old'), whole('vehicle:kept')]);
    picture.expectSnapshot();
    picture.apply([whole('vehicle:new')]);
    picture.applySnapshot([feature('vehicle:kept')]);
    expect([...picture.assets.keys()]).toEqual(['vehicle:kept', 'vehicle:new']);
    expect(batches.at(-1)!.gone).toEqual([{ id: 'vehicle:old', kind: 'vehicle' }]);
  });
});

describe('what an asset counts as', () => {
  test.each([
    ['vehicle:a', {}, 'service'],
    ['vehicle:a', { routeId: '03' }, 'angkot'],
    ['vehicle:a', { routeId: '' }, 'service'],
    ['sensor:a', { routeId: '03' }, 'sensor'],
    ['camera:a', {}, 'camera'],
  ])('%s with %j is %s', (id, values, group) => expect(groupOf(asset(id, values))).toBe(group));

  test('the line of a vehicle is text or nothing', () =>
    expect(lineOf(asset('vehicle:a', { routeId: 7 }))).toBeUndefined());

  test('a camera that says it is offline is silent, however newly it said so', () => {
    const now = Date.parse(at(1));
    expect(shownFreshness(asset('camera:a', { observedAt: at(1), state: 'offline' }), now)).toBe('silent');
    expect(shownFreshness(asset('camera:a', { observedAt: at(1), state: 'online' }), now)).toBe('fresh');
  });
});
