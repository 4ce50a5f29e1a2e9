// Traffic lights: two phases by the axes of a junction, the same for who drives there and who watches.
import { chanceOf } from '../random.ts';
import type { Junction } from './graph.ts';
import { turnDeg } from './plane.ts';

export type Light = 'green' | 'yellow' | 'red';

const yellowMs = 3000;
const allRedMs = 2000;

/** Where three or more streets meet and two of them matter. */
export const hasLights = ({ arms }: Junction): boolean =>
  arms.length >= 3 && arms.filter((arm) => arm.streetClass !== 'local').length >= 2;

export interface Phase {
  cycleMs: number;
  /** Milliseconds into the cycle. */
  intoMs: number;
  /** When green of this approach begins and yellow ends, in the cycle. */
  greenFromMs: number;
  yellowToMs: number;
}

/** The phase for who arrives with a heading. */
export function phaseAt(junction: Junction, headingDeg: number, ms: number): Phase {
  const cycleMs = 50_000 + Math.floor(chanceOf(0, 'cycle', junction.id) * 30) * 1000;
  const main = junction.arms.reduce((best, arm) => (arm.lines > best.lines ? arm : best));
  const turn = turnDeg(main.bearingDeg, headingDeg);
  const alongMain = turn < 45 || turn > 135;
  const mainMs = Math.round(cycleMs * 0.55);
  return {
    cycleMs,
    intoMs: ms % cycleMs,
    greenFromMs: alongMain ? 0 : mainMs,
    yellowToMs: (alongMain ? mainMs : cycleMs) - allRedMs,
  };
}

export function lightAt(junction: Junction, headingDeg: number, ms: number): Light {
  const { intoMs, greenFromMs, yellowToMs } = phaseAt(junction, headingDeg, ms);
  if (intoMs < greenFromMs || intoMs >= yellowToMs) return 'red';
  return intoMs >= yellowToMs - yellowMs ? 'yellow' : 'green';
}
