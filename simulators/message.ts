// What the simulated city sends: a topic under `sim/`, a payload in the native words, and what is wrong with it.
import type { CameraEvent, CameraStatus, SensorReading, VehiclePosition } from '../model/native.ts';
import { simulatedPrefix } from '../model/topics.ts';

export type Payload = VehiclePosition | SensorReading | CameraStatus | CameraEvent;

/** What is wrong on purpose, as with real feeds. */
export type Fault = 'late' | 'repeated' | 'frozen' | 'absurd' | 'silent';

export interface Message<P extends Payload = Payload> {
  topic: string;
  payload: P;
  /** 1: held while the broker is away, and sent again until it is acknowledged. */
  qos: 0 | 1;
  retain: boolean;
  /** Set where a fault on purpose is at work; never sent. */
  fault?: Fault;
}

export const vehicleTopic = (id: string): string => `${simulatedPrefix}city/vehicle/${id}/position`;
export const sensorTopic = (id: string): string => `${simulatedPrefix}city/sensor/${id}/reading`;
export const cameraStatusTopic = (id: string): string => `${simulatedPrefix}city/camera/${id}/status`;
export const cameraEventTopic = (id: string): string => `${simulatedPrefix}city/camera/${id}/event`;

export const isoTime = (ms: number): string => new Date(ms).toISOString();

/** To so many decimals. */
export const rounded = (value: number, decimals: number): number => Number(value.toFixed(decimals));
