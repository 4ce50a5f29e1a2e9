// How the connection of a source goes: asked each second while it is watched.
import type { Trial } from '../../../model/source.ts';
import { ask } from './ask.ts';

const everyMs = 1_000;
const calmEveryMs = 5_000;

export class TrialWatch {
  trial = $state.raw<Trial | undefined>();
  /** The last question was not answered: what is shown is past. */
  failed = $state(false);
  #timer: ReturnType<typeof setTimeout> | undefined;
  #of: string | undefined;

  start(sourceId: string): void {
    this.stop();
    this.trial = undefined;
    this.failed = false;
    this.#of = sourceId;
    void this.#ask(sourceId);
  }

  stop(): void {
    this.#of = undefined;
    clearTimeout(this.#timer);
  }

  async #ask(sourceId: string): Promise<void> {
    const answer = await ask<Trial>('GET', `/api/sources/${sourceId}/trial`);
    if (this.#of !== sourceId) return;
    this.failed = !answer.ok && answer.status !== 404;
    if (answer.ok) this.trial = answer.value;
    // Before its first message somebody is waiting before the screen; afterwards there is no hurry.
    const calm = this.trial?.state === 'connected' && this.trial.samples.length >= 5;
    this.#timer = setTimeout(() => void this.#ask(sourceId), calm ? calmEveryMs : everyMs);
  }
}
