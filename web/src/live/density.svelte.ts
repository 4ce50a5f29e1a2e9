// What the time bar shows of its stretch: asked anew each minute and whenever the stretch is another.
import type { Density as DensityAnswer } from '../../../model/moment.ts';
import { ask } from './ask.ts';
import { clock } from './clock.svelte.ts';

const everyMs = 60_000;
const retryMs = 5_000;
const buckets = 288;

export class Density {
  shown = $state.raw<DensityAnswer | undefined>();
  /** Since when it cannot be read, by the room's clock. */
  failedAt = $state<number | undefined>();
  #fromMs = 0;
  #toMs = 0;
  #abort: AbortController | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** Shows another stretch; what is not past yet is asked for as far as it is. */
  look(fromMs: number, toMs: number): void {
    if (fromMs === this.#fromMs && toMs === this.#toMs) return;
    this.#fromMs = fromMs;
    this.#toMs = toMs;
    void this.#read();
  }

  close(): void {
    this.#abort?.abort();
    clearTimeout(this.#timer);
  }

  async #read(): Promise<void> {
    this.close();
    const { signal } = (this.#abort = new AbortController());
    const query = new URLSearchParams({
      from: new Date(this.#fromMs).toISOString(),
      to: new Date(this.#toMs).toISOString(),
      buckets: String(buckets),
    });
    const answer = await ask<DensityAnswer>('GET', `/api/moments/density?${query}`, { signal });
    if (signal.aborted) return;
    if (answer.ok) this.shown = answer.value;
    this.failedAt = answer.ok ? undefined : (this.failedAt ?? clock.read());
    this.#timer = setTimeout(() => void this.#read(), answer.ok ? everyMs : retryMs);
  }
}
