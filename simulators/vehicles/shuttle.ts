// The day of an angkot: back and forth along its line, with passengers, waiting at the terminals for its turn.
import type { Random } from '../random.ts';
import type { StreetGraph } from '../streets/graph.ts';
import type { Route } from '../streets/route.ts';
import { advance, startMotion, type Driver } from './motion.ts';
import type { Moment, Trip } from './trip.ts';

const angkotSeats = 12;

export interface Shuttle {
  driver: Driver;
  random: Random;
  graph: StreetGraph;
  /** Out, and back. */
  routes: [Route, Route];
  /** Where on the way out and back it begins, 0 to 1; undefined: parked at a terminal. */
  beginsAt: number | undefined;
  isOnDuty(ms: number): boolean;
  /** Metres before the end of the line where it stands at terminals: a place of its own in the row. */
  parksM: number;
  /** When it may leave the terminal of this way (0 or 1) at the earliest, so that headways keep. */
  departureMs(way: 0 | 1, ms: number): number;
}

/** Back and forth along a line, with passengers. */
export function createShuttle(shuttle: Shuttle): Trip {
  const { random, graph, driver, routes } = shuttle;
  const wholeM = routes[0].lengthM + routes[1].lengthM;
  const beginM = (shuttle.beginsAt ?? random.pick([0, routes[0].lengthM / wholeM])) * wholeM;
  let way: 0 | 1 = beginM < routes[0].lengthM ? 0 : 1;
  let passengers = shuttle.beginsAt === undefined ? 0 : random.integer(2, 8);
  let waitsUntilMs: number | undefined;
  let leavesAtMs: number | undefined;

  /** The end of the way where it is now. */
  const endM = (): number => routes[way].lengthM - shuttle.parksM;
  const begunM = way === 0 ? beginM : beginM - routes[0].lengthM;

  const trip: Trip = {
    motion: startMotion(routes[way], Math.min(Math.max(begunM, shuttle.parksM), endM())),
    occupancy: passengers / angkotSeats,
    parked: shuttle.beginsAt === undefined,
    resting: shuttle.beginsAt === undefined,
    move(moment) {
      if (trip.parked) return leaveWhenDue(moment);
      if (waitsUntilMs !== undefined) {
        if (moment.ms < waitsUntilMs) return;
        waitsUntilMs = undefined;
        nextStop();
      }
      if (!advance(trip.motion, driver, graph, moment.traffic, moment.ms, moment.seconds)) return;
      if (trip.motion.atM >= endM() - 1) arrive();
      else exchange(moment);
    },
  };

  /** People flag an angkot down anywhere: every 200 to 600 m. */
  const nextStop = (): void => {
    const stopM = trip.motion.atM + random.between(200, 600);
    trip.motion.haltM = stopM > endM() - 80 ? endM() : stopM;
  };

  const exchange = ({ ms, traffic }: Moment): void => {
    for (let seat = passengers; seat > 0; seat--) if (random.chance(0.22)) passengers--;
    const boarding = Math.floor(random.between(0, 1.2 + 3.2 * traffic));
    passengers = Math.min(angkotSeats, passengers + boarding);
    trip.occupancy = passengers / angkotSeats;
    waitsUntilMs = ms + random.between(6, 14 + 3 * boarding) * 1000;
  };

  const arrive = (): void => {
    passengers = 0;
    trip.occupancy = 0;
    way = way === 0 ? 1 : 0;
    trip.motion = startMotion(routes[way], shuttle.parksM);
    trip.parked = true;
    leavesAtMs = undefined;
  };

  const leaveWhenDue = (moment: Moment): void => {
    trip.resting = !shuttle.isOnDuty(moment.ms);
    if (trip.resting) {
      leavesAtMs = undefined;
      return;
    }
    leavesAtMs ??= shuttle.departureMs(way, moment.ms);
    if (moment.ms < leavesAtMs) return;
    passengers = Math.floor(random.between(1, 3 + 5 * moment.traffic));
    trip.occupancy = passengers / angkotSeats;
    trip.parked = false;
    nextStop();
  };

  if (!trip.parked) nextStop();
  return trip;
}
