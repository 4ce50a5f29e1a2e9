// Keeps the worker with the embedded TimescaleDB: starts it, hands out sessions, ends it when a query is overdue.
import { Worker } from 'node:worker_threads';
import { isWhole, tagsOf } from './protocol.ts';
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

/** SQLSTATE of a connection that is no more. */
const connectionFailure = '08006';
const nothing = new Uint8Array(0);
/** How long a database that would not open is left alone: each try costs, and every query would make one. */
const holdOffMs = 2_000;

/**
 * PostgreSQL 17 with TimescaleDB 2.23 as WebAssembly: one session, nothing runs in its background. Every exchange is
 * answered whole or fails, `overdueMs` after its turn or after the opening it waits for began at the latest.
 */
export class EmbeddedDatabase {
  readonly #options: EmbeddedOptions;
  #worker: Worker | undefined;
  /** The worker before, while it ends: two on one folder would destroy it. */
  #ending: Promise<void> | undefined;
  #open = false;
  #waiting: Exchange[] = [];
  #current: Exchange | undefined;
  #overdue: NodeJS.Timeout | undefined;
  #closed: (() => void) | undefined;
  #idle: (() => void) | undefined;
  #heldOff: { error: Error; until: number } | undefined;

  constructor(options: EmbeddedOptions) {
    this.#options = options;
  }

  /** A stream that the `pg` client takes for a socket. */
  session(): EmbeddedSession {
    return new EmbeddedSession((bytes, settle) => this.#exchange(bytes, settle));
  }

  async close(): Promise<void> {
    // An ending worker may have another started after it, for those who wait.
    while (this.#ending !== undefined || this.#current !== undefined || this.#waiting.length > 0) {
      const idle = new Promise<void>((resolve) => (this.#idle = resolve));
      await (this.#ending ?? idle);
    }
    const worker = this.#worker;
    if (worker !== undefined) {
      const closed = new Promise<void>((resolve) => {
        this.#closed = resolve;
        worker.once('exit', () => resolve());
      });
      this.#post({ kind: 'close' });
      await closed;
      this.#worker = undefined;
      await worker.terminate();
    }
  }

  #exchange(bytes: Uint8Array, settle: Exchange['settle']): void {
    const heldOff = this.#heldOff;
    if (heldOff !== undefined && performance.now() < heldOff.until) {
      setImmediate(() => settle(heldOff.error, nothing));
      return;
    }
    this.#waiting.push({ bytes, settle });
    this.#start();
    this.#next();
    if (this.#overdue === undefined) this.#watch();
  }

  #start(): void {
    if (this.#worker !== undefined || this.#ending !== undefined) return;
    const worker = new Worker(this.#options.workerFile, { workerData: { folder: this.#options.folder } });
    this.#worker = worker;
    // What an ended worker still had to say belongs to exchanges that failed with it.
    worker.on('message', (message: FromDatabase) => {
      if (worker === this.#worker) this.#hear(message);
    });
    const ended = (error: Error): void => {
      if (worker === this.#worker) this.#fail(error);
    };
    worker.on('error', ended);
    worker.on('exit', (code) => ended(new Error(`embedded database ended with code ${code}`)));
  }

  #hear(message: FromDatabase): void {
    if (message.kind === 'closed') return this.#closed?.();
    if (message.kind === 'open') {
      this.#open = true;
      this.#heldOff = undefined;
      return this.#next();
    }
    if (message.kind === 'failed') return this.#fail(new Error(message.message));
    if (!isWhole(message.bytes)) return this.#fail(new Error(this.#unended(message.bytes)));
    const exchange = this.#current;
    this.#current = undefined;
    exchange?.settle(undefined, message.bytes);
    this.#next();
  }

  /** What it was an answer to, and what came of it: this must not happen, and where it does nothing else is known. */
  #unended(answer: Uint8Array): string {
    const asked = tagsOf(this.#current?.bytes ?? nothing);
    return `an answer without its end (${tagsOf(answer)}, ${answer.length} bytes, to ${asked})`;
  }

  #next(): void {
    if (!this.#open || this.#current !== undefined) return;
    this.#current = this.#waiting.shift();
    this.#watch();
    if (this.#current === undefined) this.#idle?.();
    else this.#post({ kind: 'exec', bytes: this.#current.bytes });
  }

  #watch(): void {
    clearTimeout(this.#overdue);
    this.#overdue = undefined;
    if (this.#current === undefined && this.#waiting.length === 0) return;
    const { overdueMs } = this.#options;
    const what = this.#open ? 'query ended: no answer' : 'not open';
    this.#overdue = setTimeout(() => this.#fail(new Error(`${what} in ${overdueMs} ms`)), overdueMs);
  }

  #post(message: ToDatabase): void {
    this.#worker?.postMessage(message);
  }

  /** Every open exchange fails, the worker is ended, and the next exchange starts another on the same folder. */
  #fail(cause: Error): void {
    const error = Object.assign(cause, { code: connectionFailure });
    const [worker, wasOpen] = [this.#worker, this.#open];
    this.#worker = undefined;
    this.#open = false;
    if (worker !== undefined) {
      this.#options.log(`embedded database: ${error.message}; it will be opened again`);
      if (!wasOpen) this.#heldOff = { error, until: performance.now() + holdOffMs };
      this.#ending = worker.terminate().then(() => {
        this.#ending = undefined;
        if (this.#waiting.length > 0) this.#start();
      });
    }
    const failed = [this.#current, ...this.#waiting];
    this.#current = undefined;
    this.#waiting = [];
    this.#watch();
    for (const exchange of failed) exchange?.settle(error, nothing);
    this.#idle?.();
  }
}
