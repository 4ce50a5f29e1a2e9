// What an adapter makes of a payload: an observation in the city's words, or the reason why not.
import type { AssetKind } from './asset.ts';
import type { MetricId } from './metrics.ts';
import type { TripUpdate } from './trip-update.ts';
import type { Warning } from './warning.ts';

interface Observed {
  sourceId: string;
  /** What its owner calls it; shown while nobody here has named it. */
  name?: string | undefined;
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
  /** A recognised face or plate: personal, only where a city configured to keep them, encrypted wherever it rests. */
  identity?: string | undefined;
}

/** That a device's gateway says it is gone, or back (Sparkplug B: deaths make all of its metrics stale). */
export interface LinkObservation extends Observed {
  kind: 'link';
  of: AssetKind;
  link: 'online' | 'offline';
}

/** A warning of an authority or an alert of a transit feed: of the city, not of one asset. */
export interface WarningObservation {
  kind: 'warning';
  sourceId: string;
  /** When it was sent. */
  observedAt: number;
  warning: Warning;
}

/** How late a trip is expected at its stops. `sourceId` is the trip's id. */
export interface TripUpdateObservation {
  kind: 'trip-update';
  sourceId: string;
  observedAt: number;
  update: TripUpdate;
}

export type AssetObservation =
  VehicleObservation | SensorObservation | CameraObservation | CameraEventObservation | LinkObservation;
export type NoticeObservation = WarningObservation | TripUpdateObservation;
export type Observation = AssetObservation | NoticeObservation;

export const isNotice = (observation: Observation): observation is NoticeObservation =>
  observation.kind === 'warning' || observation.kind === 'trip-update';

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
  'unknown-unit',
  'not-finite',
  'out-of-range',
  'no-position',
  'off-earth',
  'future',
  'too-old',
  'no-decoder',
  'no-reading',
  'no-birth',
  'sequence-gap',
  'not-xml',
  'not-protobuf',
  'truncated',
  'not-an-observation',
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
