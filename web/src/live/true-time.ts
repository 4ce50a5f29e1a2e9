// The true time on a machine whose clock may be wrong, may be set, and may sleep: the server's, carried on from sample to
// sample. Pure: both clocks of the browser come in as arguments.

const samplesKept = 6;
/** The two clocks of a browser part by less than this between two looks, unless one was set or the machine slept. */
const jumpMs = 2_000;

/** `wallMs` is `Date.now()`, which people set; `steadyMs` is `performance.now()`, which may stand still while a machine sleeps. */
export class TrueTime {
  /** True time less the steady clock. */
  #offsetMs: number;
  /** The wall clock less the steady one, at the last look. */
  #leadMs: number;
  #samples: number[] = [];
  #told = false;

  constructor(wallMs: number, steadyMs: number) {
    this.#offsetMs = this.#leadMs = wallMs - steadyMs;
  }

  read(wallMs: number, steadyMs: number): number {
    this.#look(wallMs, steadyMs);
    return steadyMs + this.#offsetMs;
  }

  /** Takes in a server time at the moment it arrives. The quickest of the last messages is the truest. */
  correct(serverMs: number, wallMs: number, steadyMs: number): void {
    if (Number.isNaN(serverMs)) return;
    this.#look(wallMs, steadyMs);
    this.#told = true;
    this.#samples.push(serverMs - steadyMs);
    if (this.#samples.length > samplesKept) this.#samples.shift();
    this.#offsetMs = Math.max(...this.#samples);
  }

  /** By how much the clock of this machine is ahead of the true time; undefined until the server told the time. */
  get aheadMs(): number | undefined {
    return this.#told ? this.#leadMs - this.#offsetMs : undefined;
  }

  /**
   * A wall clock that jumped ahead: the machine slept, or somebody set it. Until the server speaks the two cannot be told
   * apart, and too old is the mistake that harms nobody. One that jumped back is wrong for certain.
   */
  #look(wallMs: number, steadyMs: number): void {
    const leadMs = wallMs - steadyMs;
    const jump = leadMs - this.#leadMs;
    this.#leadMs = leadMs;
    if (jump <= jumpMs) return;
    this.#offsetMs += jump;
    this.#samples = [];
  }
}
