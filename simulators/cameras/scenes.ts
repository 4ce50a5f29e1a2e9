// What a camera sees for one segment, gathered from the simulated city for the encoder.
import { frozenSinceMs, pictureFaultsAt } from '../faults.ts';
import { utcOffsetMs } from '../local-time.ts';
import { picture, type Scene, type SceneArm, type SceneVehicle } from '../picture/scene.ts';
import { trafficAt } from '../rhythm.ts';
import type { World } from '../simulation.ts';
import type { Arm, Junction } from '../streets/graph.ts';
import { distanceM, type Point } from '../streets/plane.ts';
import { hasLights, phaseAt } from '../streets/signals.ts';
import type { CameraSite } from './sites.ts';

/** Vehicles farther from the junction are not drawn. */
const sightM = 180;

export function sceneOf(world: World, site: CameraSite, fromMs: number, atSeconds: number): Scene {
  const { city, graph, weather, seed, cameras } = world;
  const junction = graph.junctions.get(site.junction)!;
  const fault = pictureFaultsAt(
    seed,
    cameras.map((camera) => camera.id),
    fromMs,
  ).get(site.id);
  const shownMs = fault === 'frozen' ? frozenSinceMs(fromMs) : fromMs;
  const scene: Scene = {
    cameraId: site.id,
    fromMs: shownMs,
    atSeconds,
    utcOffsetMs: utcOffsetMs(shownMs, city.facts.timeZone),
    timeZoneLabel: city.facts.timeZoneLabel,
    bearingDeg: site.bearingDeg,
    fieldOfViewDeg: site.fieldOfViewDeg,
    arms: junction.arms.map((arm) => sceneArm(arm, junction, site.point)),
    vehicles: fault === 'frozen' ? [] : vehiclesNear(world, junction, site.point, fromMs),
    traffic: trafficAt(city, shownMs),
    rainMmH: weather.rainAt(shownMs, site.point),
    wetness: weather.wetnessAt(shownMs, site.point),
    haze: weather.hazeAt(shownMs),
  };
  if (fault === 'frozen' || fault === 'black') scene.fault = fault;
  return scene;
}

const from = (mast: Point, point: Point): Point => ({
  east: point.east - mast.east,
  north: point.north - mast.north,
});

function sceneArm(arm: Arm, junction: Junction, mast: Point): SceneArm {
  const scene: SceneArm = {
    points: arm.points.map((point) => from(mast, point)),
    streetClass: arm.streetClass,
    bearingDeg: arm.bearingDeg,
  };
  if (hasLights(junction)) {
    // For who arrives along the arm, the other way than it is drawn.
    const { cycleMs, greenFromMs, yellowToMs } = phaseAt(junction, (arm.bearingDeg + 180) % 360, 0);
    scene.light = { cycleMs, greenFromMs, yellowToMs };
  }
  return scene;
}

function vehiclesNear({ vehicles }: World, junction: Junction, mast: Point, fromMs: number): SceneVehicle[] {
  const untilMs = fromMs + picture.segmentSeconds * 1000;
  const near: SceneVehicle[] = [];
  for (const { kind, colour, fixes } of vehicles) {
    const newest = fixes.at(-1);
    if (!newest || distanceM(newest.point, junction.point) > sightM) continue;
    const track = fixes
      .filter(
        (_, at) => (fixes[at + 1]?.ms ?? Infinity) > fromMs && (fixes[at - 1]?.ms ?? -Infinity) < untilMs,
      )
      .map(({ ms, point, headingDeg }) => ({ ms, headingDeg, ...from(mast, point) }));
    if (track.length > 0) near.push({ kind, colour, track });
  }
  return near;
}
