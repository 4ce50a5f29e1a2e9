// The day of a city vehicle: from place to place, with a stay at each.
import type { Random } from '../random.ts';
import type { StreetGraph } from '../streets/graph.ts';
import { routeAlong, type Route } from '../streets/route.ts';
import { advance, startMotion, type Driver, type Motion } from './motion.ts';
import type { Trip } from './trip.ts';

export interface Errands {
  driver: Driver;
  random: Random;
  graph: StreetGraph;
  home: string;
  /** Metres before a junction where it stands. */
  parksM: number;
  /** The way to the next place, from the junction where it stands. */
  nextWay(from: string): string[];
  /** Minutes at a place, and at home. */
  staysMinutes: [low: number, high: number];
  restsMinutes: [low: number, high: number];
  /** Metres between stops on the way, for who collects. */
  stopsEveryM?: [low: number, high: number];
}

/** From place to place, with a stay at each. */
export function createErrands(errands: Errands): Trip {
  const { random, graph, driver } = errands;
  let waitsUntilMs: number | undefined;
  const endM = ({ route }: Motion): number => route.lengthM - Math.min(errands.parksM, lastLegM(route) / 2);
  const stopM = (motion: Motion): number => {
    if (!errands.stopsEveryM) return endM(motion);
    const next = motion.atM + random.between(...errands.stopsEveryM);
    return next > endM(motion) - 60 ? endM(motion) : next;
  };
  /** From where it stands on the street between two junctions, on through the second. */
  const setOut = (before: string, from: string): Motion => {
    const route = routeAlong(graph, [before, ...errands.nextWay(from)]);
    const motion = startMotion(
      route,
      route.junctions[1]!.atM - Math.min(errands.parksM, route.junctions[1]!.atM / 2),
    );
    motion.haltM = stopM(motion);
    return motion;
  };
  const aside = graph.junctions.get(errands.home)!.arms[0]!.to;

  const trip: Trip = {
    motion: setOut(aside, errands.home),
    occupancy: undefined,
    parked: true,
    resting: false,
    move(moment) {
      waitsUntilMs ??= moment.ms + random.between(0, errands.restsMinutes[1] * 0.7) * 60_000;
      if (moment.ms < waitsUntilMs) return;
      trip.parked = false;
      if (!advance(trip.motion, driver, graph, moment.traffic, moment.ms, moment.seconds)) return;
      if (trip.motion.atM >= endM(trip.motion) - 1) arrive(moment.ms);
      else {
        waitsUntilMs = moment.ms + random.between(12, 45) * 1000;
        trip.motion.haltM = stopM(trip.motion);
      }
    },
  };

  const arrive = (ms: number): void => {
    const [before, here] = trip.motion.route.junctions.slice(-2).map((junction) => junction.id) as [
      string,
      string,
    ];
    const minutes = here === errands.home ? errands.restsMinutes : errands.staysMinutes;
    waitsUntilMs = ms + random.between(...minutes) * 60_000;
    trip.motion = setOut(before, here);
    trip.parked = true;
  };
  return trip;
}

const lastLegM = ({ junctions }: Route): number => junctions.at(-1)!.atM - junctions.at(-2)!.atM;
