// Payloads that are a row of fields, each a key and a value of known length: how most LoRaWAN devices write.
import type { Decoded } from './decoder.ts';

/** How long the value after a key is, and what of it is kept; a field that nobody needs is stepped over. */
export interface Field {
  bytes: number;
  keep?: (view: DataView, at: number, into: Decoded) => void;
}

type Read = (view: DataView, at: number) => number;

/** Keeps one number; a reader that gives NaN says that the sensor was not there. */
export const one = (bytes: number, name: string, read: Read, unit?: string): Field => ({
  bytes,
  keep: (view, at, into) => {
    const value = read(view, at);
    if (!Number.isNaN(value)) into.measured.push({ name, value, unit });
  },
});

export const skip = (bytes: number): Field => ({ bytes });

/** Of two or four bytes, big endian (`be`) or little endian (`le`), scaled by a divisor so that tenths stay exact. */
export const u8 =
  (per = 1): Read =>
  (view, at) =>
    view.getUint8(at) / per;
export const i16be =
  (per = 1): Read =>
  (view, at) =>
    view.getInt16(at) / per;
export const u16be =
  (per = 1): Read =>
  (view, at) =>
    view.getUint16(at) / per;
export const u32be =
  (per = 1): Read =>
  (view, at) =>
    view.getUint32(at) / per;
export const i32be =
  (per = 1): Read =>
  (view, at) =>
    view.getInt32(at) / per;
export const i16le =
  (per = 1): Read =>
  (view, at) =>
    view.getInt16(at, true) / per;
export const u16le =
  (per = 1): Read =>
  (view, at) =>
    view.getUint16(at, true) / per;
export const u32le =
  (per = 1): Read =>
  (view, at) =>
    view.getUint32(at, true) / per;
export const i32le =
  (per = 1): Read =>
  (view, at) =>
    view.getInt32(at, true) / per;

export const viewOf = (bytes: Uint8Array): DataView =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/**
 * Reads all fields; keys are of one or two bytes (big endian). Undefined unless every byte is part of a known field:
 * other formats must not be taken for this one. `last` are keys after which nothing is read.
 */
export function readFields(
  bytes: Uint8Array,
  keyBytes: 1 | 2,
  fields: ReadonlyMap<number, Field>,
  last: ReadonlySet<number> = new Set(),
): Decoded | undefined {
  const view = viewOf(bytes);
  const decoded: Decoded = { measured: [] };
  let at = 0;
  while (at + keyBytes <= bytes.length) {
    const key = keyBytes === 1 ? view.getUint8(at) : view.getUint16(at);
    if (at > 0 && last.has(key)) return decoded;
    const field = fields.get(key);
    at += keyBytes;
    if (field === undefined || at + field.bytes > bytes.length) return undefined;
    field.keep?.(view, at, decoded);
    at += field.bytes;
  }
  return at === bytes.length && at > 0 ? decoded : undefined;
}
