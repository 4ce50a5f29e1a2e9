// sensor.community (Luftdaten): lines of its CSV archive, and its JSON API; P1 is PM10, P2 is PM2.5.
import { isUtf8 } from 'node:buffer';
import { rejected, type Outcome, type Rejected } from '../../model/observation.ts';
import { maxPolledBytes } from '../../model/topics.ts';
import {
  isObject,
  numberOrUnknown,
  type Adapter,
  type AdapterContext,
  type Json,
  type NewAdapter,
} from './adapter.ts';
import type { Measured } from './decoders/decoder.ts';
import { asNumber } from './flatten.ts';
import { isPlace, rejectsOfParts, toReadings, type Names } from './measurements.ts';
import { toSourceId } from './source-id.ts';

/** Names and units as the sensors' firmware sends them (opendata-stuttgart/sensors-software, "value_type"). */
const names: Names = new Map([
  ['p0', { metric: 'pm1', unit: 'µg/m³' }],
  ['p1', { metric: 'pm10', unit: 'µg/m³' }],
  ['p2', { metric: 'pm25', unit: 'µg/m³' }],
  ['p4', { metric: 'pm4', unit: 'µg/m³' }],
  ['temperature', { metric: 'temperature', unit: '°C' }],
  ['humidity', { metric: 'humidity', unit: '%' }],
  ['pressure', { metric: 'pressure', unit: 'Pa' }],
  ['noise_laeq', { metric: 'noise', unit: 'dB' }],
  ['co2_ppm', { metric: 'co2', unit: 'ppm' }],
]);

/** One line or one entry, whatever it came as. */
interface Entry {
  sensorId: string;
  observedAt: number | undefined;
  lat: number | undefined;
  lon: number | undefined;
  measured: Measured[];
  /** Where it stands: `[3]`, `line 12`. */
  path: string;
}

/**
 * A CSV file with its header, whose columns differ by sensor, or what the API answers: an array of entries with
 * `sensordatavalues`. Times have no zone and are UTC; numbers are text; an empty field is not known.
 */
export const newSensorCommunity: NewAdapter =
  (context): Adapter =>
  ({ payload }) => {
    const text = textOf(payload);
    if (typeof text !== 'string') return [text];
    const entries = /^\s*[[{]/.test(text) ? entriesOfJson(text) : entriesOfCsv(text);
    return Array.isArray(entries) ? toOutcomes(entries, context) : [entries];
  };

function textOf(payload: Buffer): string | Rejected {
  if (payload.length > maxPolledBytes) {
    return rejected('too-large', `${payload.length} bytes; at most ${maxPolledBytes} are taken`);
  }
  if (!isUtf8(payload)) return rejected('not-utf8', 'the payload is not UTF-8 text');
  const text = payload.toString('utf8').replace(/^\uFEFF/, '');
  return text.trim() === '' ? rejected('empty', 'the payload is empty') : text;
}

function entriesOfJson(text: string): Entry[] | Rejected {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch (error) {
    return rejected('not-json', (error as Error).message);
  }
  const list = Array.isArray(body) ? (body as unknown[]) : [body];
  return list.map((item, n) => entryOfJson(isObject(item) ? item : {}, `[${n}]`));
}

function entryOfJson(item: Json, path: string): Entry {
  const sensor = isObject(item.sensor) ? item.sensor : {};
  const location = isObject(item.location) ? item.location : {};
  const values: unknown[] = Array.isArray(item.sensordatavalues) ? item.sensordatavalues : [];
  return {
    sensorId: String(numberOrUnknown(sensor.id) ?? (typeof sensor.id === 'string' ? sensor.id : '')),
    observedAt: parseUtc(item.timestamp),
    lat: asNumber(location.latitude),
    lon: asNumber(location.longitude),
    measured: values.filter(isObject).flatMap(({ value_type: name, value }) => measure(name, value)),
    path,
  };
}

const notValues = new Set(['sensor_id', 'sensor_type', 'location', 'lat', 'lon', 'timestamp']);

function entriesOfCsv(text: string): Entry[] | Rejected {
  const [head = '', ...lines] = text.split(/\r?\n/);
  const columns = head.split(';').map((column) => column.trim());
  if (!columns.includes('sensor_id') || !columns.includes('timestamp')) {
    return rejected('schema', 'expected a header with sensor_id and timestamp, separated by ;', 'line 1');
  }
  const entries: Entry[] = [];
  for (const [n, line] of lines.entries()) {
    if (line.trim() !== '') entries.push(entryOfLine(columns, line.split(';'), `line ${n + 2}`));
  }
  return entries;
}

function entryOfLine(columns: readonly string[], fields: readonly string[], path: string): Entry {
  const row = new Map(columns.map((column, n) => [column, fields[n]?.trim() ?? '']));
  return {
    sensorId: row.get('sensor_id') ?? '',
    observedAt: parseUtc(row.get('timestamp')),
    lat: asNumber(row.get('lat')),
    lon: asNumber(row.get('lon')),
    measured: [...row].flatMap(([name, value]) => (notValues.has(name) ? [] : measure(name, value))),
    path,
  };
}

function measure(name: unknown, value: unknown): Measured[] {
  const number = asNumber(value);
  return typeof name === 'string' && name !== '' && number !== undefined ? [{ name, value: number }] : [];
}

const zoneless = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d(?:\.\d{1,9})?)$/;

/** Epoch milliseconds of a UTC time that does not say so. */
function parseUtc(value: unknown): number | undefined {
  const parts = typeof value === 'string' ? zoneless.exec(value) : null;
  const ms = parts === null ? Number.NaN : Date.parse(`${parts[1]}T${parts[2]}Z`);
  return Number.isNaN(ms) ? undefined : ms;
}

/** Lines without any value are told once: a sensor that had nothing to say is no fault of each of them. */
function toOutcomes(entries: readonly Entry[], context: AdapterContext): Outcome[] {
  const outcomes: Outcome[] = [];
  const rejects: Rejected[] = [];
  const silent = entries.filter(({ measured }) => measured.length === 0);
  for (const entry of entries) {
    if (entry.measured.length > 0) outcomes.push(...toOutcome(entry, context, rejects));
  }
  const kept = rejectsOfParts(rejects, outcomes.length > 0);
  if (silent.length > 0 || outcomes.length + kept.length === 0) {
    const detail = `${silent.length} of ${entries.length} have no value`;
    kept.push(rejected('no-reading', detail, silent[0]?.path));
  }
  return [...kept, ...outcomes];
}

function toOutcome(entry: Entry, context: AdapterContext, rejects: Rejected[]): Outcome[] {
  const { path, observedAt, lat, lon } = entry;
  const sourceId = toSourceId('sc', entry.sensorId);
  if (sourceId === undefined) {
    rejects.push(rejected('bad-id', 'expected the id of a sensor', `${path}.sensor_id`));
    return [];
  }
  if (observedAt === undefined) {
    rejects.push(rejected('schema', 'expected YYYY-MM-DD hh:mm:ss in UTC', `${path}.timestamp`));
    return [];
  }
  const read = toReadings(entry.measured, names, context, path);
  rejects.push(...read.rejects);
  if (read.readings.length === 0) return [];
  const place = isPlace(lat, lon) ? { lat, lon } : {};
  return [{ kind: 'sensor', sourceId, observedAt, ...place, readings: read.readings }];
}
