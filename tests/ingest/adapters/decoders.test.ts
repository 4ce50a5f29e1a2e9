// Decoders of device models: bytes in, values out; and the plug-in files that a city adds.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import type { Decoder } from '../../../ingest/adapters/decoders/decoder.ts';
import { loadDecoders } from '../../../ingest/adapters/decoders/load.ts';
import { builtInDecoders } from '../../../ingest/adapters/decoders/registry.ts';
import { newReader } from './read.ts';

const ours = new Map(builtInDecoders.map((decoder) => [decoder.id, decoder]));

function decode(id: string, hex: string, fPort = 1, model?: string): unknown {
  const device = { fPort, ...(model !== undefined && { model }) };
  const decoded = ours.get(id)!.decode(Buffer.from(hex, 'hex'), fPort, device);
  return decoded === undefined
    ? undefined
    : Object.fromEntries(decoded.measured.map(({ name, value }) => [name, value]));
}

describe('Cayenne LPP: every type', () => {
  test.each<[string, string, unknown]>([
    ['digital input and output', '010001020100', { digital_in_1: 1, digital_out_2: 0 }],
    ['analog input and output', '0302ff9c040300fa', { analog_in_3: -1, analog_out_4: 2.5 }],
    [
      'generic, luminosity, presence',
      '0164000000070265012c036601',
      { generic_1: 7, luminosity_2: 300, presence_3: 1 },
    ],
    [
      'temperature below zero, humidity',
      '0167ffd7026885',
      { temperature_1: -4.1, relative_humidity_2: 66.5 },
    ],
    ['acceleration beside pressure', '017100010002000302732710', { barometric_pressure_2: 1000 }],
    [
      'voltage, current, frequency',
      '0174014a027503e8037600000032',
      { battery_voltage_1: 3.3, current_2: 1, frequency_3: 50 },
    ],
    [
      'percentage, altitude, concentration',
      '017832027901a4037d01a4',
      { percentage_1: 50, altitude_2: 420, concentration_3: 420 },
    ],
    [
      'power, distance, energy',
      '018005dc0282000003e80383000004d2',
      { power_1: 1500, distance_2: 1, energy_3: 1.234 },
    ],
    [
      'direction, time, gyrometer, colour, switch',
      '0184005a02856553f10003860001000200030487ff0000058e01',
      { direction_1: 90, switch_5: 1 },
    ],
    ['a type that is none', '01ff00', undefined],
    ['cut off', '016700', undefined],
    ['nothing', '', undefined],
  ])('%s', (_name, hex, expected) => expect(decode('cayenne-lpp', hex)).toEqual(expected));
  test('a place, signed', () => {
    const bytes = Buffer.from('018806765ff2960a0003e8', 'hex');
    expect(ours.get('cayenne-lpp')!.decode(bytes, 1, { fPort: 1 })).toMatchObject({
      lat: 42.3519,
      lon: -87.9094,
    });
  });
});

describe('Decentlab: the model is named', () => {
  const words = (...values: number[]): string =>
    values.map((value) => value.toString(16).padStart(4, '0')).join('');
  const frame = (flags: number, ...values: number[]): string => `020bb8${words(flags, ...values)}`;
  const zero = 32768;
  const weather = [800, 1250, 3, 7, 150, 1805, 320, 265, 250, 9300, 655, 0, 0, 0, 0, 0, 0].map(
    (value) => zero + value,
  );
  test.each<[string, string, string, unknown]>([
    [
      'weather',
      'dl-atm41',
      frame(3, ...weather, 3061),
      {
        solar_radiation: 800,
        precipitation: 1.25,
        lightning_strike_count: 3,
        wind_speed: 1.5,
        wind_direction: 180.5,
        maximum_wind_speed: 3.2,
        air_temperature: 26.5,
        barometric_pressure: 93,
        relative_humidity: 65.5,
        battery_voltage: 3.061,
      },
    ],
    [
      'its second generation has other scales',
      'dl-atm41g2',
      frame(1, ...weather),
      expect.objectContaining({ solar_radiation: 80, precipitation: 34.018 }),
    ],
    [
      'water level',
      'dl-ctd10',
      frame(3, zero + 2192, zero + 81, 100, 0, 3168),
      { water_depth: 2192, water_temperature: 8.1, electrical_conductivity: 100, battery_voltage: 3.168 },
    ],
    ['sonar', 'dl-mbx', frame(3, 1234, 1, 2993), { distance: 1234, battery_voltage: 2.993 }],
    ['sonar that saw nothing', 'dl-mbx', frame(3, 0, 0, 2993), { battery_voltage: 2.993 }],
    [
      'turbidity',
      'dl-ntu',
      frame(1, 0, zero + 2181, 318, 318, 563),
      { water_temperature: 21.81, turbidity_in_ntu: 31.8 },
    ],
    [
      'particles',
      'dl-pm',
      frame(3, 3109, 37, 80, 90, 120, 500, 1, 1, 1, 1, 1),
      {
        battery_voltage: 3.109,
        pm1_0_mass_concentration: 3.7,
        pm2_5_mass_concentration: 8,
        pm4_mass_concentration: 9,
        pm10_mass_concentration: 12,
      },
    ],
    [
      'pressure in its range',
      'dl-pr26-0-10',
      frame(1, 16384 + 3277, 384 + 24000),
      { temperature: 25, pressure_level: expect.closeTo(1, 3) as unknown },
    ],
    ['pressure without a range', 'dl-pr26', frame(1, 16384, 384 + 24000), { temperature: 25 }],
    ['rain in tenths', 'dl-tbrg-01', frame(1, 4, 600, 1, 0), { precipitation: 0.4, rain_rate: 2.4 }],
    [
      'rain of a bucket that nobody named',
      'dl-tbrg',
      frame(3, 4, 600, 1, 0, 3156),
      { battery_voltage: 3.156 },
    ],
    ['the flags want more than there is', 'dl-sht35', frame(3, 1, 2), undefined],
    ['another model of the maker', 'dl-zn1', frame(3, 1, 2, 3100), { battery_voltage: 3.1 }],
    ['another version', 'dl-sht35', '010bb800010000', undefined],
  ])('%s', (_name, model, hex, expected) => expect(decode('decentlab', hex, 1, model)).toEqual(expected));
  test('a name within the ids that people give', () => {
    expect(decode('decentlab', frame(1, 26214, 32768), 1, 'roof-dl-sht35 weather')).toEqual({
      air_temperature: 25,
      air_humidity: 50,
    });
  });
});

describe('others', () => {
  test.each<[string, string, string, number, unknown]>([
    ['Elsys below zero', 'elsys', '01ffce0e03e8', 5, { temperature: -5, distance: 1000 }],
    ['Elsys with what is not known', 'elsys', '01ffceff', 5, undefined],
    ['Milesight alarm', 'milesight', '8367ceff01', 85, { temperature: -5 }],
    ['Milesight current alarm', 'milesight', '8498e80364002c0101', 85, { current: 3 }],
    ['Milesight probe that is gone', 'milesight', '0967fdff', 85, {}],
    ['Milesight greets', 'milesight', 'ff0bffff0101ff166136b40000000001ff090100ff0a0114ff0f00', 85, {}],
    ['Milesight history comes last', 'milesight', '0367ceff20ce0102', 85, { temperature: -5 }],
    ['Milesight cut off', 'milesight', '0367ce', 85, undefined],
    [
      'Tektelic',
      'tektelic-kiwi-clover',
      '00ff014a096501f40b67ffce0b6850',
      10,
      { battery: 3.3, illuminance: 500, temperature: -5, humidity: 40 },
    ],
    [
      'Yobiiq: voltage, current, export',
      'yobiiq-em4301',
      '010c000008fc020ffffffc18',
      2,
      { voltage_1: 230, current: -1000 },
    ],
    ['Yobiiq: the error of its bus', 'yobiiq-em4301', '0b0a00', 1, {}],
    ['Bosch: a change', 'bosch-parking', '01', 1, { parkingOccupied: 1 }],
    ['Bosch: frost', 'bosch-parking', '00fb', 2, { parkingOccupied: 0, temperature: -5 }],
    ['Bosch: a state that is none', 'bosch-parking', '07', 1, undefined],
    ['Nwave: free for 5 minutes', 'nwave-parking', '05', 1, { parkingOccupied: 0 }],
    ['Nwave: heartbeat', 'nwave-parking', '80c814', 2, { parkingOccupied: 1, battery: 3.3, temperature: 20 }],
    ['Nwave: another port', 'nwave-parking', '80', 6, undefined],
  ])('%s', (_name, id, hex, fPort, expected) => expect(decode(id, hex, fPort)).toEqual(expected));
  test('Nwave of the third generation has its state in the lowest bit', () => {
    expect(decode('nwave-parking', '01', 1, 'nps310sm')).toEqual({ parkingOccupied: 1 });
  });
  test('a location of Milesight', () => {
    const bytes = Buffer.from('048836f37501805ce80500', 'hex');
    expect(ours.get('milesight')!.decode(bytes, 85, { fPort: 85 })).toMatchObject({
      lat: 24.50719,
      lon: 99.114112,
    });
  });
  test('ids are unique', () => expect(ours.size).toBe(builtInDecoders.length));
});

test.each(builtInDecoders.map((decoder): [string, Decoder] => [decoder.id, decoder]))(
  '%s never throws',
  (_id, decoder) => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 64 }),
      // Near to what it reads: heads of frames, then anything.
      fc
        .tuple(
          fc.constantFrom('0203', '0367', '0100', '0b67', '0104', '01f0', '20ce'),
          fc.uint8Array({ maxLength: 40 }),
        )
        .map(([head, rest]) => Buffer.concat([Buffer.from(head, 'hex'), rest])),
    );
    const port = fc.option(fc.nat(255), { nil: undefined });
    const model = fc.constantFrom('dl-iam', 'dl-pr26-1-0', 'dl-tbrg-00', 'nps310', '__proto__', '');
    fc.assert(
      fc.property(bytes, port, model, (each, fPort, named) => {
        decoder.matches({ fPort, model: named, bytes: each });
        for (const { value } of decoder.decode(each, fPort, { fPort, model: named })?.measured ?? []) {
          expect(typeof value).toBe('number');
        }
      }),
      { numRuns: 1_000 },
    );
  },
);

describe("a city's own", () => {
  const folder = mkdtempSync(join(tmpdir(), 'decoders-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const write = (name: string, text: string): void => writeFileSync(join(folder, name), text);

  test('files are read in order; faulty ones are told by name and stop nobody', async () => {
    // The example of cities/README.md.
    write(
      'bin.mjs',
      `export default {
        id: 'acme-bin',
        matches: ({ brand, fPort }) => brand === 'acme' && fPort === 2,
        decode: (bytes) => bytes.length === 3
          ? { measured: [
              { name: 'fillLevel', value: bytes[0], unit: '%' },
              { name: 'battery', value: (bytes[1] << 8) | bytes[2], unit: 'mV' },
            ] }
          : undefined,
      };`,
    );
    write('broken.mjs', 'export default {');
    write(
      'a-thrower.mjs',
      "export default { id: 'thrower', matches: () => true, decode: () => { throw new Error('x'); } };",
    );
    write('twice.mjs', "export default { id: 'acme-bin', matches: () => true, decode: () => undefined };");
    write('no-id.mjs', 'export default { matches: () => true, decode: () => undefined };');
    write('no-default.mjs', 'export const decoder = 1;');
    write('not-a-function.mjs', "export default { id: 'x', matches: true, decode: () => undefined };");
    write(
      'liar.mjs',
      "export default { id: 'liar', matches: () => { throw 1; }, decode: () => ({ measured: [{ name: 1 }, 7] }) };",
    );
    write('notes.txt', 'not a decoder');
    const { decoders, faults } = await loadDecoders(folder);
    expect(decoders.map(({ id }) => id)).toEqual(['thrower', 'acme-bin', 'liar']);
    expect(faults.map((fault) => fault.split(':')[0])).toEqual([
      'broken.mjs',
      'no-default.mjs',
      'no-id.mjs',
      'not-a-function.mjs',
      'twice.mjs',
    ]);
    expect(decoders[0]!.decode(new Uint8Array(1), 1, { fPort: 1 })).toBeUndefined();
    expect(decoders[2]!.matches({ fPort: 1, bytes: new Uint8Array(1) })).toBe(false);
    expect(decoders[2]!.decode(new Uint8Array(1), 1, { fPort: 1 })).toEqual({ measured: [] });

    const reader = newReader('things-stack', { decoders: new Map(decoders.map((each) => [each.id, each])) });
    const uplink_message = {
      f_port: 2,
      frm_payload: 'SwzQ',
      version_ids: { brand_id: 'acme', model_id: 'bin' },
    };
    expect(reader.read('v3/waste/devices/bin-1/up', { uplink_message })).toMatchObject([
      {
        sourceId: 'tts-waste-bin-1',
        readings: [
          ['fillLevel', 75],
          ['battery', 3.28],
        ],
      },
    ]);
  });
  test('no folder is no fault', async () => {
    expect(await loadDecoders(join(folder, 'none'))).toEqual({ decoders: [], faults: [] });
  });
});
