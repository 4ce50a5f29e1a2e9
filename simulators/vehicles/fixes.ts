// Where every vehicle truly is, step by step, with a short memory that cameras draw from.
import type { City } from '../../model/city.ts';
import { trafficAt } from '../rhythm.ts';
import type { StreetGraph } from '../streets/graph.ts';
import { moved, type Point } from '../streets/plane.ts';
import { spotAt } from '../streets/route.ts';
import { createTrip } from './crew.ts';
import { simulatedFleet, type FleetVehicle } from './fleet.ts';
import type { Trip } from './trip.ts';

export interface Fix {
  ms: number;
  point: Point;
  headingDeg: number;
  speedMps: number;
}

export interface SimulatedVehicle extends FleetVehicle {
  trip: Trip;
  /** The newest last. */
  fixes: Fix[];
  nextMs: number;
}

export const stepMs = 2000;
/** From the lane to the kerb, where vehicles park. */
const kerbM = 2.2;
/** Long enough for the segments that a camera begins with. */
const keptFixes = 10;
/** After a longer pause (a machine that slept) the city goes on from where it was. */
const longestStepMs = 10_000;

export function createVehicles(
  city: City,
  graph: StreetGraph,
  seed: number,
  startMs: number,
): SimulatedVehicle[] {
  const fleet = simulatedFleet(city);
  return fleet.map((vehicle, at) => ({
    ...vehicle,
    trip: createTrip(city, graph, vehicle, seed, startMs),
    fixes: [],
    // Spread over the step, so that messages come as a stream and not in a burst.
    nextMs: startMs + Math.floor((at * stepMs) / fleet.length),
  }));
}

/** Moves a vehicle up to now and returns its newest fix. */
export function moveVehicle(vehicle: SimulatedVehicle, city: City, nowMs: number): Fix {
  const before = vehicle.fixes.at(-1);
  const elapsedMs = Math.min(longestStepMs, nowMs - (before?.ms ?? nowMs));
  vehicle.trip.move({ ms: nowMs, seconds: elapsedMs / 1000, traffic: trafficAt(city, nowMs) });
  const { motion, parked } = vehicle.trip;
  const spot = spotAt(motion.route, motion.atM);
  const fix = {
    ms: nowMs,
    point: parked ? moved(spot.point, spot.headingDeg, 0, kerbM) : spot.point,
    headingDeg: spot.headingDeg,
    speedMps: parked ? 0 : motion.speedMps,
  };
  vehicle.fixes.push(fix);
  if (vehicle.fixes.length > keptFixes) vehicle.fixes.shift();
  return fix;
}
