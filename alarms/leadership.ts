// Which of several processes writes alarms: whoever holds the lock of the database, for as long as its session lives.
import type { Database, Hold } from '../store/connect.ts';

/** Any fixed number of our own. */
const lockKey = 7_467_266;
const tryEveryMs = 1_000;

export interface LeadershipOptions {
  db: Database;
  /** The lock is ours. When it rejects the lock is given back and taken again later. */
  lead: () => Promise<void>;
  /** The lock is lost, or the database cannot be asked: nobody is known to hold it. */
  seek: () => void;
  /** Another process holds it. */
  standBy: () => void;
  log: (message: string) => void;
}

export class Leadership {
  readonly #options: LeadershipOptions;
  #hold: Hold | undefined;
  #trying: Promise<void> | undefined;
  #failing = false;
  #stopped = false;
  readonly #timer: NodeJS.Timeout;

  constructor(options: LeadershipOptions) {
    this.#options = options;
    this.#timer = setInterval(() => this.#try(), tryEveryMs);
    this.#try();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearInterval(this.#timer);
    await this.#trying;
    await this.#hold?.release();
    this.#hold = undefined;
  }

  #try(): void {
    if (this.#stopped || this.#hold !== undefined || this.#trying !== undefined) return;
    this.#trying = this.#tryOnce()
      .then(() => {
        this.#failing = false;
      })
      .catch((error: unknown) => {
        if (!this.#failing) this.#options.log(`alarms: leadership: ${(error as Error).message}`);
        this.#failing = true;
        this.#options.seek();
      })
      .finally(() => {
        this.#trying = undefined;
      });
  }

  async #tryOnce(): Promise<void> {
    const { db, lead, standBy } = this.#options;
    let isLost = false;
    const hold = await db.hold(lockKey, (error) => {
      isLost = true;
      this.#lost(error);
    });
    if (hold === undefined) return standBy();
    try {
      await lead();
    } catch (error) {
      await hold.release();
      throw error;
    }
    if (isLost) this.#options.seek();
    else this.#hold = hold;
  }

  #lost(error: Error): void {
    this.#hold = undefined;
    if (this.#stopped) return;
    this.#options.log(`alarms: the lock is lost: ${error.message}`);
    this.#options.seek();
  }
}
