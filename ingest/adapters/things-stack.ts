// The Things Stack v3 uplinks (LoRaWAN): decoded by the network, or by us where it only passes bytes on.
import { sourceIdPattern } from '../../model/asset.ts';
import type { MetricId } from '../../model/metrics.ts';
import { rejected, type Outcome } from '../../model/observation.ts';
import {
  isFix,
  isObject,
  isRejected,
  numberOrUnknown,
  parseInstant,
  parseJsonObject,
  type Adapter,
  type Json,
} from './adapter.ts';
import { decodeCayenneLpp, type Decoded } from './cayenne-lpp.ts';

/** Names that network-side decoders commonly use, in the units of our registry. A `_1` of Cayenne LPP is taken off. */
const decodedNames: ReadonlyMap<string, MetricId> = new Map([
  ['temperature', 'temperature'],
  ['humidity', 'humidity'],
  ['relative_humidity', 'humidity'],
  ['barometric_pressure', 'pressure'],
  ['pressure', 'pressure'],
  ['luminosity', 'illuminance'],
  ['illuminance', 'illuminance'],
  ['pm2_5', 'pm25'],
  ['pm25', 'pm25'],
  ['pm10', 'pm10'],
  ['co2', 'co2'],
  ['battery_voltage', 'battery'],
  ['voltage', 'battery'],
]);

/** Topic `v3/{application}@{tenant}/devices/{device}/up`; the tenant may be absent. */
export const parseThingsStack: Adapter = ({ topic, payload, receivedAt }) => [
  toOutcome(topic, payload, receivedAt),
];

function toOutcome(topic: string, payload: Buffer, receivedAt: number): Outcome {
  const [, application = '', , device = ''] = topic.split('/');
  const sourceId = `tts-${application.split('@')[0]}-${device}`;
  if (!sourceIdPattern.test(sourceId))
    return rejected('bad-id', `${JSON.stringify(sourceId)} is not an id`, 'topic');
  const body = parseJsonObject(payload);
  if (isRejected(body)) return body;
  const uplink = body.uplink_message;
  if (!isObject(uplink)) return rejected('schema', 'expected an object', 'uplink_message');
  const decoded = decode(uplink);
  if (isRejected(decoded)) return decoded;
  if (decoded.readings.length === 0)
    return rejected('no-reading', 'nothing in it is in the registry', 'uplink_message');
  const user = isObject(uplink.locations) && isObject(uplink.locations.user) ? uplink.locations.user : {};
  const lat = decoded.lat ?? numberOrUnknown(user.latitude);
  const lon = decoded.lon ?? numberOrUnknown(user.longitude);
  const fix = isFix(lat, lon);
  return {
    kind: 'sensor',
    sourceId,
    // When the network heard it: devices of this kind have no clock.
    observedAt: parseInstant(uplink.received_at) ?? parseInstant(body.received_at) ?? receivedAt,
    lat: fix ? lat : undefined,
    lon: fix ? lon : undefined,
    readings: decoded.readings,
  };
}

function decode(uplink: Json): Decoded | ReturnType<typeof rejected> {
  if (isObject(uplink.decoded_payload)) return fromDecodedPayload(uplink.decoded_payload);
  if (typeof uplink.frm_payload !== 'string')
    return rejected('schema', 'expected base64', 'uplink_message.frm_payload');
  const decoded = decodeCayenneLpp(Buffer.from(uplink.frm_payload, 'base64'));
  return (
    decoded ??
    rejected(
      'no-decoder',
      'no decoder for this device: its bytes are not Cayenne LPP',
      'uplink_message.frm_payload',
    )
  );
}

function fromDecodedPayload(payload: Json): Decoded {
  const decoded: Decoded = { readings: [] };
  for (const [name, value] of Object.entries(payload)) {
    const metric =
      decodedNames.get(name.toLowerCase().replace(/_\d+$/, '')) ?? decodedNames.get(name.toLowerCase());
    const number = numberOrUnknown(value);
    if (metric !== undefined && number !== undefined && !decoded.readings.some(([held]) => held === metric)) {
      decoded.readings.push([metric, number]);
    }
    if (/^gps(_\d+)?$/.test(name) && isObject(value)) {
      decoded.lat = numberOrUnknown(value.latitude);
      decoded.lon = numberOrUnknown(value.longitude);
    }
  }
  return decoded;
}
