// Where every message comes in, whichever broker brought it: into the journal, or refused with a count.
import { rejected } from '../model/observation.ts';
import { maxPayloadBytes, maxTopicBytes, routeOf } from '../model/topics.ts';
import type { Backlog } from './backlog.ts';
import type { Feeds } from './feeds.ts';
import type { Journal } from './journal.ts';
import type { Pipeline } from './pipeline.ts';

const paceMs = 10;

/**
 * Told once about each message. True: it may be acknowledged, for it is on disk, or counted as one that can never be
 * taken. False: there is no room for it, and who sent it should keep it.
 */
export type Settled = (taken: boolean) => void;

export class Door {
  readonly #journal: Journal;
  readonly #pipeline: Pipeline;
  readonly #feeds: Feeds;
  readonly #backlog: Backlog;
  #held: Settled[] = [];
  #pacing: NodeJS.Timeout | undefined;

  constructor(rooms: { journal: Journal; pipeline: Pipeline; feeds: Feeds; backlog: Backlog }) {
    this.#journal = rooms.journal;
    this.#pipeline = rooms.pipeline;
    this.#feeds = rooms.feeds;
    this.#backlog = rooms.backlog;
  }

  admit(topic: string, payload: Buffer, qos: number, settled: Settled): void {
    if (payload.length > maxPayloadBytes || Buffer.byteLength(topic) > maxTopicBytes) {
      const found = `payload ${payload.length} bytes, topic ${Buffer.byteLength(topic)}`;
      this.refuse(
        topic,
        payload,
        'too-large',
        `${found}; at most ${maxPayloadBytes} and ${maxTopicBytes} are taken`,
      );
      return settled(true);
    }
    const message = { topic, payload, receivedAt: Date.now() };
    this.#journal.append(message, qos === 0, (taken) => {
      if (taken) return this.#pace(settled);
      if (qos === 0) this.#feedOf(topic).dropped++;
      settled(qos === 0);
    });
  }

  /** Counts and keeps a message that never gets as far as the journal. */
  refuse(topic: string, payload: Buffer, reason: 'too-large' | 'unknown-topic', detail: string): void {
    this.#pipeline.refuse({ topic, payload, receivedAt: Date.now() }, rejected(reason, detail));
  }

  #feedOf(topic: string) {
    const route = routeOf(topic);
    return this.#feeds.of(route?.feedId ?? 'unknown', route?.simulated ?? false);
  }

  /**
   * A burst that is faster than a database that works is slowed at its source, by acknowledging at the database's
   * pace: taking it all in would mean to read it back later, at twice the price.
   */
  #pace(settled: Settled): void {
    if (this.#held.length === 0 && !this.#backlog.crowded) return settled(true);
    this.#held.push(settled);
    this.#pacing ??= setInterval(() => {
      if (!this.#backlog.crowded) this.release();
    }, paceMs);
  }

  /** Lets go of what is held back, at the latest when ingest stops: all of it is on disk. */
  release(): void {
    clearInterval(this.#pacing);
    this.#pacing = undefined;
    const held = this.#held;
    this.#held = [];
    for (const settled of held) settled(true);
  }
}
