// The camera's eye: from metres in the city to pixels, with what lies behind the lens cut off.
import type { Point } from '../streets/plane.ts';
import { fillPolygon, glow, type Colour, type Corner, type Ink, type Raster } from './raster.ts';

/** A place in space; metres east, north of the mast, and above the street. */
export interface Place extends Point {
  up: number;
}

export interface View {
  raster: Raster;
  /** Row of the horizon. */
  horizonY: number;
  /** Metres ahead of the lens; less than `nearestM` is not seen. */
  aheadM(place: Place): number;
  polygon(places: readonly Place[], colour: Colour, ink?: Ink): void;
  /** Whether something of that size there can be in the picture at all. */
  sees(place: Place, radiusM: number): boolean;
  /** A light of so many metres. */
  light(place: Place, radiusM: number, colour: Colour, least?: number): void;
}

const nearestM = 0.6;
const mastM = 7.5;
const downDeg = 11;

interface Seen {
  right: number;
  above: number;
  ahead: number;
}

export function createView(raster: Raster, bearingDeg: number, fieldOfViewDeg: number): View {
  const bearing = (bearingDeg * Math.PI) / 180;
  const down = (downDeg * Math.PI) / 180;
  const [sinB, cosB, sinD, cosD] = [Math.sin(bearing), Math.cos(bearing), Math.sin(down), Math.cos(down)];
  const focal = raster.width / 2 / Math.tan((fieldOfViewDeg * Math.PI) / 360);
  const middleX = raster.width / 2;
  const middleY = raster.height / 2;

  const seenFrom = ({ east, north, up }: Place): Seen => {
    const level = east * sinB + north * cosB;
    const height = up - mastM;
    return {
      right: east * cosB - north * sinB,
      above: level * sinD + height * cosD,
      ahead: level * cosD - height * sinD,
    };
  };
  const toCorner = ({ right, above, ahead }: Seen): Corner => ({
    x: middleX + (focal * right) / ahead,
    y: middleY - (focal * above) / ahead,
    nearness: 1 / ahead,
  });
  return {
    raster,
    horizonY: middleY - focal * Math.tan(down),
    aheadM: (place) => seenFrom(place).ahead,
    sees(place, radiusM) {
      const { right, above, ahead } = seenFrom(place);
      const reachM = ahead + radiusM;
      return (
        reachM > nearestM &&
        Math.abs(right) - radiusM < (reachM * middleX) / focal &&
        Math.abs(above) - radiusM < (reachM * middleY) / focal
      );
    },
    polygon(places, colour, ink = 'solid') {
      fillPolygon(raster, clipped(places.map(seenFrom)).map(toCorner), colour, ink);
    },
    light(place, radiusM, colour, least = 0) {
      const seen = seenFrom(place);
      if (seen.ahead < nearestM) return;
      const corner = toCorner(seen);
      // Towards the eye a little, or the lamp's own body would hide it.
      glow(
        raster,
        { ...corner, nearness: corner.nearness * 1.03 },
        Math.max(least, (radiusM * focal) / seen.ahead),
        colour,
      );
    },
  };
}

/** The part of a polygon before the lens (Sutherland and Hodgman, one plane). */
function clipped(corners: Seen[]): Seen[] {
  if (corners.every((corner) => corner.ahead >= nearestM)) return corners;
  const kept: Seen[] = [];
  for (const [at, corner] of corners.entries()) {
    const before = corners[(at + corners.length - 1) % corners.length]!;
    if (corner.ahead >= nearestM !== before.ahead >= nearestM) {
      const share = (nearestM - before.ahead) / (corner.ahead - before.ahead);
      kept.push({
        right: before.right + share * (corner.right - before.right),
        above: before.above + share * (corner.above - before.above),
        ahead: nearestM,
      });
    }
    if (corner.ahead >= nearestM) kept.push(corner);
  }
  return kept;
}
