// The names of those who work at the desks, beside what they did; asked once, and again for a name that is not known.
import type { Person } from '../../../model/alarm-http.ts';
import { ask } from './ask.ts';

const retryMs = 30_000;

class People {
  #byActor = $state.raw<ReadonlyMap<string, Person>>(new Map());
  #askedAt = Number.NEGATIVE_INFINITY;

  /** Those to whom an alarm can be handed. */
  readonly atDesks = $derived([...this.#byActor.values()].filter(({ disabled }) => !disabled));

  /** undefined for the city's own rooms, and while the name is not known. */
  find(actor: string | null): Person | undefined {
    if (actor === null || !actor.startsWith('user:')) return undefined;
    return this.#byActor.get(actor);
  }

  /** Asks when somebody acted whose name is not known. */
  async look(actors: readonly (string | null)[] = []): Promise<void> {
    const known =
      this.#byActor.size > 0 &&
      actors.every((actor) => !actor?.startsWith('user:') || this.#byActor.has(actor));
    if (known || performance.now() - this.#askedAt < retryMs) return;
    this.#askedAt = performance.now();
    const answer = await ask<Person[]>('GET', '/api/users');
    // Who may not read names sees the numbers of people.
    if (answer.ok) this.#byActor = new Map(answer.value.map((person) => [person.actor, person]));
  }
}

export const people = new People();
