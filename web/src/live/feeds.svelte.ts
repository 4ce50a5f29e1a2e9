// What ingest counts of its feeds: asked each five seconds for the strip, and at once when one falls silent or returns.
import type { FeedReport } from '../../../model/feed.ts';
import type { Event } from '../../../model/live.ts';
import { ask } from './ask.ts';
import { answered, begun, failed, neverAsked } from './asked.ts';
import { clock } from './clock.svelte.ts';

const everyMs = 5_000;

export class Feeds {
  /** As last answered; how old it is, `asked` says. */
  report = $state.raw<FeedReport | undefined>();
  asked = $state.raw(neverAsked);
  dropped = $derived(
    this.asked.failedAt === undefined
      ? this.report?.feeds.reduce((sum, feed) => sum + feed.dropped, 0)
      : undefined,
  );
  #askedAt = 0;

  /** Called each second while the server is heard. */
  tick(nowMs: number): void {
    if (nowMs - this.#askedAt < everyMs || this.asked.pendingAt !== undefined) return;
    this.#askedAt = nowMs;
    void this.#ask();
  }

  takeEvents(events: readonly Event[]): void {
    if (events.some(({ noun }) => noun === 'feed')) this.#askedAt = 0;
  }

  async #ask(): Promise<void> {
    this.asked = begun(this.asked, clock.read());
    const answer = await ask<FeedReport>('GET', '/api/feeds');
    if (answer.ok) this.report = answer.value;
    this.asked = answer.ok ? answered(clock.read()) : failed(this.asked, clock.read());
  }
}
