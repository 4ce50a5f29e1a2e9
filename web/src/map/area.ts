// Areas that people draw on the map: what lies in them, how large they are, how they stand in an address. Pure.
import { distanceM, pointInRing } from '../city/geography.ts';

export type Position = [lon: number, lat: number];
export type Area =
  { kind: 'circle'; centre: Position; radiusM: number } | { kind: 'polygon'; ring: readonly Position[] };

export const smallestRadiusM = 20;
export const largestRadiusM = 20_000;
/** An address holds so many corners; drawing stops there too. */
export const mostCorners = 60;

const metresPerDegree = 111_195;
const lonScale = (lat: number): number => Math.max(0.01, Math.cos((lat * Math.PI) / 180));
const circleCorners = 72;

/** West, south, east, north. */
export function boundsOf(area: Area): [number, number, number, number] {
  if (area.kind === 'circle') {
    const [lon, lat] = area.centre;
    const dLat = area.radiusM / metresPerDegree;
    const dLon = dLat / lonScale(lat);
    return [lon - dLon, lat - dLat, lon + dLon, lat + dLat];
  }
  const lons = area.ring.map(([lon]) => lon);
  const lats = area.ring.map(([, lat]) => lat);
  return [Math.min(...lons), Math.min(...lats), Math.max(...lons), Math.max(...lats)];
}

/** A test for many positions: its box first, which answers most of them. */
export function insideOf(area: Area): (position: Position) => boolean {
  const [west, south, east, north] = boundsOf(area);
  return (position) => {
    const [lon, lat] = position;
    if (lon < west || lon > east || lat < south || lat > north) return false;
    return area.kind === 'circle'
      ? distanceM(area.centre, position) <= area.radiusM
      : pointInRing(position, area.ring);
  };
}

/** Its edge as a closed ring, for drawing. */
export function ringOf(area: Area): Position[] {
  if (area.kind === 'polygon') return [...area.ring, area.ring[0]!];
  const [lon, lat] = area.centre;
  const dLat = area.radiusM / metresPerDegree;
  const dLon = dLat / lonScale(lat);
  return Array.from({ length: circleCorners + 1 }, (_, n) => {
    const angle = (2 * Math.PI * n) / circleCorners;
    return [lon + dLon * Math.cos(angle), lat + dLat * Math.sin(angle)];
  });
}

/** In square kilometres, as if the ground were flat: true to a thousandth within a city. */
export function areaKm2(area: Area): number {
  if (area.kind === 'circle') return (Math.PI * area.radiusM ** 2) / 1e6;
  const scale = lonScale(area.ring.reduce((sum, [, lat]) => sum + lat, 0) / area.ring.length);
  let twice = 0;
  for (const [n, [lonA, latA]] of area.ring.entries()) {
    const [lonB, latB] = area.ring[(n + 1) % area.ring.length]!;
    twice += (lonA * latB - lonB * latA) * scale;
  }
  return (Math.abs(twice) / 2) * (metresPerDegree / 1000) ** 2;
}

/** Metres along a path, from its beginning to each of its points. */
export function distancesAlong(path: readonly Position[]): number[] {
  let sum = 0;
  return path.map((position, n) => (n === 0 ? 0 : (sum += distanceM(path[n - 1]!, position))));
}

/** To a metre; what rounds to nothing has no sign. */
const degrees = (value: number): string => (Math.round(value * 1e5) / 1e5 + 0).toFixed(5);
const written = ([lon, lat]: Position): string => `${degrees(lat)},${degrees(lon)}`;

/** `2.96100,99.05900,300` is a circle of 300 m; corners are parted by `;`. Latitude comes first, as people write it. */
export const formatArea = (area: Area): string =>
  area.kind === 'circle'
    ? `${written(area.centre)},${Math.round(area.radiusM)}`
    : area.ring.map(written).join(';');

/** Undefined for whatever is no area. */
export function parseArea(text: string | null): Area | undefined {
  if (text === null || text.length > 40 * mostCorners) return undefined;
  const parts = text
    .split(';')
    .map((part) => part.split(',').map((word) => (word.trim() === '' ? NaN : Number(word))));
  if (!parts.flat().every(Number.isFinite)) return undefined;
  const positions = parts.map(([lat, lon]): Position => [lon ?? NaN, lat ?? NaN]);
  if (!positions.every(([lon, lat]) => Math.abs(lon) <= 180 && Math.abs(lat) <= 85)) return undefined;
  if (parts.length === 1 && parts[0]!.length === 3) {
    const radiusM = parts[0]![2]!;
    return radiusM >= smallestRadiusM && radiusM <= largestRadiusM
      ? { kind: 'circle', centre: positions[0]!, radiusM }
      : undefined;
  }
  const isRing = parts.length >= 3 && parts.length <= mostCorners && parts.every((part) => part.length === 2);
  return isRing ? { kind: 'polygon', ring: positions } : undefined;
}
