// The ground of a picture: pavements, asphalt, lane marks and crossings, arm by arm.
import { bearingDeg, distanceM, moved, type Point } from '../streets/plane.ts';
import type { StreetClass } from '../streets/graph.ts';
import type { Light } from './light.ts';
import type { Colour } from './raster.ts';
import type { SceneArm } from './scene.ts';
import type { Place, View } from './view.ts';

export const roadWidthM: Record<StreetClass, number> = { arterial: 12, collector: 9, local: 6.5 };
export const pavementM = 2.2;
/** Farther than this an arm is a line in the haze. */
export const sightM = 170;

/** A stretch along an arm, straight, with where it begins. */
export interface Stretch {
  from: Point;
  headingDeg: number;
  fromM: number;
  lengthM: number;
}

export function stretchesOf(points: readonly Point[], farthestM = sightM): Stretch[] {
  const stretches: Stretch[] = [];
  let fromM = 0;
  for (const [at, to] of points.slice(1).entries()) {
    const from = points[at]!;
    const lengthM = Math.min(distanceM(from, to), farthestM - fromM);
    if (lengthM <= 0) break;
    stretches.push({ from, headingDeg: bearingDeg(from, to), fromM, lengthM });
    fromM += lengthM;
  }
  return stretches;
}

/** A point so far along an arm and so far to the left of who leaves the junction. */
export function alongArm(
  stretches: readonly Stretch[],
  atM: number,
  leftM: number,
): Point & { headingDeg: number } {
  let stretch = stretches[0]!;
  for (const next of stretches) if (next.fromM <= atM) stretch = next;
  return {
    ...moved(stretch.from, stretch.headingDeg, atM - stretch.fromM, leftM),
    headingDeg: stretch.headingDeg,
  };
}

const ground = (point: Point): Place => ({ ...point, up: 0 });

const asphalt: Colour = [104, 104, 108];
const paving: Colour = [158, 152, 144];
const paint: Colour = [222, 222, 214];

export function paintStreets(view: View, light: Light, arms: readonly SceneArm[], wetness: number): void {
  const wet = 1 - 0.3 * wetness;
  const road: Colour = [asphalt[0] * wet, asphalt[1] * wet, asphalt[2] * (wet + 0.04)];
  const ways = arms.map((arm) => ({
    arm,
    stretches: stretchesOf(arm.points),
    widthM: roadWidthM[arm.streetClass],
  }));
  for (const { stretches, widthM } of ways) strip(view, light, stretches, 0, widthM / 2 + pavementM, paving);
  disc(view, light, arms[0]!.points[0]!, Math.max(...ways.map((way) => way.widthM)) / 2 + 4, paving);
  disc(view, light, arms[0]!.points[0]!, Math.max(...ways.map((way) => way.widthM)) / 2 + 2.4, road);
  for (const { stretches, widthM } of ways) strip(view, light, stretches, 0, widthM / 2, road);
  for (const { arm, stretches, widthM } of ways) {
    const marksFromM = Math.max(9, widthM * 0.9);
    if (arm.streetClass !== 'local') zebra(view, light, stretches, widthM, marksFromM);
    stopLine(view, light, stretches, widthM, marksFromM + 4.6);
    dashes(view, light, stretches, widthM, marksFromM + 6);
  }
}

/** A band along an arm, in pieces so that haze grows with distance. */
function strip(
  view: View,
  light: Light,
  stretches: Stretch[],
  offM: number,
  halfM: number,
  colour: Colour,
): void {
  for (const { from, headingDeg, lengthM, fromM } of stretches) {
    for (let atM = 0; atM < lengthM; atM += 12) {
      const untilM = Math.min(lengthM + 0.4, atM + 12);
      const quad = [
        moved(from, headingDeg, atM, offM + halfM),
        moved(from, headingDeg, untilM, offM + halfM),
        moved(from, headingDeg, untilM, offM - halfM),
        moved(from, headingDeg, atM, offM - halfM),
      ].map(ground);
      view.polygon(quad, light.shade(colour, 1, fromM + atM + 15), 'over');
    }
  }
}

function disc(view: View, light: Light, middle: Point, radiusM: number, colour: Colour): void {
  const rim = Array.from({ length: 20 }, (_, at) => ground(moved(middle, at * 18, radiusM)));
  view.polygon(rim, light.shade(colour, 1, 18), 'over');
}

function bar(
  view: View,
  light: Light,
  stretches: Stretch[],
  fromM: number,
  untilM: number,
  leftM: number,
  halfM: number,
): void {
  const [near, far] = [fromM, untilM].map((atM) => [
    alongArm(stretches, atM, leftM + halfM),
    alongArm(stretches, atM, leftM - halfM),
  ]);
  view.polygon(
    [near![0]!, far![0]!, far![1]!, near![1]!].map(ground),
    light.shade(paint, 1, fromM + 15),
    'over',
  );
}

function zebra(view: View, light: Light, stretches: Stretch[], widthM: number, atM: number): void {
  for (let leftM = -widthM / 2 + 0.7; leftM < widthM / 2; leftM += 1.1)
    bar(view, light, stretches, atM, atM + 3, leftM, 0.28);
}

/** Who arrives keeps left, which is the right-hand side of who leaves. */
function stopLine(view: View, light: Light, stretches: Stretch[], widthM: number, atM: number): void {
  bar(view, light, stretches, atM, atM + 0.45, -widthM / 4, widthM / 4 - 0.3);
}

function dashes(view: View, light: Light, stretches: Stretch[], widthM: number, fromM: number): void {
  const endM = stretches.at(-1)!.fromM + stretches.at(-1)!.lengthM;
  for (let atM = fromM; atM < Math.min(endM, 110); atM += 7)
    bar(view, light, stretches, atM, Math.min(endM, atM + 3), 0, 0.09);
  for (const side of [-1, 1]) {
    for (let atM = fromM; atM < Math.min(endM, 110); atM += 12) {
      bar(view, light, stretches, atM, Math.min(endM, atM + 12), side * (widthM / 2 - 0.35), 0.06);
    }
  }
}
