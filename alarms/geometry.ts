// A flat city in metres: where a point lies along a line, how far from it, and whether it is within a ring.

export interface Point {
  east: number;
  north: number;
}

export type LonLat = readonly [lon: number, lat: number];

const metresPerDegree = 111_320;

/** Good to a metre at the size of a city. */
export class Plane {
  readonly #centre: LonLat;
  readonly #metresPerLon: number;

  constructor(centre: LonLat) {
    this.#centre = centre;
    this.#metresPerLon = metresPerDegree * Math.cos((centre[1] * Math.PI) / 180);
  }

  toPoint([lon, lat]: LonLat): Point {
    return {
      east: (lon - this.#centre[0]) * this.#metresPerLon,
      north: (lat - this.#centre[1]) * metresPerDegree,
    };
  }
}

export const distanceM = (one: Point, other: Point): number =>
  Math.hypot(one.east - other.east, one.north - other.north);

/** A line through points, with the metres from its beginning to each. */
export interface Path {
  points: Point[];
  atM: number[];
  lengthM: number;
}

export function toPath(points: Point[]): Path {
  const atM = [0];
  for (let n = 1; n < points.length; n++) atM.push(atM[n - 1]! + distanceM(points[n - 1]!, points[n]!));
  return { points, atM, lengthM: atM.at(-1)! };
}

/** The nearest place of the path: metres along it, and metres away from it. */
export function nearestOn({ points, atM }: Path, point: Point): { alongM: number; awayM: number } {
  let nearest = { alongM: 0, awayM: Number.POSITIVE_INFINITY };
  for (let n = 1; n < points.length; n++) {
    const [from, to] = [points[n - 1]!, points[n]!];
    const lengthM = atM[n]! - atM[n - 1]!;
    if (lengthM === 0) continue;
    const [dEast, dNorth] = [(to.east - from.east) / lengthM, (to.north - from.north) / lengthM];
    const projectedM = (point.east - from.east) * dEast + (point.north - from.north) * dNorth;
    const onM = Math.min(lengthM, Math.max(0, projectedM));
    const awayM = Math.hypot(point.east - from.east - onM * dEast, point.north - from.north - onM * dNorth);
    if (awayM < nearest.awayM) nearest = { alongM: atM[n - 1]! + onM, awayM };
  }
  return nearest;
}

/** By the crossings of a ray to the east; a ring that repeats its first point and one that does not are the same. */
export function isWithinRing(ring: readonly (readonly number[])[], lon: number, lat: number): boolean {
  let inside = false;
  for (let n = 0, before = ring.length - 1; n < ring.length; before = n++) {
    const [lonA, latA] = ring[before] as [number, number];
    const [lonB, latB] = ring[n] as [number, number];
    if (latA > lat === latB > lat) continue;
    if (lon < lonA + ((lat - latA) / (latB - latA)) * (lonB - lonA)) inside = !inside;
  }
  return inside;
}
