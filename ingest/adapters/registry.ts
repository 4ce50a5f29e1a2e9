// Which adapter reads which format: a new format is one file and one line here (and its name in model/source.ts).
import type { FormatId } from '../../model/source.ts';
import type { NewAdapter } from './adapter.ts';
import { newBmkg } from './bmkg.ts';
import { newCap } from './cap.ts';
import { newFrigate } from './frigate.ts';
import { newGtfsRealtime } from './gtfs-realtime.ts';
import { newHfp } from './hfp.ts';
import { newNative } from './native.ts';
import { newNgsiLd } from './ngsi-ld.ts';
import { newOwnTracks } from './owntracks.ts';
import { newSensorCommunity } from './sensor-community.ts';
import { newSensorThings } from './sensorthings.ts';
import { newSparkplug } from './sparkplug.ts';
import { newThingsStack } from './things-stack.ts';
import { newTraccar } from './traccar.ts';

export const adapters: Record<FormatId, NewAdapter> = {
  native: newNative,
  hfp: newHfp,
  'gtfs-realtime': newGtfsRealtime,
  'things-stack': newThingsStack,
  sensorthings: newSensorThings,
  sparkplug: newSparkplug,
  frigate: newFrigate,
  owntracks: newOwnTracks,
  traccar: newTraccar,
  'sensor-community': newSensorCommunity,
  'ngsi-ld': newNgsiLd,
  cap: newCap,
  bmkg: newBmkg,
};
