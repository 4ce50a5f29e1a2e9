// Where things lie: distances, the district of a point, the nearest junction, streets as lines. Pure.
import type { CityMap, Position } from '../../../model/city.ts';

const degree = Math.PI / 180;
const earthRadiusM = 6_371_008.8;

/** Web Mercator, 0 to 1 from west to east. */
export const mercatorX = (lon: number): number => (lon + 180) / 360;

/** Web Mercator, 0 to 1 from north to south. */
export const mercatorY = (lat: number): number =>
  0.5 - Math.log(Math.tan(Math.PI / 4 + (lat * degree) / 2)) / (2 * Math.PI);

export const lonOfMercator = (x: number): number => x * 360 - 180;
export const latOfMercator = (y: number): number =>
  (2 * Math.atan(Math.exp((0.5 - y) * 2 * Math.PI)) - Math.PI / 2) / degree;

/** Great-circle distance in metres. */
export function distanceM([lonA, latA]: Position, [lonB, latB]: Position): number {
  const sinLat = Math.sin(((latB - latA) * degree) / 2);
  const sinLon = Math.sin(((lonB - lonA) * degree) / 2);
  const h = sinLat * sinLat + Math.cos(latA * degree) * Math.cos(latB * degree) * sinLon * sinLon;
  return 2 * earthRadiusM * Math.asin(Math.min(1, Math.sqrt(h)));
}

/** Whether a point lies in a ring (closed or not), by counting crossings. */
export function pointInRing([lon, lat]: Position, ring: readonly Position[]): boolean {
  let inside = false;
  for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
    const [lonA, latA] = ring[i]!;
    const [lonB, latB] = ring[j]!;
    if (latA > lat !== latB > lat && lon < ((lonB - lonA) * (lat - latA)) / (latB - latA) + lonA)
      inside = !inside;
  }
  return inside;
}

export interface Street {
  name: string;
  class: 'arterial' | 'collector' | 'local';
  path: Position[];
}

export interface Place {
  /** Name of the nearest junction and how far it is. */
  junction: { name: string; metres: number } | undefined;
  district: { code: string; name: string; shortName: string } | undefined;
}

export type District = CityMap['districts']['districts'][number];

interface Outline {
  district: District;
  ring: Position[];
  west: number;
  south: number;
  east: number;
  north: number;
}

function toOutline(district: District): Outline {
  const ring = district.outline.map(asPosition);
  const lons = ring.map(([lon]) => lon);
  const lats = ring.map(([, lat]) => lat);
  const [west, east] = [Math.min(...lons), Math.max(...lons)];
  return { district, ring, west, east, south: Math.min(...lats), north: Math.max(...lats) };
}

/** The city's map with what the screens ask of it. */
export class Geography {
  readonly map: CityMap;
  readonly streets: Street[];
  readonly #outlines: Outline[];

  constructor(map: CityMap) {
    this.map = map;
    this.#outlines = map.districts.districts.map(toOutline);
    const junctions = new Map(
      map.streets.junctions.map((junction) => [junction.id, asPosition(junction.position)]),
    );
    this.streets = map.streets.streets.map((street) => ({
      name: street.name,
      class: street.class,
      path: street.chain.flatMap((step) => {
        const position = typeof step === 'string' ? junctions.get(step) : asPosition(step);
        return position ? [position] : [];
      }),
    }));
  }

  placeOf(position: Position): Place {
    let junction: Place['junction'];
    for (const candidate of this.map.streets.junctions) {
      const metres = distanceM(position, asPosition(candidate.position));
      if (junction === undefined || metres < junction.metres) junction = { name: candidate.name, metres };
    }
    return { junction, district: this.districtOf(position) };
  }

  /** The kecamatan a position lies in; undefined outside the city. Quick enough for 20,000 a second. */
  districtOf(position: Position): District | undefined {
    const [lon, lat] = position;
    return this.#outlines.find(
      ({ west, south, east, north, ring }) =>
        lon >= west && lon <= east && lat >= south && lat <= north && pointInRing(position, ring),
    )?.district;
  }
}

/** The schema knows a position as a list of numbers; two of them, checked by the server. */
export const asPosition = (numbers: readonly number[]): Position => [numbers[0] ?? 0, numbers[1] ?? 0];

export const closeRing = (ring: readonly Position[]): Position[] => {
  const first = ring[0];
  return first ? [...ring, first] : [];
};
