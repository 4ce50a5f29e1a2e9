// What an adapter makes of a payload: an observation in the city's words, or the reason why not.
import type { MetricId } from './metrics.ts';

interface Observed {
  sourceId: string;
  /** When it happened, by the device's clock: epoch milliseconds. */
  observedAt: number;
  lat?: number | undefined;
  lon?: number | undefined;
}

export interface VehicleObservation extends Observed {
  kind: 'vehicle';
  lat: number;
  lon: number;
  speedMps?: number | undefined;
  /** Clockwise from north, 0 to 360. */
  headingDeg?: number | undefined;
  /** 0 empty to 1 full. */
  occupancy?: number | undefined;
  routeId?: string | undefined;
}

export interface SensorObservation extends Observed {
  kind: 'sensor';
  /** Values in the units of the registry. */
  readings: [metric: MetricId, value: number][];
}

export interface CameraObservation extends Observed {
  kind: 'camera';
  state: 'online' | 'offline';
  bearingDeg?: number | undefined;
  fieldOfViewDeg?: number | undefined;
  /** Where the gateway fetches the picture; never leaves the server. */
  streamUrl?: string | undefined;
}

/** Something a camera saw; stored, and not part of the newest picture. */
export interface CameraEventObservation extends Observed {
  kind: 'camera-event';
  eventId: string;
  type: string;
  label?: string | undefined;
  count?: number | undefined;
  score?: number | undefined;
}

export type Observation = VehicleObservation | SensorObservation | CameraObservation | CameraEventObservation;

/** Stable codes, counted per feed. */
export const rejectReasons = [
  'empty',
  'too-large',
  'not-utf8',
  'not-json',
  'schema',
  'bad-id',
  'unknown-topic',
  'unknown-metric',
  'not-finite',
  'out-of-range',
  'no-position',
  'off-earth',
  'future',
  'too-old',
  'no-decoder',
  'no-reading',
  'not-text',
  'too-many-assets',
  'internal',
] as const;
export type RejectReason = (typeof rejectReasons)[number];

export interface Rejected {
  kind: 'rejected';
  reason: RejectReason;
  /** The offending field as a path, `readings.pm25`; absent when the whole payload is meant. */
  field?: string | undefined;
  /** For people: what was found and what was expected. */
  detail: string;
}

export const rejected = (reason: RejectReason, detail: string, field?: string): Rejected => ({
  kind: 'rejected',
  reason,
  detail,
  field,
});

/** Every message gives at least one outcome; each outcome is counted once as received. */
export type Outcome = Observation | Rejected;
