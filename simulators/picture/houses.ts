// The houses along the streets of a picture: shophouses with awnings and shutters, lit windows in the evening.
import { moved, type Point } from '../streets/plane.ts';
import { drawBox, drawPane, facingOf } from './box.ts';
import { chanceAt } from './chance.ts';
import type { Light } from './light.ts';
import { paintPoles } from './poles.ts';
import { mixed, scaled, type Colour } from './raster.ts';
import type { SceneArm } from './scene.ts';
import { alongArm } from './street.ts';
import { paintGreen, paintTree } from './trees.ts';
import type { View } from './view.ts';
import { endOf, isFree, waysOf, type Way } from './ways.ts';

const farthestM = 150;

export function paintHouses(view: View, light: Light, arms: readonly SceneArm[], seed: number): void {
  const ways = waysOf(arms);
  for (const [armNo, way] of ways.entries()) {
    for (const side of [-1, 1]) {
      paintRow(view, light, ways, way, side, (seed ^ (armNo * 7919)) + side);
      paintPoles(view, light, ways, way, side, seed + armNo);
    }
  }
  paintGreen(view, light, ways, arms[0]!.points[0]!, seed);
}

const walls: Colour[] = [
  [214, 204, 184],
  [196, 178, 150],
  [176, 190, 190],
  [206, 186, 176],
  [188, 196, 172],
  [222, 216, 206],
  [168, 172, 180],
  [210, 192, 148],
];
const awnings: Colour[] = [
  [150, 58, 48],
  [48, 92, 130],
  [60, 112, 78],
  [176, 130, 52],
  [112, 104, 98],
];
const roof: Colour = [134, 92, 76];

function paintRow(
  view: View,
  light: Light,
  ways: readonly Way[],
  way: Way,
  side: number,
  seed: number,
): void {
  const dense = { arterial: 0.9, collector: 0.74, local: 0.5 }[way.arm.streetClass];
  let atM = way.halfM + 2;
  for (let no = 0; atM < Math.min(endOf(way), farthestM); no++) {
    const chance = (what: number): number => chanceAt(seed, no, what);
    const frontM = 4.5 + 5 * chance(1);
    const lotM = frontM + (chance(2) < 0.2 ? 2.5 : 0);
    const middle = alongArm(way.stretches, atM + frontM / 2, side * (way.halfM + 6.2));
    if (isFree(ways, middle, 4.5)) {
      if (chance(3) < dense) paintHouse(view, light, way, side, atM, frontM, chance);
      else
        paintTree(view, light, alongArm(way.stretches, atM + frontM / 2, side * (way.halfM + 1.5)), chance);
    }
    atM += lotM;
  }
}

function paintHouse(
  view: View,
  light: Light,
  way: Way,
  side: number,
  atM: number,
  frontM: number,
  chance: (what: number) => number,
): void {
  const off = side * (way.halfM + 0.6);
  const near = alongArm(way.stretches, atM, off);
  const far = alongArm(way.stretches, atM + frontM, off);
  const depth = side * (8 + 4 * chance(4));
  const [nearBack, farBack] = [near, far].map((point) => moved(point, near.headingDeg, 0, depth));
  // The front is the side from first to second corner, and the base goes clockwise on either side of the street.
  const base = side > 0 ? [far, near, nearBack!, farBack!] : [near, far, farBack!, nearBack!];
  const floors = 1 + Math.floor(chance(5) * 2.7);
  const heightM = 0.6 + floors * 3.4;
  const wall = walls[Math.floor(chance(6) * walls.length)]!;
  if (view.aheadM({ ...middleOf(base), up: heightM / 2 }) < 1) return;
  drawBox(view, light, base, [0, heightM], wall, roof);
  paintFront(view, light, [base[0]!, base[1]!], floors, heightM, wall, chance);
  for (const end of [
    [base[1]!, base[2]!],
    [base[3]!, base[0]!],
  ] as const)
    paintEnd(view, light, end, floors, chance);
}

/** The wall towards the neighbour, seen where there is none: a small window or two a floor. */
function paintEnd(
  view: View,
  light: Light,
  end: readonly [Point, Point],
  floors: number,
  chance: (what: number) => number,
): void {
  const awayM = Math.max(0, view.aheadM({ ...end[0], up: 2 }));
  if (awayM > 60) return;
  for (let floor = 0; floor < floors; floor++) {
    for (const fromShare of [0.18, 0.62]) {
      if (chance(90 + floor * 2 + fromShare * 10) < 0.3) continue;
      const up = floor * 3.4 + 1.5;
      drawPane(
        view,
        end,
        [fromShare, fromShare + 0.13],
        [up, up + 1.2],
        0.05,
        light.shade(glass, 0.5, awayM),
      );
    }
  }
}

const middleOf = (base: readonly Point[]): Point => ({
  east: base.reduce((sum, point) => sum + point.east, 0) / base.length,
  north: base.reduce((sum, point) => sum + point.north, 0) / base.length,
});

const lampLight: Colour = [236, 196, 128];
const tubeLight: Colour = [206, 216, 220];
const glass: Colour = [70, 82, 92];

function paintFront(
  view: View,
  light: Light,
  front: readonly [Point, Point],
  floors: number,
  heightM: number,
  wall: Colour,
  chance: (what: number) => number,
): void {
  const awayM = Math.max(0, view.aheadM({ ...front[0], up: 2 }));
  const facing = facingOf(0);
  const dark = light.shade(glass, facing, awayM);
  const lit = (no: number, colour: Colour): Colour =>
    light.lampsOn && chance(no) < 0.45
      ? mixed(scaled(colour, 0.5 + 0.4 * chance(no + 50)), light.horizon, Math.min(0.6, awayM / 300))
      : dark;
  // The shop: open and lit in the evening, a shutter otherwise.
  const shutter = light.shade(mixed(wall, [120, 120, 122], 0.6), facing, awayM);
  const open = chance(7) < (light.lampsOn ? 0.45 : 0.7);
  const shop = open ? (light.lampsOn ? lit(8, tubeLight) : dark) : shutter;
  drawPane(view, front, [0.08, 0.92], [0.15, 2.7], 0.05, shop);
  const awning = awnings[Math.floor(chance(9) * awnings.length)]!;
  drawPane(view, front, [0.02, 0.98], [2.8, 3.5], 0.35, light.shade(awning, 0.7, awayM));
  for (let floor = 1; floor < floors; floor++) {
    for (let pane = 0; pane < 3; pane++) {
      const fromShare = 0.1 + pane * 0.29;
      const up = floor * 3.4 + 1.2;
      drawPane(
        view,
        front,
        [fromShare, fromShare + 0.2],
        [up, up + 1.5],
        0.05,
        lit(10 + floor * 3 + pane, lampLight),
      );
    }
  }
  drawPane(
    view,
    front,
    [0, 1],
    [heightM - 0.5, heightM + 0.25],
    0.12,
    light.shade(scaled(wall, 0.82), facing, awayM),
  );
}
