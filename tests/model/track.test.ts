// Tracks: simplified without losing what one could see, and never over a gap.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { gapMsOf, simplify, toTrackParts, type Fix } from '../../model/track.ts';

const fixes = fc
  .array(
    fc.record({
      step: fc.integer({ min: 1, max: 400 }),
      lat: fc.integer({ min: 0, max: 900 }),
      lon: fc.integer({ min: 0, max: 900 }),
    }),
    {
      maxLength: 80,
    },
  )
  .map((steps) => {
    let at = 0;
    return steps.map(({ step, lat, lon }): Fix => ({
      at: (at += step * 1000),
      lat: 2.96 + lat / 1e5,
      lon: 99 + lon / 1e5,
    }));
  });

/** Metres from a fix to the nearest of the lines of a part. */
function metresFrom(fix: Fix, part: readonly Fix[]): number {
  const xy = ({ lat, lon }: Fix): [number, number] => [
    lon * 111_195 * Math.cos(2.96 * (Math.PI / 180)),
    lat * 111_195,
  ];
  const [px, py] = xy(fix);
  let least = Infinity;
  for (const [n, from] of part.entries()) {
    const [ax, ay] = xy(from);
    const [bx, by] = xy(part[n + 1] ?? from);
    const length2 = (bx - ax) ** 2 + (by - ay) ** 2;
    const along =
      length2 === 0 ? 0 : Math.min(1, Math.max(0, ((px - ax) * (bx - ax) + (py - ay) * (by - ay)) / length2));
    least = Math.min(least, Math.hypot(px - ax - along * (bx - ax), py - ay - along * (by - ay)));
  }
  return least;
}

test('what is left out lies within metres of the line, and the ends stay', () =>
  fc.assert(
    fc.property(fixes, (all) => {
      const kept = simplify(all);
      expect(kept[0]).toBe(all[0]);
      expect(kept.at(-1)).toBe(all.at(-1));
      for (const fix of all) expect(metresFrom(fix, kept)).toBeLessThan(5);
    }),
  ));

test('no line crosses a gap, and every part begins and ends where something was heard', () =>
  fc.assert(
    fc.property(fixes, (all) => {
      const gapMs = gapMsOf(10, 'fix');
      const parts = toTrackParts(all, gapMs);
      const gaps = all.filter((fix, n) => n > 0 && fix.at - all[n - 1]!.at > gapMs).length;
      expect(parts.length).toBe(all.length === 0 ? 0 : gaps + 1);
      for (const part of parts) expect(all).toContain(part[0]);
    }),
  ));
