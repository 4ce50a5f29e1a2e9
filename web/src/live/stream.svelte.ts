// The stream of what happens, newest first: feed events of the server, and what this page saw change.
import type { Event } from '../../../model/live.ts';
import { ask } from './ask.ts';
import { answered, begun, failed, neverAsked } from './asked.ts';
import { clock } from './clock.svelte.ts';
import { isOffline, type Group } from './picture.ts';
import type { Crossing } from './census.svelte.ts';
import { addEntries, type Entry } from './stream-entries.ts';

/** Entries of the change log read at the start. */
const recalled = 500;
/** Entries known to have been taken, so that none is shown twice. */
const remembered = 20_000;
const retryMs = 5_000;
/** So many of one group crossing in one second are one event, not a flood that hides the others. */
const manyAtOnce = 5;

export class Stream {
  entries = $state.raw<readonly Entry[]>([]);
  /** The last entry of the change log that arrived; where to go on after a gap. */
  lastSeq: number | undefined;
  /** What goes on live while the stream of another time is shown. */
  #live: readonly Entry[] | undefined;
  #seen = new Set<number>();
  #made = 0;
  /** What the change log holds of the time before this page: until it is read, the stream says that it is not known. */
  recalled = $state.raw(neverAsked);
  #recallFrom: number | undefined;
  #retryAt = 0;
  readonly #onRecall: (events: readonly Event[]) => void;

  /** @param onRecall told of what the change log holds of the time before this page. */
  constructor(onRecall: (events: readonly Event[]) => void = () => undefined) {
    this.#onRecall = onRecall;
  }

  /** Once, at the start: reads what the change log holds of the time before this page. */
  async recall(seq: number): Promise<void> {
    this.lastSeq = Math.max(this.lastSeq ?? 0, seq);
    this.#recallFrom ??= seq;
    if (this.recalled.pendingAt === undefined && this.recalled.answeredAt === undefined) await this.#recall();
  }

  /** Called each second while the server is heard: asks again for what could not be read. */
  tick(nowMs: number): void {
    if (
      this.recalled.failedAt !== undefined &&
      this.recalled.pendingAt === undefined &&
      nowMs >= this.#retryAt
    )
      this.retry();
  }

  retry(): void {
    void this.#recall();
  }

  async #recall(): Promise<void> {
    const seq = this.#recallFrom;
    if (seq === undefined) return;
    this.recalled = begun(this.recalled, clock.read());
    const query = `since=${Math.max(0, seq - recalled)}&limit=${recalled}`;
    const answer = await ask<{ changes: Event[] }>('GET', `/api/changes?${query}`);
    this.#retryAt = clock.read() + retryMs;
    if (answer.ok) {
      this.takeEvents(answer.value.changes);
      this.#onRecall(answer.value.changes);
    }
    this.recalled = answer.ok ? answered(clock.read()) : failed(this.recalled, clock.read());
  }

  takeEvents(events: readonly Event[]): void {
    const news = events.filter(({ seq }) => !this.#seen.has(seq));
    for (const { seq } of news) {
      this.#seen.add(seq);
      this.lastSeq = Math.max(this.lastSeq ?? 0, seq);
    }
    // The oldest first: what is sent again after a gap is never so far back.
    for (const seq of this.#seen) {
      if (this.#seen.size <= remembered) break;
      this.#seen.delete(seq);
    }
    this.#add(toEntries(news));
  }

  /** Shows what had happened by another time, newest first; what happens now goes on out of sight. */
  showPast(events: readonly Event[]): void {
    this.#live ??= this.entries;
    // Each key once, the newest of it.
    const entries = addEntries([], toEntries(events.toReversed()));
    const isSame = entries.length === this.entries.length && entries[0]?.key === this.entries[0]?.key;
    if (!isSame || this.#live === this.entries) this.entries = entries;
  }

  showLive(): void {
    if (this.#live === undefined) return;
    this.entries = this.#live;
    this.#live = undefined;
  }

  takeCrossings(crossings: readonly Crossing[], nowMs: number): void {
    const entries: Entry[] = [];
    const crowds = new Map<string, Crossing[]>();
    for (const crossing of crossings) {
      if (crossing.to !== 'silent' && crossing.from !== 'silent') continue;
      const crowd = `${crossing.group} ${crossing.to === 'silent'}`;
      crowds.set(crowd, [...(crowds.get(crowd) ?? []), crossing]);
    }
    for (const crowd of crowds.values()) {
      const { group, to } = crowd[0]!;
      const way = to === 'silent' ? 'silent' : 'back';
      if (crowd.length > manyAtOnce) {
        entries.push({ key: this.#key(), at: nowMs, kind: 'assets', group, count: crowd.length, to: way });
        continue;
      }
      for (const { asset } of crowd) entries.push(this.#entryOf(asset, group, way, nowMs));
    }
    this.#add(entries);
  }

  takeLink(to: 'lost' | 'back', at: number): void {
    this.#add([{ key: this.#key(), at, kind: 'link', to }]);
  }

  takeSleep(from: number, until: number): void {
    this.#add([{ key: this.#key(), at: until, kind: 'slept', from }]);
  }

  #entryOf(asset: Crossing['asset'], group: Group, to: 'silent' | 'back', at: number): Entry {
    const { id: assetId, name, simulated, observedAt: seenAt } = asset;
    const base = { key: this.#key(), at, assetId, name, simulated, seenAt };
    if (group !== 'camera') return { ...base, kind: 'asset', group, to };
    if (to === 'back') return { ...base, kind: 'camera', to: 'online' };
    return isOffline(asset)
      ? { ...base, kind: 'camera', to: 'offline' }
      : { ...base, kind: 'asset', group, to };
  }

  #key(): string {
    return `p${this.#made++}`;
  }

  #add(entries: Entry[]): void {
    if (entries.length === 0) return;
    const held = addEntries(this.#live ?? this.entries, entries);
    if (this.#live === undefined) this.entries = held;
    else this.#live = held;
  }
}

/** Those that the stream shows; alarms have rows of their own. */
function toEntries(events: readonly Event[]): Entry[] {
  return events.flatMap((event): Entry[] => {
    if (event.noun === 'warning') return [toWarningEntry(event)];
    return event.noun === 'feed' ? [toFeedEntry(event)] : [];
  });
}

const toWarningEntry = (event: Event): Entry => ({
  key: `w${event.id}`,
  at: Date.parse(event.at),
  kind: 'warning',
  warningId: event.id,
  headline: typeof event['headline'] === 'string' ? event['headline'] : event.id,
  state: typeof event['state'] === 'string' ? event['state'] : '?',
});

function toFeedEntry(event: Event): Entry {
  const at = Date.parse(event.at);
  return {
    key: `e${event.seq}`,
    at,
    kind: 'feed',
    feedId: event.id,
    name: typeof event['name'] === 'string' ? event['name'] : undefined,
    state: typeof event['state'] === 'string' ? event['state'] : '?',
    simulated: event.id.startsWith('sim-'),
    // A return says since when the feed had been silent, if the server knows.
    silentMs: typeof event['since'] === 'string' ? at - Date.parse(event['since']) : undefined,
  };
}
