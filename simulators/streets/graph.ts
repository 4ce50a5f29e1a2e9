// The streets of the city as a graph: junctions with arms, and the quickest way from one to another.
import type { City } from '../../model/city.ts';
import { bearingDeg, createPlane, distanceM, type Plane, type Point } from './plane.ts';

export type StreetClass = City['streets']['streets'][number]['class'];

/** A street between two junctions, seen from one of them. */
export interface Arm {
  from: string;
  to: string;
  street: string;
  streetClass: StreetClass;
  limitMps: number;
  points: Point[];
  lengthM: number;
  /** Away from the junction. */
  bearingDeg: number;
  /** How many transport lines run along it. */
  lines: number;
}

export interface Junction {
  id: string;
  name: string;
  point: Point;
  subdistrict: string;
  arms: Arm[];
}

export interface StreetGraph {
  plane: Plane;
  junctions: Map<string, Junction>;
}

export function buildStreetGraph(city: City): StreetGraph {
  const plane = createPlane(city.facts.centre);
  const junctions = new Map<string, Junction>();
  for (const { id, name, position, subdistrict } of city.streets.junctions) {
    junctions.set(id, { id, name, point: plane.toPoint(position), subdistrict, arms: [] });
  }
  const linesAlong = countLines(city);
  for (const street of city.streets.streets) {
    let from: string | undefined;
    let points: Point[] = [];
    for (const link of street.chain) {
      if (typeof link !== 'string') {
        points.push(plane.toPoint(link));
        continue;
      }
      const { point } = junctions.get(link)!;
      points.push(point);
      if (from !== undefined)
        addArms(junctions, street, from, link, points, linesAlong.get(pairOf(from, link)) ?? 0);
      from = link;
      points = [point];
    }
  }
  return { plane, junctions };
}

const pairOf = (one: string, other: string): string => [one, other].sort().join(' ');

function countLines(city: City): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { junctions } of city.lines.lines) {
    for (const [at, id] of junctions.slice(1).entries()) {
      const pair = pairOf(junctions[at]!, id);
      counts.set(pair, (counts.get(pair) ?? 0) + 1);
    }
  }
  return counts;
}

function addArms(
  junctions: Map<string, Junction>,
  street: City['streets']['streets'][number],
  from: string,
  to: string,
  points: Point[],
  lines: number,
): void {
  const lengthM = points.slice(1).reduce((sum, point, at) => sum + distanceM(points[at]!, point), 0);
  const shared = {
    street: street.name,
    streetClass: street.class,
    limitMps: street.speedKmh / 3.6,
    lengthM,
    lines,
  };
  const back = [...points].reverse();
  junctions
    .get(from)!
    .arms.push({ ...shared, from, to, points, bearingDeg: bearingDeg(points[0]!, points[1]!) });
  junctions.get(to)!.arms.push({
    ...shared,
    from: to,
    to: from,
    points: back,
    bearingDeg: bearingDeg(back[0]!, back[1]!),
  });
}

/** The arm that leads from one junction straight to a neighbour. */
export function armBetween(graph: StreetGraph, from: string, to: string): Arm {
  const arm = graph.junctions.get(from)?.arms.find((each) => each.to === to);
  if (!arm) throw new Error(`No street joins ${from} and ${to}`);
  return arm;
}

/** The quickest way by the streets' speeds (Dijkstra; a city's main streets need no heap), both ends included. */
export function quickestWay(graph: StreetGraph, from: string, to: string): string[] {
  const seconds = new Map([[from, 0]]);
  const before = new Map<string, string>();
  const open = new Set([from]);
  while (open.size > 0) {
    const here = [...open].reduce((best, id) => (seconds.get(id)! < seconds.get(best)! ? id : best));
    if (here === to) break;
    open.delete(here);
    for (const arm of graph.junctions.get(here)!.arms) {
      const arrival = seconds.get(here)! + arm.lengthM / arm.limitMps;
      if (arrival >= (seconds.get(arm.to) ?? Infinity)) continue;
      seconds.set(arm.to, arrival);
      before.set(arm.to, here);
      open.add(arm.to);
    }
  }
  const way = [to];
  for (let id = before.get(to); id !== undefined; id = before.get(id)) way.unshift(id);
  return way;
}

/** The junction nearest to a place. */
export function nearestJunction(graph: StreetGraph, place: Point): Junction {
  let nearest: Junction | undefined;
  for (const junction of graph.junctions.values()) {
    if (!nearest || distanceM(junction.point, place) < distanceM(nearest.point, place)) nearest = junction;
  }
  if (!nearest) throw new Error('The city has no junctions');
  return nearest;
}
