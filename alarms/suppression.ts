// Suppression by design (ISA-18.2 clause 10.4): which standing alarm explains another one, so that it need not call too.
import type { Alarm } from '../model/alarm.ts';
import type { AlarmConditionKind, AlarmRule } from '../model/alarm-rule.ts';
import { feedSubjectId } from './rules/feed-silent.ts';

/** What a feed's silence makes of its assets. A value that was heard is never explained by silence. */
const madeBySilence: ReadonlySet<AlarmConditionKind> = new Set(['silence', 'camera-offline', 'headway']);

/** As much of an alarm as says what it is about; `raisedAt` is ISO 8601. */
export type Explained = Pick<Alarm, 'ruleId' | 'subject' | 'evidence' | 'raisedAt'>;

export interface Explainers {
  /** The alarms that may explain: see `mayExplain`. */
  alarms: Iterable<Alarm>;
  ruleOf(id: string): AlarmRule | undefined;
  /** By which feed an asset reports; undefined while it is not known. */
  feedOf(assetId: string): string | undefined;
}

/** Calls itself, so that two alarms can never hide each other. */
export const mayExplain = ({ active, suppressedBy, outOfService }: Alarm): boolean =>
  active && suppressedBy === null && !outOfService;

/** @returns the id of the alarm that explains this one; undefined where none does. */
export function explanationOf(
  explained: Explained,
  { alarms, ruleOf, feedOf }: Explainers,
): string | undefined {
  const rule = ruleOf(explained.ruleId);
  if (rule === undefined) return undefined;
  const { subject, evidence } = explained;
  const feeds = new Set([subject.id, ...evidence.assetIds].map(feedOf).filter((feed) => feed !== undefined));
  const feedSubjects = new Set([...feeds].map(feedSubjectId));
  for (const alarm of alarms) {
    if (!mayExplain(alarm) || (alarm.ruleId === rule.id && alarm.subject.id === subject.id)) continue;
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
