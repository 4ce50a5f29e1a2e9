// What each feed counted in each minute, for its history: kept while the database is away, as far as there is room.
import type { Query } from '../store/connect.ts';
import { deleteOldFeedMinutes, insertFeedMinutes, type FeedMinuteRow } from '../store/feed-minutes.ts';
import type { Feed, Feeds } from './feeds.ts';

const minuteMs = 60_000;
/** Some hours of some dozens of feeds. */
const maxWaitingRows = 20_000;

interface Counted {
  accepted: number;
  duplicates: number;
  rejected: Map<string, number>;
}

const countOf = (feed: Feed): Counted => ({
  accepted: feed.accepted,
  duplicates: feed.duplicates,
  rejected: new Map(feed.rejectedByReason),
});

export class FeedMinutes {
  readonly #feeds: Feeds;
  /** By the feed itself: one that was taken away and made again counts from nothing. */
  readonly #before = new WeakMap<Feed, Counted>();
  #minute: number;
  #waiting: FeedMinuteRow[] = [];
  #saving = false;

  constructor(feeds: Feeds, nowMs: number) {
    this.#feeds = feeds;
    this.#minute = Math.floor(nowMs / minuteMs);
  }

  /** To be called each second: at the turn of a minute the last one is written. */
  async look(db: Query, nowMs: number): Promise<void> {
    const minute = Math.floor(nowMs / minuteMs);
    if (minute !== this.#minute) {
      this.close();
      this.#minute = minute;
    }
    await this.save(db, nowMs);
  }

  /** Counts what is new as the current minute's. */
  close(): void {
    for (const feed of this.#feeds.all()) {
      const row = this.#rowOf(feed);
      if (row !== undefined) this.#waiting.push(row);
    }
    this.#waiting = this.#waiting.slice(-maxWaitingRows);
  }

  /** @throws when the database is away; the rows wait. */
  async save(db: Query, nowMs: number): Promise<void> {
    if (this.#waiting.length === 0 || this.#saving) return;
    this.#saving = true;
    const rows = this.#waiting;
    try {
      await insertFeedMinutes(db, rows);
      this.#waiting = this.#waiting.slice(rows.length);
      await deleteOldFeedMinutes(db, nowMs);
    } finally {
      this.#saving = false;
    }
  }

  #rowOf(feed: Feed): FeedMinuteRow | undefined {
    const before = this.#before.get(feed);
    const now = countOf(feed);
    this.#before.set(feed, now);
    const rejectedByReason: Record<string, number> = {};
    let rejected = 0;
    for (const [reason, count] of now.rejected) {
      const more = count - (before?.rejected.get(reason) ?? 0);
      if (more > 0) rejectedByReason[reason] = more;
      rejected += more;
    }
    const accepted = now.accepted - (before?.accepted ?? 0);
    const duplicates = now.duplicates - (before?.duplicates ?? 0);
    if (accepted === 0 && duplicates === 0 && rejected === 0) return undefined;
    const { p50, p99 } = feed.lags.percentiles();
    return {
      feedId: feed.id,
      minute: this.#minute * minuteMs,
      received: accepted + duplicates + rejected,
      accepted,
      rejected,
      rejectedByReason,
      duplicates,
      lagP50Ms: p50 ?? undefined,
      lagP99Ms: p99 ?? undefined,
    };
  }
}
