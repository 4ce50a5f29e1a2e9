// The adapter of each feed, with what it may lean on: its mapping, its memory, the timetable, decoders.
import type { Mapping } from '../model/source.ts';
import type { FeedId } from '../model/topics.ts';
import type { Adapter, AdapterContext, Memory, Timetable } from './adapters/adapter.ts';
import type { Decoder } from './adapters/decoders/decoder.ts';
import { adapters } from './adapters/registry.ts';
import type { Memories } from './memories.ts';
import type { Route, Routes } from './routes.ts';

export interface Reader {
  read: Adapter;
  /** Added to every time of the feed. */
  clockOffsetMs: number;
}

export interface ReadersOptions {
  routes: Routes;
  memories: Memories;
  timetable: Timetable;
  decoders: ReadonlyMap<string, Decoder>;
  send: (feedId: FeedId, topic: string, payload: Buffer) => void;
}

const nothingSeen: AdapterContext['seen'] = () => undefined;

export class Readers {
  readonly #options: ReadersOptions;
  readonly #readers = new Map<FeedId, Reader>();

  constructor(options: ReadersOptions) {
    this.#options = options;
  }

  of(route: Route): Reader {
    let reader = this.#readers.get(route.feedId);
    if (reader === undefined) {
      reader = this.newReader(route, this.#options.routes.mappingOf(route.feedId));
      this.#readers.set(route.feedId, reader);
    }
    return reader;
  }

  /** One beside the feed's own: to try a mapping, or a draft. It answers nobody and remembers nothing. */
  newTrialReader(route: Route, mapping: Mapping, seen: AdapterContext['seen'] = nothingSeen): Reader {
    const held = this.#options.memories.of(route.feedId);
    const learned = new Map<string, { at: number; value: Buffer }>();
    const memory: Memory = {
      get: (key) => learned.get(key) ?? held.get(key),
      set: (key, at, value) => {
        if ((memory.get(key)?.at ?? Number.NEGATIVE_INFINITY) > at) return false;
        learned.set(key, { at, value });
        return true;
      },
    };
    return this.newReader(route, mapping, { memory, seen, send: () => undefined });
  }

  /** Mappings changed: each feed gets a new reader with its next message. */
  reset(): void {
    this.#readers.clear();
  }

  private newReader(route: Route, mapping: Mapping, other: Partial<AdapterContext> = {}): Reader {
    const { memories, timetable, decoders, send } = this.#options;
    const { feedId } = route;
    return {
      clockOffsetMs: (mapping.clockOffsetMinutes ?? 0) * 60_000,
      read: adapters[route.format]({
        feedId,
        mapping,
        memory: memories.of(feedId),
        timetable,
        decoders,
        send: (topic, payload) => send(feedId, topic, payload),
        seen: nothingSeen,
        ...other,
      }),
    };
  }
}
