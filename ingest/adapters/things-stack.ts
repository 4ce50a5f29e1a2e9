// The Things Stack v3 uplinks (LoRaWAN): decoded by the network, or by us where it only passes bytes on.
import { sourceIdPattern } from '../../model/asset.ts';
import { rejected, type Outcome, type Rejected } from '../../model/observation.ts';
import {
  isObject,
  isRejected,
  numberOrUnknown,
  parseInstant,
  parseJsonObject,
  type AdapterContext,
  type Incoming,
  type Json,
  type NewAdapter,
} from './adapter.ts';
import type { Decoded, Decoder, Device, Measured } from './decoders/decoder.ts';
import { builtInDecoders } from './decoders/registry.ts';
import { flatten } from './flatten.ts';
import { isPlace, mapped, placeAmong, toReadings } from './measurements.ts';
import { deviceNames } from './device-names.ts';

const decodedPath = 'uplink_message.decoded_payload';
const bytesPath = 'uplink_message.frm_payload';

/** Blocks of EUIs by maker, as the IEEE Registration Authority lists them. */
const brandOfEui: readonly [prefix: string, brand: string][] = [
  ['70B3D57BA', 'decentlab'],
  ['24E124', 'milesight-iot'],
  ['A81758', 'elsys'],
  ['647FDA', 'tektelic'],
  ['FC48C9', 'yobiiq'],
];

/**
 * One uplink (The Things Stack, "The Things Stack Data Formats", uplink messages). Topic
 * `v3/{application}@{tenant}/devices/{device}/up`, where the tenant may be absent. Zero values are left out of the
 * message, a gateway's place is not the device's, and 0,0 is none.
 */
export const newThingsStack: NewAdapter = (context) => {
  const own = new Set<Decoder>(builtInDecoders);
  const added = [...context.decoders.values()].filter((decoder) => !own.has(decoder));
  const decoders = [...added, ...builtInDecoders];
  return (incoming) => read(incoming, context, decoders);
};

function read(incoming: Incoming, context: AdapterContext, decoders: readonly Decoder[]): Outcome[] {
  const body = parseJsonObject(incoming.payload);
  const sourceId = sourceIdOf(incoming.topic, isRejected(body) ? {} : body);
  if (!sourceIdPattern.test(sourceId)) {
    return [rejected('bad-id', `${JSON.stringify(sourceId.slice(0, 120))} is not an id`, 'topic')];
  }
  if (isRejected(body)) return [body];
  const uplink = body.uplink_message;
  if (!isObject(uplink)) return [rejected('schema', 'expected an object', 'uplink_message')];
  if (body.simulated === true) {
    return [rejected('not-an-observation', 'the network says that somebody simulated it', 'simulated')];
  }
  const { decoded, readings, rejects } = measure(uplink, deviceOf(body, uplink), context, decoders);
  if (readings.length === 0) return rejects;
  return [
    ...rejects,
    {
      kind: 'sensor',
      sourceId,
      // When the network heard it: devices of this kind have no clock.
      observedAt: parseInstant(uplink.received_at) ?? parseInstant(body.received_at) ?? incoming.receivedAt,
      ...placeOf(uplink, decoded),
      readings,
    },
  ];
}

/** By the topic; a webhook has none, and then by the ids in the message. */
function sourceIdOf(topic: string, body: Json): string {
  const [version, application = '', devices, device = ''] = topic.split('/');
  if (version === 'v3' && devices === 'devices') return `tts-${application.split('@')[0]}-${device}`;
  const ids = isObject(body.end_device_ids) ? body.end_device_ids : {};
  const applicationIds = isObject(ids.application_ids) ? ids.application_ids : {};
  return `tts-${text(applicationIds.application_id)}-${text(ids.device_id)}`;
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

function deviceOf(body: Json, uplink: Json): Device {
  const ids = isObject(body.end_device_ids) ? body.end_device_ids : {};
  const applicationIds = isObject(ids.application_ids) ? ids.application_ids : {};
  const version = isObject(uplink.version_ids) ? uplink.version_ids : {};
  const eui = text(ids.dev_eui).toUpperCase();
  const brand = text(version.brand_id) || brandOfEui.find(([prefix]) => eui.startsWith(prefix))?.[1];
  const model = text(version.model_id) || `${text(ids.device_id)} ${text(applicationIds.application_id)}`;
  return {
    ...(brand !== undefined && { brand: brand.toLowerCase() }),
    ...(model !== ' ' && { model: model.toLowerCase() }),
    fPort: numberOrUnknown(uplink.f_port),
  };
}

interface Measurement {
  decoded: Decoded;
  readings: ReturnType<typeof toReadings>['readings'];
  rejects: Rejected[];
}

/** What the network decoded; where nothing in that is known, what we decode ourselves. */
function measure(
  uplink: Json,
  device: Device,
  context: AdapterContext,
  decoders: readonly Decoder[],
): Measurement {
  const byNetwork = decodedByNetwork(uplink, mapped('battery', context) !== undefined);
  const first = byNetwork === undefined ? undefined : toMeasurement(byNetwork, context, decodedPath);
  if (first !== undefined && first.readings.length > 0) return first;
  const bytes = bytesOf(uplink);
  if (isRejected(bytes)) return first ?? failed(bytes);
  const decoded = decode(bytes, device, decoders);
  if (decoded === undefined) return first ?? failed(noDecoder(bytes, device));
  return toMeasurement(decoded, context, bytesPath);
}

const failed = (reject: Rejected): Measurement => ({
  decoded: { measured: [] },
  readings: [],
  rejects: [reject],
});

const toMeasurement = (decoded: Decoded, context: AdapterContext, path: string): Measurement => ({
  decoded,
  ...toReadings(decoded.measured, deviceNames, context, path),
});

function decodedByNetwork(uplink: Json, batteryIsMapped: boolean): Decoded | undefined {
  const normalized = flatten(uplink.normalized_payload);
  const decoded = flatten(uplink.decoded_payload);
  const measured = [...normalized.measured, ...decoded.measured];
  const { lat = normalized.lat, lon = normalized.lon } = decoded;
  if (!isObject(uplink.decoded_payload) && measured.length === 0) return undefined;
  return { measured: batteryIsMapped ? measured : measured.map(asShare), lat, lon };
}

/** Half of the makers' decoders mean volts by `battery`, half per cent; cells of devices have 5 V at most, vehicles 24. */
function asShare(measured: Measured): Measured {
  const { name, value, unit } = measured;
  if (name !== 'battery' || unit !== undefined || value <= 5) return measured;
  return value > 30 || Number.isInteger(value) ? { ...measured, name: 'batteryLevel' } : measured;
}

function bytesOf(uplink: Json): Buffer | Rejected {
  const encoded = uplink.frm_payload;
  if (typeof encoded !== 'string' || encoded === '' || !/^[A-Za-z0-9+/]+={0,2}$/.test(encoded)) {
    return rejected('schema', 'expected base64, or a decoded_payload beside it', bytesPath);
  }
  return Buffer.from(encoded, 'base64');
}

function decode(bytes: Buffer, device: Device, decoders: readonly Decoder[]): Decoded | undefined {
  for (const decoder of decoders) {
    if (!decoder.matches({ ...device, bytes })) continue;
    const decoded = decoder.decode(bytes, device.fPort, device);
    if (decoded !== undefined) return decoded;
  }
  return undefined;
}

function noDecoder(bytes: Buffer, { brand, model, fPort }: Device): Rejected {
  const who = [brand, model].filter(Boolean).join(', ').slice(0, 120);
  return rejected(
    'no-decoder',
    `no decoder reads the ${bytes.length} bytes on port ${fPort ?? 0} of ${who || 'a device without a model'}; ` +
      'name its brand and model in the network, decode there, or add a decoder to the city',
    bytesPath,
  );
}

/** What the device says itself, else where people put it on the network's map. */
function placeOf(uplink: Json, decoded: Decoded): { lat?: number; lon?: number } {
  const own = {
    ...placeAmong(decoded.measured),
    ...(decoded.lat !== undefined && { lat: decoded.lat, lon: decoded.lon }),
  };
  const locations = isObject(uplink.locations) ? uplink.locations : {};
  for (const place of [own, ...[locations['frm-payload'], locations.user].map(asPlace)]) {
    const { lat, lon } = place;
    if (lat !== undefined && lon !== undefined && isPlace(lat, lon)) return { lat, lon };
  }
  return {};
}

const asPlace = (location: unknown): { lat?: number | undefined; lon?: number | undefined } =>
  isObject(location)
    ? { lat: numberOrUnknown(location.latitude), lon: numberOrUnknown(location.longitude) }
    : {};
