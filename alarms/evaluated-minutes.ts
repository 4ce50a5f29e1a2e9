// Counts the minutes in which the rules were evaluated on a current picture from beginning to end.
import { deleteOldEvaluatedMinutes, insertEvaluatedMinutes } from '../store/evaluated-minutes.ts';
import type { Query } from '../store/connect.ts';

const minuteMs = 60_000;
const dayMs = 86_400_000;
/** It is looked each second; between two looks further apart the process slept. */
const sleptAfterMs = 10_000;
/** Minutes kept while the database is away: a day. Of more, the oldest go, and count as not evaluated. */
const mostWaiting = 1_440;

export interface EvaluatedMinutesOptions {
  db: Query;
  log: (message: string) => void;
}

export class EvaluatedMinutes {
  readonly #options: EvaluatedMinutesOptions;
  #waiting: number[] = [];
  /** Since when the rules are evaluated without a pause; undefined while they are not. */
  #since: number | undefined;
  #lookedAt: number;
  /** The minute that ended last, of all since 1970. */
  #ended: number;
  #cleanedAt = 0;
  #saving: Promise<void> | undefined;
  #failing = false;

  constructor(options: EvaluatedMinutesOptions, nowMs: number) {
    this.#options = options;
    this.#lookedAt = nowMs;
    this.#ended = endedMinute(nowMs);
  }

  /** @param evaluating whether the rules are evaluated now, on a picture that is current, and what comes about is kept. */
  look(nowMs: number, evaluating: boolean): void {
    if (!evaluating || Math.abs(nowMs - this.#lookedAt) > sleptAfterMs) this.#since = undefined;
    this.#lookedAt = nowMs;
    const ended = endedMinute(nowMs);
    if (ended !== this.#ended) {
      this.#ended = ended;
      if (this.#since !== undefined && this.#since <= ended * minuteMs) this.#waiting.push(ended * minuteMs);
      if (this.#waiting.length > mostWaiting) this.#waiting.shift();
    }
    if (evaluating) this.#since ??= nowMs;
    if (this.#waiting.length > 0)
      this.#saving ??= this.#save(nowMs).finally(() => (this.#saving = undefined));
  }

  /** Resolves once what waited has been written, or has failed. */
  async settled(): Promise<void> {
    await this.#saving;
  }

  async #save(nowMs: number): Promise<void> {
    const { db, log } = this.#options;
    const minutes = [...this.#waiting];
    try {
      await insertEvaluatedMinutes(db, minutes);
      this.#waiting = this.#waiting.filter((minute) => !minutes.includes(minute));
      if (nowMs - this.#cleanedAt > dayMs) {
        await deleteOldEvaluatedMinutes(db, nowMs);
        this.#cleanedAt = nowMs;
      }
      this.#failing = false;
    } catch (error) {
      if (!this.#failing) log(`evaluated minutes wait to be written: ${(error as Error).message}`);
      this.#failing = true;
    }
  }
}

const endedMinute = (nowMs: number): number => Math.floor(nowMs / minuteMs) - 1;
