// What one segment of a camera's picture shows: everything the worker needs, in plain data that crosses threads.
import type { Point } from '../streets/plane.ts';
import type { StreetClass } from '../streets/graph.ts';
import type { VehicleKind } from '../vehicles/fleet.ts';

/** The timing of a traffic light for who comes from an arm; see streets/signals.ts. */
export interface SceneLight {
  cycleMs: number;
  greenFromMs: number;
  yellowToMs: number;
}

/** An arm of the junction, from its middle outwards. All points are metres east and north of the camera's mast. */
export interface SceneArm {
  points: Point[];
  streetClass: StreetClass;
  bearingDeg: number;
  light?: SceneLight;
}

export interface SceneFix extends Point {
  ms: number;
  headingDeg: number;
}

export interface SceneVehicle {
  kind: VehicleKind;
  colour: string;
  /** From before the segment's first frame to after its last. */
  track: SceneFix[];
}

export interface Scene {
  cameraId: string;
  /** Of the first frame, and of the rest at `framesPerSecond`. */
  fromMs: number;
  /** Since the stream began; timestamps go on from there. */
  atSeconds: number;
  utcOffsetMs: number;
  /** `WIB`. */
  timeZoneLabel: string;
  bearingDeg: number;
  fieldOfViewDeg: number;
  arms: SceneArm[];
  vehicles: SceneVehicle[];
  /** 0 to 1. */
  traffic: number;
  rainMmH: number;
  /** 0 to 1. */
  wetness: number;
  /** 1 on clear days. */
  haze: number;
  /** A broken camera's picture. */
  fault?: 'frozen' | 'black';
}

/** The worker's answer. */
export type Encoded = { jobNo: number; segment: Uint8Array } | { jobNo: number; error: string };

export const picture = { width: 480, height: 270, framesPerSecond: 8, segmentSeconds: 2 } as const;
