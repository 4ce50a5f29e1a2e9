// A flat city: metres east and north of its centre, good to a few centimetres at this size.

export interface Point {
  east: number;
  north: number;
}

export interface Plane {
  toPoint(position: readonly number[]): Point;
  toPosition(point: Point): [lon: number, lat: number];
}

const metresPerDegree = 111_320;

export function createPlane(centre: readonly number[]): Plane {
  const [lon0 = 0, lat0 = 0] = centre;
  const metresPerLon = metresPerDegree * Math.cos((lat0 * Math.PI) / 180);
  return {
    toPoint: ([lon = lon0, lat = lat0]) => ({
      east: (lon - lon0) * metresPerLon,
      north: (lat - lat0) * metresPerDegree,
    }),
    toPosition: ({ east, north }) => [lon0 + east / metresPerLon, lat0 + north / metresPerDegree],
  };
}

export const distanceM = (from: Point, to: Point): number =>
  Math.hypot(to.east - from.east, to.north - from.north);

/** Clockwise from north, 0 up to 360. */
export const bearingDeg = (from: Point, to: Point): number =>
  ((Math.atan2(to.east - from.east, to.north - from.north) * 180) / Math.PI + 360) % 360;

/** The smaller angle between two bearings, 0 to 180. */
export function turnDeg(from: number, to: number): number {
  const turn = Math.abs(from - to) % 360;
  return turn > 180 ? 360 - turn : turn;
}

/** So far towards a bearing, and so far to its left: where this country drives. */
export function moved(from: Point, headingDeg: number, aheadM: number, leftM = 0): Point {
  const radians = (headingDeg * Math.PI) / 180;
  const [sin, cos] = [Math.sin(radians), Math.cos(radians)];
  return { east: from.east + aheadM * sin - leftM * cos, north: from.north + aheadM * cos + leftM * sin };
}
