// The payload of Sparkplug B as far as a city needs it (Sparkplug 3.0.0, chapter 6, "Payloads", and its Protocol Buffers schema).
import { rejected, type Rejected } from '../../model/observation.ts';
import { Wire, WireFault } from './wire.ts';

/** Numbers of data types. */
export const dataType = {
  int8: 1,
  int16: 2,
  int32: 3,
  int64: 4,
  uint8: 5,
  uint16: 6,
  uint32: 7,
  uint64: 8,
  float: 9,
  double: 10,
  boolean: 11,
} as const;

export interface SparkplugMetric {
  name: string | undefined;
  /** 64 bits: a bigint where a number would round it into another. */
  alias: number | bigint | undefined;
  /** Epoch milliseconds. */
  timestamp: number | undefined;
  dataType: number | undefined;
  isNull: boolean;
  /** From the property `engUnit`. */
  unit: string | undefined;
  /** Booleans are 1 and 0; undefined for texts, sets and templates. */
  value: number | bigint | undefined;
  /** Its sign, and how many of its bits count, are known by the data type alone. */
  isInteger: boolean;
}

export interface SparkplugPayload {
  timestamp: number | undefined;
  seq: number | undefined;
  metrics: SparkplugMetric[];
}

/** Reads a payload; the reject `not-protobuf` or `truncated` where the bytes are none, or end too early. */
export function decodeSparkplug(bytes: Buffer): SparkplugPayload | Rejected {
  const payload: SparkplugPayload = { timestamp: undefined, seq: undefined, metrics: [] };
  const wire = new Wire(bytes);
  let isInMetric = false;
  try {
    while (wire.next()) {
      if (wire.field === 1) payload.timestamp = readTime(wire);
      else if (wire.field === 2) {
        isInMetric = true;
        payload.metrics.push(readMetric(wire));
        isInMetric = false;
      } else if (wire.field === 3) payload.seq = wire.uint();
      else wire.skip();
    }
  } catch (error) {
    if (!(error instanceof WireFault)) throw error;
    const field = isInMetric ? `metrics[${payload.metrics.length}]` : undefined;
    return rejected(error.reason, `${error.message}; expected a Sparkplug B payload`, field);
  }
  return payload;
}

/** A time that no clock of ours can hold is none. */
function readTime(wire: Wire): number | undefined {
  const ms = wire.uint();
  return ms < 8.64e15 ? ms : undefined;
}

function readMetric(wire: Wire): SparkplugMetric {
  const metric: SparkplugMetric = {
    name: undefined,
    alias: undefined,
    timestamp: undefined,
    dataType: undefined,
    isNull: false,
    unit: undefined,
    value: undefined,
    isInteger: false,
  };
  const outer = wire.enter();
  while (wire.next()) readField(wire, metric);
  wire.leave(outer);
  return metric;
}

function readField(wire: Wire, metric: SparkplugMetric): void {
  switch (wire.field) {
    case 1:
      metric.name = wire.text();
      return;
    case 2:
      metric.alias = wire.uint64();
      return;
    case 3:
      metric.timestamp = readTime(wire);
      return;
    case 4:
      metric.dataType = wire.uint();
      return;
    case 7:
      metric.isNull = wire.bool();
      return;
    case 9:
      metric.unit = readUnit(wire);
      return;
    default:
      readValue(wire, metric);
  }
}

/** `oneof value`: the last one stands. */
function readValue(wire: Wire, metric: SparkplugMetric): void {
  switch (wire.field) {
    case 10:
    case 11:
      metric.value = wire.uint64();
      metric.isInteger = true;
      return;
    case 12:
      metric.value = wire.float();
      break;
    case 13:
      metric.value = wire.double();
      break;
    case 14:
      metric.value = wire.bool() ? 1 : 0;
      break;
    default:
      wire.skip();
      return;
  }
  metric.isInteger = false;
}

const unitKey = /^eng(ineering)?_?units?$/i;

/** A PropertySet: keys and values stand in two lists of one order. */
function readUnit(wire: Wire): string | undefined {
  const values: (string | undefined)[] = [];
  let keys = 0;
  let unitAt = -1;
  const outer = wire.enter();
  while (wire.next()) {
    if (wire.field === 1) {
      if (unitKey.test(wire.text()) && unitAt < 0) unitAt = keys;
      keys++;
    } else if (wire.field === 2) values.push(readPropertyText(wire));
    else wire.skip();
  }
  wire.leave(outer);
  return values[unitAt];
}

function readPropertyText(wire: Wire): string | undefined {
  let text: string | undefined;
  const outer = wire.enter();
  while (wire.next()) {
    if (wire.field === 8) text = wire.text();
    else wire.skip();
  }
  wire.leave(outer);
  return text;
}

/**
 * The number that a value is, given its data type. Undefined for what is none, and for an integer whose type nobody
 * told: its sign could not be known.
 */
export function numberOf(
  { value, isInteger }: SparkplugMetric,
  type: number | undefined,
): number | undefined {
  if (value === undefined) return undefined;
  if (!isInteger) return Number(value);
  switch (type) {
    case dataType.int8:
      return (low32(value) << 24) >> 24;
    case dataType.int16:
      return (low32(value) << 16) >> 16;
    case dataType.int32:
      return low32(value);
    case dataType.int64:
      return Number(typeof value === 'bigint' ? BigInt.asIntN(64, value) : value);
    case dataType.uint8:
    case dataType.uint16:
    case dataType.uint32:
    case dataType.uint64:
      return Number(value);
    default:
      return undefined;
  }
}

const low32 = (value: number | bigint): number =>
  typeof value === 'bigint' ? Number(BigInt.asIntN(32, value)) : value | 0;

/** The command that asks an edge node for its births (chapter 5, "Edge Node Rebirth": a boolean named `Node Control/Rebirth`). */
export function encodeRebirth(atMs: number): Buffer {
  const name = Buffer.from('Node Control/Rebirth');
  const metric = [0x0a, name.length, ...name, 0x20, dataType.boolean, 0x70, 1];
  return Buffer.from([0x08, ...varint(Math.max(0, Math.round(atMs))), 0x12, metric.length, ...metric]);
}

function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 0x7f; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 0x80);
  return [...bytes, rest];
}
