// The cameras of one Frigate and how they are, over restarts too: so that its end is the end of each of them.
import type { CameraObservation } from '../../../model/observation.ts';
import { isObject, type Memory } from '../adapter.ts';

type State = CameraObservation['state'];

/** As sent last; `null` where a camera was seen at work and no state was told yet. */
type Held = [state: State | null, observedAt: number];

const maxCameras = 1_000;
/** How often the same state is sent again: often enough to stay fresh. */
const repeatAfterMs = 60_000;

export class CameraStates {
  readonly #memory: Memory;
  readonly #key: string;
  /** As read last: the memory is asked with every event. */
  #read: { value: Buffer | undefined; held: Map<string, Held> } = { value: undefined, held: new Map() };

  constructor(memory: Memory, prefix: string) {
    this.#memory = memory;
    this.#key = `cameras ${prefix}`;
  }

  /** A camera that saw something belongs to this Frigate. */
  heard(sourceId: string, atMs: number): void {
    const held = this.#load();
    if (held.has(sourceId) || held.size >= maxCameras) return;
    held.set(sourceId, [null, atMs]);
    this.#save(held, atMs);
  }

  /** Every camera that was heard of is in this state. */
  all(state: State, atMs: number): CameraObservation[] {
    return this.some(
      [...this.#load().keys()].map((sourceId) => [sourceId, state]),
      atMs,
    );
  }

  /**
   * What is new, and each minute what is not. Where nothing is, one camera as it was sent last: a repetition, which is
   * counted as one.
   * @param states by source id, as told at `atMs` (epoch milliseconds).
   */
  some(states: [sourceId: string, state: State][], atMs: number): CameraObservation[] {
    const held = this.#load();
    const due: CameraObservation[] = [];
    let last: CameraObservation | undefined;
    for (const [sourceId, state] of states) {
      const before = held.get(sourceId);
      if (before?.[0] === state && atMs < before[1] + repeatAfterMs) {
        last = { kind: 'camera', sourceId, observedAt: before[1], state };
        continue;
      }
      due.push({ kind: 'camera', sourceId, observedAt: atMs, state });
      const isLate = before !== undefined && before[0] !== null && atMs < before[1];
      if (!isLate && (before !== undefined || held.size < maxCameras)) held.set(sourceId, [state, atMs]);
    }
    if (due.length > 0) this.#save(held, atMs);
    return due.length > 0 || last === undefined ? due : [last];
  }

  #load(): Map<string, Held> {
    const value = this.#memory.get(this.#key)?.value;
    if (value !== this.#read.value) {
      const held: unknown = value === undefined ? {} : JSON.parse(value.toString('utf8'));
      this.#read = { value, held: new Map(isObject(held) ? (Object.entries(held) as [string, Held][]) : []) };
    }
    return this.#read.held;
  }

  #save(held: Map<string, Held>, atMs: number): void {
    const value = Buffer.from(JSON.stringify(Object.fromEntries(held)));
    // What Frigate gathered may be older than what was heard of it since; both belong together.
    this.#memory.set(this.#key, Math.max(atMs, this.#memory.get(this.#key)?.at ?? atMs), value);
    this.#read = { value, held };
  }
}
