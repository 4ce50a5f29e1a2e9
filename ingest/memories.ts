// What adapters must still know after a restart, read from the store at a start and written before the checkpoint moves.
import type { FeedId } from '../model/topics.ts';
import { selectMemory, upsertMemory, type MemoryRow } from '../store/adapter-memory.ts';
import type { Query } from '../store/connect.ts';
import type { Memory } from './adapters/adapter.ts';

/** A feed that invents keys must not fill the memory. */
const maxKeysPerFeed = 20_000;

type Held = Map<string, { at: number; value: Buffer }>;

export class Memories {
  readonly #feeds = new Map<FeedId, Held>();
  #unsaved = new Map<string, MemoryRow>();

  async load(db: Query): Promise<void> {
    for (const { feedId, key, at, value } of await selectMemory(db)) this.#set(feedId, key, at, value);
  }

  of(feedId: FeedId): Memory {
    return {
      get: (key) => this.#feeds.get(feedId)?.get(key),
      set: (key, at, value) => {
        if (!this.#set(feedId, key, at, value)) return false;
        this.#unsaved.set(`${feedId} ${key}`, { feedId, key, at, value });
        return true;
      },
    };
  }

  #set(feedId: FeedId, key: string, at: number, value: Buffer): boolean {
    let held = this.#feeds.get(feedId);
    if (held === undefined) this.#feeds.set(feedId, (held = new Map()));
    const before = held.get(key);
    if (before === undefined ? held.size >= maxKeysPerFeed : before.at > at) return false;
    held.set(key, { at, value });
    return true;
  }

  /** @throws when the database is away; nothing is forgotten then. */
  async save(db: Query): Promise<void> {
    if (this.#unsaved.size === 0) return;
    const saving = this.#unsaved;
    this.#unsaved = new Map();
    try {
      await upsertMemory(db, [...saving.values()]);
    } catch (error) {
      this.#unsaved = new Map([...saving, ...this.#unsaved]);
      throw error;
    }
  }
}
