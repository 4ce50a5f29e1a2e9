// One alarm with its rule, its comments and its history: asked when it is opened, and again when it changed.
import type { AlarmDetail as Detail } from '../../../model/alarm-http.ts';
import { ask } from './ask.ts';
import { clock } from './clock.svelte.ts';

const retryMs = 3_000;
/** It changed while it was read. */
const againMs = 300;

export class AlarmDetail {
  detail = $state.raw<Detail | undefined>();
  missing = $state(false);
  /** Since when it cannot be read. */
  failedSince = $state<number | undefined>();
  readonly id: string;
  #asked = -1;
  #asking = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #ended = false;

  constructor(id: string) {
    this.id = id;
  }

  /** Reads it, unless that version was read already. */
  want(version: number): void {
    if (version <= this.#asked) return;
    this.#asked = version;
    if (!this.#asking) void this.#read();
  }

  end(): void {
    this.#ended = true;
    clearTimeout(this.#timer);
  }

  async #read(): Promise<void> {
    clearTimeout(this.#timer);
    this.#asking = true;
    const answer = await ask<Detail>('GET', `/api/alarms/${encodeURIComponent(this.id)}`);
    this.#asking = false;
    if (this.#ended) return;
    this.missing = !answer.ok && (answer.status === 404 || answer.status === 400);
    if (answer.ok) {
      this.detail = answer.value;
      this.failedSince = undefined;
      const { version } = answer.value.alarm;
      if (this.#asked > version) this.#later(againMs);
      this.#asked = Math.max(this.#asked, version);
    } else if (!this.missing) {
      this.failedSince ??= clock.read();
      this.#later(retryMs);
    }
  }

  #later(ms: number): void {
    this.#timer = setTimeout(() => void this.#read(), ms);
  }
}
