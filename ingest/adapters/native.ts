// Adapters for the native topics, straight from the schemas of model/native.ts.
import { Compile, type Validator } from 'typebox/compile';
import { sourceIdPattern } from '../../model/asset.ts';
import { isMetricId } from '../../model/metrics.ts';
import { CameraEvent, CameraStatus, SensorReading, VehiclePosition } from '../../model/native.ts';
import { rejected, type Outcome, type Rejected, type SensorObservation } from '../../model/observation.ts';
import {
  isObject,
  isRejected,
  parseInstant,
  parseJsonObject,
  type Adapter,
  type Incoming,
} from './adapter.ts';

const vehiclePosition = Compile(VehiclePosition);
const sensorReading = Compile(SensorReading);
const cameraStatus = Compile(CameraStatus);
const cameraEvent = Compile(CameraEvent);

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
  validator: Validator,
): Frame<T> | Rejected {
  const sourceId = idOf(topic);
  if (typeof sourceId !== 'string') return sourceId;
  const body = parseJsonObject(payload);
  if (isRejected(body)) return body;
  if (!validator.Check(body)) return schemaFault(validator, body);
  const observedAt = parseInstant(body.observedAt);
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

/** Good values are taken beside bad ones; each bad one is a rejection of its own. */
export const parseSensorReading: Adapter = (incoming) => {
  const frame = parseFrame<SensorReading>(incoming, sensorReading);
  if (isRejected(frame)) return [frame];
  const outcomes: Outcome[] = [];
  const readings: SensorObservation['readings'] = [];
  for (const [metric, value] of Object.entries(frame.body.readings)) {
    if (isMetricId(metric)) readings.push([metric, value]);
    else
      outcomes.push(
        rejected('unknown-metric', `${JSON.stringify(metric)} is not in the registry`, `readings.${metric}`),
      );
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
  } else if (outcomes.length === 0) outcomes.push(rejected('no-reading', 'readings is empty', 'readings'));
  return outcomes;
};

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
