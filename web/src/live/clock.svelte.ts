// The clock of the page, by the server's time: ages must not trust the clock of the browser.

const samplesKept = 6;

class Clock {
  /** Ticks each second, on the second. */
  now = $state(Date.now());
  #offsetMs = 0;
  #samples: number[] = [];

  constructor() {
    this.#tick();
  }

  /** Takes in a server time at the moment it arrives. The quickest of the last messages is the truest. */
  correct(serverTime: string): void {
    const server = Date.parse(serverTime);
    if (Number.isNaN(server)) return;
    this.#samples.push(server - Date.now());
    if (this.#samples.length > samplesKept) this.#samples.shift();
    this.#offsetMs = Math.max(...this.#samples);
  }

  /** Now, to the millisecond; not reactive. */
  read(): number {
    return Date.now() + this.#offsetMs;
  }

  #tick = (): void => {
    this.now = this.read();
    setTimeout(this.#tick, 1000 - (this.now % 1000) + 5);
  };
}

export const clock = new Clock();
