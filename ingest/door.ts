// Where every message comes in, whichever broker brought it: into the journal, or refused with a count.
import { rejected } from '../model/observation.ts';
import { maxPayloadBytes, maxPolledBytes, maxTopicBytes, sourcePrefix } from '../model/topics.ts';
import type { Backlog } from './backlog.ts';
import { unknownFeedId, type Feeds } from './feeds.ts';
import type { Journal } from './journal.ts';
import type { Message } from './journal-record.ts';
import type { Pipeline } from './pipeline.ts';
import type { Routes } from './routes.ts';

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

  readonly #routes: Routes;

  constructor(rooms: {
    journal: Journal;
    pipeline: Pipeline;
    feeds: Feeds;
    backlog: Backlog;
    routes: Routes;
  }) {
    this.#routes = rooms.routes;
    this.#journal = rooms.journal;
    this.#pipeline = rooms.pipeline;
    this.#feeds = rooms.feeds;
    this.#backlog = rooms.backlog;
  }

  admit(topic: string, payload: Buffer, qos: number, settled: Settled): void {
    const maxBytes = topic.startsWith(sourcePrefix) ? maxPolledBytes : maxPayloadBytes;
    if (payload.length > maxBytes || Buffer.byteLength(topic) > maxTopicBytes) {
      const found = `payload ${payload.length} bytes, topic ${Buffer.byteLength(topic)}`;
      this.refuse(
        topic,
        payload,
        'too-large',
        `${found}; at most ${maxBytes} and ${maxTopicBytes} are taken`,
      );
      return settled(true);
    }
    this.take({ topic, payload, receivedAt: Date.now() }, qos, settled);
  }

  /** A message that was received before: a reject that is read again keeps its time. */
  take(message: Message, qos: number, settled: Settled): void {
    this.#journal.append(message, qos === 0, (taken) => {
      if (taken) return this.#pace(settled);
      if (qos === 0) this.#feedOf(message.topic).dropped++;
      settled(qos === 0);
    });
  }

  /** Counts and keeps a message that never gets as far as the journal. */
  refuse(topic: string, payload: Buffer, reason: 'too-large' | 'unknown-topic', detail: string): void {
    this.#pipeline.refuse({ topic, payload, receivedAt: Date.now() }, rejected(reason, detail));
  }

  #feedOf(topic: string) {
    const route = this.#routes.of(topic);
    return this.#feeds.of(route?.feedId ?? unknownFeedId, route?.simulated ?? false);
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
