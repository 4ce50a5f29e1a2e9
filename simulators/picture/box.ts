// A box in space, the brick of which houses and vehicles are made.
import { bearingDeg, turnDeg, type Point } from '../streets/plane.ts';
import type { Light } from './light.ts';
import type { Colour } from './raster.ts';
import type { Place, View } from './view.ts';

const at = (point: Point, up: number): Place => ({ east: point.east, north: point.north, up });

/** Walls seen from the south-east are the lightest; a roof takes all of the sky. */
export const facingOf = (outwardDeg: number): number => 0.65 - turnDeg(outwardDeg, 130) / 330;

/** `base`: four corners, clockwise from above. */
export function drawBox(
  view: View,
  light: Light,
  base: readonly Point[],
  [fromUp, toUp]: readonly [number, number],
  colour: Colour,
  top: Colour = colour,
): void {
  const awayM = Math.max(0, view.aheadM(at(base[0]!, fromUp)));
  for (const [no, one] of base.entries()) {
    const other = base[(no + 1) % base.length]!;
    // Clockwise from above, the outside lies to the left of the way round.
    const outwardDeg = (bearingDeg(one, other) + 270) % 360;
    const wall = [at(one, fromUp), at(other, fromUp), at(other, toUp), at(one, toUp)];
    view.polygon(wall, light.shade(colour, facingOf(outwardDeg), awayM));
  }
  view.polygon(
    base.map((point) => at(point, toUp)),
    light.shade(top, 1, awayM),
  );
}

/** A pane on the side between two corners, a little outside of it: from and to as shares along, and heights. */
export function drawPane(
  view: View,
  [one, other]: readonly [Point, Point],
  [fromShare, toShare]: readonly [number, number],
  [fromUp, toUp]: readonly [number, number],
  outM: number,
  colour: Colour,
): void {
  const outward = ((bearingDeg(one, other) + 270) * Math.PI) / 180;
  const on = (share: number, up: number): Place => ({
    east: one.east + (other.east - one.east) * share + outM * Math.sin(outward),
    north: one.north + (other.north - one.north) * share + outM * Math.cos(outward),
    up,
  });
  view.polygon([on(fromShare, fromUp), on(toShare, fromUp), on(toShare, toUp), on(fromShare, toUp)], colour);
}
