// Follows the change log by seq: each second, and at once when the database says that something was appended.
import { changesChannel, selectChangesSince, selectLastSeq, type LoggedChange } from './changes.ts';
import type { Database } from './connect.ts';

const pollMs = 1_000;
const batchSize = 500;

export interface FollowOptions {
  db: Database;
  /** Every entry, in order, each once. `lastSeq` has moved when this is called. */
  changes: (changes: LoggedChange[]) => void;
  log: (message: string) => void;
}

export class ChangeFollower {
  /** Up to which entry `changes` was told; undefined until the log was first read. */
  lastSeq: number | undefined;
  readonly #options: FollowOptions;
  readonly #timer: NodeJS.Timeout;
  readonly #stopListening: () => void;
  #reading: Promise<void> | undefined;
  #again = false;
  #stopped = false;
  #failing = false;

  constructor(options: FollowOptions) {
    this.#options = options;
    this.#timer = setInterval(() => this.wake(), pollMs);
    this.#stopListening = options.db.listen(changesChannel, () => this.wake());
    this.wake();
  }

  /** Reads now; never twice at once. */
  wake(): void {
    if (this.#stopped) return;
    if (this.#reading) {
      this.#again = true;
      return;
    }
    this.#reading = this.#read()
      .then(() => (this.#failing = false))
      .catch((error: unknown) => this.#fail(error))
      .then(() => {
        this.#reading = undefined;
        if (!this.#again) return;
        this.#again = false;
        this.wake();
      });
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearInterval(this.#timer);
    this.#stopListening();
    await this.#reading;
  }

  async #read(): Promise<void> {
    const { db, changes: tell } = this.#options;
    this.lastSeq ??= await selectLastSeq(db);
    for (;;) {
      const changes = await selectChangesSince(db, this.lastSeq, batchSize);
      if (changes.length === 0 || this.#stopped) return;
      this.lastSeq = changes.at(-1)!.seq;
      tell(changes);
      if (changes.length < batchSize) return;
    }
  }

  /** Said once, not each second. */
  #fail(error: unknown): void {
    this.#again = false;
    if (!this.#failing && !this.#stopped) this.#options.log(`change log: ${(error as Error).message}`);
    this.#failing = true;
  }
}
