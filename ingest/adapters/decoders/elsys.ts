// Elsys ERS, ERS2, EMS, ELT and their kin: one byte of type, then its value ("Elsys payload", elsys.se/en/elsys-payload).
import type { Decoder } from './decoder.ts';
import { i16be, i32be, one, readFields, skip, u16be, u32be, u8, type Field } from './fields.ts';

const fields = new Map<number, Field>([
  [0x01, one(2, 'temperature', i16be(10), '°C')],
  [0x02, one(1, 'humidity', u8(), '%')],
  [0x03, skip(3)],
  [0x04, one(2, 'light', u16be(), 'lx')],
  [0x05, one(1, 'motion', u8())],
  [0x06, one(2, 'co2', u16be(), 'ppm')],
  [0x07, one(2, 'battery', u16be(), 'mV')],
  [0x08, one(2, 'analog1', u16be(), 'mV')],
  [0x09, skip(6)],
  [0x0a, one(2, 'pulse1', u16be())],
  [0x0b, one(4, 'pulseTotal1', u32be())],
  [0x0c, one(2, 'externalTemperature', i16be(10), '°C')],
  [0x0d, one(1, 'digital', u8())],
  [0x0e, one(2, 'distance', u16be(), 'mm')],
  [0x0f, one(1, 'vibration', u8())],
  [0x10, skip(4)],
  [0x11, one(1, 'occupancy', u8())],
  [0x12, one(1, 'waterLeak', u8())],
  [0x13, skip(65)],
  [0x14, one(4, 'pressure', i32be(1000), 'hPa')],
  // The peak stands before the mean; the mean is what noise is judged by.
  [0x15, one(2, 'noise', (view, at) => view.getUint8(at + 1), 'dB')],
  [0x16, one(2, 'pulse2', u16be())],
  [0x17, one(4, 'pulseTotal2', u32be())],
  [0x18, one(2, 'analog2', u16be(), 'mV')],
  [0x19, one(2, 'externalTemperature2', i16be(10), '°C')],
  [0x1a, one(1, 'digital2', u8())],
  [0x1b, skip(4)],
  [0x1c, one(2, 'tvoc', u16be(), 'ppb')],
  [0x3d, skip(4)],
]);

const ports = [5, 85];

export const elsys: Decoder = {
  id: 'elsys',
  matches: ({ brand, model, fPort, bytes }) =>
    brand === 'elsys' ||
    /\belsys\b|\bers2?\b/.test(model ?? '') ||
    // They begin with the temperature, and have at least one field beside it.
    (fPort !== undefined && ports.includes(fPort) && bytes[0] === 0x01 && bytes.length > 4),
  decode: (bytes) => readFields(bytes, 1, fields),
};
