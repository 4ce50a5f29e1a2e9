// Traccar (traccar.org, "Position forwarding" and API reference, Position): GPS trackers of two hundred protocols.
import { rejected, type Outcome } from '../../model/observation.ts';
import {
  isFix,
  isObject,
  numberOrUnknown,
  parseInstant,
  type Adapter,
  type Json,
  type NewAdapter,
} from './adapter.ts';
import { readJsonItems } from './json-items.ts';
import { toSourceId } from './source-id.ts';

/** International knot: 1,852 m an hour. */
const mpsPerKnot = 1852 / 3600;

/**
 * `{position, device}` as it is forwarded by MQTT or HTTP, or the API's bare positions, each one or an array. The time
 * is that of the fix: `serverTime` is when Traccar heard of it, hours later where a tracker was out of reach.
 */
export const parseTraccar: Adapter = ({ payload }) => readJsonItems(payload, toOutcome);

function toOutcome(item: Json): Outcome {
  const forwarded = isObject(item.position);
  const position = forwarded ? (item.position as Json) : item;
  const path = forwarded ? 'position.' : '';
  if (!forwarded && position.latitude === undefined) {
    return item.event === undefined && item.uniqueId === undefined
      ? rejected('schema', 'expected an object with a position', 'position')
      : rejected('not-an-observation', 'an event or a device, without a position', 'position');
  }
  const device = isObject(item.device) ? item.device : undefined;
  const sourceId = sourceIdOf(device, position.deviceId);
  if (sourceId === undefined) {
    return rejected(
      'bad-id',
      'expected the unique id of a device',
      forwarded ? 'device.uniqueId' : 'deviceId',
    );
  }
  const observedAt = parseInstant(position.fixTime);
  if (observedAt === undefined) {
    return rejected('schema', 'expected ISO 8601 with offset, or epoch milliseconds', `${path}fixTime`);
  }
  if (position.valid === false) {
    return rejected('no-position', 'the tracker says that it has no fix', `${path}valid`);
  }
  const lat = numberOrUnknown(position.latitude);
  const lon = numberOrUnknown(position.longitude);
  if (lat === undefined || lon === undefined || !isFix(lat, lon)) {
    const detail = 'latitude or longitude is not known; expected degrees, and not 0,0';
    return rejected('no-position', detail, `${path}latitude`);
  }
  const speedKnots = numberOrUnknown(position.speed);
  const course = numberOrUnknown(position.course);
  const name = device?.name;
  return {
    kind: 'vehicle',
    sourceId,
    name: typeof name === 'string' && name !== '' ? name.slice(0, 96) : undefined,
    observedAt,
    lat,
    lon,
    speedMps: speedKnots !== undefined && speedKnots >= 0 ? speedKnots * mpsPerKnot : undefined,
    headingDeg: course !== undefined && course >= 0 && course <= 360 ? course : undefined,
  };
}

/** The API's positions name only Traccar's own number of the device. */
function sourceIdOf(device: Json | undefined, deviceId: unknown): string | undefined {
  const uniqueId = device?.uniqueId;
  if (typeof uniqueId === 'string' || typeof uniqueId === 'number')
    return toSourceId('traccar', String(uniqueId));
  return Number.isSafeInteger(deviceId) ? `traccar-device-${Number(deviceId)}` : undefined;
}

export const newTraccar: NewAdapter = () => parseTraccar;
