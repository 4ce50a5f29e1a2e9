// What goes in and out of an evaluator beside changes: alarms that stood before, the past, and what came about.
import type { AlarmEvidence, AlarmSubject } from '../model/alarm.ts';
import type { AlarmRule } from '../model/alarm-rule.ts';

/** What came about, at `atMs`: with delays it is the moment at which they ended, whenever that was noticed. */
export interface Outcome {
  what: 'raise' | 'return';
  rule: AlarmRule;
  subject: AlarmSubject;
  evidence: AlarmEvidence;
  atMs: number;
}

/** An alarm that stood before this evaluator began. */
export interface StoodBefore {
  ruleId: string;
  subject: AlarmSubject;
  evidence: AlarmEvidence;
  raisedAtMs: number;
}

/** Observations before now, oldest first: of each rule, of each asset. */
export type Pasts = ReadonlyMap<
  string,
  ReadonlyMap<string, readonly (readonly [atMs: number, value: number])[]>
>;
