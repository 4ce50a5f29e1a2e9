// An act on an alarm under way, and what came of it: what another person changed meanwhile is shown before it is tried again.
import { isUnanswered, type Alarm } from '../../../model/alarm.ts';
import type { Problem } from '../../../model/http.ts';
import { act, type AlarmActRequest } from './alarm-acts.ts';
import type { Alarms } from './alarms.svelte.ts';

export type ActNotice = { request: AlarmActRequest; alarm: Alarm } & (
  { kind: 'changed'; now: Alarm; again: boolean } | { kind: 'failed'; status: number; problem: Problem }
);

export class Acting {
  notice = $state.raw<ActNotice | undefined>();
  #underWay = $state.raw<ReadonlySet<string>>(new Set());
  readonly #alarms: Alarms;
  readonly #isHindered: () => boolean;

  /** @param isHindered whether this desk may not act: it looks at the past, or only watches. */
  constructor(alarms: Alarms, isHindered: () => boolean) {
    this.#alarms = alarms;
    this.#isHindered = isHindered;
  }

  /** Whether an act on this alarm is under way; others can be acted on meanwhile. */
  isBusy(alarmId: string): boolean {
    return this.#underWay.has(alarmId);
  }

  /** @returns the alarm after it; undefined when it was not done, which `notice` then explains. */
  async run(alarm: Alarm, request: AlarmActRequest): Promise<Alarm | undefined> {
    // A form that was opened live may be sent while the screen shows the past.
    if (this.isBusy(alarm.id) || this.#isHindered()) return undefined;
    this.#underWay = new Set([...this.#underWay, alarm.id]);
    const outcome = await act(this.#alarms, alarm, request);
    this.#underWay = new Set([...this.#underWay].filter((id) => id !== alarm.id));
    if (outcome.kind === 'done') {
      if (this.notice?.alarm.id === alarm.id) this.notice = undefined;
      return outcome.alarm;
    }
    if (outcome.kind === 'failed') this.notice = { ...outcome, request, alarm };
    else {
      // Somebody acknowledged it first: there is nothing left to do.
      const again = request.act !== 'acknowledge' || isUnanswered(outcome.now);
      this.notice = { kind: 'changed', request, alarm: outcome.before, now: outcome.now, again };
    }
    return undefined;
  }

  /** The same act, decided on the alarm as it was found. */
  async again(): Promise<Alarm | undefined> {
    const { notice } = this;
    if (notice === undefined) return undefined;
    return this.run(notice.kind === 'changed' ? notice.now : notice.alarm, notice.request);
  }

  dismiss(): void {
    this.notice = undefined;
  }
}
