// The streets of a picture as ways with kerbs, for whatever has to keep off them.
import { distanceM, moved, type Point } from '../streets/plane.ts';
import type { SceneArm } from './scene.ts';
import { pavementM, roadWidthM, stretchesOf, type Stretch } from './street.ts';

export interface Way {
  stretches: Stretch[];
  halfM: number;
  arm: SceneArm;
}

export const waysOf = (arms: readonly SceneArm[]): Way[] =>
  arms.map((arm) => ({
    arm,
    stretches: stretchesOf(arm.points),
    halfM: roadWidthM[arm.streetClass] / 2 + pavementM,
  }));

export const endOf = ({ stretches }: Way): number => stretches.at(-1)!.fromM + stretches.at(-1)!.lengthM;

/** Whether a place keeps off every street and off the mast. */
export function isFree(ways: readonly Way[], point: Point, roomM: number): boolean {
  if (Math.hypot(point.east, point.north) < roomM + 8) return false;
  return ways.every(({ stretches, halfM }) =>
    stretches.every((stretch) => distanceToStretch(stretch, point) > halfM + roomM),
  );
}

function distanceToStretch({ from, headingDeg, lengthM }: Stretch, point: Point): number {
  const radians = (headingDeg * Math.PI) / 180;
  const east = point.east - from.east;
  const north = point.north - from.north;
  const along = Math.min(lengthM, Math.max(0, east * Math.sin(radians) + north * Math.cos(radians)));
  return distanceM(moved(from, headingDeg, along), point);
}
