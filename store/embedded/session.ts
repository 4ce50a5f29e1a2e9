// A socket as far as `pg` can tell, whose other end is the embedded database.
import { Duplex } from 'node:stream';

type Settle = (error: Error | undefined, answer: Uint8Array) => void;

/** A simple query (protocol message `Q`), for what must be said without a client. */
function simpleQuery(text: string): Uint8Array {
  const body = Buffer.from(`${text}\0`);
  const message = Buffer.alloc(5 + body.length);
  message.write('Q');
  message.writeInt32BE(4 + body.length, 1);
  body.copy(message, 5);
  return message;
}

/** What the one session must forget when a client goes: separate messages, for a failed one ends its batch. */
const forget = ['ROLLBACK', 'DEALLOCATE ALL', 'UNLISTEN *'].map(simpleQuery);
const terminate = 0x58;

export class EmbeddedSession extends Duplex {
  readonly #exchange: (bytes: Uint8Array, settle: Settle) => void;
  #forgotten = false;

  constructor(exchange: (bytes: Uint8Array, settle: Settle) => void) {
    super();
    this.#exchange = exchange;
  }

  connect(): this {
    process.nextTick(() => this.emit('connect'));
    return this;
  }
  setNoDelay(): this {
    return this;
  }
  setKeepAlive(): this {
    return this;
  }
  ref(): this {
    return this;
  }
  unref(): this {
    return this;
  }

  override _read(): void {}

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this._writev([{ chunk, encoding: 'buffer' as BufferEncoding }], done);
  }

  override _writev(
    chunks: { chunk: Buffer; encoding: BufferEncoding }[],
    done: (error?: Error | null) => void,
  ): void {
    const [first] = chunks;
    if (first === undefined) return done();
    if (first.chunk[0] === terminate) {
      this.#forget();
      this.push(null);
      return done();
    }
    const bytes = new Uint8Array(Buffer.concat(chunks.map((part) => part.chunk)));
    this.#exchange(bytes, (error, answer) => {
      if (error === undefined && !this.destroyed)
        this.push(Buffer.from(answer.buffer, answer.byteOffset, answer.length));
      done(error);
    });
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#forget();
    done(error);
  }

  #forget(): void {
    if (this.#forgotten) return;
    this.#forgotten = true;
    for (const message of forget) this.#exchange(message, () => undefined);
  }
}
