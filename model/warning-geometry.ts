// Where a warning holds, as GeoJSON (RFC 7946): its rings, its circles as rings, epicentres as points.
import type { WarningArea } from './warning.ts';

type Position = [lon: number, lat: number];

export type WarningShape =
  { type: 'MultiPolygon'; coordinates: Position[][][] } | { type: 'MultiPoint'; coordinates: Position[] };

export type WarningGeometry = WarningShape | { type: 'GeometryCollection'; geometries: WarningShape[] };

const earthRadiusKm = 6371;
const circleCorners = 48;
/** 1e-5 degrees is a metre. */
const rounded = (degrees: number): number => Math.round(degrees * 1e5) / 1e5;

/** Null where nothing says where. Rings are counterclockwise (RFC 7946, 3.1.6). */
export function toGeometry(areas: readonly WarningArea[]): WarningGeometry | null {
  const rings = areas.flatMap((area) => [
    ...area.polygons.map(counterclockwise),
    ...area.circles.filter((circle) => circle.radiusKm > 0).map(toRing),
  ]);
  const points = areas.flatMap((area) =>
    area.circles.filter((circle) => circle.radiusKm === 0).map(({ lon, lat }): Position => [lon, lat]),
  );
  const shapes: WarningShape[] = [];
  if (rings.length > 0) shapes.push({ type: 'MultiPolygon', coordinates: rings.map((ring) => [ring]) });
  if (points.length > 0) shapes.push({ type: 'MultiPoint', coordinates: points });
  if (shapes.length > 1) return { type: 'GeometryCollection', geometries: shapes };
  return shapes[0] ?? null;
}

function counterclockwise(ring: readonly Position[]): Position[] {
  const round = ring.map(([lon, lat]): Position => [rounded(lon), rounded(lat)]);
  return twiceArea(round) < 0 ? round.reverse() : round;
}

function twiceArea(ring: readonly Position[]): number {
  let sum = 0;
  for (let n = 1; n < ring.length; n++) {
    sum += ring[n - 1]![0] * ring[n]![1] - ring[n]![0] * ring[n - 1]![1];
  }
  return sum;
}

/** A circle on the sphere; past a pole or the date line it is cut off there. */
function toRing({ lon, lat, radiusKm }: WarningArea['circles'][number]): Position[] {
  const distance = Math.min(radiusKm / earthRadiusKm, Math.PI / 2);
  const [phi, radians] = [(lat * Math.PI) / 180, Math.PI / 180];
  const ring = Array.from({ length: circleCorners }, (_, n): Position => {
    const bearing = -(n / circleCorners) * 2 * Math.PI;
    const sinTo = Math.sin(phi) * Math.cos(distance) + Math.cos(phi) * Math.sin(distance) * Math.cos(bearing);
    const east = Math.atan2(
      Math.sin(bearing) * Math.sin(distance) * Math.cos(phi),
      Math.cos(distance) - Math.sin(phi) * sinTo,
    );
    const at = [lon + east / radians, Math.asin(Math.min(1, Math.max(-1, sinTo))) / radians] as const;
    return [rounded(Math.min(180, Math.max(-180, at[0]))), rounded(at[1])];
  });
  return [...ring, ring[0]!];
}

export type Bounds = readonly [west: number, south: number, east: number, north: number];

/** Whether any of it lies within the bounds, or they within it. */
export function touches(geometry: WarningGeometry | null, bounds: Bounds): boolean {
  if (geometry === null) return false;
  if (geometry.type === 'GeometryCollection')
    return geometry.geometries.some((each) => touches(each, bounds));
  if (geometry.type === 'MultiPoint') return geometry.coordinates.some((point) => isWithin(point, bounds));
  return geometry.coordinates.some(([ring]) => ring !== undefined && ringTouches(ring, bounds));
}

const isWithin = ([lon, lat]: Position, [west, south, east, north]: Bounds): boolean =>
  lon >= west && lon <= east && lat >= south && lat <= north;

function ringTouches(ring: readonly Position[], bounds: Bounds): boolean {
  // No edge crosses the bounds: then they lie within the ring as a whole, or outside.
  if (encloses(ring, [bounds[0], bounds[1]])) return true;
  return ring.some((to, n) => n > 0 && segmentTouches(ring[n - 1]!, to, bounds));
}

/** By the crossings of a ray to the east. */
function encloses(ring: readonly Position[], [lon, lat]: Position): boolean {
  let inside = false;
  for (let n = 1; n < ring.length; n++) {
    const [[lonA, latA], [lonB, latB]] = [ring[n - 1]!, ring[n]!];
    if (latA > lat === latB > lat) continue;
    if (lon < lonA + ((lat - latA) / (latB - latA)) * (lonB - lonA)) inside = !inside;
  }
  return inside;
}

/** Liang and Barsky: what is left of the segment after each side of the bounds has cut it. */
function segmentTouches(from: Position, to: Position, [west, south, east, north]: Bounds): boolean {
  const [dLon, dLat] = [to[0] - from[0], to[1] - from[1]];
  let [enter, leave] = [0, 1];
  for (const [step, room] of [
    [-dLon, from[0] - west],
    [dLon, east - from[0]],
    [-dLat, from[1] - south],
    [dLat, north - from[1]],
  ] as const) {
    if (step === 0 && room < 0) return false;
    if (step < 0) enter = Math.max(enter, room / step);
    if (step > 0) leave = Math.min(leave, room / step);
  }
  return enter <= leave;
}

/** Kilometres from a place to the nearest epicentre; undefined where there is none. */
export function kmToEpicentre(geometry: WarningGeometry | null, [lon, lat]: Position): number | undefined {
  const points = pointsOf(geometry).map((point) => kmBetween(point, [lon, lat]));
  return points.length === 0 ? undefined : Math.min(...points);
}

export function pointsOf(geometry: WarningGeometry | null): Position[] {
  if (geometry === null || geometry.type === 'MultiPolygon') return [];
  return geometry.type === 'MultiPoint' ? geometry.coordinates : geometry.geometries.flatMap(pointsOf);
}

function kmBetween([lonA, latA]: Position, [lonB, latB]: Position): number {
  const radians = Math.PI / 180;
  const a =
    Math.sin(((latB - latA) * radians) / 2) ** 2 +
    Math.cos(latA * radians) * Math.cos(latB * radians) * Math.sin(((lonB - lonA) * radians) / 2) ** 2;
  return 2 * earthRadiusKm * Math.asin(Math.min(1, Math.sqrt(a)));
}
