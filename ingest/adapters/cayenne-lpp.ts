// Cayenne Low Power Payload (myDevices): channel, type, value, over and over; with the later types of the IPSO registry.
import type { Decoded, Decoder } from './decoders/decoder.ts';
import { viewOf } from './decoders/fields.ts';

interface DataType {
  bytes: number;
  /** As the network's own decoder calls it; the channel is appended. */
  name?: string;
  unit?: string;
  read?: (view: DataView, at: number) => number;
}

const u8 = (view: DataView, at: number): number => view.getUint8(at);
const u16 = (view: DataView, at: number): number => view.getUint16(at);
const i16 = (view: DataView, at: number): number => view.getInt16(at);
const u32 = (view: DataView, at: number): number => view.getUint32(at);
const per =
  (divisor: number, read: (view: DataView, at: number) => number) =>
  (view: DataView, at: number): number =>
    read(view, at) / divisor;

const gps = 0x88;
const polyline = 0xf0;

/** Values are big endian, in steps of the divisor. */
const dataTypes = new Map<number, DataType>([
  [0, { bytes: 1, name: 'digital_in', read: u8 }],
  [1, { bytes: 1, name: 'digital_out', read: u8 }],
  [2, { bytes: 2, name: 'analog_in', read: per(100, i16) }],
  [3, { bytes: 2, name: 'analog_out', read: per(100, i16) }],
  [100, { bytes: 4, name: 'generic', read: u32 }],
  [101, { bytes: 2, name: 'luminosity', unit: 'lx', read: u16 }],
  [102, { bytes: 1, name: 'presence', read: u8 }],
  [103, { bytes: 2, name: 'temperature', unit: '°C', read: per(10, i16) }],
  [104, { bytes: 1, name: 'relative_humidity', unit: '%', read: per(2, u8) }],
  [113, { bytes: 6 }],
  [115, { bytes: 2, name: 'barometric_pressure', unit: 'hPa', read: per(10, u16) }],
  // The battery of most boards that write this format; mains are the mapping's to say.
  [116, { bytes: 2, name: 'battery_voltage', unit: 'V', read: per(100, u16) }],
  [117, { bytes: 2, name: 'current', unit: 'A', read: per(1000, u16) }],
  [118, { bytes: 4, name: 'frequency', unit: 'Hz', read: u32 }],
  [120, { bytes: 1, name: 'percentage', unit: '%', read: u8 }],
  [121, { bytes: 2, name: 'altitude', unit: 'm', read: i16 }],
  [125, { bytes: 2, name: 'concentration', unit: 'ppm', read: u16 }],
  [128, { bytes: 2, name: 'power', unit: 'W', read: u16 }],
  [130, { bytes: 4, name: 'distance', unit: 'm', read: per(1000, u32) }],
  [131, { bytes: 4, name: 'energy', unit: 'kWh', read: per(1000, u32) }],
  [132, { bytes: 2, name: 'direction', unit: '°', read: u16 }],
  [133, { bytes: 4 }],
  [134, { bytes: 6 }],
  [135, { bytes: 3 }],
  [gps, { bytes: 9 }],
  [142, { bytes: 1, name: 'switch', read: u8 }],
]);

const i24 = (view: DataView, at: number): number => (view.getInt16(at) << 8) | view.getUint8(at + 2);

/**
 * Undefined unless every byte is part of a known type and there is a value or a place among them: other formats must
 * not be taken for this one.
 */
export function decodeCayenneLpp(bytes: Uint8Array): Decoded | undefined {
  const view = viewOf(bytes);
  const decoded: Decoded = { measured: [] };
  let at = 0;
  while (at + 2 <= bytes.length) {
    const channel = view.getUint8(at);
    const code = view.getUint8(at + 1);
    at += 2;
    if (code === polyline) {
      // A row of places, whose first byte is its length: not a value.
      at += Math.max(view.byteLength > at ? view.getUint8(at) : 1, 1);
      continue;
    }
    const type = dataTypes.get(code);
    if (type === undefined || at + type.bytes > bytes.length) return undefined;
    if (type.name !== undefined && type.read !== undefined) {
      decoded.measured.push({ name: `${type.name}_${channel}`, value: type.read(view, at), unit: type.unit });
    }
    if (code === gps) {
      decoded.lat = i24(view, at) / 10_000;
      decoded.lon = i24(view, at + 3) / 10_000;
    }
    at += type.bytes;
  }
  const said = decoded.measured.length > 0 || decoded.lat !== undefined;
  return at === bytes.length && said ? decoded : undefined;
}

export const cayenneLpp: Decoder = {
  id: 'cayenne-lpp',
  // By its form: nothing in a network's ids tells it.
  matches: () => true,
  decode: decodeCayenneLpp,
};
