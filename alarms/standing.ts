// The alarms that stand, as the store has them, and what must be done to them by themselves: pure, time is an argument.
import { isStanding, isUnanswered, type Alarm, type AlarmAct } from '../model/alarm.ts';
import type { AlarmRule } from '../model/alarm-rule.ts';
import { keyOf } from './outbox.ts';
import { explainersBySubject, explanationOf, type Explainers } from './suppression.ts';

export interface Needed {
  alarm: Alarm;
  act: AlarmAct;
  /** When it came about. */
  atMs: number;
}

interface Known {
  alarm: Alarm;
  /** Since when it calls for somebody; undefined while it does not. Epoch milliseconds. */
  callsSinceMs: number | undefined;
  /** Out of service because its rule is, and not because somebody took this one out. */
  withItsRule: boolean;
}

export class Standing {
  readonly #known = new Map<string, Known>();
  readonly #idByKey = new Map<string, string>();
  /** Of every alarm that was taken, also of those that stand no more: what comes late must not bring one back. */
  readonly #versions = new Map<string, number>();

  get size(): number {
    return this.#known.size;
  }

  get alarms(): Alarm[] {
    return [...this.#known.values()].map(({ alarm }) => alarm);
  }

  of(ruleId: string, subjectId: string): Alarm | undefined {
    return this.#known.get(this.#idByKey.get(keyOf(ruleId, subjectId)) ?? '')?.alarm;
  }

  clear(): void {
    this.#known.clear();
    this.#idByKey.clear();
    this.#versions.clear();
  }

  /** Older versions than the one that is known are left out. `by` is who made this version. */
  take(alarm: Alarm, by: string): void {
    const before = this.#known.get(alarm.id);
    if ((this.#versions.get(alarm.id) ?? 0) >= alarm.version) return;
    this.#versions.set(alarm.id, alarm.version);
    if (!isStanding(alarm)) {
      this.#known.delete(alarm.id);
      return;
    }
    const calledBefore = before?.alarm.occurrence === alarm.occurrence ? before.callsSinceMs : undefined;
    const calls = isUnanswered(alarm) ? (calledBefore ?? Date.parse(alarm.changedAt)) : undefined;
    const wasOut = before?.alarm.outOfService ?? false;
    const withItsRule = alarm.outOfService && (wasOut ? before!.withItsRule : by === alarmsActor);
    this.#known.set(alarm.id, { alarm, callsSinceMs: calls, withItsRule });
    this.#idByKey.set(keyOf(alarm.ruleId, alarm.subject.id), alarm.id);
  }

  /** What time, rules and other alarms bring about by now. One act an alarm: the next follows from what it makes. */
  needed(
    rules: ReadonlyMap<string, AlarmRule>,
    feedOf: Explainers['feedOf'],
    escalateAfterMs: number,
    nowMs: number,
  ) {
    const explainers: Explainers = {
      bySubject: explainersBySubject(this.alarms),
      ruleOf: (id) => rules.get(id),
      feedOf,
    };
    return [...this.#known.values()]
      .map((known) =>
        this.#neededOf(known, rules.get(known.alarm.ruleId), explainers, escalateAfterMs, nowMs),
      )
      .filter((needed) => needed !== undefined);
  }

  #neededOf(
    { alarm, callsSinceMs, withItsRule }: Known,
    rule: AlarmRule | undefined,
    explainers: Explainers,
    escalateAfterMs: number,
    nowMs: number,
  ): Needed | undefined {
    const need = (act: AlarmAct, atMs = nowMs): Needed => ({ alarm, act, atMs });
    const isGone = rule === undefined || rule.state === 'draft' || rule.state === 'retired';
    if (isGone && alarm.active) return need({ act: 'return' });
    if (rule?.state === 'out-of-service' && !alarm.outOfService) return need({ act: 'take-out-of-service' });
    if (rule?.state !== 'out-of-service' && withItsRule) return need({ act: 'return-to-service' });
    if (alarm.shelvedUntil !== null && Date.parse(alarm.shelvedUntil) <= nowMs)
      return need({ act: 'unshelve' }, Date.parse(alarm.shelvedUntil));
    const suppression = this.#suppressionOf(alarm, explainers);
    if (suppression !== undefined) return need(suppression);
    const dueMs = (callsSinceMs ?? Number.POSITIVE_INFINITY) + escalateAfterMs;
    if (alarm.escalatedAt === null && dueMs <= nowMs) return need({ act: 'escalate' });
    return undefined;
  }

  #suppressionOf(alarm: Alarm, explainers: Explainers): AlarmAct | undefined {
    if (alarm.suppressedBy !== null) {
      const explainer = this.#known.get(alarm.suppressedBy)?.alarm;
      if (explainer?.active && !explainer.outOfService) return undefined;
      const other = alarm.active ? explanationOf(alarm, explainers) : undefined;
      return other === undefined ? { act: 'unsuppress' } : { act: 'suppress', by: other };
    }
    const by = alarm.active ? explanationOf(alarm, explainers) : undefined;
    return by === undefined ? undefined : { act: 'suppress', by };
  }
}

/** As the change log names this room. */
export const alarmsActor = 'alarms';
