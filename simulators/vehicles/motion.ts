// How a vehicle moves along a route: speeds up gently, slows for bends, lights and stops, and never leaves the line.
import type { StreetGraph } from '../streets/graph.ts';
import { spotAt, type Route } from '../streets/route.ts';
import { hasLights, lightAt } from '../streets/signals.ts';

export interface Motion {
  route: Route;
  atM: number;
  speedMps: number;
  /** The next junction on the route, as an index; the first one lies behind at once. */
  nextJunction: number;
  /** Where to halt next of one's own will; the end of the route at the latest. */
  haltM: number;
}

export interface Driver {
  /** Against the speed limit, in an empty street. */
  pace: number;
  /** How much of the traffic holds this driver up: 0 with a siren, 1 otherwise. */
  heldUp: number;
  obeysLights: boolean;
}

const accelerationMps2 = 1.3;
const brakingMps2 = 1.8;
const bendMps = 4.5;
/** The stop line lies this far before a junction's middle. */
const stopLineM = 12;

export const startMotion = (route: Route, atM = 0): Motion => ({
  route,
  atM,
  speedMps: 0,
  nextJunction: Math.max(
    1,
    route.junctions.findIndex((junction) => junction.atM > atM),
  ),
  haltM: route.lengthM,
});

/** Jams: how much is left of the limit. Streets that many lines share suffer first. */
const flow = (traffic: number, lines: number): number => 1 - traffic * (0.28 + 0.3 * Math.min(1, lines / 6));

/** Moves on by `seconds`; true on having reached the halt. */
export function advance(
  motion: Motion,
  driver: Driver,
  graph: StreetGraph,
  traffic: number,
  ms: number,
  seconds: number,
): boolean {
  for (let left = seconds; left > 0; left -= 1) {
    const step = Math.min(1, left);
    const target = targetSpeed(motion, driver, graph, traffic, ms - left * 1000);
    const change = target - motion.speedMps;
    motion.speedMps += Math.min(accelerationMps2 * step, Math.max(-3 * brakingMps2 * step, change));
    motion.atM += motion.speedMps * step;
    if (motion.atM < motion.haltM - 1) continue;
    motion.atM = Math.min(motion.atM, motion.haltM);
    motion.speedMps = 0;
    return true;
  }
  return false;
}

function targetSpeed(
  motion: Motion,
  driver: Driver,
  graph: StreetGraph,
  traffic: number,
  ms: number,
): number {
  const { route, atM } = motion;
  const { limitMps, lines } = spotAt(route, atM);
  const cruise = limitMps * driver.pace * flow(traffic * driver.heldUp, lines);
  let speed = Math.min(cruise, speedToStopIn(motion.haltM - atM));
  const next = route.junctions[motion.nextJunction];
  if (next === undefined) return speed;
  const toLineM = next.atM - stopLineM - atM;
  if (toLineM < 0) {
    if (atM > next.atM) motion.nextJunction++;
    return next.turnDeg > 40 ? Math.min(speed, bendMps) : speed;
  }
  if (next.turnDeg > 40) speed = Math.min(speed, Math.hypot(bendMps, speedToStopIn(toLineM)));
  const junction = graph.junctions.get(next.id)!;
  if (driver.obeysLights && toLineM < 45 && hasLights(junction)) {
    const light = lightAt(junction, next.headingDeg, ms);
    if (light === 'red' || (light === 'yellow' && toLineM > 12))
      speed = Math.min(speed, speedToStopIn(toLineM));
  }
  return speed;
}

/** The speed from which one can still stop within the distance; a crawl for the last metre, or it never ends. */
const speedToStopIn = (distanceM: number): number =>
  distanceM <= 0.5 ? 0 : Math.max(0.5, Math.sqrt(2 * brakingMps2 * (distanceM - 0.5)));
