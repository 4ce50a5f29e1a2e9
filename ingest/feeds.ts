// Counters of every feed. At every moment received = accepted + rejected + duplicates.
import type { FeedStatus } from '../model/feed.ts';
import type { Rejected } from '../model/observation.ts';
import { mqttFeeds, type FeedId } from '../model/topics.ts';
import { keptPayloadBytes, type RejectRow } from '../store/rejects.ts';
import type { Message } from './journal-record.ts';

export class Feed {
  readonly id: string;
  readonly simulated: boolean;
  accepted = 0;
  duplicates = 0;
  late = 0;
  dropped = 0;
  lastMessageAt: number | undefined;
  lagMs: number | undefined;
  readonly rejectedByReason = new Map<string, number>();

  constructor(id: string, simulated: boolean) {
    this.id = id;
    this.simulated = simulated;
  }

  get rejected(): number {
    let sum = 0;
    for (const count of this.rejectedByReason.values()) sum += count;
    return sum;
  }

  /** The store held it already: what was counted as accepted was a repetition. */
  foundDuplicate(): void {
    this.accepted--;
    this.duplicates++;
  }

  status(): FeedStatus {
    return {
      id: this.id,
      simulated: this.simulated,
      received: this.accepted + this.rejected + this.duplicates,
      accepted: this.accepted,
      rejected: this.rejected,
      rejectedByReason: Object.fromEntries(this.rejectedByReason),
      duplicates: this.duplicates,
      late: this.late,
      dropped: this.dropped,
      lastMessageAt: this.lastMessageAt === undefined ? null : new Date(this.lastMessageAt).toISOString(),
      lagMs: this.lagMs ?? null,
    };
  }
}

/** Rejects kept between two writes to the store, per feed; all are counted, the newest are kept. */
const keptPerWrite = 100;

export class Feeds {
  readonly #feeds = new Map<string, Feed>();
  readonly #rejects = new Map<string, RejectRow[]>();

  constructor() {
    // Real feeds are listed before their first message: silence is worth seeing.
    for (const { id } of mqttFeeds) this.#feeds.set(id, new Feed(id, false));
  }

  of(id: FeedId | 'unknown', simulated: boolean): Feed {
    let feed = this.#feeds.get(id);
    if (feed === undefined) this.#feeds.set(id, (feed = new Feed(id, simulated)));
    return feed;
  }

  reject(feed: Feed, message: Message, { reason, field, detail }: Rejected): void {
    feed.rejectedByReason.set(reason, (feed.rejectedByReason.get(reason) ?? 0) + 1);
    let kept = this.#rejects.get(feed.id);
    if (kept === undefined) this.#rejects.set(feed.id, (kept = []));
    if (kept.length >= keptPerWrite) kept.shift();
    kept.push({
      at: message.receivedAt,
      feedId: feed.id,
      topic: message.topic.slice(0, 1024),
      reason,
      field: field?.slice(0, 200),
      detail: detail.slice(0, 500),
      // Copied: a slice would hold the whole payload, or the chunk it was read in, in memory.
      payload: Buffer.from(message.payload.subarray(0, keptPayloadBytes)),
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

  all(): Feed[] {
    return [...this.#feeds.values()];
  }

  status(): FeedStatus[] {
    return this.all().map((feed) => feed.status());
  }
}
