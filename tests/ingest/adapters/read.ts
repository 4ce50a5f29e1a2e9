// Reads messages with an adapter as ingest does, one feed at a time, so that a test is a pair: bytes in, outcome out.
import { existsSync } from 'node:fs';
import type { AdapterContext, Memory } from '../../../ingest/adapters/adapter.ts';
import { adapters } from '../../../ingest/adapters/registry.ts';
import type { Outcome } from '../../../model/observation.ts';
import type { FormatId } from '../../../model/source.ts';
import { recordingsFolder } from '../../places.ts';

export const haveRecordings = existsSync(recordingsFolder);

export class MapMemory implements Memory {
  readonly held = new Map<string, { at: number; value: Buffer }>();
  get(key: string): { at: number; value: Buffer } | undefined {
    return this.held.get(key);
  }
  set(key: string, at: number, value: Buffer): boolean {
    if ((this.held.get(key)?.at ?? Number.NEGATIVE_INFINITY) > at) return false;
    this.held.set(key, { at, value });
    return true;
  }
}

export interface Reader {
  read(
    topic: string,
    payload: string | Buffer | object,
    options?: { receivedAt?: number; replayed?: boolean },
  ): Outcome[];
  sent: { topic: string; payload: Buffer }[];
  seen: { name: string; unit: string | undefined; value: number; metric: string | undefined }[];
  memory: MapMemory;
}

/** A feed of one format, as new as a first start. */
export function newReader(format: FormatId, context: Partial<AdapterContext> = {}): Reader {
  const memory = new MapMemory();
  const sent: Reader['sent'] = [];
  const seen: Reader['seen'] = [];
  const adapter = adapters[format]({
    feedId: format,
    mapping: {},
    memory,
    timetable: { trip: () => undefined, routeName: () => undefined, stop: () => undefined },
    decoders: new Map(),
    send: (topic, payload) => void sent.push({ topic, payload }),
    seen: (name, unit, value, metric) => void seen.push({ name, unit, value, metric }),
    ...context,
  });
  return {
    sent,
    seen,
    memory,
    read: (topic, payload, { receivedAt = Date.now(), replayed = false } = {}) =>
      adapter({
        topic,
        payload: Buffer.isBuffer(payload)
          ? payload
          : Buffer.from(typeof payload === 'string' ? payload : JSON.stringify(payload)),
        receivedAt,
        replayed,
      }),
  };
}
