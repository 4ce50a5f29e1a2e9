// Puts the fleet on the streets: which trip each vehicle makes, from where, and how it is driven.
import type { City } from '../../model/city.ts';
import { startOfDayMs, localTimeAt } from '../local-time.ts';
import { createRandom, type Random } from '../random.ts';
import { nearestJunction, quickestWay, type StreetGraph } from '../streets/graph.ts';
import { routeAlong, type Route } from '../streets/route.ts';
import { isOnDuty } from './duty.ts';
import type { FleetVehicle, VehicleKind } from './fleet.ts';
import { createErrands, type Errands } from './errands.ts';
import { createShuttle } from './shuttle.ts';
import type { Trip } from './trip.ts';

export function createTrip(
  city: City,
  graph: StreetGraph,
  vehicle: FleetVehicle,
  seed: number,
  startMs: number,
): Trip {
  const random = createRandom(seed, 'trip', vehicle.id);
  if (vehicle.line === undefined) return createErrandsOf(city, graph, vehicle, random);
  const line = city.lines.lines.find((each) => each.id === vehicle.line!.id)!;
  const routes: [Route, Route] = [
    routeAlong(graph, line.junctions),
    routeAlong(graph, [...line.junctions].reverse()),
  ];
  const cycleMs = cycleOf(routes, line.vehicles, line.headwayMinutes);
  const { no, of } = vehicle.line;
  const duty = (ms: number): boolean => isOnDuty(city, vehicle.line!, ms);
  return createShuttle({
    driver: { pace: random.between(0.85, 1.05), heldUp: 1, obeysLights: true },
    random,
    graph,
    routes,
    isOnDuty: duty,
    parksM: parkingM(no + city.lines.lines.indexOf(line) / 2),
    beginsAt: duty(startMs) ? (no + random.between(0.1, 0.9)) / of : undefined,
    departureMs: (way, ms) => {
      // Slots from local midnight, evenly spread over the line's vehicles; the way back half a cycle later.
      const midnight = startOfDayMs(localTimeAt(ms, city.facts.timeZone).dayNo, city.facts.timeZone);
      const phase = midnight + cycleMs * (no / of + way / 2);
      const slot = phase + Math.ceil((ms - phase) / cycleMs) * cycleMs;
      // A vehicle that has just missed its slot leaves late rather than a whole cycle later.
      return slot - ms > cycleMs * 0.75 ? ms + random.between(20, 60) * 1000 : slot;
    },
  });
}

/** In a row along the kerb, from behind the crossing on. */
const parkingM = (place: number): number => 22 + 5.5 * (place % 12);

/** Long enough to go out and back, short enough to keep the line's headway. */
function cycleOf(routes: [Route, Route], vehicles: number, headwayMinutes: number): number {
  const drivingMs = routes
    .flatMap((route) => route.legs)
    .reduce((sum, leg) => sum + (leg.lengthM / (leg.limitMps * 0.42)) * 1000, 0);
  return Math.min(vehicles * headwayMinutes * 60_000, drivingMs * 1.1 + 3 * 60_000);
}

type Habits = Pick<Errands, 'driver' | 'staysMinutes' | 'restsMinutes' | 'stopsEveryM'> & {
  /** Kind of facility where it is at home, and a word of its name where that matters. */
  home: [kind: string, name: RegExp];
  /** Whether it returns home after each errand. */
  returns: boolean;
  /** Out of town: to a junction where a street ends. */
  leavesTown?: boolean;
};

const siren = { pace: 1.35, heldUp: 0.4, obeysLights: false };
const calm = { pace: 0.95, heldUp: 1, obeysLights: true };

const habits: Record<Exclude<VehicleKind, 'angkot'>, Habits> = {
  fire: { driver: siren, home: ['fire', /./], returns: true, staysMinutes: [8, 20], restsMinutes: [15, 90] },
  ambulance: {
    driver: siren,
    home: ['hospital', /./],
    returns: true,
    staysMinutes: [4, 10],
    restsMinutes: [5, 35],
  },
  police: { driver: calm, home: ['police', /./], returns: false, staysMinutes: [1, 4], restsMinutes: [2, 8] },
  waste: {
    driver: { ...calm, pace: 0.7 },
    home: ['waste', /./],
    returns: false,
    staysMinutes: [1, 3],
    restsMinutes: [4, 12],
    stopsEveryM: [120, 420],
  },
  bus: {
    driver: calm,
    home: ['transport', /^Terminal/],
    returns: true,
    staysMinutes: [2, 10],
    restsMinutes: [5, 25],
    leavesTown: true,
  },
};

function createErrandsOf(city: City, graph: StreetGraph, vehicle: FleetVehicle, random: Random): Trip {
  const {
    home: homeAt,
    returns,
    leavesTown,
    ...habit
  } = habits[vehicle.kind as Exclude<VehicleKind, 'angkot'>];
  const home = findHome(city, graph, homeAt, random);
  const everywhere = [...graph.junctions.values()];
  const ends = everywhere.filter((junction) => junction.arms.length === 1);
  const places = (leavesTown && ends.length > 1 ? ends : everywhere).map((junction) => junction.id);
  return createErrands({
    ...habit,
    random,
    graph,
    home,
    parksM: parkingM(Number(vehicle.id.split('-').at(-1)) + random.unit()),
    nextWay: (from) => {
      const goesHome = returns && from !== home;
      let to = goesHome ? home : random.pick(places);
      while (to === from) to = random.pick(everywhere).id;
      return quickestWay(graph, from, to);
    },
  });
}

function findHome(city: City, graph: StreetGraph, [kind, name]: Habits['home'], random: Random): string {
  const homes = city.facilities.facilities.filter((each) => each.kind === kind && name.test(each.name));
  const place = random.pick(homes.length > 0 ? homes : city.facilities.facilities);
  return nearestJunction(graph, graph.plane.toPoint(place.position)).id;
}
