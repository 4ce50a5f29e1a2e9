// What the HTTP routes of alarm rules and their dry runs take and give.
import Type, { type Static } from 'typebox';
import {
  AlarmRule,
  alarmRuleIdPattern,
  alarmRuleStates,
  AlarmRuleText,
  type AlarmConditionKind,
} from './alarm-rule.ts';

const Time = Type.String({ format: 'date-time' });
const closed = { additionalProperties: false } as const;
const version = Type.Integer({ minimum: 1, description: 'as the rule was seen; a stale one answers 409' });

/** A rule as the list shows it, with how it went lately. */
export const ListedRule = Type.Object({
  ...AlarmRule.properties,
  raisedLastWeek: Type.Integer({ minimum: 0, description: 'how often in the last seven days' }),
  standing: Type.Integer({ minimum: 0, description: 'alarms of it that are not normal now' }),
});
export type ListedRule = Static<typeof ListedRule>;

export const NewRule = Type.Object(
  {
    id: Type.Optional(
      Type.String({ pattern: alarmRuleIdPattern, description: 'made from the English name unless given' }),
    ),
    rule: AlarmRuleText,
  },
  closed,
);
export type NewRule = Static<typeof NewRule>;

export const RuleChange = Type.Object({ rule: AlarmRuleText, version }, closed);
export type RuleChange = Static<typeof RuleChange>;

export const RuleStateChange = Type.Object(
  {
    state: Type.Enum(alarmRuleStates),
    version,
    reason: Type.Optional(
      Type.String({
        maxLength: 500,
        description: 'kept in the change log; a rule is not retired without one',
      }),
    ),
  },
  closed,
);

/** Longest past that a rule is tried on; the default is a week. */
export const trialDays = { default: 7, max: 31 } as const;

export const TrialRequest = Type.Object(
  {
    rule: AlarmRuleText,
    ruleId: Type.Optional(Type.String({ pattern: alarmRuleIdPattern })),
    from: Type.Optional(Time),
    to: Type.Optional(Time),
  },
  closed,
);
export type TrialRequest = Static<typeof TrialRequest>;

/** One time that the rule would have raised an alarm. */
export const TrialOccurrence = Type.Object({
  subject: Type.Object({ id: Type.String(), name: Type.String() }),
  from: Time,
  to: Type.Union([Time, Type.Null()], { description: 'null: it still stood at the end' }),
  value: Type.Union([Type.Number(), Type.Null()]),
});
export type TrialOccurrence = Static<typeof TrialOccurrence>;

export const keptTrialOccurrences = 500;

export const TrialResult = Type.Object({
  rows: Type.Integer({ minimum: 0, description: 'observations that were read' }),
  subjects: Type.Integer({ minimum: 0, description: 'that were looked at' }),
  raised: Type.Integer({ minimum: 0, description: 'all, also those beyond the kept occurrences' }),
  perHour: Type.Number({ minimum: 0 }),
  worstHour: Type.Union([Type.Object({ at: Time, count: Type.Integer() }), Type.Null()]),
  /** Alarms of each hour that had any. */
  hours: Type.Array(Type.Tuple([Time, Type.Integer()])),
  standingSeconds: Type.Number({ description: 'of all occurrences together' }),
  longestSeconds: Type.Number(),
  chattering: Type.Integer({ description: 'subjects that raised three times or more within a minute' }),
  /** Of the operators' acceptable load (ISA-18.2 clause 16.5: 6 alarms an hour a position), in per cent. */
  loadPct: Type.Number(),
  occurrences: Type.Array(TrialOccurrence, { description: `the first ${keptTrialOccurrences}` }),
  /** Values stand for so many seconds: what is thinner than they came says less. */
  resolutionSeconds: Type.Number(),
});
export type TrialResult = Static<typeof TrialResult>;

export const trialStates = ['waiting', 'running', 'done', 'failed', 'cancelled'] as const;

export const RuleTrial = Type.Object({
  no: Type.Integer({ minimum: 1 }),
  rule: AlarmRuleText,
  ruleId: Type.Union([Type.String(), Type.Null()]),
  from: Time,
  to: Time,
  state: Type.Enum(trialStates),
  progress: Type.Number({ minimum: 0, maximum: 1 }),
  result: Type.Union([TrialResult, Type.Null()]),
  fault: Type.Union([Type.String(), Type.Null()]),
  createdAt: Time,
});
export type RuleTrial = Static<typeof RuleTrial>;

/** The condition's schema of a kind: what is wrong with a rule is judged by what it says it is. */
export const conditionSchemaOf = (kind: AlarmConditionKind) =>
  AlarmRuleText.properties.condition.anyOf.find((schema) => schema.properties.kind.const === kind)!;

export const conditionKinds: readonly AlarmConditionKind[] = AlarmRuleText.properties.condition.anyOf.map(
  (schema) => schema.properties.kind.const,
);
