// What rules know of the city: its kecamatan, where its lines run, and when they are in service.
import type { City } from '../model/city.ts';
import { isWithinRing, Plane, toPath, type LonLat, type Path } from './geometry.ts';

export interface District {
  code: string;
  name: string;
  ring: readonly (readonly number[])[];
  centroid: LonLat;
}

export interface Line {
  id: string;
  name: string;
  path: Path;
  middle: LonLat;
}

export interface Ground {
  plane: Plane;
  districts: readonly District[];
  lines: ReadonlyMap<string, Line>;
  /** Since when the lines are in full service at that time; undefined while they are not. Epoch milliseconds. */
  inServiceSince(atMs: number): number | undefined;
}

const minuteMs = 60_000;
const slotMs = 15 * minuteMs;

export function toGround(city: City): Ground {
  const plane = new Plane(city.facts.centre as unknown as LonLat);
  const { from, thinAfter } = city.lines.serviceHours;
  const [begins, ends] = [minutesOf(from), minutesOf(thinAfter)];
  const minuteOfDay = clockOf(city.facts.timeZone);
  return {
    plane,
    districts: city.districts.districts.map(({ code, shortName, outline, centroid }) => ({
      code,
      name: shortName,
      ring: outline,
      centroid: centroid as unknown as LonLat,
    })),
    lines: new Map(toLines(city, plane).map((line) => [line.id, line])),
    inServiceSince: (atMs) => {
      const minute = minuteOfDay(atMs);
      return minute >= begins && minute < ends ? atMs - (minute - begins) * minuteMs : undefined;
    },
  };
}

/** The kecamatan that a place lies in; undefined outside the city. */
export const districtAt = (ground: Ground, lon: number, lat: number): District | undefined =>
  ground.districts.find(({ ring }) => isWithinRing(ring, lon, lat));

function toLines(city: City, plane: Plane): Line[] {
  const legs = legsOf(city);
  return city.lines.lines.map(({ id, name, junctions }) => {
    const positions = junctions.slice(1).flatMap((to, at) => {
      const leg = legs.get(`${junctions[at]!} ${to}`) ?? [];
      return at === 0 ? leg : leg.slice(1);
    });
    const middle = positions[positions.length >> 1] ?? (city.facts.centre as unknown as LonLat);
    return { id, name, path: toPath(positions.map((each) => plane.toPoint(each))), middle };
  });
}

/** The bends between neighbouring junctions, both ends included, both ways. */
function legsOf(city: City): Map<string, LonLat[]> {
  const places = new Map(
    city.streets.junctions.map(({ id, position }) => [id, position as unknown as LonLat]),
  );
  const legs = new Map<string, LonLat[]>();
  for (const { chain } of city.streets.streets) {
    let from: string | undefined;
    let leg: LonLat[] = [];
    for (const link of chain) {
      leg.push(typeof link === 'string' ? places.get(link)! : (link as unknown as LonLat));
      if (typeof link !== 'string') continue;
      if (from !== undefined) {
        legs.set(`${from} ${link}`, leg);
        legs.set(`${link} ${from}`, [...leg].reverse());
      }
      from = link;
      leg = [places.get(link)!];
    }
  }
  return legs;
}

const minutesOf = (clock: string): number => {
  const [hours = 0, minutes = 0] = clock.split(':').map(Number);
  return hours * 60 + minutes;
};

/** Minutes since local midnight; the zone is asked once a quarter of an hour, for that is slow. */
function clockOf(timeZone: string): (atMs: number) => number {
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
  let slot: number | undefined;
  let atSlot = 0;
  return (atMs) => {
    const startMs = Math.floor(atMs / slotMs) * slotMs;
    if (slot !== startMs) {
      slot = startMs;
      atSlot = minutesOf(format.format(startMs));
    }
    return (atSlot + (atMs - startMs) / minuteMs) % 1440;
  };
}
