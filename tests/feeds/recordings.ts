// The recordings of real feeds as messages: which topic each came on, or that it was polled. Read where they lie.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FormatId } from '../../model/source.ts';
import { recordingsFolder } from '../places.ts';

export interface Recording {
  format: FormatId;
  /** Recorded together: their times keep their distances. */
  group: string;
  /** Undefined: it was polled. */
  topic: string | undefined;
  payload: Buffer;
}

type NewRecordings = (folder: string, files: string[]) => Omit<Recording, 'format'>[];

const read = (folder: string, file: string): Buffer => readFileSync(join(folder, file));

/** One message a line: when it was received, topic, JSON. Head signs in topics hold spaces. */
const hfp: NewRecordings = (folder, files) =>
  files.flatMap((file) => {
    if (file.endsWith('.json')) {
      const topic =
        '/hfp/v2/journey/ongoing/vp/bus/0022/00792/1081/2/Kruununhaka/20:25/1130110/4/60;24/19/72/15';
      return [{ group: file, topic, payload: read(folder, file) }];
    }
    const lines = read(folder, file).toString('utf8').split('\n').filter(Boolean);
    return lines.map((line) => {
      const [, topic = '', json = ''] = /^\S+ (\S.*?) (\{.*)$/.exec(line)!;
      return { group: file, topic, payload: Buffer.from(json) };
    });
  });

/** Snapshots of one feed, a minute apart, share a topic. */
const gtfsRealtime: NewRecordings = (folder, files) =>
  files.map((file) => {
    const name = file.replace(/(_\d+)?\.pb$/, '');
    return { group: name, topic: `gtfs-rt/${name}`, payload: read(folder, file) };
  });

const thingsStack: NewRecordings = (folder, files) =>
  files.map((file, n) => ({
    group: file,
    topic: `v3/recorded@ttn/devices/device-${n}/up`,
    payload: read(folder, file),
  }));

const sparkplug: NewRecordings = (folder, files) =>
  // As they were sent: a birth, data, data after a gap, a death.
  ['NBIRTH_V1.bin', 'NDATA_V1.bin', 'NDATA_GAP.bin', 'NDEATH_V1.bin']
    .filter((file) => files.includes(file))
    .map((file) => ({
      group: 'edge',
      topic: `spBv1.0/recorded/${file.split('_')[0]}/edge`,
      payload: read(folder, file),
    }));

const frigate: NewRecordings = (folder, files) =>
  files.map((file) => ({
    group: file,
    topic: `frigate/${/^doc_frigate_(.*)_\d+\.json$/.exec(file)![1]}`,
    payload: read(folder, file),
  }));

/** Observations alone name no unit: they are given the datastream that a service would answer them in. */
const sensorThings: NewRecordings = (folder, files) =>
  files.flatMap((file) => {
    const recorded = JSON.parse(read(folder, file).toString('utf8')) as {
      observationsRawDataResponseFixture: { value: object[] };
      observationsDataFixtureRealExample: object[];
    };
    return [
      toDatastream(1, 'Atmospheric pressure', 'hPa', recorded.observationsRawDataResponseFixture.value),
      toDatastream(2, 'Air temperature', '°C', recorded.observationsDataFixtureRealExample),
    ].map((payload) => ({ group: file, topic: undefined, payload }));
  });

function toDatastream(id: number, name: string, unit: string, observations: object[]): Buffer {
  const datastream = {
    '@iot.id': id,
    name,
    unitOfMeasurement: { name: unit, symbol: unit },
    ObservedProperty: { '@iot.id': id, name },
    Thing: { '@iot.id': 1, name: 'Weather station' },
    Observations: observations,
  };
  return Buffer.from(JSON.stringify({ value: [datastream] }));
}

const onTopics =
  (prefix: string): NewRecordings =>
  (folder, files) =>
    files.map((file) => ({ group: file, topic: `${prefix}/${file}`, payload: read(folder, file) }));

const polled: NewRecordings = (folder, files) =>
  files.map((file) => ({ group: file, topic: undefined, payload: read(folder, file) }));

const folders: readonly [folder: string, format: FormatId, recordings: NewRecordings][] = [
  ['hfp-v2', 'hfp', hfp],
  ['gtfs-rt', 'gtfs-realtime', gtfsRealtime],
  ['tts-v3-uplink', 'things-stack', thingsStack],
  ['sensorthings', 'sensorthings', sensorThings],
  ['sparkplug-b', 'sparkplug', sparkplug],
  ['frigate', 'frigate', frigate],
  ['sensor-community', 'sensor-community', polled],
  ['fiware-ngsi', 'ngsi-ld', onTopics('recorded/ngsi')],
  ['cap', 'cap', polled],
  ['bmkg', 'bmkg', polled],
];

/** Every recording of a live feed, in the order in which it was recorded. @throws where the folder is absent. */
export const readRecordings = (): Recording[] =>
  folders.flatMap(([name, format, recordings]) => {
    const folder = join(recordingsFolder, name);
    return recordings(folder, readdirSync(folder).sort()).map((recording) => ({ format, ...recording }));
  });
