// TEKTELIC Kiwi and Clover, soil and air: two bytes of key, then the value, on port 10 (technical reference manuals, "Sensor data").
import type { Decoder } from './decoder.ts';
import { i16be, one, readFields, skip, u16be, u8, type Field } from './fields.ts';

/** The thermistor in the spike of a Kiwi, from its millivolts. */
const spikeTemperature = (view: DataView, at: number): number => {
  const millivolts = view.getUint16(at);
  return millivolts === 0 ? Number.NaN : Math.round((-32.46 * Math.log(millivolts) + 236.36) * 10) / 10;
};

/** A thermistor at an outside input. */
const inputTemperature = (view: DataView, at: number): number => {
  const millivolts = view.getUint16(at);
  return millivolts === 0 ? Number.NaN : Math.round((-31.96 * Math.log(millivolts) + 213.25) * 10) / 10;
};

const fields = new Map<number, Field>([
  [0x00ff, one(2, 'battery', u16be(100), 'V')],
  // The frequency of the spike's oscillator falls with water, by a curve of each soil: no share of water comes of it.
  [0x0104, one(2, 'soilMoistureFrequency', u16be(), 'kHz')],
  [0x0202, one(2, 'soilTemperature', spikeTemperature, '°C')],
  [0x0302, one(2, 'soilTemperature_1', inputTemperature, '°C')],
  [0x0402, one(2, 'soilTemperature_2', inputTemperature, '°C')],
  [0x0504, one(2, 'watermarkFrequency_1', u16be(), 'Hz')],
  [0x0604, one(2, 'watermarkFrequency_2', u16be(), 'Hz')],
  [0x0902, skip(2)],
  [0x0965, one(2, 'illuminance', u16be(), 'lx')],
  [0x0a71, skip(6)],
  [0x0b67, one(2, 'temperature', i16be(10), '°C')],
  [0x0b68, one(1, 'humidity', u8(2), '%')],
  [0x0c67, skip(2)],
]);

export const tektelic: Decoder = {
  id: 'tektelic-kiwi-clover',
  matches: ({ brand, model, fPort }) =>
    fPort === 10 && (brand === undefined || brand === 'tektelic' || /kiwi|clover/.test(model ?? '')),
  decode: (bytes) => readFields(bytes, 2, fields),
};
