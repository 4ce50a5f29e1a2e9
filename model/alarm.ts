// Alarms after ISA-18.2 / IEC 62682: what one is, the state it is in, and what each act makes of it.
import Type, { type Static } from 'typebox';
import { Words } from './words.ts';

/** From the gravest. */
export const alarmPriorities = [1, 2, 3, 4] as const;
export type AlarmPriority = (typeof alarmPriorities)[number];

/** ISA-18.2 clause 5.3, figure "alarm state transition diagram". */
export const alarmStates = [
  'normal',
  'unacknowledged',
  'acknowledged',
  /** The condition is gone, nobody has acknowledged that it was there. */
  'returned',
  'shelved',
  'suppressed',
  'out-of-service',
] as const;
export type AlarmState = (typeof alarmStates)[number];

const Time = Type.String({ format: 'date-time' });
const Actor = Type.String({
  maxLength: 80,
  description: '`user:3`, or the room that acted by itself: `alarms`',
});
const orNull = <T extends Type.TSchema>(schema: T) => Type.Union([schema, Type.Null()]);

export const maxAlarmText = { comment: 1000, reason: 300, note: 300 } as const;
/** Shelving always ends. */
export const shelveMinutes = { min: 1, max: 12 * 60 } as const;
/** An alarm that nobody has acknowledged goes to the supervisor. */
export const escalateAfterSeconds = 60;

/** What the alarm is about: an asset, a feed (`feed:hfp`), a line (`route:03`) or a place in the city. */
export const AlarmSubject = Type.Object({
  id: Type.String({ maxLength: 160 }),
  name: Type.String({ maxLength: 200 }),
  lat: orNull(Type.Number()),
  lon: orNull(Type.Number()),
  simulated: Type.Boolean(),
});
export type AlarmSubject = Static<typeof AlarmSubject>;

/** What was measured against what; `unit` is the registry's, SI where there is none. */
export const AlarmEvidence = Type.Object({
  value: orNull(Type.Number()),
  limit: orNull(Type.Number()),
  unit: Type.String({ maxLength: 16 }),
  /** The assets that agree or bunch, the newest fix that was off, and the like. */
  assetIds: Type.Array(Type.String({ maxLength: 128 }), { maxItems: 20 }),
});
export type AlarmEvidence = Static<typeof AlarmEvidence>;

/** A step of the procedure that somebody did, or left out and said why. */
export const AlarmStep = Type.Object({
  step: Type.Integer({ minimum: 0 }),
  outcome: Type.Union([Type.Literal('done'), Type.Literal('skipped')]),
  at: Time,
  by: Actor,
  note: Type.String({ maxLength: maxAlarmText.note }),
});
export type AlarmStep = Static<typeof AlarmStep>;

/** One alarm: a rule over a subject. It is the body of its entries in the change log, so it bears no personal data. */
export const Alarm = Type.Object({
  id: Type.String({ description: 'stays the same over all its occurrences' }),
  ruleId: Type.String(),
  name: Words,
  priority: Type.Enum(alarmPriorities),
  subject: AlarmSubject,
  state: Type.Enum(alarmStates),
  /** Whether the condition holds, whatever people did about it. */
  active: Type.Boolean(),
  acknowledged: Type.Boolean(),
  /** How often the condition has come up since the rule was made. */
  occurrence: Type.Integer({ minimum: 1 }),
  raisedAt: Time,
  returnedAt: orNull(Time),
  acknowledgedAt: orNull(Time),
  acknowledgedBy: orNull(Actor),
  owner: orNull(Actor),
  escalatedAt: orNull(Time),
  shelvedUntil: orNull(Time),
  shelvedReason: orNull(Type.String({ maxLength: maxAlarmText.reason })),
  shelvedBy: orNull(Actor),
  /** What suppresses it by design: the id of the alarm that explains it. */
  suppressedBy: orNull(Type.String()),
  outOfService: Type.Boolean(),
  evidence: AlarmEvidence,
  steps: Type.Array(AlarmStep, { maxItems: 50 }),
  comments: Type.Integer({ minimum: 0 }),
  version: Type.Integer({ minimum: 1 }),
  changedAt: Time,
});
export type Alarm = Static<typeof Alarm>;

export const AlarmComment = Type.Object({
  at: Time,
  by: Actor,
  occurrence: Type.Integer(),
  text: Type.String({ maxLength: maxAlarmText.comment }),
});
export type AlarmComment = Static<typeof AlarmComment>;

/** The facts that the state follows from. */
export type AlarmFacts = Pick<
  Alarm,
  'active' | 'acknowledged' | 'shelvedUntil' | 'suppressedBy' | 'outOfService'
>;

/** The state is derived, so that no act can leave it at odds with the facts. Shelving holds until somebody ends it. */
export function stateOf(alarm: AlarmFacts): AlarmState {
  if (alarm.outOfService) return 'out-of-service';
  if (alarm.suppressedBy !== null) return 'suppressed';
  if (alarm.shelvedUntil !== null) return 'shelved';
  if (alarm.active) return alarm.acknowledged ? 'acknowledged' : 'unacknowledged';
  return alarm.acknowledged ? 'normal' : 'returned';
}

/** Calls for somebody: annunciated, and nobody has acknowledged it. */
export const isUnanswered = ({ state }: Pick<Alarm, 'state'>): boolean =>
  state === 'unacknowledged' || state === 'returned';

/** Stands on the operators' screens: whatever is not normal. */
export const isStanding = ({ state }: Pick<Alarm, 'state'>): boolean => state !== 'normal';

/** What the alarms room sees happen, and what people do. `at` is ISO 8601. */
export type AlarmAct =
  | {
      act: 'raise';
      evidence: AlarmEvidence;
      subject: AlarmSubject;
      priority: AlarmPriority;
      name: Alarm['name'];
      /** The alarm that explains it from its beginning; without it suppression goes on as it was. */
      suppressedBy?: string;
    }
  | { act: 'return' }
  | { act: 'escalate' }
  | { act: 'suppress'; by: string }
  | { act: 'unsuppress' }
  | { act: 'take-out-of-service' }
  | { act: 'return-to-service' }
  | { act: 'acknowledge' }
  | { act: 'own'; owner: string | null }
  | { act: 'shelve'; until: string; reason: string }
  | { act: 'unshelve' }
  | { act: 'comment' }
  | { act: 'step'; step: number; outcome: AlarmStep['outcome']; note: string };

/** Why an act cannot be: said to whoever tried. */
export type AlarmRefusal =
  | 'not-active'
  | 'already-active'
  | 'already-acknowledged'
  | 'already-escalated'
  | 'already-shelved'
  | 'not-shelved'
  | 'already-suppressed'
  | 'not-suppressed'
  | 'already-out-of-service'
  | 'in-service'
  | 'step-recorded';

/** The alarm after an act, one version on; or why it cannot be. Acknowledging never clears; a return never acknowledges. */
export function applyAct(
  alarm: Alarm,
  act: AlarmAct,
  by: string,
  at: string,
): { alarm: Alarm } | { refused: AlarmRefusal } {
  const changed = change(alarm, act, by, at);
  if (typeof changed === 'string') return { refused: changed };
  const facts = { ...alarm, ...changed };
  return { alarm: { ...facts, state: stateOf(facts), version: alarm.version + 1, changedAt: at } };
}

function change(alarm: Alarm, act: AlarmAct, by: string, at: string): Partial<Alarm> | AlarmRefusal {
  switch (act.act) {
    case 'raise':
      if (alarm.active) return 'already-active';
      return {
        ...newOccurrence(at),
        ...pickRaise(act),
        suppressedBy: act.suppressedBy ?? alarm.suppressedBy,
        occurrence: alarm.occurrence + 1,
      };
    case 'return':
      return alarm.active ? { active: false, returnedAt: at } : 'not-active';
    case 'escalate':
      if (alarm.escalatedAt !== null) return 'already-escalated';
      return isUnanswered(alarm) ? { escalatedAt: at } : 'already-acknowledged';
    case 'suppress':
      return alarm.suppressedBy === act.by ? 'already-suppressed' : { suppressedBy: act.by };
    case 'unsuppress':
      return alarm.suppressedBy === null ? 'not-suppressed' : { suppressedBy: null, ...callsAnew(alarm) };
    case 'take-out-of-service':
      return alarm.outOfService ? 'already-out-of-service' : { outOfService: true };
    case 'return-to-service':
      return alarm.outOfService ? { outOfService: false, ...callsAnew(alarm) } : 'in-service';
    case 'acknowledge':
      if (alarm.acknowledged) return 'already-acknowledged';
      return { acknowledged: true, acknowledgedAt: at, acknowledgedBy: by, owner: alarm.owner ?? by };
    case 'own':
      return { owner: act.owner };
    case 'shelve':
      if (alarm.shelvedUntil !== null) return 'already-shelved';
      return { shelvedUntil: act.until, shelvedReason: act.reason, shelvedBy: by };
    case 'unshelve':
      return alarm.shelvedUntil === null ? 'not-shelved' : { ...unshelved, ...callsAnew(alarm) };
    case 'comment':
      return { comments: alarm.comments + 1 };
    case 'step': {
      if (alarm.steps.some(({ step }) => step === act.step)) return 'step-recorded';
      const { step, outcome, note } = act;
      return { steps: [...alarm.steps, { step, outcome, at, by, note }] };
    }
  }
}

const unshelved = { shelvedUntil: null, shelvedReason: null, shelvedBy: null } as const;

/**
 * What was kept from the operators and is kept no more (ISA-18.2 figure 2, from shelved, suppressed and out of service):
 * one that is active calls as if it had just come up; one that is not has nothing left to answer, and is normal.
 */
const callsAnew = ({ active }: Alarm): Partial<Alarm> =>
  active
    ? { acknowledged: false, acknowledgedAt: null, acknowledgedBy: null, escalatedAt: null }
    : { acknowledged: true };

const pickRaise = ({ evidence, subject, priority, name }: Extract<AlarmAct, { act: 'raise' }>) => ({
  evidence,
  subject,
  priority,
  name,
});

/** What belongs to one occurrence begins anew; shelving, suppression and service go on. */
const newOccurrence = (at: string) => ({
  active: true,
  acknowledged: false,
  raisedAt: at,
  returnedAt: null,
  acknowledgedAt: null,
  acknowledgedBy: null,
  owner: null,
  escalatedAt: null,
  steps: [],
  comments: 0,
});

/** An alarm at its first occurrence. */
export function firstAlarm(
  id: string,
  ruleId: string,
  act: Extract<AlarmAct, { act: 'raise' }>,
  at: string,
): Alarm {
  const facts = {
    ...newOccurrence(at),
    ...pickRaise(act),
    ...unshelved,
    suppressedBy: act.suppressedBy ?? null,
    outOfService: false,
  };
  return { id, ruleId, ...facts, state: stateOf(facts), occurrence: 1, version: 1, changedAt: at };
}
