// What reading a message costs beside the bare parser of its notation on the same bytes, of each format, in one run.
import bindings from 'gtfs-realtime-bindings';
import { parse as parseCsv } from 'csv-parse/sync';
import protobuf from 'protobufjs';
import { SaxesParser } from 'saxes';
import type { FormatId } from '../../model/source.ts';
import { readRecordings } from '../feeds/recordings.ts';
import { encodeSparkplug, type MetricDraft } from '../ingest/adapters/encode-sparkplug.ts';
import { haveRecordings, newReader } from '../ingest/adapters/read.ts';

interface ParseRow {
  what: string;
  measured: string;
  ceiling: string;
  ratio: string;
  aim: string;
}

interface Message {
  topic: string;
  payload: Buffer;
}

const turns = 9;
const turnMicros = 100_000;
/** To look at the clock costs as much as to read a small message. */
const messagesBetweenLooks = 64;

const at = '2026-11-24T04:59:58.000+00:00';
const fixture = (topic: string, body: object): Message => ({
  topic,
  payload: Buffer.from(JSON.stringify(body)),
});

/** Of formats that nobody recorded: as their specifications write them. */
const fixtures: Partial<Record<FormatId, Message[]>> = {
  native: [
    fixture('city/vehicle/bus-7/position', {
      observedAt: at,
      lat: 2.96,
      lon: 99.06,
      speedMps: 5,
      headingDeg: 90,
    }),
    fixture('city/sensor/air-1/reading', { observedAt: at, readings: { pm25: 12.4, temperature: 27.1 } }),
  ],
  owntracks: [
    fixture('owntracks/dewi/pixel', {
      _type: 'location',
      lat: 2.96,
      lon: 99.06,
      tst: 1_795_496_398,
      acc: 12,
      vel: 36,
      cog: 270,
      batt: 80,
      tid: 'DW',
      conn: 'm',
    }),
  ],
  traccar: [
    fixture('positions', {
      position: {
        id: 7,
        deviceId: 3,
        protocol: 'teltonika',
        serverTime: at,
        deviceTime: at,
        fixTime: at,
        valid: true,
        latitude: 2.96,
        longitude: 99.06,
        speed: 10,
        course: 90,
        attributes: { batteryLevel: 80, distance: 12.5, totalDistance: 100_000 },
      },
      device: { id: 3, name: 'Truk 12', uniqueId: '352093081452251', status: 'online', attributes: {} },
    }),
  ],
};

/** What a pump station says of itself: names, types and units at its birth, then values by alias. */
const stationNames =
  'Air/Temperature °C|Air/Humidity %|Air/Pressure hPa|Inlet/water_level cm|Inlet/Turbidity NTU|Inlet/pH |' +
  'Inlet/water_temperature °C|Outlet/water_pressure bar|Outlet/Conductivity µS/cm|Supply/battery_voltage V|' +
  'Supply/battery_level %|Supply/Current A|Supply/Power kW|Supply/Energy kWh|Noise dB|Pump 1/Running |' +
  'Pump 1/Starts |Pump 2/Running |Pump 2/Starts |Door/Open ';

const stationMetrics: MetricDraft[] = stationNames.split('|').map((each, n) => {
  const space = each.lastIndexOf(' ');
  return {
    name: each.slice(0, space),
    alias: n + 1,
    timestamp: Date.parse(at),
    dataType: 10,
    unit: each.slice(space + 1) || 'count',
    value: { double: n + 0.25 },
  };
});

/** A birth and its data, 20 metrics each. */
const station: Message[] = [
  {
    topic: 'spBv1.0/water/DBIRTH/edge/station',
    payload: encodeSparkplug({ timestamp: Date.parse(at), metrics: stationMetrics }),
  },
  {
    topic: 'spBv1.0/water/DDATA/edge/station',
    payload: encodeSparkplug({
      timestamp: Date.parse(at),
      metrics: stationMetrics.map(
        ({ alias, timestamp, value }) => ({ alias, timestamp, value }) as MetricDraft,
      ),
    }),
  },
];

/** org.eclipse.tahu.protobuf.Payload without templates and sets (Sparkplug 3.0.0, 6.4). */
const sparkplugPayload = protobuf
  .parse(
    `syntax = "proto2";
     message Payload {
       message PropertyValue {
         optional uint32 type = 1; optional bool is_null = 2; optional uint32 int_value = 3; optional uint64 long_value = 4;
         optional float float_value = 5; optional double double_value = 6; optional bool boolean_value = 7;
         optional string string_value = 8;
       }
       message PropertySet { repeated string keys = 1; repeated PropertyValue values = 2; }
       message Metric {
         optional string name = 1; optional uint64 alias = 2; optional uint64 timestamp = 3; optional uint32 datatype = 4;
         optional bool is_historical = 5; optional bool is_transient = 6; optional bool is_null = 7;
         optional PropertySet properties = 9;
         optional uint32 int_value = 10; optional uint64 long_value = 11; optional float float_value = 12;
         optional double double_value = 13; optional bool boolean_value = 14; optional string string_value = 15;
       }
       optional uint64 timestamp = 1; repeated Metric metrics = 2; optional uint64 seq = 3;
     }`,
  )
  .root.lookupType('Payload');

const json = (payload: Buffer): unknown => JSON.parse(payload.toString('utf8'));

/** What nobody who reads the format can do without. */
const bareParsers: Partial<Record<FormatId, (payload: Buffer) => unknown>> = {
  'gtfs-realtime': (payload) => bindings.transit_realtime.FeedMessage.decode(payload),
  sparkplug: (payload) => sparkplugPayload.decode(payload),
  'sensor-community': (payload) => parseCsv(payload, { delimiter: ';', columns: true }) as unknown,
  cap: (payload) => {
    try {
      new SaxesParser({ xmlns: true }).write(payload.toString('utf8')).close();
    } catch {
      // One of the recordings is broken on purpose; both are stopped by it.
    }
  },
};

/** Of all threads of this process, the garbage collector's too: a busy machine changes it little. */
function cpuMicros(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}

/** CPU a message of going through all of them, again and again. */
function microsOf(messages: Message[], take: (message: Message) => unknown): number {
  const passes = Math.ceil(messagesBetweenLooks / messages.length);
  const startedAt = cpuMicros();
  let taken = 0;
  do {
    for (let pass = 0; pass < passes; pass++) for (const message of messages) take(message);
    taken += passes * messages.length;
  } while (cpuMicros() - startedAt < turnMicros);
  return (cpuMicros() - startedAt) / taken;
}

const median = (values: number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;

/** In turn, for the machine's speed drifts; the middle counts. */
function measure(format: FormatId, what: string, messages: Message[]): ParseRow {
  // Nobody listens: what a test keeps to look at would be the larger part.
  const reader = newReader(format, { seen: () => undefined, send: () => undefined });
  const bare = bareParsers[format] ?? json;
  const [ours, theirs]: [number[], number[]] = [[], []];
  for (let turn = 0; turn < turns; turn++) {
    theirs.push(microsOf(messages, ({ payload }) => bare(payload)));
    ours.push(microsOf(messages, ({ topic, payload }) => reader.read(topic, payload)));
  }
  return {
    what: `reading ${what}, µs of CPU a message`,
    measured: median(ours).toFixed(1),
    ceiling: median(theirs).toFixed(1),
    ratio: (median(ours) / median(theirs)).toFixed(2),
    aim: '< 3',
  };
}

/** One row a format; those that were recorded are left out where the recordings are absent. */
export async function parseRows(): Promise<ParseRow[]> {
  const messages = new Map(Object.entries(fixtures)) as Map<FormatId, Message[]>;
  for (const { format, topic = 'poll', payload } of haveRecordings ? readRecordings() : []) {
    const held = messages.get(format) ?? [];
    messages.set(format, [...held, { topic, payload }]);
  }
  const rows = [...messages].map(([format, each]) => measure(format, format, each));
  return [...rows, measure('sparkplug', 'sparkplug with 20 metrics each', station)];
}
