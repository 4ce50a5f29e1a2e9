// What an alarm says in words: its row of the stream, its measured value, who did what, what changed. Pure.
import type { Alarm, AlarmEvidence } from '../../../model/alarm.ts';
import { metrics } from '../../../model/metrics.ts';
import type { AlarmTransition, Person } from '../../../model/alarm-http.ts';
import type { AlarmWords } from '../words/alarm-id.ts';
import type { Words } from '../words/id.ts';
import { ageWords, numberWords } from '../words/say.ts';

export interface Speech {
  code: 'id' | 'en';
  words: Words;
  alarms: AlarmWords;
  /** The clock of the city, with the day where it is another. */
  moment: (ms: number) => string;
  /** Who an actor of the change log is. */
  personOf: (actor: string | null) => Person | undefined;
}

/** The most digits that any metric of a unit is said with. */
const digitsOfUnit = new Map<string, number>();
for (const { unit, digits } of Object.values(metrics))
  digitsOfUnit.set(unit, Math.max(digits, digitsOfUnit.get(unit) ?? 0));

/** A measured value as people read it: seconds as an age, speeds in km/h, the rest with the digits of its unit. */
export function sayMeasure(value: number | null, unit: string, { words }: Pick<Speech, 'words'>): string {
  if (value === null) return '—';
  if (unit === 's') return ageWords(value * 1000, words);
  if (unit === 'm/s') return `${numberWords(value * 3.6, words.locale)} ${words.kmh}`;
  const digits = Number.isInteger(value) ? 0 : (digitsOfUnit.get(unit) ?? 1);
  return `${numberWords(value, words.locale, digits)} ${words.unit(unit)}`.trim();
}

/** `1,84 m · ambang 2,00 m`; empty when nothing was measured. */
export function sayEvidence({ value, limit, unit }: AlarmEvidence, speech: Speech): string {
  const parts: string[] = [];
  if (value !== null) parts.push(sayMeasure(value, unit, speech));
  if (limit !== null) parts.push(speech.alarms.limit(sayMeasure(limit, unit, speech)));
  return parts.join(' · ');
}

export function sayActor(
  actor: string | null,
  { alarms, personOf }: Pick<Speech, 'alarms' | 'personOf'>,
): string {
  if (actor === null) return alarms.nobody;
  const person = personOf(actor);
  if (person) return person.displayName;
  return actor.startsWith('user:') ? alarms.person(actor.slice('user:'.length)) : alarms.room;
}

/** Two letters for the edge of a row. */
export const initialsOf = (name: string): string =>
  name
    .split(/[\s.]+/)
    .filter(Boolean)
    .slice(0, 2)
    .map((word) => [...word][0]!.toUpperCase())
    .join('');

export interface SaidAlarm {
  head: string;
  under: string;
}

/** A row: what, then of what, how much and what came of it. */
export function sayAlarm(alarm: Alarm, speech: Speech): SaidAlarm {
  const { alarms } = speech;
  const head = alarm.name[speech.code];
  const subject = head.includes(alarm.subject.name) ? '' : alarm.subject.name;
  const parts: string[] = [subject, sayEvidence(alarm.evidence, speech), sayState(alarm, speech)];
  if (alarm.occurrence > 1) parts.push(alarms.times(numberWords(alarm.occurrence, speech.words.locale)));
  return { head, under: parts.filter((part) => part !== '').join(' · ') };
}

/** What came of it, where its mark alone would leave that open. */
function sayState(alarm: Alarm, speech: Speech): string {
  const { alarms, moment } = speech;
  const at = (iso: string): string => moment(Date.parse(iso));
  switch (alarm.state) {
    case 'shelved':
      return alarms.shelvedUntil(at(alarm.shelvedUntil!));
    case 'returned':
      return alarm.returnedAt === null ? alarms.states.returned : alarms.returnedAt(at(alarm.returnedAt));
    case 'normal':
      return alarm.returnedAt === null ? alarms.over : alarms.overAt(at(alarm.returnedAt));
    case 'suppressed':
    case 'out-of-service':
      return alarms.states[alarm.state];
    case 'acknowledged':
    case 'unacknowledged':
      return '';
  }
}

/** What another person, or the alarms room, did between two versions of an alarm. */
export function sayChanges(before: Alarm, now: Alarm, speech: Speech): string[] {
  const { alarms, moment, words } = speech;
  const said: string[] = [];
  if (now.occurrence !== before.occurrence)
    said.push(alarms.changes.occurrence(numberWords(now.occurrence, words.locale)));
  if (now.state !== before.state)
    said.push(alarms.changes.state(alarms.states[before.state], alarms.states[now.state]));
  if (now.acknowledgedAt !== null && now.acknowledgedAt !== before.acknowledgedAt) {
    const time = moment(Date.parse(now.acknowledgedAt));
    said.push(alarms.changes.by(sayActor(now.acknowledgedBy, speech), time));
  }
  if (now.owner !== before.owner) said.push(alarms.changes.owner(sayActor(now.owner, speech)));
  const steps = now.steps.length - before.steps.length;
  if (steps > 0) said.push(alarms.changes.steps(numberWords(steps, words.locale)));
  return said;
}

/** What happened to an alarm, with whom, which step and why. */
export function sayTransition({ act, owner, step, reason }: AlarmTransition, speech: Speech): string {
  const { alarms } = speech;
  const said = alarms.acts[act] ?? act;
  if (owner !== undefined) return `${said}: ${sayActor(owner, speech)}`;
  if (step)
    return `${alarms.stepOf(String(step.step + 1), step.outcome)}${step.note ? `: ${step.note}` : ''}`;
  return reason === undefined ? said : `${said}: ${reason}`;
}

/** Lower case of all that a text filter looks at, in both languages. */
export const searchedText = ({ name, subject, ruleId }: Alarm): string =>
  `${name.id} ${name.en} ${subject.name} ${subject.id} ${ruleId}`.toLowerCase();

const minuteMs = 60_000;

/**
 * When the running shift ends; undefined for a city that has none.
 * @param ends times of day by the city's clock, `22:00`.
 */
export function endOfShift(ends: readonly string[], nowMs: number, minuteOfDay: number): number | undefined {
  const next = ends.map((time) => nextTimeOfDay(time, nowMs, minuteOfDay)).filter((end) => end !== undefined);
  return next.length === 0 ? undefined : Math.min(...next);
}

/** The next moment at which the city's clock says `21:30`; undefined when that is no time of day. */
export function nextTimeOfDay(text: string, nowMs: number, minuteOfDay: number): number | undefined {
  const match = /^([01]?\d|2[0-3])[:.]([0-5]\d)$/.exec(text.trim());
  if (match === null) return undefined;
  const minute = Number(match[1]) * 60 + Number(match[2]);
  const ahead = (minute - minuteOfDay + 24 * 60) % (24 * 60) || 24 * 60;
  return nowMs - (nowMs % minuteMs) + ahead * minuteMs;
}
