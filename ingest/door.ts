// Where every message comes in, whichever broker brought it: into the journal, or refused with a count.
import { maxPayloadBytes, maxTopicBytes } from '../model/topics.ts';
import type { Journal } from './journal.ts';
import type { Feeds } from './feeds.ts';
import type { Pipeline } from './pipeline.ts';
import { routeOf } from '../model/topics.ts';

export class Door {
  readonly #journal: Journal;
  readonly #pipeline: Pipeline;
  readonly #feeds: Feeds;

  constructor(rooms: { journal: Journal; pipeline: Pipeline; feeds: Feeds }) {
    this.#journal = rooms.journal;
    this.#pipeline = rooms.pipeline;
    this.#feeds = rooms.feeds;
  }

  /** `settled` once the message may be acknowledged: on disk, or counted as one that can never be taken. */
  admit(topic: string, payload: Buffer, qos: number, settled?: () => void): void {
    const message = { topic, payload, receivedAt: Date.now() };
    if (payload.length > maxPayloadBytes || Buffer.byteLength(topic) > maxTopicBytes) {
      this.#pipeline.take(message, { first: true, store: false, replayed: false });
      settled?.();
      return;
    }
    this.#journal.append(message, qos === 0, (taken) => {
      if (!taken) {
        const route = routeOf(topic);
        this.#feeds.of(route?.feedId ?? 'unknown', route?.simulated ?? false).dropped++;
      }
      settled?.();
    });
  }
}
