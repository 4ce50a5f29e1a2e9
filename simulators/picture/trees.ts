// Trees and shrubs of a picture.
import { moved, type Point } from '../streets/plane.ts';
import { drawBox } from './box.ts';
import { chanceAt } from './chance.ts';
import type { Light } from './light.ts';
import type { Colour } from './raster.ts';
import type { View } from './view.ts';
import { isFree, type Way } from './ways.ts';

/** Trees and shrubs on the open ground around the junction. */
export function paintGreen(
  view: View,
  light: Light,
  ways: readonly Way[],
  middle: Point,
  seed: number,
): void {
  for (let no = 0; no < 40; no++) {
    const chance = (what: number): number => chanceAt(seed, no, what, 5);
    const place = moved(middle, 360 * chance(1), 12 + 38 * chance(2));
    const awayM = view.aheadM({ ...place, up: 0 });
    if (awayM < 9 || !isFree(ways, place, 1.4)) continue;
    if (chance(3) < 0.25) paintTree(view, light, place, chance);
    else {
      const green: Colour = [70 + 30 * chance(4), 96 + 26 * chance(5), 58];
      drawBall(view, light, place, 0.35, 0.5 + 0.5 * chance(6), green, awayM);
    }
  }
}

export function paintTree(view: View, light: Light, foot: Point, chance: (what: number) => number): void {
  const awayM = view.aheadM({ ...foot, up: 3 });
  if (awayM < 6) return;
  const trunk = [315, 45, 135, 225].map((deg) => moved(foot, deg, 0.18));
  drawBox(view, light, trunk, [0, 3], [92, 76, 60]);
  const heightM = 4.2 + 2.4 * chance(11);
  for (let ball = 0; ball < 5; ball++) {
    const middle = moved(foot, 360 * chance(20 + ball), 1.1 * chance(30 + ball));
    const up = heightM + 1.6 * (chance(40 + ball) - 0.5);
    const green: Colour = [58 + 26 * chance(60 + ball), 92 + 30 * chance(70 + ball), 52];
    drawBall(view, light, middle, up, 1.3 + 0.7 * chance(80 + ball), green, awayM);
  }
}

/** Round from wherever one looks: a disc that stands across the line of sight. */
function drawBall(
  view: View,
  light: Light,
  middle: Point,
  up: number,
  radiusM: number,
  colour: Colour,
  awayM: number,
): void {
  const acrossDeg = (Math.atan2(middle.east, middle.north) * 180) / Math.PI + 90;
  const rim = Array.from({ length: 11 }, (_, no) => {
    const angle = (no / 11) * 2 * Math.PI;
    return {
      ...moved(middle, acrossDeg, radiusM * Math.cos(angle)),
      up: up + radiusM * 0.85 * Math.sin(angle),
    };
  });
  view.polygon(rim, light.shade(colour, 0.4 + 0.1 * (up - 4), awayM));
}
