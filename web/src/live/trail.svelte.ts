// The trail of the selected vehicle: asked for when it is switched on, and again while the clock goes on.
import type { Track } from '../../../model/track.ts';
import { ask } from './ask.ts';
import { clock } from './clock.svelte.ts';

export const trailMinutes = [30, 120, 360, 1440] as const;
export type TrailMinutes = (typeof trailMinutes)[number];

const againMs = 10_000;

class Trail {
  /** Switched on for whatever vehicle is selected. */
  on = $state(false);
  minutes = $state<TrailMinutes>(30);
  track = $state.raw<Track | undefined>();
  /** Since when it cannot be read. */
  failedAt = $state<number | undefined>();
  #id: string | undefined;
  #askedFor = '';
  #askedAt = Number.NEGATIVE_INFINITY;
  #abort: AbortController | undefined;
  #asking = false;

  /** Parts between which nothing was heard for long. */
  readonly gaps = $derived(Math.max(0, (this.track?.parts.length ?? 0) - 1));

  toggle(): void {
    this.on = !this.on;
  }

  /** Called each second, and when something was chosen. @param nowMs the screen's time, also one of the past. */
  follow(id: string | undefined, nowMs: number): void {
    const wanted = this.on && id?.startsWith('vehicle:') ? id : undefined;
    if (wanted !== this.#id) {
      this.#id = wanted;
      this.track = undefined;
      this.failedAt = undefined;
      this.#askedFor = '';
    }
    if (wanted === undefined) {
      this.#asking = false;
      return this.#abort?.abort();
    }
    const asked = `${wanted} ${this.minutes}`;
    // In a fast film the screen's time outruns any answer: one at a time.
    if (asked === this.#askedFor && (this.#asking || Math.abs(nowMs - this.#askedAt) < againMs)) return;
    this.#askedFor = asked;
    this.#askedAt = nowMs;
    void this.#ask(wanted, nowMs);
  }

  async #ask(id: string, nowMs: number): Promise<void> {
    this.#abort?.abort();
    const abort = (this.#abort = new AbortController());
    const from = new Date(nowMs - this.minutes * 60_000).toISOString();
    const to = new Date(nowMs).toISOString();
    const path = `/api/assets/${encodeURIComponent(id)}/track?from=${from}&to=${to}`;
    this.#asking = true;
    const answer = await ask<Track>('GET', path, { signal: abort.signal });
    if (abort.signal.aborted) return;
    this.#asking = false;
    if (id !== this.#id) return;
    if (answer.ok) {
      this.track = answer.value;
      this.failedAt = undefined;
    } else this.failedAt ??= clock.read();
  }
}

export const trail = new Trail();
