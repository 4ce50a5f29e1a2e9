// Poles along the streets of a picture, with sagging cables and lamps that light pools on the ground.
import { moved, type Point } from '../streets/plane.ts';
import { drawBox } from './box.ts';
import { chanceAt } from './chance.ts';
import type { Light } from './light.ts';
import { scaled, type Colour } from './raster.ts';
import { alongArm } from './street.ts';
import type { View } from './view.ts';
import { endOf, isFree, type Way } from './ways.ts';

const poleEveryM = 28;
const lampUpM = 7.2;
const concrete: Colour = [138, 136, 132];

export function paintPoles(
  view: View,
  light: Light,
  ways: readonly Way[],
  way: Way,
  side: number,
  seed: number,
): void {
  let before: Point | undefined;
  for (let atM = 16 + (side > 0 ? poleEveryM / 2 : 0); atM < Math.min(endOf(way), 120); atM += poleEveryM) {
    const foot = alongArm(way.stretches, atM, side * (way.halfM - 0.5));
    const awayM = view.aheadM({ ...foot, up: 3 });
    const others = ways.filter((each) => each !== way);
    if (awayM < 4 || !isFree(others, foot, 0)) {
      before = undefined;
      continue;
    }
    const base = [315, 45, 135, 225].map((deg) => moved(foot, deg, 0.14));
    drawBox(view, light, base, [0, 8.6], concrete);
    if (before) for (const up of [8.3, 7.9, 7.6]) hangCable(view, light, before, foot, up, awayM);
    before = foot;
    const lampAt = moved(foot, foot.headingDeg, 0, -side * 2);
    const arm = [moved(foot, foot.headingDeg, 0.08), moved(lampAt, foot.headingDeg, 0.08)];
    view.polygon(
      [
        { ...arm[0]!, up: lampUpM },
        { ...arm[1]!, up: lampUpM + 0.3 },
        { ...arm[1]!, up: lampUpM + 0.5 },
        { ...arm[0]!, up: lampUpM + 0.2 },
      ],
      light.shade(concrete, 0.5, awayM),
    );
    if (light.lampsOn && chanceAt(seed, Math.round(atM), side) < 0.88) shine(view, light, lampAt, awayM);
  }
}

/** A cable sags: three straight pieces, each a thin band. */
function hangCable(view: View, light: Light, from: Point, to: Point, up: number, awayM: number): void {
  const thickM = 0.035 + awayM * 0.0005;
  const on = (share: number): { east: number; north: number; up: number } => ({
    east: from.east + (to.east - from.east) * share,
    north: from.north + (to.north - from.north) * share,
    up: up - 2 * share * (1 - share),
  });
  for (let piece = 0; piece < 4; piece++) {
    const [one, other] = [on(piece / 4), on((piece + 1) / 4)];
    const band = [one, other, { ...other, up: other.up + thickM }, { ...one, up: one.up + thickM }];
    view.polygon(band, light.shade([44, 44, 48], 0.3, awayM * 0.7));
  }
}

const sodium: Colour = [255, 196, 120];

/** The lamp, and its pool of light on the street. */
function shine(view: View, light: Light, lamp: Point, awayM: number): void {
  const strength = (1 - light.day) / (1 + awayM / 140);
  for (const [radiusM, share] of [
    [11, 0.06],
    [8.6, 0.065],
    [6.4, 0.07],
    [4.4, 0.07],
    [2.6, 0.06],
  ] as const) {
    const rim = Array.from({ length: 16 }, (_, at) => ({ ...moved(lamp, at * 22.5, radiusM), up: 0.02 }));
    view.polygon(rim, scaled(sodium, share * strength), 'glow');
  }
  view.light({ ...lamp, up: lampUpM + 0.3 }, 0.9, scaled(sodium, 0.9 * strength + 0.1), 3);
}
