// The two clocks of the page, both by the server's time: the room's, and the screen's, which is elsewhere while the past is looked at.
import { TrueTime } from './true-time.ts';

class Clock {
  /** The room's time, ticking each second, on the second: of links, banners, sign-in, whatever lives now. */
  wall = $state(Date.now());
  /** How often the screen's time jumped: whoever shows a stretch of time reads it anew. */
  turns = $state(0);
  #held = $state<number | undefined>();
  #exact: number | undefined;
  /** By how much the clock of this machine is ahead; undefined until the server told the time. */
  aheadMs = $state<number | undefined>();
  #time = new TrueTime(Date.now(), performance.now());

  constructor() {
    this.#tick();
  }

  /** The screen's time: of everything that shows the city. Equals `wall` while the screen is live. */
  get now(): number {
    return this.#held ?? this.wall;
  }

  /** Whether the screen shows another time than the room's. */
  get past(): boolean {
    return this.#held !== undefined;
  }

  /** Takes in a server time at the moment it arrives. */
  correct(serverTime: string): void {
    this.#time.correct(Date.parse(serverTime), Date.now(), performance.now());
    this.aheadMs = this.#time.aheadMs;
  }

  /** The room's time, to the millisecond; not reactive. */
  read(): number {
    return this.#time.read(Date.now(), performance.now());
  }

  /** The screen's time, to the millisecond; not reactive. */
  readNow(): number {
    return this.#exact ?? this.read();
  }

  /** Holds the screen's time at `ms`. `said`: also for what redraws with it; a film says so twice a second. */
  hold(ms: number, said = true): void {
    this.#exact = ms;
    if (said) this.#held = ms;
  }

  /** Back to the room's time. */
  release(): void {
    this.#exact = undefined;
    this.#held = undefined;
  }

  /** The screen's time is another, not a later one. */
  turn(): void {
    this.turns++;
  }

  #tick = (): void => {
    this.wall = this.read();
    this.aheadMs = this.#time.aheadMs;
    setTimeout(this.#tick, 1000 - (this.wall % 1000) + 5);
  };
}

export const clock = new Clock();
