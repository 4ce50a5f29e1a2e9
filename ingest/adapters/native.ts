// Adapters for the native topics, straight from the schemas of model/native.ts.
import Type, { type TObject } from 'typebox';
import { Compile, type Validator } from 'typebox/compile';
import { sourceIdPattern } from '../../model/asset.ts';
import { isMetricId } from '../../model/metrics.ts';
import { CameraEvent, CameraStatus, SensorReading, VehiclePosition } from '../../model/native.ts';
import { rejected, type Outcome, type Rejected, type SensorObservation } from '../../model/observation.ts';
import { toRegistryUnit } from '../../model/units.ts';
import {
  isObject,
  isRejected,
  parseInstant,
  parseJsonObject,
  type Adapter,
  type AdapterContext,
  type Incoming,
  type NewAdapter,
} from './adapter.ts';
import { plainInstant } from './instant.ts';
import { mapped } from './measurements.ts';

interface Check {
  whole: Validator;
  /** For a body whose time is known to be one: to check its form again would cost as much as all the rest. */
  butTime: Validator;
}

const toCheck = (schema: TObject): Check => ({
  whole: Compile(schema),
  butTime: Compile(Type.Omit(schema, ['observedAt'])),
});

const vehiclePosition = toCheck(VehiclePosition);
const sensorReading = toCheck(SensorReading);
const cameraStatus = toCheck(CameraStatus);
const cameraEvent = toCheck(CameraEvent);

/** The id in `city/{kind}/{id}/…`. */
function idOf(topic: string): string | Rejected {
  const from = topic.indexOf('/', 5) + 1;
  const id = topic.slice(from, topic.indexOf('/', from));
  if (sourceIdPattern.test(id)) return id;
  return rejected(
    'bad-id',
    `${JSON.stringify(id)}: an id begins with a letter or digit and has at most 96 of A-Z a-z 0-9 . _ : -`,
    'id',
  );
}

interface Frame<T> {
  sourceId: string;
  observedAt: number;
  body: T;
}

/** What all native payloads share: an id in the topic, an object of the schema, a time. */
function parseFrame<T extends { observedAt: string | number }>(
  { topic, payload }: Incoming,
  { whole, butTime }: Check,
): Frame<T> | Rejected {
  const sourceId = idOf(topic);
  if (typeof sourceId !== 'string') return sourceId;
  const body = parseJsonObject(payload);
  if (isRejected(body)) return body;
  const plainAt = typeof body.observedAt === 'string' ? plainInstant(body.observedAt) : undefined;
  if (!(plainAt === undefined ? whole : butTime).Check(body)) return schemaFault(whole, body);
  const observedAt = plainAt ?? parseInstant(body.observedAt);
  if (observedAt === undefined) {
    return rejected('schema', 'expected ISO 8601 with offset, or epoch milliseconds', 'observedAt');
  }
  return { sourceId, observedAt, body: body as unknown as T };
}

/** The first fault with its field as a path: `readings.pm25`. */
function schemaFault(validator: Validator, body: unknown): Rejected {
  const fault = validator.Errors(body)[0];
  const missing = (fault?.params as { requiredProperties?: string[] } | undefined)?.requiredProperties?.[0];
  const path = (fault?.instancePath ?? '').split('/').slice(1);
  if (missing !== undefined) path.push(missing);
  const found = path.reduce<unknown>((at, key) => (isObject(at) ? at[key] : undefined), body);
  if (typeof found === 'number' && !Number.isFinite(found)) {
    return rejected('not-finite', 'the number is too large to be one', path.join('.'));
  }
  return rejected('schema', fault?.message ?? 'does not match the schema', path.join('.') || undefined);
}

export const parseVehiclePosition: Adapter = (incoming) => {
  const frame = parseFrame<VehiclePosition>(incoming, vehiclePosition);
  if (isRejected(frame)) return [frame];
  const { body } = frame;
  return [
    {
      kind: 'vehicle',
      sourceId: frame.sourceId,
      observedAt: frame.observedAt,
      lat: body.lat,
      lon: body.lon,
      speedMps: body.speedMps,
      headingDeg: body.headingDeg,
      occupancy: body.occupancy,
      routeId: body.routeId,
    },
  ];
};

/** What the mapping says of the names that the registry does not know; those of the registry are what they are. */
function mapUnknown(
  name: string,
  value: number,
  context: AdapterContext,
): SensorObservation['readings'][number] | Rejected | undefined {
  const wish = mapped(name, context);
  context.seen(name, wish?.unit, value, wish?.metric);
  if (wish === undefined) {
    return rejected('unknown-metric', `${JSON.stringify(name)} is not in the registry`, `readings.${name}`);
  }
  if (wish === null) return undefined;
  const converted = wish.unit === undefined ? value : toRegistryUnit(wish.metric, value, wish.unit);
  if (converted !== undefined) return [wish.metric, converted];
  return rejected(
    'unknown-unit',
    `${wish.unit} is no unit of ${wish.metric} that we know`,
    `readings.${name}`,
  );
}

/** Good values are taken beside bad ones; each bad one is a rejection of its own. */
function parseSensorReading(incoming: Incoming, context: AdapterContext): Outcome[] {
  const frame = parseFrame<SensorReading>(incoming, sensorReading);
  if (isRejected(frame)) return [frame];
  const outcomes: Outcome[] = [];
  const readings: SensorObservation['readings'] = [];
  for (const name of Object.keys(frame.body.readings)) {
    const value = frame.body.readings[name]!;
    if (isMetricId(name)) {
      readings.push([name, value]);
      continue;
    }
    const reading = mapUnknown(name, value, context);
    if (reading === undefined) continue;
    if (!Array.isArray(reading)) outcomes.push(reading);
    else if (!readings.some(([held]) => held === reading[0])) readings.push(reading);
  }
  if (readings.length > 0) {
    outcomes.push({
      kind: 'sensor',
      sourceId: frame.sourceId,
      observedAt: frame.observedAt,
      lat: frame.body.lat,
      lon: frame.body.lon,
      readings,
    });
  } else if (outcomes.length === 0) outcomes.push(noReading(frame.body));
  return outcomes;
}

const noReading = ({ readings }: SensorReading): Rejected =>
  rejected(
    'no-reading',
    Object.keys(readings).length === 0 ? 'readings is empty' : 'the mapping leaves all of its values out',
    'readings',
  );

export const parseCameraStatus: Adapter = (incoming) => {
  const frame = parseFrame<CameraStatus>(incoming, cameraStatus);
  if (isRejected(frame)) return [frame];
  const { body } = frame;
  return [
    {
      kind: 'camera',
      sourceId: frame.sourceId,
      observedAt: frame.observedAt,
      state: body.state,
      lat: body.lat,
      lon: body.lon,
      bearingDeg: body.bearingDeg,
      fieldOfViewDeg: body.fieldOfViewDeg,
      streamUrl: body.streamUrl,
    },
  ];
};

export const parseCameraEvent: Adapter = (incoming) => {
  const frame = parseFrame<CameraEvent>(incoming, cameraEvent);
  if (isRejected(frame)) return [frame];
  const { sourceId, observedAt } = frame;
  const { eventId, type, label, count, score } = frame.body;
  return [{ kind: 'camera-event', sourceId, observedAt, eventId, type, label, count, score }];
};

/** By the last level. */
export const newNative: NewAdapter = (context) => {
  const adapter: Adapter = (incoming) => {
    switch (incoming.topic.slice(incoming.topic.lastIndexOf('/') + 1)) {
      case 'position':
        return parseVehiclePosition(incoming);
      case 'reading':
        return parseSensorReading(incoming, context);
      case 'status':
        return parseCameraStatus(incoming);
      case 'event':
        return parseCameraEvent(incoming);
      default:
        return [unknownTopic];
    }
  };
  return adapter;
};

const unknownTopic = rejected(
  'unknown-topic',
  'expected city/{vehicle|sensor|camera}/{id}/{position|reading|status|event}',
  'topic',
);
