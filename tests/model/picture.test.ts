// The live picture: conflating changes must end where taking each of them would have ended.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Change } from '../../model/live.ts';
import {
  foldChange,
  fromFeature,
  joinChanges,
  toChange,
  toFeature,
  type PictureAsset,
} from '../../model/picture.ts';

const iso = (seconds: number): string => new Date(seconds * 1_000).toISOString();

const change: fc.Arbitrary<Partial<Change>> = fc.record(
  {
    observedAt: fc.integer({ min: 1, max: 6 }).map(iso),
    lat: fc.constantFrom(1, 2),
    lon: fc.constantFrom(4, 5),
    pm25: fc.integer({ min: 0, max: 3 }),
    rain: fc.integer({ min: 0, max: 3 }),
    olderValues: fc.constantFrom({ pm25: iso(0.5) }, { rain: iso(1.5), pm25: iso(0.7) }),
  },
  { requiredKeys: ['observedAt', 'lat', 'lon'] },
);

const whole = { id: 'sensor:a', kind: 'sensor', name: 'a' } as const satisfies Change;
const shown = (asset: PictureAsset): unknown => ({ ...asset, values: new Map([...asset.values].sort()) });

test('any conflation of any changes, late ones too, gives the same picture', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(change, fc.boolean()), { minLength: 1 }), (steps) => {
      const every = foldChange(undefined, { ...whole })!;
      const conflated = foldChange(undefined, { ...whole })!;
      let waiting: Change | undefined;
      for (const [part, flush] of steps) {
        const next: Change = { id: 'sensor:a', ...structuredClone(part) };
        foldChange(every, structuredClone(next));
        waiting = waiting === undefined ? next : joinChanges(waiting, next);
        if (!flush) continue;
        foldChange(conflated, waiting);
        waiting = undefined;
      }
      if (waiting !== undefined) foldChange(conflated, waiting);
      expect(shown(conflated)).toEqual(shown(every));
    }),
    { numRuns: 1_000 },
  );
});

test('a whole change and a feature carry an asset without loss', () => {
  fc.assert(
    fc.property(fc.array(change, { minLength: 1 }), (parts) => {
      const asset = foldChange(undefined, { ...whole })!;
      for (const part of parts) foldChange(asset, { id: 'sensor:a', ...structuredClone(part) });
      expect(shown(foldChange(undefined, toChange(asset))!)).toEqual(shown(asset));
      expect(shown(foldChange(undefined, fromFeature(toFeature(asset, 0)))!)).toEqual(shown(asset));
    }),
  );
});

test('a part of an asset that was never seen whole is not taken', () => {
  expect(foldChange(undefined, { id: 'sensor:a', pm25: 1, observedAt: iso(1) })).toBeUndefined();
});
