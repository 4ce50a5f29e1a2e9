// A TCP proxy that can fall silent without closing anything: a half-open connection, as after a cut cable.
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

interface Pair {
  near: Socket;
  far: Socket;
  /** What the near side said first, by which a connection is told from others. */
  opening: Buffer;
  silent: boolean;
}

type Which = (opening: Buffer) => boolean;

export class TcpProxy {
  readonly #to: number;
  readonly #server: Server;
  readonly #pairs = new Set<Pair>();
  #silences: Which | undefined;
  #refuses = false;

  private constructor(to: number) {
    this.#to = to;
    this.#server = createServer({ pauseOnConnect: true }, (near) => this.#accept(near));
  }

  /** @param to port on 127.0.0.1. */
  static async listen(to: number): Promise<TcpProxy> {
    const proxy = new TcpProxy(to);
    proxy.#server.listen(0, '127.0.0.1');
    await once(proxy.#server, 'listening');
    return proxy;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** From now on nothing passes, in neither direction, and nobody is told; new connections of the kind hang too. */
  swallow(which: Which = () => true): void {
    this.#silences = which;
    for (const pair of this.#pairs) if (which(pair.opening)) hush(pair);
  }

  /** The cable is whole again: what was under way arrives after all, as TCP repeats it. */
  letGo(): void {
    this.#silences = undefined;
    for (const pair of this.#pairs) {
      if (!pair.silent) continue;
      pair.silent = false;
      join(pair);
    }
  }

  /** New connections pass; those that were swallowed stay dead, as when a firewall forgot them. */
  forget(): void {
    this.#silences = undefined;
  }

  /** Closes all there is and turns away what comes, until `admit`. */
  refuse(): void {
    this.#refuses = true;
    for (const { near, far } of this.#pairs) {
      near.destroy();
      far.destroy();
    }
  }

  admit(): void {
    this.#refuses = false;
  }

  async close(): Promise<void> {
    this.refuse();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #accept(near: Socket): void {
    near.on('error', () => undefined);
    if (this.#refuses) return void near.destroy();
    const far = connect(this.#to, '127.0.0.1');
    const pair: Pair = { near, far, opening: Buffer.alloc(0), silent: false };
    this.#pairs.add(pair);
    far.on('error', () => undefined);
    for (const [side, other] of [
      [near, far],
      [far, near],
    ] as const) {
      side.setNoDelay(true);
      side.on('close', () => {
        if (pair.silent) return;
        this.#pairs.delete(pair);
        other.destroy();
      });
    }
    near.once('data', (bytes: Buffer) => {
      pair.opening = bytes;
      near.pause();
      far.write(bytes);
      if (this.#silences?.(bytes)) hush(pair);
      else join(pair);
    });
    near.resume();
  }
}

function hush(pair: Pair): void {
  pair.silent = true;
  for (const side of [pair.near, pair.far]) {
    side.unpipe();
    side.pause();
  }
}

function join({ near, far }: Pair): void {
  if (near.destroyed || far.destroyed) {
    near.destroy();
    far.destroy();
    return;
  }
  near.pipe(far);
  far.pipe(near);
}
