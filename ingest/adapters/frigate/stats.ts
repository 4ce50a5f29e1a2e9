// Which cameras of a Frigate give pictures, from its statistics (docs.frigate.video, API, /api/stats).
import { sourceIdPattern } from '../../../model/asset.ts';
import { rejected, type CameraObservation, type Outcome } from '../../../model/observation.ts';
import { isObject, numberOrUnknown, type Json } from '../adapter.ts';
import type { CameraStates } from './camera-states.ts';

/** A camera of 0 frames a second gives no picture. Before version 0.13 cameras stood at the top, beside the rest. */
export function statesOf(body: Json, states: CameraStates, nowMs: number): Outcome[] {
  const cameras = isObject(body.cameras) ? body.cameras : body;
  const told: [string, CameraObservation['state']][] = [];
  const rejects: Outcome[] = [];
  for (const [camera, stats] of Object.entries(cameras)) {
    const framesPerSecond = isObject(stats) ? numberOrUnknown(stats.camera_fps) : undefined;
    if (framesPerSecond === undefined) continue;
    const sourceId = `frigate-${camera}`;
    if (camera !== '' && sourceIdPattern.test(sourceId)) {
      told.push([sourceId, framesPerSecond > 0 ? 'online' : 'offline']);
    } else {
      const detail = `${JSON.stringify(camera.slice(0, 96))}; expected the name of a camera`;
      rejects.push(rejected('bad-id', detail, `cameras.${camera.slice(0, 96)}`));
    }
  }
  const observations = states.some(told, timeOf(body) ?? nowMs);
  if (observations.length + rejects.length > 0) return [...observations, ...rejects];
  return [rejected('not-an-observation', 'no camera has a camera_fps', 'cameras')];
}

/** When they were last gathered. */
function timeOf({ service }: Json): number | undefined {
  const seconds = isObject(service) ? numberOrUnknown(service.last_updated) : undefined;
  return seconds !== undefined && seconds > 0 ? Math.round(seconds * 1000) : undefined;
}
