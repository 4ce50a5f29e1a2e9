// The alarms on this screen: every event as it comes, all that stand asked for after each gap; a failure is never an empty list.
import type { Alarm } from '../../../model/alarm.ts';
import type { Alarms as AlarmsAnswer, Evaluated } from '../../../model/alarm-http.ts';
import type { Event } from '../../../model/live.ts';
import { AlarmBook, toAlarm } from './alarm-list.ts';
import { ask } from './ask.ts';
import { patienceMs } from './asked.ts';
import { clock } from './clock.svelte.ts';

const everyMs = 5_000;
const retryMs = 2_000;

export class Alarms {
  /** Those that stand now, whatever the screen shows. */
  live = $state.raw<readonly Alarm[]>([]);
  /** Those that the screen shows: the live ones, or those of a moment in the past. */
  readonly standing = $derived.by(() => this.#shown ?? this.live);
  /** Occurrences that are over, newest first; none while a moment in the past is shown. */
  readonly over = $derived.by(() => (this.#shown === undefined ? this.#over : []));
  /** When the server last answered; undefined while it never did. */
  checkedAt = $state<number | undefined>();
  /** Since when it is not known what stands; undefined while it is. */
  failedSince = $state<number | undefined>();
  evaluated = $state.raw<Evaluated | undefined>();
  #over = $state.raw<readonly Alarm[]>([]);
  #shown = $state.raw<readonly Alarm[] | undefined>();
  #book = new AlarmBook();
  #askedAt = 0;
  #asking = false;
  #again = false;
  #closed = false;

  /**
   * An alarm as the screen shows it, whether it stands or not; undefined when this page never heard of it, and in the past
   * when it did not stand then.
   */
  find(id: string): Alarm | undefined {
    const standing = this.standing.find((alarm) => alarm.id === id);
    return standing ?? (this.#shown === undefined ? this.#book.get(id) : undefined);
  }

  /** Shows the alarms of a moment in the past, or the live ones again. Sounds follow the live ones always. */
  show(alarms: readonly Alarm[] | 'live'): void {
    this.#shown = alarms === 'live' ? undefined : alarms;
  }

  takeEvents(events: readonly Event[]): void {
    this.take(events.flatMap((event) => toAlarm(event) ?? []));
  }

  /** Alarms as an act or a question answered them. */
  take(alarms: readonly Alarm[]): void {
    let changed = false;
    for (const alarm of alarms) changed = this.#book.take(alarm) || changed;
    if (changed) this.#publish();
  }

  /** Called each second while the server is heard. */
  tick(nowMs: number): void {
    if (nowMs - this.#askedAt >= (this.failedSince === undefined ? everyMs : retryMs)) void this.#ask();
  }

  /** Asks again at once: what happened in a gap may have been missed. */
  refresh(): void {
    void this.#ask();
  }

  close(): void {
    this.#closed = true;
  }

  async #ask(): Promise<void> {
    if (this.#asking) {
      this.#again = true;
      return;
    }
    this.#asking = true;
    this.#askedAt = clock.read();
    this.#book.expectSnapshot();
    const answer = await ask<AlarmsAnswer>('GET', '/api/alarms', { withinMs: patienceMs });
    this.#asking = false;
    if (this.#closed) return;
    if (answer.ok) this.#takeAnswer(answer.value);
    else this.failedSince ??= this.checkedAt ?? this.#askedAt;
    if (!this.#again) return;
    this.#again = false;
    void this.#ask();
  }

  #takeAnswer({ alarms, evaluated }: AlarmsAnswer): void {
    this.#book.takeSnapshot(alarms);
    this.evaluated = evaluated;
    this.checkedAt = clock.read();
    this.failedSince = undefined;
    this.#publish();
  }

  /** New lists only when they differ, so that nothing is drawn again for an answer that says the same. */
  #publish(): void {
    const standing = this.#book.standing();
    if (!isSameList(standing, this.live)) this.live = standing;
    const over = this.#book.over();
    if (!isSameList(over, this.#over)) this.#over = over;
  }
}

const isSameList = (a: readonly Alarm[], b: readonly Alarm[]): boolean =>
  a.length === b.length && a.every((alarm, n) => alarm === b[n]);
