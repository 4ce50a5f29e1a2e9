// One Sparkplug edge node and its devices: who is alive, which message is missing, and when to ask for a rebirth.
import type { Memory } from './adapter.ts';
import { bdSeqOf, Births, DevicesOf, type Birth, type BirthMessage } from './sparkplug-births.ts';
import type { SparkplugPayload } from './sparkplug-payload.ts';

export const rebirthEveryMs = 10_000;
const seqs = 256;

/** How a message's `seq` follows the last one's. */
export type Step = 'next' | 'first' | 'repeated' | { missing: number };

export class Edge {
  readonly #memory: Memory;
  readonly #path: string;
  readonly #node: Births;
  readonly #devices = new Map<string, Births>();
  readonly #known: DevicesOf;
  readonly #deaths = new Map<string | undefined, number>();
  #lastSeq: number | undefined;
  #lastMoment = 0;
  #newestAt = 0;
  #rebirthAskedAt = Number.NEGATIVE_INFINITY;

  constructor(path: string, memory: Memory) {
    this.#path = path;
    this.#memory = memory;
    this.#node = new Births(path, memory);
    this.#known = new DevicesOf(path, memory);
  }

  get devices(): ReadonlySet<string> {
    return this.#known.ids;
  }

  /** The time of arrival (epoch milliseconds), with a fraction that keeps the order within a millisecond. */
  moment(receivedAt: number): number {
    this.#lastMoment = Math.floor(this.#lastMoment) === receivedAt ? this.#lastMoment + 1 / 1024 : receivedAt;
    return this.#lastMoment;
  }

  birth(device: string | undefined, message: BirthMessage, at: number): Birth {
    if (device !== undefined) {
      this.#known.add(device, at);
      return this.#births(device).add(message, at);
    }
    if (at >= this.#newestAt) {
      this.#newestAt = at;
      this.#lastSeq = message.payload.seq;
    }
    return this.#node.add(message, at);
  }

  /** Undefined where no birth is known, or a death came after it. */
  bornOf(device: string | undefined, at: number): Birth | undefined {
    const birth = (device === undefined ? this.#node : this.#births(device)).of(at);
    if (birth === undefined || this.#diedBetween(undefined, birth.at, at)) return undefined;
    return device !== undefined && this.#diedBetween(device, birth.at, at) ? undefined : birth;
  }

  /** False where the `bdSeq` is that of another session than the one that runs: a will that came too late. */
  die(device: string | undefined, payload: SparkplugPayload, at: number): boolean {
    if (device === undefined) {
      const died = bdSeqOf(payload);
      const born = this.#node.of(at)?.bdSeq;
      if (died !== undefined && born !== undefined && died !== born) return false;
      if (at >= this.#newestAt) this.#lastSeq = undefined;
    }
    this.#deaths.set(device, Math.max(at, this.#deaths.get(device) ?? 0));
    return true;
  }

  /** Compares with the last message and remembers this one. Messages read again after newer ones are not compared. */
  step(seq: number, at: number): Step {
    if (at < this.#newestAt) return 'next';
    this.#newestAt = at;
    const last = this.#lastSeq;
    this.#lastSeq = seq;
    if (last === undefined) return 'first';
    const ahead = (seq - last + seqs) % seqs;
    if (ahead === 1) return 'next';
    return ahead === 0 ? 'repeated' : { missing: ahead - 1 };
  }

  /** True once in ten seconds (`atMs`, epoch milliseconds). */
  mayAskForRebirth(atMs: number): boolean {
    if (atMs - this.#rebirthAskedAt < rebirthEveryMs) return false;
    this.#rebirthAskedAt = atMs;
    return true;
  }

  #births(device: string): Births {
    let births = this.#devices.get(device);
    if (births === undefined) {
      this.#devices.set(device, (births = new Births(`${this.#path}/${device}`, this.#memory)));
    }
    return births;
  }

  #diedBetween(device: string | undefined, bornAt: number, at: number): boolean {
    const diedAt = this.#deaths.get(device);
    return diedAt !== undefined && diedAt > bornAt && diedAt <= at;
  }
}
