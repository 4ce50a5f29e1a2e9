// Says when a feed falls silent and when it returns: an entry of the change log each, so that every screen hears it.
import { appendChange, selectNewestOf } from '../store/changes.ts';
import type { Database } from '../store/connect.ts';
import type { Feed, Feeds } from './feeds.ts';

type State = 'silent' | 'returned';

interface Said {
  state: State;
  version: number;
  /** When the silence began that was said last; ISO 8601. */
  silentSince: string;
}

const actor = 'ingest';

/** From when on its silence counts: when it spoke last, or since when it should. */
function heardAtOf({ lastMessageAt, expectedSince }: Feed): number | undefined {
  if (lastMessageAt === undefined || expectedSince === undefined) return lastMessageAt ?? expectedSince;
  return Math.max(lastMessageAt, expectedSince);
}

/** What is true of a feed; undefined while there is nothing to say of it: never heard, or without a rhythm. */
function stateOf(feed: Feed, nowMs: number): State | undefined {
  const { expectedEverySeconds } = feed.facts;
  const heardAt = heardAtOf(feed);
  if (expectedEverySeconds === null || heardAt === undefined) return undefined;
  return nowMs - heardAt > expectedEverySeconds * 1_000 ? 'silent' : 'returned';
}

/** To be asked each second. While the database is away nothing is said; what is true then is said when it is back. */
export class FeedWatch {
  readonly #db: Database;
  readonly #feeds: Feeds;
  #said: Map<string, Said> | undefined;
  #busy = false;

  constructor(db: Database, feeds: Feeds) {
    this.#db = db;
    this.#feeds = feeds;
  }

  async look(nowMs: number): Promise<void> {
    if (this.#busy) return;
    this.#busy = true;
    try {
      this.#said ??= await this.#read();
      for (const feed of this.#feeds.all()) await this.#say(feed, nowMs);
    } finally {
      this.#busy = false;
    }
  }

  async #read(): Promise<Map<string, Said>> {
    const newest = await selectNewestOf(this.#db, 'feed');
    return new Map(
      newest.map(({ id, version, body }) => [
        id,
        { state: body.state as State, version, silentSince: String(body.since) },
      ]),
    );
  }

  async #say(feed: Feed, nowMs: number): Promise<void> {
    const state = stateOf(feed, nowMs);
    const said = this.#said!.get(feed.id);
    // That a feed is there is worth a word only after it was silent.
    if (state === undefined || state === (said?.state ?? 'returned')) return;
    // A start gives every feed time to speak; only what it says ends a silence that was said.
    const spoke = said === undefined || (feed.lastMessageAt ?? 0) > Date.parse(said.silentSince);
    if (state === 'returned' && !spoke) return;
    const version = (said?.version ?? 0) + 1;
    const silentSince =
      said && state === 'returned' ? said.silentSince : new Date(heardAtOf(feed)!).toISOString();
    const body = { state, simulated: feed.simulated, name: feed.facts.name, since: silentSince };
    await this.#db.transaction((tx) =>
      appendChange(tx, { noun: 'feed', id: feed.id, version, actor, body, at: nowMs }),
    );
    this.#said!.set(feed.id, { state, version, silentSince });
  }
}
