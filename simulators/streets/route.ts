// A way along junctions as one line with distances, for whoever drives along it.
import { armBetween, type StreetGraph } from './graph.ts';
import { bearingDeg, distanceM, moved, turnDeg, type Point } from './plane.ts';

interface Leg {
  from: Point;
  fromM: number;
  lengthM: number;
  headingDeg: number;
  limitMps: number;
  /** How many lines share the street: where many run, it jams first. */
  lines: number;
}

export interface RouteJunction {
  id: string;
  atM: number;
  /** Heading on arrival; for the first one, on departure. */
  headingDeg: number;
  /** How sharply the route bends here. */
  turnDeg: number;
}

export interface Route {
  legs: Leg[];
  junctions: RouteJunction[];
  lengthM: number;
}

export interface Spot {
  point: Point;
  headingDeg: number;
  limitMps: number;
  lines: number;
}

export function routeAlong(graph: StreetGraph, ids: readonly string[]): Route {
  const legs: Leg[] = [];
  const junctions: RouteJunction[] = [];
  let lengthM = 0;
  for (const [at, id] of ids.entries()) {
    const before = ids[at - 1];
    if (before === undefined) continue;
    const arm = armBetween(graph, before, id);
    const departureDeg = arm.bearingDeg;
    const arrivalDeg = legs.at(-1)?.headingDeg ?? departureDeg;
    junctions.push({
      id: before,
      atM: lengthM,
      headingDeg: arrivalDeg,
      turnDeg: turnDeg(arrivalDeg, departureDeg),
    });
    for (const [bend, to] of arm.points.slice(1).entries()) {
      const from = arm.points[bend]!;
      const leg = { from, fromM: lengthM, lengthM: distanceM(from, to), headingDeg: bearingDeg(from, to) };
      legs.push({ ...leg, limitMps: arm.limitMps, lines: arm.lines });
      lengthM += leg.lengthM;
    }
  }
  junctions.push({ id: ids.at(-1)!, atM: lengthM, headingDeg: legs.at(-1)?.headingDeg ?? 0, turnDeg: 0 });
  return { legs, junctions, lengthM };
}

const laneM = 2.4;

/** Where somebody is who has driven so far, on the left of the road. */
export function spotAt(route: Route, atM: number): Spot {
  let low = 0;
  let high = route.legs.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (route.legs[middle]!.fromM <= atM) low = middle;
    else high = middle - 1;
  }
  const leg = route.legs[low]!;
  const ahead = Math.min(Math.max(0, atM - leg.fromM), leg.lengthM);
  return {
    point: moved(leg.from, leg.headingDeg, ahead, laneM),
    headingDeg: leg.headingDeg,
    limitMps: leg.limitMps,
    lines: leg.lines,
  };
}
