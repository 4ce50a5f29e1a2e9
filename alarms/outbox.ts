// What came about and is not written yet, in order; bounded, so that a database that stays away costs no memory.
import type { Outcome } from './outcome.ts';

/** Of one alarm: how it began, and the newest. What came and went in between is chatter. */
const keptOfOne = 4;
const maxAlarms = 20_000;

export const keyOf = (ruleId: string, subjectId: string): string => `${ruleId} ${subjectId}`;

export class Outbox {
  /** By alarm, the one that waits longest first. */
  readonly #waiting = new Map<string, Outcome[]>();
  /** Left out since the start, because there was no room. */
  dropped = 0;

  get size(): number {
    return this.#waiting.size;
  }

  has(key: string): boolean {
    return this.#waiting.has(key);
  }

  add(outcome: Outcome): void {
    const key = keyOf(outcome.rule.id, outcome.subject.id);
    const outcomes = this.#waiting.get(key);
    if (outcomes === undefined) {
      this.#waiting.set(key, [outcome]);
      this.#makeRoom();
      return;
    }
    outcomes.push(outcome);
    if (outcomes.length <= keptOfOne) return;
    // A raise and its return at a time, so that one still follows the other.
    outcomes.splice(1, 2);
    this.dropped += 2;
  }

  first(): Outcome | undefined {
    for (const [outcome] of this.#waiting.values()) return outcome;
    return undefined;
  }

  /** It is written, or can never be. */
  done(outcome: Outcome): void {
    const key = keyOf(outcome.rule.id, outcome.subject.id);
    const left = (this.#waiting.get(key) ?? []).filter((each) => each !== outcome);
    if (left.length === 0) this.#waiting.delete(key);
    else this.#waiting.set(key, left);
  }

  clear(): void {
    this.#waiting.clear();
  }

  #makeRoom(): void {
    if (this.#waiting.size <= maxAlarms) return;
    for (const [key, outcomes] of this.#waiting) {
      this.#waiting.delete(key);
      this.dropped += outcomes.length;
      return;
    }
  }
}
