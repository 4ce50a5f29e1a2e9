// The server's picture and its reading from the store: newer wins, nothing invented enters, nothing private leaves.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { toChange, type PictureAsset } from '../../model/picture.ts';
import { Conflater } from '../../server/live/conflate.ts';
import { PictureLoader } from '../../bus/load.ts';
import { LivePicture } from '../../bus/picture.ts';
import type { StoredAsset } from '../../store/assets.ts';
import { eventually } from '../eventually.ts';

const stored = (id: string, more: Partial<StoredAsset> = {}): StoredAsset => ({
  assetNo: 1,
  sourceId: id.split(':')[1]!,
  id,
  kind: 'sensor',
  name: id,
  simulated: false,
  unconfirmed: false,
  expectedEverySeconds: 60,
  observedAt: 1000,
  lat: 1,
  lon: 2,
  values: new Map([['pm25', { value: 5, observedAt: 1000 }]]),
  streamUrl: undefined,
  ...more,
});
const at = (ms: number): string => new Date(ms).toISOString();

describe('reading the store', () => {
  test('brings in what is new, and keeps what the bus told since', () => {
    const picture = new LivePicture();
    expect(picture.load([stored('sensor:a')], 7)).toHaveLength(1);
    picture.fold({ id: 'sensor:a', observedAt: at(2000), pm25: 9 });
    expect(picture.load([stored('sensor:a'), stored('sensor:b')], 8).map((change) => change.id)).toEqual([
      'sensor:b',
    ]);
    expect(picture.get('sensor:a')?.values.get('pm25')).toEqual({ value: 9, observedAt: 2000 });
    expect(picture.loadedAt).toBe(8);
  });

  test('tells of what was renamed, moved or measured meanwhile', () => {
    const picture = new LivePicture();
    picture.load([stored('sensor:a')], 1);
    const renamed = stored('sensor:a', { name: 'Udara', lat: 3 });
    expect(picture.load([renamed], 2)).toEqual([
      expect.objectContaining({ name: 'Udara', lat: 3, kind: 'sensor' }),
    ]);
    const measured = stored('sensor:a', {
      name: 'Udara',
      lat: 3,
      values: new Map([['rain', { value: 1, observedAt: 500 }]]),
    });
    expect(picture.load([measured], 3)).toEqual([
      expect.objectContaining({ pm25: 5, rain: 1, olderValues: { rain: at(500) } }),
    ]);
    expect(picture.load([measured], 4)).toEqual([]);
  });

  test('what it held and holds no more is gone; what only the bus knows stays', () => {
    const picture = new LivePicture();
    picture.load([stored('sensor:a'), stored('sensor:b')], 1);
    picture.fold(toChange(stored('sensor:c')));
    expect(picture.load([stored('sensor:b')], 2)).toEqual([{ id: 'sensor:a', gone: true }]);
    expect([picture.get('sensor:a'), picture.assetNoOf('sensor:a')]).toEqual([undefined, undefined]);
    expect(picture.get('sensor:c')?.name).toBe('sensor:c');
    expect(picture.size).toBe(2);
  });

  test('is tried until it succeeds, once more when asked meanwhile, and never twice at once', async () => {
    const picture = new LivePicture();
    let running = 0;
    let asked = 0;
    const loader: PictureLoader = new PictureLoader({
      select: async () => {
        expect(++running).toBe(1);
        asked++;
        if (asked === 1) for (let i = 0; i < 3; i++) loader.load();
        await new Promise((resolve) => setTimeout(resolve, 5));
        running--;
        if (asked === 1) throw new Error('away');
        return [stored('sensor:a')];
      },
      picture,
      loaded: () => undefined,
      log: () => undefined,
    });
    loader.load();
    await eventually(() => expect(picture.size).toBe(1));
    await loader.stop();
    loader.load();
    expect(asked).toBe(2);
  });
});

test('a part of an asset that nobody knows is not taken', () => {
  const picture = new LivePicture();
  expect(picture.fold({ id: 'sensor:a', observedAt: at(1), pm25: 1 })).toBeUndefined();
  expect(picture.fold({ id: 'sensor:a', gone: true })).toBeUndefined();
  expect(picture.toWhole('sensor:a')).toEqual({ id: 'sensor:a', gone: true });
});

test('whoever gets conflated changes ends with the picture of whoever got every one', () => {
  const change = fc.record(
    {
      observedAt: fc.integer({ min: 1, max: 8 }).map((second) => at(second * 1000)),
      lat: fc.constantFrom(1, 2, 3),
      lon: fc.constantFrom(4, 5),
      pm25: fc.integer({ min: 0, max: 9 }),
      rain: fc.integer({ min: 0, max: 9 }),
      olderValues: fc.constantFrom({ pm25: at(500) }, { rain: at(2500), pm25: at(1500) }),
    },
    { requiredKeys: ['observedAt', 'lat', 'lon'] },
  );
  const step = fc.oneof(
    { weight: 8, arbitrary: change },
    { weight: 1, arbitrary: fc.constant({ gone: true as const }) },
    { weight: 1, arbitrary: fc.constant(toChange(stored('sensor:a', { name: 'Udara', observedAt: 3000 }))) },
  );
  fc.assert(
    fc.property(fc.array(fc.tuple(step, fc.boolean()), { minLength: 1 }), (steps) => {
      const picture = new LivePicture();
      const receiver = new LivePicture();
      for (const each of [picture, receiver]) each.load([stored('sensor:a')], 1);
      const conflater = new Conflater(picture);
      let added = 0;
      let sent = 0;
      const flush = (): void => {
        const changes = conflater.flush('sensor');
        if (changes.length > 0) sent++;
        for (const joined of changes) receiver.fold(structuredClone(joined));
      };
      for (const [given, thenFlush] of steps) {
        const shown = picture.fold({ id: 'sensor:a', ...structuredClone(given) });
        if (shown) {
          added++;
          conflater.add('sensor', shown);
        }
        if (thenFlush) flush();
      }
      flush();
      const of = (asset: PictureAsset | undefined): unknown =>
        asset && [{ ...asset, values: [...asset.values].toSorted() }];
      expect(of(receiver.get('sensor:a'))).toEqual(of(picture.get('sensor:a')));
      expect(conflater.counts.sensor).toEqual({ received: added, conflated: added - sent });
    }),
    { numRuns: 1000 },
  );
});
