// The ground of a city as a grid that knows how far each point lies beyond the sight of everything: blind areas, and their share. Pure.
import { beyondSightM, metresPerDegree, type Eye } from './blindness.ts';
import type { CityMap } from './city.ts';

/** Metres between the points; more where a city is so large that there would be too many. */
const finestStepM = 60;
const mostPoints = 60_000;
/** Further than this from an eye or the outline it does not matter how far. */
const farM = 10_000;

type Ring = readonly (readonly number[])[];

export interface Ground {
  /** Of the first point, degrees; points go eastward, then northward. */
  west: number;
  south: number;
  stepLon: number;
  stepLat: number;
  stepM: number;
  columns: number;
  rows: number;
  /** How far within the city each point lies, in metres; negative outside. */
  insideM: Float32Array;
  /** Of the districts, in the order of the file; -1 outside of all. */
  district: Int16Array;
}

/** Lays the grid over a city, a step beyond its outline; some tens of milliseconds, once. */
export function toGround({ outline, districts }: CityMap['districts']): Ground {
  const [west, south, east, north] = boundsOf(outline);
  const metresPerLon = metresPerDegree * Math.cos((((south + north) / 2) * Math.PI) / 180);
  const areaM2 = (east - west) * metresPerLon * (north - south) * metresPerDegree;
  const stepM = Math.max(finestStepM, Math.sqrt(areaM2 / mostPoints));
  const [stepLon, stepLat] = [stepM / metresPerLon, stepM / metresPerDegree];
  const columns = Math.ceil((east - west) / stepLon) + 3;
  const rows = Math.ceil((north - south) / stepLat) + 3;
  const ground: Ground = {
    west: west - stepLon,
    south: south - stepLat,
    ...{ stepLon, stepLat, stepM, columns, rows },
    insideM: new Float32Array(columns * rows),
    district: new Int16Array(columns * rows).fill(-1),
  };
  const rings = districts.map((one) => ({ ring: one.outline, bounds: boundsOf(one.outline) }));
  for (let at = 0; at < columns * rows; at++) {
    const [lon, lat] = placeAt(ground, at);
    ground.insideM[at] = isWithin(outline, lon, lat) ? farM : -farM;
    ground.district[at] = rings.findIndex(
      ({ ring, bounds: [w, s, e, n] }) =>
        lon >= w && lon <= e && lat >= s && lat <= n && isWithin(ring, lon, lat),
    );
  }
  measureEdge(ground, outline);
  return ground;
}

/** How far within, to the metre, only where the outline passes: elsewhere it is far enough not to matter. */
function measureEdge(ground: Ground, outline: Ring): void {
  const { west, south, stepLon, stepLat, stepM, columns, insideM } = ground;
  const edge = outline.map(([lon, lat]) => [
    ((lon! - west) / stepLon) * stepM,
    ((lat! - south) / stepLat) * stepM,
  ]);
  const around = [1, columns - 1, columns, columns + 1].flatMap((step) => [step, -step]);
  const inside = insideM.map(Math.sign);
  for (let at = 0; at < insideM.length; at++) {
    if (around.every((step) => inside[at + step] === undefined || inside[at + step] === inside[at])) continue;
    const [x, y] = [(at % columns) * stepM, Math.floor(at / columns) * stepM];
    insideM[at] = inside[at]! * distanceToRing(edge, x, y);
  }
}

const placeAt = (
  { west, south, stepLon, stepLat, columns }: Ground,
  at: number,
): [lon: number, lat: number] => [
  west + (at % columns) * stepLon,
  south + Math.floor(at / columns) * stepLat,
];

/** How far each point lies beyond all sight, in metres, where it is in the city: more than 0 is blind. */
export function toBlindField(ground: Ground, eyes: readonly Eye[]): Float32Array {
  const { west, south, stepLon, stepLat, stepM, columns, rows, insideM } = ground;
  const field = new Float32Array(columns * rows).fill(farM);
  for (const eye of eyes) {
    const column = (eye.lon - west) / stepLon;
    const row = (eye.lat - south) / stepLat;
    // One step beyond its reach: the border of its sight lies between two points.
    const span = eye.reachM / stepM + 1;
    const lastRow = Math.min(rows - 1, Math.floor(row + span));
    const lastColumn = Math.min(columns - 1, Math.floor(column + span));
    for (let r = Math.max(0, Math.ceil(row - span)); r <= lastRow; r++) {
      for (let c = Math.max(0, Math.ceil(column - span)); c <= lastColumn; c++) {
        const beyondM = beyondSightM(eye, (c - column) * stepM, (r - row) * stepM);
        const at = r * columns + c;
        if (beyondM < field[at]!) field[at] = beyondM;
      }
    }
  }
  for (let at = 0; at < field.length; at++) field[at] = Math.min(field[at]!, insideM[at]!);
  return field;
}

/** Which part of each district lies beyond all sight, 0 to 1, in the order of the file; null for one without a point. */
export function blindShares({ district }: Ground, field: Float32Array, districts: number): (number | null)[] {
  const all = new Array<number>(districts).fill(0);
  const blind = new Array<number>(districts).fill(0);
  for (let at = 0; at < district.length; at++) {
    const of = district[at]!;
    if (of < 0) continue;
    all[of]!++;
    if (field[at]! > 0) blind[of]!++;
  }
  return all.map((count, of) => (count === 0 ? null : blind[of]! / count));
}

function boundsOf(ring: Ring): [west: number, south: number, east: number, north: number] {
  const lons = ring.map(([lon]) => lon!);
  const lats = ring.map(([, lat]) => lat!);
  return [Math.min(...lons), Math.min(...lats), Math.max(...lons), Math.max(...lats)];
}

/** By the crossings of a ray to the east; closed or not. */
function isWithin(ring: Ring, x: number, y: number): boolean {
  let inside = false;
  for (let n = 0, before = ring.length - 1; n < ring.length; before = n++) {
    const [xA, yA] = ring[before] as [number, number];
    const [xB, yB] = ring[n] as [number, number];
    if (yA > y === yB > y) continue;
    if (x < xA + ((y - yA) / (yB - yA)) * (xB - xA)) inside = !inside;
  }
  return inside;
}

function distanceToRing(ring: Ring, x: number, y: number): number {
  let least = Number.POSITIVE_INFINITY;
  for (let n = 0, before = ring.length - 1; n < ring.length; before = n++) {
    const [xA, yA] = ring[before] as [number, number];
    const [dX, dY] = [ring[n]![0]! - xA, ring[n]![1]! - yA];
    const length2 = dX * dX + dY * dY;
    const on = length2 === 0 ? 0 : Math.min(1, Math.max(0, ((x - xA) * dX + (y - yA) * dY) / length2));
    least = Math.min(least, Math.hypot(x - xA - on * dX, y - yA - on * dY));
  }
  return least;
}
