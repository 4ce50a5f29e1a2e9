// What leaves one stop next, asked for again while somebody looks.
import type { Departures } from '../../../model/transit.ts';
import { clock } from './clock.svelte.ts';

const refreshMs = 15_000;
const retryMs = 5_000;
const answerWithinMs = 10_000;
const shown = 30;

export class DepartureBoard {
  state = $state<'loading' | 'ready' | 'gone' | 'failed'>('loading');
  board = $state.raw<Departures | undefined>();
  /** Since when it cannot be read. */
  failedAt = $state(0);
  readonly #stopId: string;
  readonly #abort = new AbortController();
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(stopId: string) {
    this.#stopId = stopId;
    void this.#read();
  }

  end(): void {
    this.#abort.abort();
    clearTimeout(this.#timer);
  }

  async #read(): Promise<void> {
    try {
      const response = await fetch(
        `/api/transit/stops/${encodeURIComponent(this.#stopId)}/departures?limit=${shown}`,
        { signal: AbortSignal.any([this.#abort.signal, AbortSignal.timeout(answerWithinMs)]) },
      );
      if (!response.ok && response.status !== 404) throw new Error(`answered ${response.status}`);
      this.board = response.ok ? ((await response.json()) as Departures) : undefined;
      this.state = response.ok ? 'ready' : 'gone';
    } catch {
      if (this.#abort.signal.aborted) return;
      if (this.state !== 'failed') this.failedAt = clock.read();
      // What was read before is past; shown as if it were now it would be a lie.
      this.state = 'failed';
      this.board = undefined;
    }
    if (this.#abort.signal.aborted) return;
    this.#timer = setTimeout(() => void this.#read(), this.state === 'failed' ? retryMs : refreshMs);
  }
}
