// How often somebody may try in vain: failures counted by key in a window, in bounded memory.

export interface AttemptLimits {
  tries: number;
  windowMs: number;
  /** Keys remembered at once; the oldest is forgotten first. */
  keys: number;
}

interface Window {
  endsAt: number;
  failures: number;
}

export class Attempts {
  readonly #limits: AttemptLimits;
  readonly #now: () => number;
  readonly #windows = new Map<string, Window>();

  constructor(limits: AttemptLimits, now: () => number = Date.now) {
    this.#limits = limits;
    this.#now = now;
  }

  /**
   * Counts a try before it is made, so that many at once count too.
   * @returns seconds to wait when there were too many, else undefined.
   */
  take(key: string): number | undefined {
    const now = this.#now();
    let window = this.#windows.get(key);
    if (window === undefined || window.endsAt <= now) {
      window = { endsAt: now + this.#limits.windowMs, failures: 0 };
      this.#remember(key, window);
    }
    if (window.failures >= this.#limits.tries) return Math.ceil((window.endsAt - now) / 1000);
    window.failures++;
    return undefined;
  }

  /** The try was good: it does not count. */
  giveBack(key: string): void {
    const window = this.#windows.get(key);
    if (window && window.failures > 0) window.failures--;
  }

  #remember(key: string, window: Window): void {
    this.#windows.delete(key);
    this.#windows.set(key, window);
    if (this.#windows.size <= this.#limits.keys) return;
    const oldest = this.#windows.keys().next();
    if (!oldest.done) this.#windows.delete(oldest.value);
  }
}
