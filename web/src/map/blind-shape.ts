// The blind ground as shapes to draw: the borders of a grid's blind part, chained into rings, each hole in its ring. Pure.
import type { Ground } from '../../../model/blind-ground.ts';

type Position = [lon: number, lat: number];
/** Closed, counterclockwise; a hole the other way round (RFC 7946, 3.1.6). */
export type Ring = Position[];

/** Sides of a cell, each with the two corners between which it lies; corners: 0 lower left, then counterclockwise. */
const [bottom, right, top, left] = [0, 1, 2, 3] as const;
/** By which corners are blind (1, 2, 4, 8): borders from side to side, what is blind on their left. */
const borders: readonly (readonly [from: number, to: number][])[] = [
  [],
  [[bottom, left]],
  [[right, bottom]],
  [[right, left]],
  [[top, right]],
  [
    [bottom, left],
    [top, right],
  ],
  [[top, bottom]],
  [[top, left]],
  [[left, top]],
  [[bottom, top]],
  [
    [right, bottom],
    [left, top],
  ],
  [[right, top]],
  [[left, right]],
  [[bottom, right]],
  [[left, bottom]],
  [],
];

/** Polygons of what is blind (more than 0) in the field of a ground, as GeoJSON has them: a ring, then its holes. */
export function toBlindShape(ground: Ground, field: Float32Array): Ring[][] {
  const rings = chain(bordersOf(ground, field));
  const outers = rings.filter((ring) => twiceArea(ring) > 0).map((ring) => ({ ring, area: twiceArea(ring) }));
  outers.sort((a, b) => a.area - b.area);
  const polygons = new Map(outers.map(({ ring }) => [ring, [ring]]));
  for (const hole of rings.filter((ring) => twiceArea(ring) < 0)) {
    // Of several around it the smallest is its own.
    const around = outers.find(({ ring }) => isWithin(ring, hole[0]!));
    if (around) polygons.get(around.ring)!.push(hole);
  }
  return [...polygons.values()];
}

interface Border {
  to: number;
  at: Position;
}

/** From the crossing of each grid line to the next. */
function bordersOf(ground: Ground, field: Float32Array): Map<number, Border> {
  const { columns, rows } = ground;
  const found = new Map<number, Border>();
  for (let row = 0; row < rows - 1; row++) {
    for (let column = 0; column < columns - 1; column++) {
      const at = row * columns + column;
      const corners = [at, at + 1, at + columns + 1, at + columns];
      const blind = corners.reduce((bits, corner, n) => bits + (field[corner]! > 0 ? 1 << n : 0), 0);
      if (blind === 0 || blind === 15) continue;
      // A grid line has a number of its own: twice that of its lower or left end, and one more if it goes up.
      const lines = [2 * at, 2 * (at + 1) + 1, 2 * (at + columns), 2 * at + 1];
      for (const [from, to] of borders[blind]!) {
        found.set(lines[from]!, { to: lines[to]!, at: crossing(ground, field, lines[from]!) });
      }
    }
  }
  return found;
}

/** Where on a grid line blindness begins, between its ends. */
function crossing(ground: Ground, field: Float32Array, line: number): Position {
  const { west, south, stepLon, stepLat, columns } = ground;
  const at = line >> 1;
  const up = (line & 1) === 1;
  const [here, there] = [field[at]!, field[at + (up ? columns : 1)]!];
  const part = here / (here - there);
  const column = (at % columns) + (up ? 0 : part);
  const row = Math.floor(at / columns) + (up ? part : 0);
  return [rounded(west + column * stepLon), rounded(south + row * stepLat)];
}

/** 1e-6 degrees are 11 cm. */
const rounded = (degrees: number): number => Math.round(degrees * 1e6) / 1e6;

/** The grid goes a step beyond the city, so that every border comes back to where it began. */
function chain(open: Map<number, Border>): Ring[] {
  const rings: Ring[] = [];
  for (const first of open.keys()) {
    const ring: Ring = [];
    for (let line = first, border = open.get(line); border !== undefined; border = open.get(line)) {
      ring.push(border.at);
      open.delete(line);
      line = border.to;
    }
    if (ring.length > 2) rings.push([...ring, ring[0]!]);
  }
  return rings;
}

function twiceArea(ring: Ring): number {
  let sum = 0;
  for (let n = 1; n < ring.length; n++) sum += ring[n - 1]![0] * ring[n]![1] - ring[n]![0] * ring[n - 1]![1];
  return sum;
}

function isWithin(ring: Ring, [x, y]: Position): boolean {
  let inside = false;
  for (let n = 1; n < ring.length; n++) {
    const [xA, yA] = ring[n - 1]!;
    const [xB, yB] = ring[n]!;
    if (yA > y !== yB > y && x < xA + ((y - yA) / (yB - yA)) * (xB - xA)) inside = !inside;
  }
  return inside;
}
