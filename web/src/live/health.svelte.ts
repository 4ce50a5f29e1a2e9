// How the server says it is, for whoever is not signed in: asked each ten seconds.
import type { Health } from '../../../model/http.ts';
import { clock } from './clock.svelte.ts';

export class HealthWatch {
  health = $state.raw<Health | undefined>();
  /** undefined until the first answer or failure. */
  reachable = $state<boolean | undefined>();
  since = $state(clock.read());
  #timer: ReturnType<typeof setTimeout> | undefined;
  #ended = false;

  constructor() {
    void this.#ask();
  }

  end(): void {
    this.#ended = true;
    clearTimeout(this.#timer);
  }

  async #ask(): Promise<void> {
    const health = await readHealth();
    if (this.#ended) return;
    const reachable = health !== undefined;
    if (reachable !== this.reachable) this.since = clock.read();
    this.reachable = reachable;
    this.health = health;
    this.#timer = setTimeout(() => void this.#ask(), reachable ? 10_000 : 3000);
  }
}

/** A 503 with checks is still an answer: the server lives, and says what does not. */
async function readHealth(): Promise<Health | undefined> {
  try {
    const response = await fetch('/api/health', { signal: AbortSignal.timeout(5000) });
    const body = (await response.json()) as Partial<Health>;
    return body.checks ? (body as Health) : undefined;
  } catch {
    return undefined;
  }
}
