// What leaves one stop next, asked for again while somebody looks.
import type { Departures } from '../../../model/transit.ts';
import { answered, begun, failed, neverAsked } from './asked.ts';
import { clock } from './clock.svelte.ts';

const refreshMs = 15_000;
const retryMs = 5_000;
const answerWithinMs = 10_000;
const shown = 30;

export class DepartureBoard {
  state = $state<'loading' | 'ready' | 'gone' | 'failed'>('loading');
  board = $state.raw<Departures | undefined>();
  /** When it was asked, and answered last; after a failure the board is that of the last answer. */
  asked = $state.raw(neverAsked);
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

  retry(): void {
    clearTimeout(this.#timer);
    if (this.asked.pendingAt === undefined) void this.#read();
  }

  async #read(): Promise<void> {
    this.asked = begun(this.asked, clock.read());
    try {
      const response = await fetch(
        `/api/transit/stops/${encodeURIComponent(this.#stopId)}/departures?limit=${shown}`,
        { signal: AbortSignal.any([this.#abort.signal, AbortSignal.timeout(answerWithinMs)]) },
      );
      if (!response.ok && response.status !== 404) throw new Error(`answered ${response.status}`);
      this.board = response.ok ? ((await response.json()) as Departures) : undefined;
      this.state = response.ok ? 'ready' : 'gone';
      this.asked = answered(clock.read());
    } catch {
      if (this.#abort.signal.aborted) return;
      // What was read before stays, and the drawer says how old it is.
      this.state = 'failed';
      this.asked = failed(this.asked, clock.read());
    }
    if (this.#abort.signal.aborted) return;
    this.#timer = setTimeout(() => void this.#read(), this.state === 'failed' ? retryMs : refreshMs);
  }
}
