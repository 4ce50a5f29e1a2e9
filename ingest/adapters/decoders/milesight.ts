// Milesight AM, AT, CT, EM and VS: a byte of channel, one of type, then the value, little endian (user guides, "Uplink data").
import type { Decoded, Decoder } from './decoder.ts';
import { i16le, one, readFields, skip, u16le, u32le, u8, type Field } from './fields.ts';

/** A probe that is not there. */
const absent = 0xffff;

const amperes: Field = one(
  2,
  'current',
  (view, at) => (view.getUint16(at, true) === absent ? Number.NaN : view.getUint16(at, true) / 100),
  'A',
);

/** Both are also what a device sends that cannot read its probe: 0xfffd and 0xffff. */
const probeTemperature: Field = one(
  2,
  'temperature',
  (view, at) => (view.getUint16(at, true) >= 0xfffd ? Number.NaN : view.getInt16(at, true) / 10),
  '°C',
);

const people =
  (incoming: string, outgoing: string) =>
  (view: DataView, at: number, into: Decoded): void => {
    into.measured.push({ name: incoming, value: view.getUint16(at, true) });
    into.measured.push({ name: outgoing, value: view.getUint16(at + 2, true) });
  };

const place = (view: DataView, at: number, into: Decoded): void => {
  into.lat = view.getInt32(at, true) / 1e6;
  into.lon = view.getInt32(at + 4, true) / 1e6;
};

/** By channel and type. A type of 0x8… is that of 0x0… with an alarm behind the value. */
const fields = new Map<number, Field>([
  [0x0175, one(1, 'batteryLevel', u8(), '%')],
  [0x0367, one(2, 'temperature', i16le(10), '°C')],
  [0x8367, one(3, 'temperature', i16le(10), '°C')],
  [0x83d7, one(5, 'temperature', i16le(10), '°C')],
  [0x0468, one(1, 'humidity', u8(2), '%')],
  [0x0500, one(1, 'motion', u8())],
  [0x06cb, one(1, 'lightLevel', u8())],
  [0x057d, one(2, 'co2', u16le(), 'ppm')],
  [0x077d, one(2, 'co2', u16le(), 'ppm')],
  // An index, or a mass: neither is parts per billion.
  [0x087d, one(2, 'tvocIndex', u16le(100))],
  [0x08e6, one(2, 'tvocMass', u16le(), 'µg/m³')],
  [0x0673, one(2, 'pressure', u16le(10), 'hPa')],
  [0x0973, one(2, 'pressure', u16le(10), 'hPa')],
  [0x0a7d, one(2, 'hcho', u16le(100), 'mg/m³')],
  [0x0b7d, one(2, 'pm25', u16le(), 'µg/m³')],
  [0x0c7d, one(2, 'pm10', u16le(), 'µg/m³')],
  [0x0d7d, one(2, 'o3', u16le(100), 'ppm')],
  [0x0e01, skip(1)],
  [0x0382, one(2, 'distance', u16le(), 'mm')],
  [0x83e9, one(5, 'distance', u16le(10), 'mm')],
  [0x0400, skip(1)],
  [0x0700, skip(1)],
  [0x0397, one(4, 'charge', u32le(100), 'Ah')],
  [0x0498, amperes],
  [0x8498, { bytes: 7, keep: (view, at, into) => amperes.keep!(view, at + 4, into) }],
  [0x0967, probeTemperature],
  [0x8967, { ...probeTemperature, bytes: 3 }],
  [0x0488, { bytes: 9, keep: place }],
  [0x8488, { bytes: 9, keep: place }],
  [0x06d9, skip(9)],
  [0x04cc, { bytes: 4, keep: people('peopleInTotal', 'peopleOutTotal') }],
  [0x84cc, { bytes: 5, keep: people('peopleInTotal', 'peopleOutTotal') }],
  [0x05cc, { bytes: 4, keep: people('peopleIn', 'peopleOut') }],
  [0x85cc, { bytes: 5, keep: people('peopleIn', 'peopleOut') }],
  [0x0aef, skip(4)],
  [0x81ee, skip(1)],
  [0xff01, skip(1)],
  [0xff09, skip(2)],
  [0xff0a, skip(2)],
  [0xff0b, skip(1)],
  [0xff0f, skip(1)],
  [0xff16, skip(8)],
  [0xfffe, skip(1)],
  [0xffff, skip(2)],
]);

/** Stored values of earlier, whose length is that of a model: they come last, and are not read. */
const history = new Set([0x20ce, 0x21ce]);

export const milesight: Decoder = {
  id: 'milesight',
  matches: ({ brand, model, fPort }) =>
    brand === 'milesight-iot' || brand === 'milesight' || /milesight/.test(model ?? '') || fPort === 85,
  decode: (bytes) => readFields(bytes, 2, fields, history),
};
