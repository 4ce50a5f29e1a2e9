// Keeps the worker with the embedded TimescaleDB: starts it, hands out sessions, ends it when a query is overdue.
import { Worker } from 'node:worker_threads';
import { EmbeddedSession } from './session.ts';
import type { FromDatabase, ToDatabase } from './worker.ts';

export interface EmbeddedOptions {
  folder: string;
  /** The bundled worker.ts: a worker thread cannot run TypeScript. */
  workerFile: string;
  /** A query without an answer for this long is ended together with its worker: there is no other way. */
  overdueMs: number;
  log: (message: string) => void;
}

interface Exchange {
  bytes: Uint8Array;
  settle: (error: Error | undefined, answer: Uint8Array) => void;
}

const nothing = new Uint8Array(0);

/** PostgreSQL 17 with TimescaleDB 2.23 as WebAssembly: one session, nothing runs in its background. */
export class EmbeddedDatabase {
  readonly #options: EmbeddedOptions;
  #worker: Worker | undefined;
  #waiting: Exchange[] = [];
  #current: Exchange | undefined;
  #overdue: NodeJS.Timeout | undefined;
  #closed: (() => void) | undefined;
  #idle: (() => void) | undefined;
  #open = false;

  constructor(options: EmbeddedOptions) {
    this.#options = options;
  }

  /** A stream that the `pg` client takes for a socket. */
  session(): EmbeddedSession {
    return new EmbeddedSession((bytes, settle) => this.#exchange(bytes, settle));
  }

  async close(): Promise<void> {
    const worker = this.#worker;
    if (worker === undefined) return;
    if (this.#current !== undefined || this.#waiting.length > 0) {
      await new Promise<void>((resolve) => {
        this.#idle = resolve;
      });
    }
    if (worker !== this.#worker) return;
    const closed = new Promise<void>((resolve) => {
      this.#closed = resolve;
      worker.once('exit', () => resolve());
    });
    this.#post({ kind: 'close' });
    await closed;
    this.#worker = undefined;
    await worker.terminate();
  }

  #exchange(bytes: Uint8Array, settle: Exchange['settle']): void {
    this.#waiting.push({ bytes, settle });
    this.#start();
    this.#next();
  }

  #start(): void {
    if (this.#worker !== undefined) return;
    const worker = new Worker(this.#options.workerFile, { workerData: { folder: this.#options.folder } });
    this.#worker = worker;
    this.#open = false;
    worker.on('message', (message: FromDatabase) => this.#hear(message));
    worker.on('error', (error) => this.#fail(worker, error));
    worker.on('exit', (code) => this.#fail(worker, new Error(`embedded database ended with code ${code}`)));
  }

  #hear(message: FromDatabase): void {
    if (message.kind === 'closed') return this.#closed?.();
    if (message.kind === 'open') {
      this.#open = true;
      return this.#next();
    }
    clearTimeout(this.#overdue);
    const exchange = this.#current;
    this.#current = undefined;
    if (message.kind === 'answer') exchange?.settle(undefined, message.bytes);
    else if (this.#worker) this.#fail(this.#worker, new Error(message.message), exchange);
    this.#next();
  }

  #next(): void {
    if (!this.#open || this.#current !== undefined) return;
    const exchange = this.#waiting.shift();
    if (exchange === undefined) return this.#idle?.();
    this.#current = exchange;
    const { overdueMs } = this.#options;
    this.#overdue = setTimeout(() => {
      if (this.#worker) this.#fail(this.#worker, new Error(`query ended: no answer in ${overdueMs} ms`));
    }, overdueMs);
    this.#post({ kind: 'exec', bytes: exchange.bytes });
  }

  #post(message: ToDatabase): void {
    this.#worker?.postMessage(message);
  }

  /** Every open exchange fails, the worker is ended, and the next exchange starts another on the same folder. */
  #fail(worker: Worker, error: Error, also?: Exchange): void {
    if (worker !== this.#worker) return;
    this.#worker = undefined;
    this.#open = false;
    clearTimeout(this.#overdue);
    this.#options.log(`embedded database: ${error.message}; it will be opened again`);
    const failed = [also, this.#current, ...this.#waiting];
    this.#current = undefined;
    this.#waiting = [];
    this.#idle?.();
    void worker.terminate().then(() => {
      for (const exchange of failed) exchange?.settle(error, nothing);
    });
  }
}
