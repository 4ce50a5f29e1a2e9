// Counters of every feed. At every moment received = accepted + rejected + duplicates.
import type { FeedStatus } from '../model/feed.ts';
import type { Rejected } from '../model/observation.ts';
import type { FormatId, Transport } from '../model/source.ts';
import { maxTopicBytes, mqttFeeds, type FeedId, type HouseFeed } from '../model/topics.ts';
import { keptOf, type RejectRow } from '../store/rejects.ts';
import type { Message } from './journal-record.ts';
import { Lags } from './lags.ts';

/** What a feed is, beside its counters. */
export interface FeedFacts {
  name: string | null;
  format: FormatId | null;
  transport: Transport;
  /** Topic filters, or where it is polled. */
  address: string;
  expectedEverySeconds: number | null;
}

const rateSeconds = 10;

export class Feed {
  readonly id: string;
  readonly simulated: boolean;
  facts: FeedFacts;
  /** Why its source cannot be reached just now. */
  fault: string | null = null;
  /** From when on it is expected to speak, heard or not, epoch milliseconds: silence while nobody listened is none. */
  expectedSince: number | undefined;
  accepted = 0;
  duplicates = 0;
  late = 0;
  dropped = 0;
  /** Accepted, in the journal, and not yet in the database. */
  waiting = 0;
  lastMessageAt: number | undefined;
  lagMs: number | undefined;
  rejected = 0;
  readonly rejectedByReason = new Map<string, number>();
  readonly lags = new Lags();
  /** Received at the end of each of the last seconds. */
  readonly #seconds: number[] = [0];

  constructor(id: string, simulated: boolean, facts: FeedFacts) {
    this.id = id;
    this.simulated = simulated;
    this.facts = facts;
  }

  get received(): number {
    return this.accepted + this.rejected + this.duplicates;
  }

  reject(reason: string): void {
    this.rejected++;
    this.rejectedByReason.set(reason, (this.rejectedByReason.get(reason) ?? 0) + 1);
  }

  /** The store held it already: what was counted as accepted was a repetition. */
  foundDuplicate(): void {
    this.accepted--;
    this.duplicates++;
  }

  heard(lagMs: number): void {
    this.lagMs = lagMs;
    this.lags.add(lagMs);
  }

  /** To be called each second. */
  tick(): void {
    this.#seconds.push(this.received);
    if (this.#seconds.length > rateSeconds + 1) this.#seconds.shift();
  }

  status(): FeedStatus {
    const since = this.#seconds[0]!;
    const { p50, p99 } = this.lags.percentiles();
    return {
      id: this.id,
      ...this.facts,
      simulated: this.simulated,
      fault: this.fault,
      ratePerSecond: (this.#seconds.at(-1)! - since) / Math.max(1, this.#seconds.length - 1),
      waiting: Math.max(0, this.waiting),
      received: this.received,
      accepted: this.accepted,
      rejected: this.rejected,
      rejectedByReason: Object.fromEntries(this.rejectedByReason),
      duplicates: this.duplicates,
      late: this.late,
      dropped: this.dropped,
      lastMessageAt: this.lastMessageAt === undefined ? null : new Date(this.lastMessageAt).toISOString(),
      lagMs: this.lagMs ?? null,
      lagP50Ms: p50,
      lagP99Ms: p99,
    };
  }
}

/** Rejects kept between two writes to the store, per feed; all are counted, the newest are kept. */
const keptPerWrite = 100;

export const unknownFeedId = 'unknown';

function houseFacts(feed: HouseFeed): FeedFacts {
  return {
    name: null,
    format: feed.format,
    transport: 'broker',
    address: feed.filters.join(', '),
    expectedEverySeconds: feed.silentAfterSeconds ?? null,
  };
}

const unknownFacts: FeedFacts = {
  name: null,
  format: null,
  transport: 'broker',
  address: '',
  expectedEverySeconds: null,
};

export class Feeds {
  readonly #feeds = new Map<FeedId, Feed>();
  readonly #rejects = new Map<FeedId, RejectRow[]>();

  constructor() {
    // Real feeds are listed before their first message: silence is worth seeing.
    for (const feed of mqttFeeds) this.#feeds.set(feed.id, new Feed(feed.id, false, houseFacts(feed)));
  }

  of(id: FeedId, simulated: boolean): Feed {
    let feed = this.#feeds.get(id);
    if (feed === undefined) {
      const house = mqttFeeds.find((each) => `sim-${each.id}` === id);
      feed = new Feed(id, simulated, house === undefined ? unknownFacts : houseFacts(house));
      this.#feeds.set(id, feed);
    }
    return feed;
  }

  /** A source is there, or is another than it was; its counters go on. */
  describe(id: FeedId, facts: FeedFacts): Feed {
    const feed = this.of(id, false);
    feed.facts = facts;
    feed.expectedSince ??= Date.now();
    return feed;
  }

  /** From the store, at a start: so that silence over a restart is silence. */
  heardBefore(lastHeard: ReadonlyMap<FeedId, number>): void {
    for (const feed of this.#feeds.values()) {
      const heardAt = lastHeard.get(feed.id);
      if (heardAt === undefined) continue;
      feed.lastMessageAt ??= heardAt;
      feed.expectedSince ??= Date.now();
    }
  }

  /** A source was taken away. */
  remove(id: FeedId): void {
    this.#feeds.delete(id);
  }

  reject(feed: Feed, message: Message, rejected: Rejected): void {
    feed.reject(rejected.reason);
    let kept = this.#rejects.get(feed.id);
    if (kept === undefined) this.#rejects.set(feed.id, (kept = []));
    if (kept.length >= keptPerWrite) kept.shift();
    const { reason, field, detail } = rejected;
    kept.push({
      at: message.receivedAt,
      feedId: feed.id,
      topic: message.topic.slice(0, maxTopicBytes),
      reason,
      field: field?.slice(0, 200),
      detail: detail.slice(0, 500),
      payload: keptOf(message.payload),
      payloadBytes: message.payload.length,
    });
  }

  /** They could not be stored: kept again, as far as there is room beside newer ones. */
  putBackRejects(rows: RejectRow[]): void {
    for (const row of rows.reverse()) {
      const kept = this.#rejects.get(row.feedId) ?? [];
      this.#rejects.set(row.feedId, kept);
      if (kept.length < keptPerWrite) kept.unshift(row);
    }
  }

  takeRejects(): RejectRow[] {
    const rows = [...this.#rejects.values()].flat();
    this.#rejects.clear();
    return rows;
  }

  tick(): void {
    for (const feed of this.#feeds.values()) feed.tick();
  }

  all(): Feed[] {
    return [...this.#feeds.values()];
  }

  status(): FeedStatus[] {
    return this.all().map((feed) => feed.status());
  }
}
