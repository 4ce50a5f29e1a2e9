// The warnings that stand: asked when an event says that one changed, and each ten seconds; what ends is gone at once.
import type { Event } from '../../../model/live.ts';
import type { WarningCollection, WarningFeature } from '../../../model/warning.ts';
import { ask } from './ask.ts';
import { answered, begun, failed, neverAsked } from './asked.ts';
import { clock } from './clock.svelte.ts';

const everyMs = 10_000;
const retryMs = 5_000;
/** Many change at once when an authority publishes: asked once for all. */
const gatherMs = 300;
const storageKey = 'simpang.warnings';

export class Warnings {
  /** As last answered; what ended since is out of `standing`. */
  #features = $state.raw<readonly WarningFeature[]>([]);
  asked = $state.raw(neverAsked);
  /** When the server last answered; undefined while it never did. */
  readonly checkedAt = $derived(this.asked.answeredAt);
  /** The last answer was none: what stands is not known since `checkedAt`. */
  readonly failed = $derived(this.asked.failedAt !== undefined);
  /** Whether the map shows them. */
  shown = $state(localStorage.getItem(storageKey) !== 'off');
  selected = $state<string | undefined>();
  /** Those that have not expired, by the clock of the page. */
  readonly standing = $derived.by(() => this.#stillStanding(clock.now));
  /** Those of another time, while one is shown. */
  #past = $state.raw<readonly WarningFeature[] | undefined>();
  #held: readonly WarningFeature[] = [];
  /** What events ended, by the seq of the event: an answer may be older than that. */
  #ended = new Map<string, number>();
  #askedAt = 0;
  #asking = false;
  #again: ReturnType<typeof setTimeout> | undefined;
  #closed = false;

  takeEvents(events: readonly Event[]): void {
    const changed = events.filter((event) => event.noun === 'warning');
    if (changed.length === 0) return;
    for (const { id, seq, state } of changed) {
      if (state === 'standing') this.#ended.delete(id);
      else this.#ended.set(id, seq);
    }
    this.#features = this.#features.filter((feature) => !this.#ended.has(feature.id));
    this.#again ??= setTimeout(() => void this.#ask(), gatherMs);
  }

  /** Called each second while the server is heard. */
  tick(nowMs: number): void {
    const sinceMs = nowMs - this.#askedAt;
    if (sinceMs >= (this.failed ? retryMs : everyMs) && this.#again === undefined) void this.#ask();
  }

  /** Asks again soon, as after a lost link. */
  forget(): void {
    this.#askedAt = 0;
  }

  /** Shows what stood at another time; undefined: what stands now. */
  showPast(features: readonly WarningFeature[] | undefined): void {
    this.#past = features;
  }

  retry(): void {
    this.#again ??= setTimeout(() => void this.#ask(), 0);
  }

  toggle(): void {
    this.shown = !this.shown;
    localStorage.setItem(storageKey, this.shown ? 'on' : 'off');
  }

  select(id: string | undefined): void {
    this.selected = id;
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#again);
  }

  async #ask(): Promise<void> {
    this.#again = undefined;
    if (this.#asking) {
      this.#again = setTimeout(() => void this.#ask(), gatherMs);
      return;
    }
    this.#asking = true;
    this.#askedAt = clock.read();
    this.asked = begun(this.asked, this.#askedAt);
    const answer = await ask<WarningCollection>('GET', '/api/warnings');
    this.#asking = false;
    if (this.#closed) return;
    if (answer.ok) this.#take(answer.value);
    this.asked = answer.ok ? answered(clock.read()) : failed(this.asked, clock.read());
  }

  #take({ features, seq }: WarningCollection): void {
    for (const [id, endedAt] of this.#ended) if (endedAt <= seq) this.#ended.delete(id);
    this.#features = features.filter((feature) => !this.#ended.has(feature.id));
  }

  /** The same list while none expires, so that the map is not told each second. */
  #stillStanding(nowMs: number): readonly WarningFeature[] {
    const standing = (this.#past ?? this.#features).filter(
      ({ properties: { expiresAt } }) => !hasExpired(expiresAt, nowMs),
    );
    const same =
      standing.length === this.#held.length && standing.every((feature, n) => feature === this.#held[n]);
    if (!same) this.#held = standing;
    return this.#held;
  }
}

const hasExpired = (expiresAt: string | null, nowMs: number): boolean =>
  expiresAt !== null && Date.parse(expiresAt) <= nowMs;
