// Alarms as a page knows them: folded from events and snapshots by version, counted, in the order to be answered. Pure.
import {
  alarmPriorities,
  isStanding,
  isUnanswered,
  type Alarm,
  type AlarmPriority,
} from '../../../model/alarm.ts';
import type { Event } from '../../../model/live.ts';

/** The body of an alarm's entry in the change log is the alarm; undefined for what is none. */
export function toAlarm(event: Event): Alarm | undefined {
  const { seq: _seq, at: _at, noun, actor: _actor, ...body } = event;
  if (noun !== 'alarm' || typeof body['ruleId'] !== 'string' || typeof body['raisedAt'] !== 'string')
    return undefined;
  return body as unknown as Alarm;
}

/** An occurrence is a row of its own in the stream. */
export const occurrenceKey = ({ id, occurrence }: Pick<Alarm, 'id' | 'occurrence'>): string =>
  `a${id}.${occurrence}`;

/**
 * What a page has heard of alarms: each alarm as it is now, and the occurrences that are over. The newer version wins,
 * in whatever order they arrive.
 */
export class AlarmBook {
  readonly #now = new Map<string, Alarm>();
  /** The last of each occurrence that is over, by its key; the one that was over first comes first. */
  readonly #over = new Map<string, Alarm>();
  /** Heard of by event since the last snapshot was asked for: it may be older than they are. */
  readonly #heardSince = new Set<string>();
  readonly #keptOver: number;

  constructor(keptOver = 2_000) {
    this.#keptOver = keptOver;
  }

  get(id: string): Alarm | undefined {
    return this.#now.get(id);
  }

  standing(): Alarm[] {
    return [...this.#now.values()].filter(isStanding);
  }

  /** Occurrences that are over, newest beginning first. */
  over(): Alarm[] {
    return [...this.#over.values()].sort(newestFirst);
  }

  /** @returns whether anything changed. */
  take(alarm: Alarm): boolean {
    this.#heardSince.add(alarm.id);
    return this.#fold(alarm);
  }

  /** Call before a snapshot is asked for. */
  expectSnapshot(): void {
    this.#heardSince.clear();
  }

  /** All that stand. What it no longer holds, and nobody spoke of meanwhile, stands no longer. */
  takeSnapshot(standing: readonly Alarm[]): void {
    const held = new Set<string>();
    for (const alarm of standing) {
      held.add(alarm.id);
      this.#fold(alarm);
    }
    for (const [id, alarm] of this.#now) {
      if (held.has(id) || this.#heardSince.has(id) || !isStanding(alarm)) continue;
      // Its end was missed: how it ended is not known, so it is not shown as if it were.
      this.#now.delete(id);
    }
  }

  #fold(alarm: Alarm): boolean {
    const before = this.#now.get(alarm.id);
    if (before !== undefined && before.version >= alarm.version) {
      if (before.version === alarm.version) return false;
      return before.occurrence > alarm.occurrence && this.#remember(alarm);
    }
    this.#now.set(alarm.id, alarm);
    if (before !== undefined && before.occurrence < alarm.occurrence) this.#remember(before);
    if (isStanding(alarm)) this.#over.delete(occurrenceKey(alarm));
    else this.#remember(alarm);
    return true;
  }

  #remember(alarm: Alarm): boolean {
    const key = occurrenceKey(alarm);
    if ((this.#over.get(key)?.version ?? 0) >= alarm.version) return false;
    this.#over.delete(key);
    this.#over.set(key, alarm);
    const oldest = this.#over.keys().next().value;
    if (this.#over.size > this.#keptOver && oldest !== undefined) this.#over.delete(oldest);
    return true;
  }
}

const raised = new WeakMap<object, number>();

/** When this occurrence began, epoch milliseconds; read once an alarm, for ten thousand are sorted by it. */
export function raisedMs(alarm: Pick<Alarm, 'raisedAt'>): number {
  let ms = raised.get(alarm);
  if (ms === undefined) raised.set(alarm, (ms = Date.parse(alarm.raisedAt)));
  return ms;
}

export const newestFirst = (a: Alarm, b: Alarm): number =>
  raisedMs(b) - raisedMs(a) || Number(b.id) - Number(a.id);

/** Those that call for somebody first, and of each the newest. */
export const inOrder = (alarms: readonly Alarm[]): Alarm[] =>
  [...alarms].sort((a, b) => Number(isUnanswered(b)) - Number(isUnanswered(a)) || newestFirst(a, b));

export interface PriorityCount {
  priority: AlarmPriority;
  unanswered: number;
  /** Active ones that are annunciated: neither shelved, suppressed nor out of service. */
  standing: number;
}

export const isAnnunciated = ({ state }: Pick<Alarm, 'state'>): boolean =>
  state === 'unacknowledged' || state === 'acknowledged' || state === 'returned';

export function countByPriority(alarms: readonly Alarm[]): PriorityCount[] {
  const counts = alarmPriorities.map((priority) => ({ priority, unanswered: 0, standing: 0 }));
  for (const alarm of alarms) {
    const count = counts[alarm.priority - 1];
    if (count === undefined || !isAnnunciated(alarm)) continue;
    count.standing++;
    if (isUnanswered(alarm)) count.unanswered++;
  }
  return counts;
}

/** Whether what somebody decided on an alarm still holds after it changed: the same occurrence, state and owner. */
export const isSameToDecideOn = (before: Alarm, after: Alarm): boolean =>
  before.occurrence === after.occurrence && before.state === after.state && before.owner === after.owner;
