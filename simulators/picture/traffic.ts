// Who is on the street in a picture: the simulated city's own vehicles, and the nameless traffic around them.
import { turnDeg, type Point } from '../streets/plane.ts';
import { chanceAt } from './chance.ts';
import type { Body, BodyKind } from './bodies.ts';
import { parseColour, type Colour } from './raster.ts';
import type { Scene, SceneArm, SceneFix, SceneVehicle } from './scene.ts';
import { alongArm, roadWidthM, stretchesOf, type Stretch } from './street.ts';
import { walkers } from './walkers.ts';

const kindOf = {
  angkot: 'van',
  ambulance: 'van',
  police: 'car',
  fire: 'truck',
  waste: 'truck',
  bus: 'bus',
} as const;

/** The bodies at an instant, those of the simulated city first. */
export function bodiesAt(scene: Scene, ms: number, seed: number): Body[] {
  const known = scene.vehicles.map((vehicle) => bodyOf(vehicle, ms));
  const others = [...ambientTraffic(scene, ms, seed), ...walkers(scene, ms, seed)];
  const room = (kind: BodyKind): number => (kind === 'bus' || kind === 'truck' ? 6 : 3.6);
  return [
    ...known,
    ...others.filter((body) =>
      known.every((each) => Math.hypot(each.east - body.east, each.north - body.north) > room(each.kind)),
    ),
  ];
}

function bodyOf({ kind, colour, track }: SceneVehicle, ms: number): Body {
  const next = track.findIndex((fix) => fix.ms > ms);
  const to = track[next < 0 ? track.length - 1 : next]!;
  const from = track[next < 0 ? track.length - 1 : Math.max(0, next - 1)]!;
  const share = to.ms === from.ms ? 0 : Math.min(1, Math.max(0, (ms - from.ms) / (to.ms - from.ms)));
  return {
    kind: kindOf[kind],
    colour: parseColour(colour),
    east: from.east + (to.east - from.east) * share,
    north: from.north + (to.north - from.north) * share,
    headingDeg: headingBetween(from, to, share),
  };
}

function headingBetween(from: SceneFix, to: SceneFix, share: number): number {
  const turn = ((to.headingDeg - from.headingDeg + 540) % 360) - 180;
  return (from.headingDeg + turn * share + 360) % 360;
}

/** Metres before the junction where nameless vehicles appear, and behind it where they are gone. */
const appearM = 130;
const lanes = [
  { kinds: ['car', 'car', 'van', 'car', 'truck'], everyMs: 6500, offShare: 0.26, gapM: 7.5 },
  { kinds: ['motorcycle'], everyMs: 2600, offShare: 0.38, gapM: 3 },
] as const;

const paints: Colour[] = [
  [206, 208, 210],
  [30, 32, 36],
  [142, 146, 150],
  [150, 36, 34],
  [52, 72, 104],
  [226, 224, 216],
  [88, 92, 84],
];

interface Lane {
  arm: SceneArm;
  inbound: Stretch[];
  outbound: Stretch[] | undefined;
  leftIn: number;
  leftOut: number;
  stopM: number;
  reachM: number;
  leaveM: number;
}

function ambientTraffic(scene: Scene, ms: number, seed: number): Body[] {
  const bodies: Body[] = [];
  for (const [armNo, arm] of scene.arms.entries()) {
    const out = oppositeArm(scene.arms, arm);
    const straight = out !== undefined && turnDeg(arm.bearingDeg, out.bearingDeg) > 110 ? out : undefined;
    for (const [laneNo, { kinds, everyMs, offShare, gapM }] of lanes.entries()) {
      const inbound = stretchesOf(arm.points, appearM);
      const outbound = straight && stretchesOf(straight.points, appearM);
      const width = roadWidthM[arm.streetClass];
      const lane: Lane = {
        arm,
        inbound,
        outbound,
        leftIn: width * offShare,
        leftOut: straight ? roadWidthM[straight.streetClass] * offShare : 0,
        stopM: Math.max(9, width * 0.9) + 5.5,
        reachM: lengthOf(inbound),
        leaveM: outbound ? lengthOf(outbound) : 0,
      };
      const share = scene.traffic * { arterial: 0.95, collector: 0.6, local: 0.3 }[arm.streetClass];
      let leaderM = Infinity;
      const lastNo = Math.floor(ms / everyMs);
      for (let no = lastNo - Math.ceil(110_000 / everyMs); no <= lastNo; no++) {
        const chance = (what: number): number => chanceAt(seed, armNo, laneNo, no, what);
        if (chance(1) > share) continue;
        const kind = kinds[Math.floor(chance(2) * kinds.length)]!;
        const enteredMs = (no + 0.7 * chance(3)) * everyMs;
        const mps = (7 + 3 * chance(4)) * (1 - 0.3 * scene.traffic);
        const drivenM = drivenBy(
          lane,
          scene,
          ms,
          enteredMs,
          mps,
          leaderM === Infinity ? undefined : leaderM,
          gapM,
        );
        if (drivenM === undefined) continue;
        leaderM = drivenM;
        const body = placeOn(lane, drivenM, (chance(5) - 0.5) * (kind === 'motorcycle' ? 1.1 : 0.3));
        if (body) bodies.push({ ...body, kind, colour: paints[Math.floor(chance(6) * paints.length)]! });
      }
    }
  }
  return bodies;
}

const lengthOf = (stretches: Stretch[]): number => stretches.at(-1)!.fromM + stretches.at(-1)!.lengthM;

/**
 * How far somebody has come since entering, a pure rule of the time: on at even speed, but at red up to the line, and on
 * from there at green; never into whoever is ahead. Undefined before entering and after leaving.
 */
function drivenBy(
  lane: Lane,
  scene: Scene,
  ms: number,
  enteredMs: number,
  mps: number,
  leaderM: number | undefined,
  gapM: number,
): number | undefined {
  if (ms < enteredMs) return undefined;
  const lineM = lane.reachM - lane.stopM;
  const arrivesMs = enteredMs + (lineM / mps) * 1000;
  const goesMs = greenFrom(lane.arm, arrivesMs);
  let drivenM = (mps * (ms - enteredMs)) / 1000;
  if (goesMs > arrivesMs) {
    const brakeM = 14;
    if (ms >= goesMs) drivenM = lineM + pulledAwayM((ms - goesMs) / 1000, mps);
    else if (drivenM > lineM - brakeM)
      drivenM = lineM - brakeM * Math.exp(-(drivenM - lineM + brakeM) / brakeM);
  }
  if (leaderM !== undefined) drivenM = Math.min(drivenM, leaderM - gapM);
  if (drivenM < 0 || drivenM > lane.reachM + lane.leaveM) return undefined;
  return scene.arms.length === 1 && drivenM > lineM ? undefined : drivenM;
}

const pulledAwayM = (seconds: number, mps: number): number => {
  const mps2 = 1.6;
  const untilFull = mps / mps2;
  return seconds < untilFull
    ? (mps2 * seconds ** 2) / 2
    : (mps * untilFull) / 2 + mps * (seconds - untilFull);
};

/** When somebody who arrives then may go. */
function greenFrom({ light }: SceneArm, ms: number): number {
  if (!light) return ms;
  const into = ms % light.cycleMs;
  if (into >= light.greenFromMs && into < light.yellowToMs - 1500) return ms;
  const wait = light.greenFromMs - into;
  return ms + (wait > 0 ? wait : wait + light.cycleMs);
}

function placeOn(lane: Lane, drivenM: number, swayM: number): (Point & { headingDeg: number }) | undefined {
  const beforeM = lane.reachM - drivenM;
  if (beforeM >= 0) {
    // Inbound keeps its left, which is the right-hand side of who leaves along the arm.
    const place = alongArm(lane.inbound, beforeM, -(lane.leftIn + swayM));
    return { ...place, headingDeg: (place.headingDeg + 180) % 360 };
  }
  return lane.outbound && alongArm(lane.outbound, -beforeM, lane.leftOut + swayM);
}

/** The arm that goes on straight from another, for those who cross the junction. */
const oppositeArm = (arms: readonly SceneArm[], arm: SceneArm): SceneArm | undefined =>
  arms
    .filter((other) => other !== arm)
    .sort((one, other) => straightness(arm, other) - straightness(arm, one))[0];

const straightness = (arm: SceneArm, other: SceneArm): number => turnDeg(arm.bearingDeg, other.bearingDeg);
