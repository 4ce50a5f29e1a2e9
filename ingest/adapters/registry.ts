// Which adapter reads which feed: a new format is one file and one line here.
import type { MqttFeedId } from '../../model/topics.ts';
import type { Adapter } from './adapter.ts';
import { parseFrigate } from './frigate.ts';
import { parseHfp } from './hfp.ts';
import { parseCameraEvent, parseCameraStatus, parseSensorReading, parseVehiclePosition } from './native.ts';
import { parseThingsStack } from './things-stack.ts';

export const adapters: Record<MqttFeedId, Adapter> = {
  'city-vehicle': parseVehiclePosition,
  'city-sensor': parseSensorReading,
  'city-camera-status': parseCameraStatus,
  'city-camera-event': parseCameraEvent,
  hfp: parseHfp,
  'things-stack': parseThingsStack,
  frigate: parseFrigate,
};
