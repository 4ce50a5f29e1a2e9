// People on the pavements of a picture.
import { chanceAt } from './chance.ts';
import type { Body } from './bodies.ts';
import type { Colour } from './raster.ts';
import type { Scene } from './scene.ts';
import { alongArm, pavementM, roadWidthM, stretchesOf } from './street.ts';

const clothes: Colour[] = [
  [206, 208, 210],
  [44, 52, 78],
  [150, 60, 54],
  [92, 120, 96],
  [214, 188, 130],
];

const walkersASide = 5;

/** People on the pavements, to and fro; fewer when the streets are empty. */
export function walkers({ arms, traffic, rainMmH }: Scene, ms: number, seed: number): Body[] {
  const bodies: Body[] = [];
  for (const [armNo, arm] of arms.entries()) {
    const stretches = stretchesOf(arm.points, 70);
    const length = stretches.at(-1)!.fromM + stretches.at(-1)!.lengthM;
    for (let no = 0; no < walkersASide * 2; no++) {
      const chance = (what: number): number => chanceAt(seed, armNo, no, what, 77);
      if (chance(1) > 0.75 * traffic * (rainMmH > 1 ? 0.3 : 1)) continue;
      const wayM = Math.max(1, length - 14);
      const walkedM = (ms / 1000) * (0.9 + 0.5 * chance(2)) + chance(3) * 2 * wayM;
      const phaseM = walkedM % (2 * wayM);
      const out = phaseM < wayM;
      const side = no % 2 === 0 ? 1 : -1;
      const leftM = side * (roadWidthM[arm.streetClass] / 2 + pavementM * (0.3 + 0.5 * chance(4)));
      const place = alongArm(stretches, 14 + (out ? phaseM : 2 * wayM - phaseM), leftM);
      const headingDeg = out ? place.headingDeg : (place.headingDeg + 180) % 360;
      bodies.push({
        ...place,
        headingDeg,
        kind: 'person',
        colour: clothes[Math.floor(chance(5) * clothes.length)]!,
      });
    }
  }
  return bodies;
}
