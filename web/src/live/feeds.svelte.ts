// What ingest counts of its feeds: asked each fifteen seconds for the strip.
import type { FeedReport } from '../../../model/feed.ts';

const everyMs = 15_000;

export class Feeds {
  report = $state.raw<FeedReport | undefined>();
  dropped = $derived(this.report?.feeds.reduce((sum, feed) => sum + feed.dropped, 0));
  #askedAt = 0;

  tick(nowMs: number): void {
    if (nowMs - this.#askedAt < everyMs) return;
    this.#askedAt = nowMs;
    void this.#ask();
  }

  async #ask(): Promise<void> {
    try {
      const response = await fetch('/api/feeds', { signal: AbortSignal.timeout(5000) });
      this.report = response.ok ? ((await response.json()) as FeedReport) : undefined;
    } catch {
      this.report = undefined;
    }
  }
}
