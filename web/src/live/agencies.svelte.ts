// The agencies of the city, who own alarms and answer them; asked once, and again while the answer is missing.
import { ask } from './ask.ts';

export interface Agency {
  id: string;
  name: string;
}

const retryMs = 30_000;

class Agencies {
  list = $state.raw<readonly Agency[]>([]);
  #askedAt = Number.NEGATIVE_INFINITY;

  async look(): Promise<void> {
    if (this.list.length > 0 || performance.now() - this.#askedAt < retryMs) return;
    this.#askedAt = performance.now();
    const answer = await ask<Agency[]>('GET', '/api/agencies');
    if (answer.ok) this.list = answer.value;
  }

  /** Its id while its name is not known. */
  nameOf(id: string): string {
    return this.list.find((agency) => agency.id === id)?.name ?? id;
  }
}

export const agencies = new Agencies();
