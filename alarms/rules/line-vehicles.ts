// Where the vehicles of a line are along it, and which way each moves: what headway and bunching have in common.
import type { PictureAsset } from '../../model/picture.ts';
import type { Line } from '../ground.ts';
import { nearestOn } from '../geometry.ts';
import type { Ground } from '../ground.ts';

/** Further away it is not on its line: a depot, a detour, a wrong fix. */
const onLineWithinM = 150;
/** A standing vehicle wanders by some metres: only a real step shows the way it goes. */
const leastStepM = 30;
/** After a longer pause nobody knows which way it went meanwhile. */
const longestStepMs = 180_000;

export interface OnLine {
  id: string;
  simulated: boolean;
  alongM: number;
  observedAt: number;
  /** 1 along the line, -1 back, 0 not known yet. */
  way: 1 | 0 | -1;
  /** When it was last seen to go on; epoch milliseconds. */
  movedAt: number;
}

/** A step along the line, from `fromM` to `toM`. */
export interface Step {
  vehicle: OnLine;
  fromM: number;
  toM: number;
}

/** The line that a vehicle says it runs on, where a rule looks at it and its path is known. */
export function lineOf(
  asset: PictureAsset,
  wanted: ReadonlySet<string>,
  { lines }: Ground,
): Line | undefined {
  const routeId = asset.values.get('routeId')?.value;
  if (typeof routeId !== 'string' || (wanted.size > 0 && !wanted.has(routeId))) return undefined;
  return lines.get(routeId);
}

/** The vehicles of one line. */
export class LineVehicles {
  readonly vehicles = new Map<string, OnLine>();
  readonly #line: Line;
  readonly #ground: Ground;

  constructor(line: Line, ground: Ground) {
    this.#line = line;
    this.#ground = ground;
  }

  /** @returns the step that it has made, when it is one. */
  move(asset: PictureAsset): Step | undefined {
    const { id, lat, lon, observedAt, simulated } = asset;
    if (lat === undefined || lon === undefined || observedAt === undefined) return undefined;
    const { alongM, awayM } = nearestOn(this.#line.path, this.#ground.plane.toPoint([lon, lat]));
    if (awayM > onLineWithinM) {
      this.vehicles.delete(id);
      return undefined;
    }
    const before = this.vehicles.get(id);
    if (before === undefined || observedAt - before.observedAt > longestStepMs) {
      this.vehicles.set(id, { id, simulated, alongM, observedAt, way: 0, movedAt: 0 });
      return undefined;
    }
    before.observedAt = observedAt;
    const stepM = alongM - before.alongM;
    if (Math.abs(stepM) < leastStepM) return undefined;
    const fromM = before.alongM;
    before.alongM = alongM;
    before.way = stepM > 0 ? 1 : -1;
    before.movedAt = observedAt;
    return { vehicle: before, fromM, toM: alongM };
  }
}
