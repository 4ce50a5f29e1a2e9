// Packing the pictures of vehicles, and how large they are drawn.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { crowdOf } from '../../web/src/map/layers/crowd.ts';
import { packRows } from '../../web/src/map/layers/packing.ts';

describe('packing', () => {
  test('fills a row, then begins the next under its highest', () => {
    const { rects, height } = packRows(
      [
        { width: 6, height: 2 },
        { width: 4, height: 5 },
        { width: 1, height: 1 },
      ],
      10,
    );
    expect(rects.map(({ x, y }) => [x, y])).toEqual([
      [0, 0],
      [6, 0],
      [0, 5],
    ]);
    expect(height).toBe(6);
  });
  test('of nothing is nothing', () => expect(packRows([], 10)).toEqual({ rects: [], height: 0 }));
  test('never lets two overlap or leave the strip', () => {
    const box = fc.record({
      width: fc.integer({ min: 0, max: 40 }),
      height: fc.integer({ min: 0, max: 30 }),
    });
    fc.assert(
      fc.property(fc.array(box, { maxLength: 60 }), (boxes) => {
        const { rects, height } = packRows(boxes, 50);
        rects.forEach((a, index) => {
          expect(a.x + a.width).toBeLessThanOrEqual(50);
          expect(a.y + a.height).toBeLessThanOrEqual(height);
          for (const b of rects.slice(index + 1)) {
            const apart =
              a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y;
            expect(apart || a.width * a.height * b.width * b.height === 0).toBe(true);
          }
        });
      }),
    );
  });
});

describe('crowds', () => {
  const screen = 1280 * 720;
  const roomy = { plates: true, scale: 1 };
  test('few near by have plates', () => expect(crowdOf(200, screen, 15, roomy)).toEqual(roomy));
  test('the whole city has marks', () =>
    expect(crowdOf(200, screen, 12.4, roomy)).toEqual({ plates: false, scale: 0.8 }));
  test('too many for plates have marks', () => expect(crowdOf(5000, screen, 15, roomy).plates).toBe(false));
  test('the more, the smaller, but never nothing', () => {
    const scales = [1000, 5000, 10_000, 200_000].map((inView) => crowdOf(inView, screen, 13, roomy).scale);
    expect(scales).toEqual([...scales].sort((a, b) => b - a));
    expect(scales.at(-1)).toBe(0.45);
  });
  test('nothing flickers at the border', () => {
    const border = Math.floor((screen * 0.4) / (26 * 24));
    expect(crowdOf(border + 10, screen, 15, roomy).plates).toBe(true);
    expect(crowdOf(border + 10, screen, 15, { plates: false, scale: 0.8 }).plates).toBe(false);
  });
});
