// The Things Stack v3: what the network decoded, bytes that it passed on, times, places, and whose device it is.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Decoder } from '../../../ingest/adapters/decoders/decoder.ts';
import type { Outcome, SensorObservation } from '../../../model/observation.ts';
import { recordingsFolder } from '../../places.ts';
import { neverThrows } from './never-throws.ts';
import { haveRecordings, newReader } from './read.ts';

const topic = 'v3/city-air@ttn/devices/node-1/up';
const time = '2026-11-24T04:59:58.848446463Z';
const observedAt = Date.parse('2026-11-24T04:59:58.848Z');
const base64 = (hex: string): string => Buffer.from(hex, 'hex').toString('base64');
// 23.0 °C, 45 %, 1023.0 hPa
const lpp = base64('016700e601685a017327f6');

const up = (uplink: object, more: object = {}): object => ({
  end_device_ids: { device_id: 'node-1', application_ids: { application_id: 'city-air' } },
  received_at: time,
  uplink_message: { received_at: time, f_port: 1, ...uplink },
  ...more,
});
const read = (uplink: object, more: object = {}): Outcome[] =>
  newReader('things-stack').read(topic, up(uplink, more));
const short = (outcomes: Outcome[]): unknown[] =>
  outcomes.map((outcome) =>
    outcome.kind === 'rejected'
      ? [outcome.reason, outcome.field]
      : outcome.kind === 'sensor'
        ? Object.fromEntries(outcome.readings)
        : outcome,
  );

describe('decoded by the network', () => {
  test.each<[string, object, object]>([
    ['flat', { temperature_1: 23.5, colour: 'red', pm2_5: 12, rssi: -80 }, { temperature: 23.5, pm25: 12 }],
    ['numbers as text', { temperature: '23.5' }, { temperature: 23.5 }],
    ['nested', { air: { temperature: 23.5, humidity: 40 } }, { temperature: 23.5, humidity: 40 }],
    [
      'values with units, as Decentlab has them',
      {
        air_temperature: { displayName: 'Air temperature', value: 23.5, unit: '°C' },
        barometric_pressure: { value: 96412, unit: 'Pa' },
        electrical_conductivity: { value: 100, unit: 'µS⋅cm⁻¹' },
        battery_voltage: { value: 3.1, unit: 'V' },
      },
      { temperature: 23.5, pressure: 964.12, conductivity: 100, battery: 3.1 },
    ],
    [
      'a list of values',
      {
        measurements: [
          { name: 'temperature', value: 74.3, unit: '°F' },
          { type: 'co2', value: 420 },
        ],
      },
      { temperature: 23.5, co2: 420 },
    ],
    ['a battery in volts', { battery: 3.4 }, { battery: 3.4 }],
    ['a battery in per cent', { battery: 92, distance: 2116 }, { batteryLevel: 92, distance: 2.116 }],
    ['yes and no', { occupied: true }, { parkingOccupied: 1 }],
  ])('%s', (_name, decoded_payload, expected) =>
    expect(short(read({ decoded_payload }))).toEqual([expected]),
  );

  test('normalized by the network: soil is not air', () => {
    const normalized_payload = [
      {
        time,
        air: { temperature: 21.5, relativeHumidity: 80 },
        soil: { moisture: 30, temperature: 19, ec: 1.5 },
      },
    ];
    expect(short(read({ normalized_payload }))).toEqual([
      { temperature: 21.5, humidity: 80, soilMoisture: 30, soilTemperature: 19, conductivity: 1500 },
    ]);
  });
  test('where nothing in it is known, the bytes are read', () => {
    expect(short(read({ decoded_payload: { raw: 7 }, frm_payload: lpp }))).toEqual([
      { temperature: 23, humidity: 45, pressure: 1023 },
    ]);
  });
  test.each<[string, object, unknown]>([
    [
      'nothing is known',
      { decoded_payload: { door: 1 } },
      ['unknown-metric', 'uplink_message.decoded_payload.door'],
    ],
    ['it is empty', { decoded_payload: {} }, ['no-reading', 'uplink_message.decoded_payload']],
    [
      'ids that could do harm',
      { decoded_payload: JSON.parse('{"__proto__": 1, "constructor": 2}') as object },
      ['unknown-metric', 'uplink_message.decoded_payload'],
    ],
  ])('%s', (_name, uplink, expected) => expect(short(read(uplink))).toEqual([expected]));
});

describe('bytes', () => {
  test.each<[string, object, unknown]>([
    ['no decoder', { frm_payload: '////' }, ['no-decoder', 'uplink_message.frm_payload']],
    ['none', {}, ['schema', 'uplink_message.frm_payload']],
    ['not base64', { frm_payload: '?' }, ['schema', 'uplink_message.frm_payload']],
    ['Cayenne LPP', { frm_payload: lpp }, { temperature: 23, humidity: 45, pressure: 1023 }],
    [
      'no port, for zero is left out',
      { frm_payload: lpp, f_port: undefined },
      { temperature: 23, humidity: 45, pressure: 1023 },
    ],
  ])('%s', (_name, uplink, expected) => expect(short(read(uplink))).toEqual([expected]));
  test('the reject says what would help', () => {
    const [outcome] = read({ frm_payload: '////', version_ids: { brand_id: 'acme', model_id: 'x1' } });
    expect(outcome).toMatchObject({
      detail: expect.stringMatching(/3 bytes on port 1 of acme, x1/) as unknown,
    });
  });

  const parking = { frm_payload: base64('0112'), f_port: 2 };
  test.each<[string, object, object]>([
    ['the network', { ...parking, version_ids: { brand_id: 'bosch', model_id: 'tps110' } }, {}],
    ['the id of the device', parking, { end_device_ids: { device_id: 'bosch-parking-17' } }],
    [
      'the id of the application',
      parking,
      { end_device_ids: { application_ids: { application_id: 'TPS110' } } },
    ],
  ])('the model is told by %s', (_name, uplink, more) => {
    expect(short(read(uplink, more))).toEqual([{ parkingOccupied: 1, temperature: 18 }]);
  });
  test('the maker is told by the EUI', () => {
    const more = { end_device_ids: { dev_eui: 'FC48C90000000001' } };
    expect(short(read({ frm_payload: base64('0304000003e8') }, more))).toEqual([{ energy: 1 }]);
  });
  test("the city's decoders are asked before ours", () => {
    const own: Decoder = {
      id: 'own',
      matches: ({ fPort }) => fPort === 1,
      decode: (bytes) =>
        bytes.length > 0 ? { measured: [{ name: 'pm25', value: 9 }], lat: 2.96, lon: 99.06 } : undefined,
    };
    const reader = newReader('things-stack', { decoders: new Map([['own', own]]) });
    expect(reader.read(topic, up({ frm_payload: lpp }))).toMatchObject([
      { readings: [['pm25', 9]], lat: 2.96 },
    ]);
  });
});

describe('who, when and where', () => {
  const decoded_payload = { temperature: 20 };
  test.each<[string, string, object, string]>([
    ['the tenant may be absent', 'v3/city-air/devices/node-1/up', {}, 'tts-city-air-node-1'],
    ['a webhook has no topic', 'https://here', {}, 'tts-city-air-node-1'],
  ])('%s', (_name, where, more, sourceId) => {
    expect(newReader('things-stack').read(where, up({ decoded_payload }, more))).toMatchObject([
      { sourceId },
    ]);
  });
  test('an id that is none', () => {
    expect(
      short(newReader('things-stack').read('v3/a b/devices/__proto__/up', up({ decoded_payload }))),
    ).toEqual([['bad-id', 'topic']]);
  });
  test('nanoseconds', () => expect(read({ decoded_payload })).toMatchObject([{ observedAt }]));
  test.each<[string, object, object]>([
    [
      'its own',
      { decoded_payload: { temperature: 20, gps_1: { latitude: 2.96, longitude: 99.06 } } },
      { lat: 2.96, lon: 99.06 },
    ],
    [
      'by name',
      { decoded_payload: { temperature: 20, latitude: 2.96, longitude: 99.06 } },
      { lat: 2.96, lon: 99.06 },
    ],
    [
      "the network's map",
      { decoded_payload, locations: { user: { latitude: 2.9, longitude: 99 } } },
      { lat: 2.9, lon: 99 },
    ],
  ])('a place of %s', (_name, uplink, expected) => expect(read(uplink)).toMatchObject([expected]));
  test.each<[string, object]>([
    ["a gateway's", { decoded_payload, rx_metadata: [{ location: { latitude: 2.9, longitude: 99 } }, {}] }],
    ['0,0', { decoded_payload: { temperature: 20, gps_1: { latitude: 0, longitude: 0 } } }],
    ['off earth', { decoded_payload: { temperature: 20, latitude: 296, longitude: 9906 } }],
  ])('no place of %s', (_name, uplink) => expect(read(uplink)[0]).not.toHaveProperty('lat'));
  test.each<[string, object | string, unknown]>([
    [
      'simulated in the console',
      up({ decoded_payload }, { simulated: true }),
      ['not-an-observation', 'simulated'],
    ],
    ['no uplink', {}, ['schema', 'uplink_message']],
    ['no JSON', '{', ['not-json', undefined]],
  ])('%s', (_name, payload, expected) => {
    expect(short(newReader('things-stack').read(topic, payload))).toEqual([expected]);
  });
});

test('never throws', () =>
  neverThrows(
    'things-stack',
    [topic, 'v3', ''],
    [
      Buffer.from(JSON.stringify(up({ frm_payload: lpp, version_ids: { brand_id: 'x', model_id: 'y' } }))),
      Buffer.from(
        JSON.stringify(
          up({ decoded_payload: { air: { value: 1, unit: '°C' }, gps_1: { latitude: 1, longitude: 2 } } }),
        ),
      ),
    ],
  ));

/** With the model that the file's name tells, as a network that knows it would send. */
const named = (file: string, body: { uplink_message: object }): object => {
  const [, brand_id, model_id] = /^(?:industries_)?([A-Za-z]+)_(.*?)__/.exec(file.toLowerCase()) ?? [];
  return { ...body, uplink_message: { ...body.uplink_message, version_ids: { brand_id, model_id } } };
};

describe.skipIf(!haveRecordings)('recordings', () => {
  const folder = join(recordingsFolder, 'tts-v3-uplink');
  const files = haveRecordings ? readdirSync(folder) : [];
  const body = (file: string) =>
    JSON.parse(readFileSync(join(folder, file), 'utf8')) as { uplink_message: object };
  const air = { temperature: 24.36, humidity: 41.63, pressure: 968, battery: 3.109 };
  const elsys = { temperature: 22.6, humidity: 41, illuminance: 39, battery: 3.426 };

  /** By the form of the bytes alone, and with the model named where that tells more. */
  test.each<[file: string, byForm: unknown, byName?: unknown]>([
    ['Bosch_Parking_Lot_Sensor__payload.json', 'no-decoder', { parkingOccupied: 1, temperature: 18 }],
    ['Bosch_Parking_Lot_Sensor__payload_2.json', 'no-decoder', { parkingOccupied: 0 }],
    ['Decentlab_DL-ATM41__payload_01.json', { battery: 3.061 }],
    ['Decentlab_DL-CTD10__payload_01.json', { battery: 3.168 }],
    [
      'Decentlab_DL-IAM__payload_01.json',
      {
        battery: 2.962,
        temperature: 27.68,
        humidity: 36.44,
        pressure: 964.12,
        illuminance: 678.77,
        tvoc: 273,
      },
    ],
    ['Decentlab_DL-LP8P__payload.json', { ...air, co2: 473 }],
    ['Decentlab_DL-LP8P__payload_02.json', { battery: 3.109 }],
    ['Decentlab_DL-MBX__payload_01.json', { battery: 2.993 }],
    ['Decentlab_DL-NTU__payload_01.json', { battery: 2.832 }],
    ['Decentlab_DL-PM__payload_01.json', air],
    // Its range is not in its name here, so that there is no pressure.
    ['Decentlab_DL-PR26__payload.json', { battery: 3.199 }, { battery: 3.199, temperature: 25.67 }],
    [
      'Decentlab_DL-SHT35-001__payload.json',
      { battery: 3.168 },
      { battery: 3.168, temperature: 23.79, humidity: 47.54 },
    ],
    // Nor is the volume of its bucket.
    ['Decentlab_DL-TBRG__payload.json', { battery: 3.156 }],
    ['Elsys_ERS2_Sound__payload.json', { ...elsys, noise: 16 }],
    ['industries_Elsys_ERS2_CO2__payload.json', { ...elsys, co2: 776 }],
    [
      'Milesight_AM319__payload_1.json',
      {
        batteryLevel: 85,
        temperature: 23.8,
        humidity: 62,
        co2: 936,
        pressure: 1008.6,
        hcho: 40,
        pm25: 32,
        pm10: 48,
      },
    ],
    ['Milesight_AT101__payload_1.json', { batteryLevel: 100, temperature: 27.4 }],
    ['Milesight_CT101-CT103__payload_1.json', { charge: 100 }],
    ['Milesight_CT101-CT103__payload_3.json', 'no-reading'],
    ['Milesight_EM310-UDL__payload.json', { batteryLevel: 92, distance: 2.116 }],
    [
      'Milesight_EM500-CO2__payload.json',
      { batteryLevel: 100, temperature: 28.1, humidity: 57.5, co2: 1127, pressure: 1008.8 },
    ],
    ['Milesight_EM500-UDL__payload.json', { batteryLevel: 100, distance: 0.03 }],
    ['industries_Milesight_EM500-UDL__payload.json', { batteryLevel: 100, distance: 0.03 }],
    ['Milesight_VS350__payload.json', { peopleIn: 1000, peopleOut: 1001 }],
    ['Nwave_G4_NPS_SM__payload.json', 'no-decoder', { parkingOccupied: 1 }],
    ['Nwave_G4_NPS_SM__payload_2.json', 'no-decoder', { parkingOccupied: 0 }],
    ['Tektelic_Kiwi__payload_1.json', { soilTemperature: 22.6 }],
    ['Yobiiq_EM4301__payload_01.json', { energy: 50859.78 }],
    ['Yobiiq_EM4301__payload_03.json', { power: 331.371 }],
    [
      'sensebox_TTNv3payload_cayennelpp_valid.json',
      { temperature: 23, humidity: 0, pressure: 1023, illuminance: 1451 },
    ],
  ])('%s', (file, byForm, byName = byForm) => {
    const told = (payload: object): unknown => {
      const [outcome] = newReader('things-stack').read(topic, payload);
      return outcome!.kind === 'rejected'
        ? outcome!.reason
        : Object.fromEntries((outcome as SensorObservation).readings);
    };
    expect(told(body(file))).toEqual(byForm);
    expect(told(named(file, body(file)))).toEqual(byName);
  });
  test('there is no other', () => expect(files).toHaveLength(30));
  test('the sensebox at 0,0 has no place', () => {
    const [outcome] = newReader('things-stack').read(
      topic,
      body('sensebox_TTNv3payload_cayennelpp_valid.json'),
    );
    expect(outcome).not.toHaveProperty('lat');
  });
  test('never throws', () =>
    neverThrows(
      'things-stack',
      [topic],
      files.map((file) => Buffer.from(JSON.stringify(named(file, body(file))))),
    ));
});
