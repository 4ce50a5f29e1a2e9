// What every adapter is: bytes of one feed in, observations or reasons out. Adapters never throw on bad input.
import { isUtf8 } from 'node:buffer';
import { maxPolledBytes } from '../../model/topics.ts';
import { rejected, type Outcome, type Rejected } from '../../model/observation.ts';
import type { Mapping } from '../../model/source.ts';
import type { Decoder } from './decoders/decoder.ts';

export interface Incoming {
  /** As the format's own specification writes it, without `sim/`. */
  topic: string;
  payload: Buffer;
  /** Epoch milliseconds. */
  receivedAt: number;
  /** Read back from the journal: newer messages may have been seen already, and nobody waits for an answer. */
  replayed: boolean;
}

/** At least one outcome a message. */
export type Adapter = (incoming: Incoming) => Outcome[];

/** What an adapter must still know after a restart; the newest of each key is kept, by `at` (epoch milliseconds). */
export interface Memory {
  get(key: string): { at: number; value: Buffer } | undefined;
  /** False, and nothing happens, when something newer is held. */
  set(key: string, at: number, value: Buffer): boolean;
}

/** The imported timetable, as far as live messages need it. */
export interface Timetable {
  trip(tripId: string): { routeId: string } | undefined;
  /** What passengers call a route. */
  routeName(routeId: string): string | undefined;
  stop(stopId: string): { lat: number; lon: number } | undefined;
  /** Of its agencies: what its service days and times are written in. */
  readonly timeZone?: string | undefined;
}

/** One of each feed: what its adapter may lean on. A changed mapping makes a new adapter with the same memory. */
export interface AdapterContext {
  feedId: string;
  mapping: Mapping;
  memory: Memory;
  timetable: Timetable;
  /** Decoders of device models, by their id: ours, and those that the city added. */
  decoders: ReadonlyMap<string, Decoder>;
  /** Publishes at the broker that the messages came from; lost while it is away. */
  send(topic: string, payload: Buffer): void;
  /** Told of every measured name, known or not, for the screen that maps them. */
  seen(name: string, unit: string | undefined, value: number, metric: string | undefined): void;
}

export type NewAdapter = (context: AdapterContext) => Adapter;

export type Json = { [key: string]: unknown };

/** The payload as a JSON object, or why it is none. */
export function parseJsonObject(payload: Buffer): Json | Rejected {
  if (payload.length === 0) return rejected('empty', 'the payload is empty');
  if (payload.length > maxPolledBytes) {
    return rejected('too-large', `${payload.length} bytes; at most ${maxPolledBytes} are taken`);
  }
  if (!isUtf8(payload)) return rejected('not-utf8', 'the payload is not UTF-8 text');
  let value: unknown;
  try {
    value = JSON.parse(payload.toString('utf8'));
  } catch (error) {
    return rejected('not-json', (error as Error).message);
  }
  if (!isObject(value)) return rejected('schema', 'expected a JSON object');
  return value;
}

export const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const isRejected = (value: object): value is Rejected =>
  (value as { kind?: unknown }).kind === 'rejected';

const isoWithOffset = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)$/i;

/** ISO 8601 with offset, or epoch milliseconds; undefined for anything else. */
export function parseInstant(value: unknown): number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? Math.round(value) : undefined;
  if (typeof value !== 'string' || !isoWithOffset.test(value)) return undefined;
  const ms = Date.parse(value);
  return Number.isNaN(ms) ? undefined : ms;
}

/** A finite number, or undefined: null and absent mean unknown in the formats of others. */
export const numberOrUnknown = (value: unknown): number | undefined =>
  typeof value === 'number' && Number.isFinite(value) ? value : undefined;

/** True where both are known and are not the 0,0 of a receiver without a fix. */
export const isFix = (lat: number | undefined, lon: number | undefined): boolean =>
  lat !== undefined && lon !== undefined && !(lat === 0 && lon === 0);
