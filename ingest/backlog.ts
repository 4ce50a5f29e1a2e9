// Lets synced messages through to the store at once, or, when the store is behind, reads them back from the journal.
import type { Journal, Position } from './journal.ts';
import type { Message } from './journal-record.ts';
import type { Pipeline } from './pipeline.ts';
import type { Writer } from './writer.ts';

/** Observations that may wait in memory for the store; what is beyond them waits in the journal. */
const maxPending = 40_000;
const resumePending = maxPending / 2;

/**
 * Begins behind, at the checkpoint: a start after a crash, a database that was away and a burst that is faster than
 * the database are the same case.
 */
export class Backlog {
  readonly #journal: Journal;
  readonly #pipeline: Pipeline;
  readonly #writer: Writer;
  readonly #onDamage: (at: Position, bytes: number) => void;
  readonly #onError: (error: Error) => void;
  /** Where reading back goes on; undefined while messages go to the store at once. */
  #behindFrom: Position | undefined;
  /** What stands before this was not yet counted by this process. */
  readonly #firstBefore: Position;
  #reading: Promise<void> | undefined;
  #stopped = false;

  constructor(rooms: {
    journal: Journal;
    pipeline: Pipeline;
    writer: Writer;
    onDamage: (at: Position, bytes: number) => void;
    onError: (error: Error) => void;
  }) {
    this.#journal = rooms.journal;
    this.#pipeline = rooms.pipeline;
    this.#writer = rooms.writer;
    this.#onDamage = rooms.onDamage;
    this.#onError = rooms.onError;
    this.#behindFrom = rooms.journal.checkpoint;
    this.#firstBefore = rooms.journal.end;
  }

  /** Bytes of the journal that were not yet handed to the writer. */
  get unreadBytes(): number {
    return this.#behindFrom === undefined ? 0 : this.#journal.end - this.#behindFrom;
  }

  /** New messages go to a writer that has much to do. While behind they do not: then nobody has to wait for it. */
  get crowded(): boolean {
    return this.#behindFrom === undefined && this.#writer.crowded;
  }

  /** A group that is on disk: into the live picture now, and into the store now or later. */
  synced(messages: Message[], start: Position, end: Position): void {
    if (this.#behindFrom === undefined && this.#writer.pending >= maxPending) {
      this.#behindFrom = start;
      this.readBack().catch(this.#onError);
    }
    const store = this.#behindFrom === undefined;
    for (const message of messages) this.#pipeline.take(message, { first: true, store, replayed: false });
    if (store) this.#writer.mark(end);
  }

  /** Reads back until nothing is behind. */
  readBack(): Promise<void> {
    this.#reading ??= this.#readBack().finally(() => {
      this.#reading = undefined;
    });
    return this.#reading;
  }

  async #readBack(): Promise<void> {
    while (this.#behindFrom !== undefined && !this.#stopped) {
      if (this.#behindFrom >= this.#journal.end) {
        // No await since the comparison: nothing can have been synced in between.
        this.#behindFrom = undefined;
        return;
      }
      const [from, to] = [this.#behindFrom, this.#journal.end];
      for await (const { messages, end } of this.#journal.read(from, this.#onDamage)) {
        const first = this.#behindFrom < this.#firstBefore;
        for (const message of messages) this.#pipeline.take(message, { first, store: true, replayed: true });
        this.#writer.mark(end);
        this.#behindFrom = end;
        await this.#writer.room(resumePending);
        if (this.#stopped) return;
      }
      if (this.#behindFrom !== from) continue;
      // A segment that is shorter than it was gives nothing, and must not be tried for ever.
      this.#onDamage(from, to - from);
      this.#behindFrom = to;
    }
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#reading;
  }
}
