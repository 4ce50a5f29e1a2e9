// Suppression by design (ISA-18.2 clause 10.4): which standing alarm explains another one, so that it need not call too.
import type { Alarm } from '../model/alarm.ts';
import type { AlarmConditionKind, AlarmRule } from '../model/alarm-rule.ts';
import { feedSubjectId } from './rules/feed-silent.ts';

/** What a feed's silence makes of its assets. A value that was heard is never explained by silence. */
const madeBySilence: ReadonlySet<AlarmConditionKind> = new Set(['silence', 'camera-offline', 'headway']);

/** As much of an alarm as says what it is about; `raisedAt` is ISO 8601. */
export type Explained = Pick<Alarm, 'ruleId' | 'subject' | 'evidence' | 'raisedAt'>;

export interface Explainers {
  /** The alarms that may explain others, by the id of their subject: see `explainersBySubject`. */
  bySubject: ReadonlyMap<string, readonly Alarm[]>;
  ruleOf(id: string): AlarmRule | undefined;
  /** By which feed an asset reports; undefined while it is not known. */
  feedOf(assetId: string): string | undefined;
}

/** Calls itself, so that two alarms can never hide each other. */
const mayExplain = ({ active, suppressedBy, outOfService }: Alarm): boolean =>
  active && suppressedBy === null && !outOfService;

/** An alarm is explained by those of its own subject and of its feeds: in a flood nobody looks at all pairs. */
export function explainersBySubject(alarms: Iterable<Alarm>): Map<string, Alarm[]> {
  const bySubject = new Map<string, Alarm[]>();
  for (const alarm of alarms) {
    if (!mayExplain(alarm)) continue;
    const held = bySubject.get(alarm.subject.id);
    if (held === undefined) bySubject.set(alarm.subject.id, [alarm]);
    else held.push(alarm);
  }
  return bySubject;
}

/** @returns the id of the alarm that explains this one; undefined where none does. */
export function explanationOf(
  explained: Explained,
  { bySubject, ruleOf, feedOf }: Explainers,
): string | undefined {
  const rule = ruleOf(explained.ruleId);
  if (rule === undefined) return undefined;
  const { subject, evidence } = explained;
  const feeds = new Set([subject.id, ...evidence.assetIds].map(feedOf).filter((feed) => feed !== undefined));
  const feedSubjects = new Set([...feeds].map(feedSubjectId));
  const candidates = [subject.id, ...feedSubjects].flatMap((id) => bySubject.get(id) ?? []);
  for (const alarm of candidates) {
    if (alarm.ruleId === rule.id && alarm.subject.id === subject.id) continue;
    const isOfItsFeed = feedSubjects.has(alarm.subject.id);
    if (rule.suppressedByRuleIds.includes(alarm.ruleId) && (isOfItsFeed || alarm.subject.id === subject.id))
      return alarm.id;
    if (
      isOfItsFeed &&
      ruleOf(alarm.ruleId)?.condition.kind === 'feed-silent' &&
      isMadeBy(alarm, explained, rule)
    )
      return alarm.id;
  }
  return undefined;
}

/** What was silent before its feed was is a fault of its own. */
function isMadeBy(silence: Alarm, { raisedAt }: Explained, rule: AlarmRule): boolean {
  const silentSinceMs = Date.parse(silence.raisedAt) - (silence.evidence.value ?? 0) * 1000;
  return madeBySilence.has(rule.condition.kind) && Date.parse(raisedAt) >= silentSinceMs;
}
