// Moves the times in recordings to now, their distances kept: what is years old would be refused for that alone.
import bindings from 'gtfs-realtime-bindings';
import type { FormatId } from '../../model/source.ts';
import type { Recording } from './recordings.ts';

const { FeedMessage } = bindings.transit_realtime;

/** Times found in a payload (epoch milliseconds), and the payload with each of them later. */
interface Times {
  found(payload: Buffer): number[];
  later(payload: Buffer, byMs: number): Buffer;
}

function textTimes(pattern: RegExp, parse: (text: string) => number, format: (ms: number) => string): Times {
  return {
    found: (payload) => (payload.toString('utf8').match(pattern) ?? []).map(parse),
    later: (payload, byMs) =>
      Buffer.from(payload.toString('utf8').replace(pattern, (text) => format(parse(text) + byMs))),
  };
}

const iso = String.raw`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?`;
/** The zone stands behind and stays as it is. */
const isoTimes = (pattern: string): Times =>
  textTimes(
    new RegExp(pattern, 'g'),
    (text) => Date.parse(`${text}Z`),
    (ms) => new Date(ms).toISOString().slice(0, -1),
  );

const secondsTimes = textTimes(
  /(?<="(?:frame_time|start_time|end_time|timestamp)": )\d+\.\d+/g,
  (text) => Number(text) * 1000,
  (ms) => (ms / 1000).toFixed(6),
);

/** Fields 1 of a Sparkplug payload, as six bytes of a varint: what epoch milliseconds take from 2004 to 2109. */
const sparkplugTimes: Times = {
  found: (payload) => (payload[0] === 0x08 ? [readVarint(payload, 1)] : []),
  later: (payload, byMs) => {
    if (payload[0] !== 0x08) return payload;
    const moved = Buffer.from(payload);
    let rest = readVarint(payload, 1) + byMs;
    for (let at = 1; at <= 6; at++) {
      moved[at] = (rest % 128) + (at < 6 ? 0x80 : 0);
      rest = Math.floor(rest / 128);
    }
    return moved;
  },
};

const readVarint = (bytes: Buffer, from: number): number =>
  [...bytes.subarray(from, from + 6)].reduceRight((value, byte) => value * 128 + (byte & 0x7f), 0);

const gtfsTimes: Times = {
  found: (payload) => [Number(FeedMessage.decode(payload).header.timestamp) * 1000],
  later: (payload, byMs) => {
    const message = FeedMessage.decode(payload);
    const move = (part: object | null | undefined, field: string): void => {
      // An absent field is inherited, as a 0 that is an object.
      if (!part || !Object.hasOwn(part, field)) return;
      const fields = part as Record<string, unknown>;
      fields[field] = Number(fields[field]) + Math.round(byMs / 1000);
    };
    move(message.header, 'timestamp');
    for (const { vehicle, tripUpdate } of message.entity) {
      move(vehicle, 'timestamp');
      move(tripUpdate, 'timestamp');
      for (const { arrival, departure } of tripUpdate?.stopTimeUpdate ?? []) {
        move(arrival, 'time');
        move(departure, 'time');
      }
    }
    return Buffer.from(FeedMessage.encode(message).finish());
  },
};

/** Warnings have none here: an authority's may be as old as it is. */
const timesOf: Partial<Record<FormatId, Times>> = {
  hfp: isoTimes(`(?<="tst": ?")${iso}`),
  'gtfs-realtime': gtfsTimes,
  'things-stack': isoTimes(iso),
  sensorthings: isoTimes(iso),
  sparkplug: sparkplugTimes,
  frigate: secondsTimes,
  'sensor-community': isoTimes(iso),
  'ngsi-ld': isoTimes(iso),
};

/** The same recordings, the newest time of each group at `nowMs`. */
export function shiftTimes(recordings: Recording[], nowMs: number): Recording[] {
  const newest = new Map<string, number>();
  const key = ({ format, group }: Recording): string => `${format} ${group}`;
  for (const recording of recordings) {
    const found = timesOf[recording.format]?.found(recording.payload) ?? [];
    newest.set(key(recording), Math.max(newest.get(key(recording)) ?? 0, ...found));
  }
  return recordings.map((recording) => {
    const times = timesOf[recording.format];
    const from = newest.get(key(recording)) ?? 0;
    if (times === undefined || from === 0) return recording;
    return { ...recording, payload: times.later(recording.payload, nowMs - from) };
  });
}
