// The vehicles' positions as they are sent: the true place through a GPS receiver, now and then at fault.
import type { City } from '../../model/city.ts';
import type { VehiclePosition } from '../../model/native.ts';
import { createFaultyDevice, faultAt } from '../faults.ts';
import { isoTime, rounded, vehicleTopic, type Message } from '../message.ts';
import { createRandom, createWander } from '../random.ts';
import type { StreetGraph } from '../streets/graph.ts';
import { moveVehicle, stepMs, type Fix, type SimulatedVehicle } from './fixes.ts';

export interface VehicleFeed {
  /** Moves all vehicles that are due, and returns what they send. */
  tick(nowMs: number): Message<VehiclePosition>[];
}

/** Receivers wander by a metre or two; that is why parked vehicles, too, never send the same place twice. */
const wanderM = 1.1;
const scatterM = 0.35;
const wanderSeconds = 40;
/** Trackers of resting vehicles report less often, yet often enough to count as fresh. */
const restingEveryMs = 5000;
const faultWindowMs = 10 * 60_000;

export function createVehicleFeed(
  city: City,
  graph: StreetGraph,
  vehicles: SimulatedVehicle[],
  seed: number,
): VehicleFeed {
  const trackers = vehicles.map((vehicle) => createTracker(graph, vehicle, seed));
  return {
    tick(nowMs) {
      const messages: Message<VehiclePosition>[] = [];
      for (const [at, vehicle] of vehicles.entries()) {
        if (vehicle.nextMs > nowMs) continue;
        // After a pause the beat goes on from now, for nobody needs the steps between.
        vehicle.nextMs = Math.max(vehicle.nextMs + stepMs, nowMs - stepMs);
        messages.push(...trackers[at]!.report(moveVehicle(vehicle, city, nowMs)));
      }
      return messages;
    },
  };
}

interface Tracker {
  report(fix: Fix): Message<VehiclePosition>[];
}

function createTracker(graph: StreetGraph, vehicle: SimulatedVehicle, seed: number): Tracker {
  const random = createRandom(seed, 'gps', vehicle.id);
  const east = createWander(random, wanderSeconds);
  const north = createWander(random, wanderSeconds);
  const device = createFaultyDevice<VehiclePosition>();
  let sentMs = -Infinity;
  return {
    report(fix) {
      const seconds = stepMs / 1000;
      const seen = {
        east: fix.point.east + wanderM * east.after(seconds) + scatterM * random.normal(),
        north: fix.point.north + wanderM * north.after(seconds) + scatterM * random.normal(),
      };
      if (vehicle.trip.resting && fix.ms - sentMs < restingEveryMs) return [];
      sentMs = fix.ms;
      const [lon, lat] = graph.plane.toPosition(seen);
      const payload: VehiclePosition = {
        observedAt: isoTime(fix.ms),
        lat: rounded(lat, 6),
        lon: rounded(lon, 6),
        speedMps: rounded(fix.speedMps, 1),
        headingDeg: rounded(fix.headingDeg, 1) % 360,
      };
      if (vehicle.line) payload.routeId = vehicle.line.id;
      if (vehicle.trip.occupancy !== undefined) payload.occupancy = rounded(vehicle.trip.occupancy, 2);
      const fault = faultAt(seed, vehicle.id, fix.ms, faultWindowMs);
      return device.pass({ topic: vehicleTopic(vehicle.id), payload, qos: 0, retain: false }, fault);
    },
  };
}
