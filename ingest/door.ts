// Where every message comes in, whichever broker brought it: into the journal, or refused with a count.
import { maxPayloadBytes, maxTopicBytes, routeOf } from '../model/topics.ts';
import type { Feeds } from './feeds.ts';
import type { Journal } from './journal.ts';
import type { Pipeline } from './pipeline.ts';
import type { Writer } from './writer.ts';

const paceMs = 10;

export class Door {
  readonly #journal: Journal;
  readonly #pipeline: Pipeline;
  readonly #feeds: Feeds;
  readonly #writer: Writer;
  #held: (() => void)[] = [];
  #pacing: NodeJS.Timeout | undefined;

  constructor(rooms: { journal: Journal; pipeline: Pipeline; feeds: Feeds; writer: Writer }) {
    this.#journal = rooms.journal;
    this.#pipeline = rooms.pipeline;
    this.#feeds = rooms.feeds;
    this.#writer = rooms.writer;
  }

  /** `settled` once the message may be acknowledged: on disk, or counted as one that can never be taken. */
  admit(topic: string, payload: Buffer, qos: number, settled: () => void): void {
    const message = { topic, payload, receivedAt: Date.now() };
    if (payload.length > maxPayloadBytes || Buffer.byteLength(topic) > maxTopicBytes) {
      this.#pipeline.take(message, { first: true, store: false, replayed: false });
      settled();
      return;
    }
    this.#journal.append(message, qos === 0, (taken) => {
      if (!taken) {
        const route = routeOf(topic);
        this.#feeds.of(route?.feedId ?? 'unknown', route?.simulated ?? false).dropped++;
      }
      this.#settle(settled);
    });
  }

  /**
   * A burst that is faster than a database that works is slowed at its source, by acknowledging at the database's
   * pace: taking it all in would mean to read it back later, at twice the price.
   */
  #settle(settled: () => void): void {
    if (this.#held.length === 0 && !this.#writer.crowded) return settled();
    this.#held.push(settled);
    this.#pacing ??= setInterval(() => {
      if (!this.#writer.crowded) this.release();
    }, paceMs);
  }

  /** Lets go of what is held back, at the latest when ingest stops: all of it is on disk. */
  release(): void {
    clearInterval(this.#pacing);
    this.#pacing = undefined;
    const held = this.#held;
    this.#held = [];
    for (const settled of held) settled();
  }
}
