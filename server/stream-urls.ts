// Where cameras send their pictures, as the store knows it: asked again soon, for a camera's address can change.
import { selectStreamUrl } from '../store/assets.ts';
import type { Query } from '../store/connect.ts';
import { within } from './deadline.ts';

/** A player asks for something each second or so. */
const believedMs = 3_000;
const lookupMs = 2_000;

interface Known {
  url: string | undefined;
  askedAtMs: number;
}

/** Asked only for cameras that are in the picture, so that it stays as small as that. */
export class StreamUrls {
  readonly #db: Query;
  readonly #known = new Map<string, Known>();
  readonly #now: () => number;

  constructor(db: Query, now: () => number = Date.now) {
    this.#db = db;
    this.#now = now;
  }

  /** While the database is away, where it last was. */
  async find(sourceId: string): Promise<string | undefined> {
    const known = this.#known.get(sourceId);
    if (known && this.#now() - known.askedAtMs < believedMs) return known.url;
    try {
      const url = await within(lookupMs, selectStreamUrl(this.#db, sourceId));
      this.#known.set(sourceId, { url, askedAtMs: this.#now() });
      return url;
    } catch (error) {
      if (known === undefined) throw error;
      // Believed for as long again, so that players do not wait for the database at every part.
      known.askedAtMs = this.#now();
      return known.url;
    }
  }
}
