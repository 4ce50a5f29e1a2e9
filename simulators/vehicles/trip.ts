// What a vehicle is about: it moves by moments, and says what shows of it from outside.
import type { Motion } from './motion.ts';

/** What a trip needs to know of the moment. */
export interface Moment {
  ms: number;
  seconds: number;
  /** 0 to 1. */
  traffic: number;
}

export interface Trip {
  motion: Motion;
  /** 0 empty to 1 full; undefined where nobody counts. */
  occupancy: number | undefined;
  /** At a terminal or post, engine off. */
  parked: boolean;
  /** Parked until its hours of service begin again. */
  resting: boolean;
  move(moment: Moment): void;
}
