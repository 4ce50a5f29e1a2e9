// What the HTTP routes of alarms take and give.
import Type, { type Static } from 'typebox';
import { Alarm, AlarmComment, AlarmStep, alarmStates, maxAlarmText, shelveMinutes } from './alarm.ts';
import { AlarmRule } from './alarm-rule.ts';
import { roles } from './roles.ts';

const Time = Type.String({ format: 'date-time' });
const closed = { additionalProperties: false } as const;
const version = Type.Optional(
  Type.Integer({ minimum: 1, description: 'as the alarm was seen; a stale one answers 409' }),
);
const text = (maxLength: number) => Type.String({ minLength: 1, maxLength, pattern: '\\S' });

export const AlarmsQuery = Type.Object({
  state: Type.Optional(Type.Union([Type.Literal('standing'), Type.Literal('all')], { default: 'standing' })),
  subject: Type.Optional(Type.String({ maxLength: 160, description: 'id of an asset, feed, line or place' })),
  since: Type.Optional(Type.String({ format: 'date-time', description: 'changed at or after this' })),
});
export type AlarmsQuery = Static<typeof AlarmsQuery>;

/** Of how much a silence is silent: what the alarms room looked at, and when it last did. */
export const Evaluated = Type.Object({
  rules: Type.Integer({ minimum: 0, description: 'that are live' }),
  subjects: Type.Integer({ minimum: 0, description: 'that they look at' }),
  at: Type.Union([Time, Type.Null()], { description: 'null: never yet' }),
});
export type Evaluated = Static<typeof Evaluated>;

export const Alarms = Type.Object({
  alarms: Type.Array(Alarm, { description: 'the newest change first' }),
  truncated: Type.Boolean({ description: 'there are more, changed earlier' }),
  asOf: Time,
  evaluated: Evaluated,
});
export type Alarms = Static<typeof Alarms>;

/** One thing that happened to an alarm. */
export const AlarmTransition = Type.Object({
  at: Time,
  act: Type.String({ description: 'raise, return, acknowledge, …' }),
  state: Type.Enum(alarmStates, { description: 'after it' }),
  by: Type.String(),
  occurrence: Type.Integer({ minimum: 1 }),
  owner: Type.Optional(
    Type.Union([Type.String(), Type.Null()], { description: 'of `own`: who holds it from then' }),
  ),
  step: Type.Optional(AlarmStep),
  reason: Type.Optional(Type.String({ description: 'of `shelve`' })),
});
export type AlarmTransition = Static<typeof AlarmTransition>;

export const AlarmDetail = Type.Object({
  alarm: Alarm,
  rule: AlarmRule,
  comments: Type.Union([Type.Array(AlarmComment), Type.Null()], {
    description: 'the oldest first; null for roles that do not work at a desk',
  }),
  history: Type.Array(AlarmTransition, { description: 'the newest 500, the oldest of them first' }),
});
export type AlarmDetail = Static<typeof AlarmDetail>;

export const PlainActBody = Type.Object({ version }, closed);

export const ShelveBody = Type.Object(
  {
    until: Type.Optional(Time),
    minutes: Type.Optional(Type.Integer({ minimum: shelveMinutes.min, maximum: shelveMinutes.max })),
    reason: text(maxAlarmText.reason),
    version,
  },
  closed,
);
export type ShelveBody = Static<typeof ShelveBody>;

export const CommentBody = Type.Object({ text: text(maxAlarmText.comment) }, closed);

export const OwnBody = Type.Object(
  {
    owner: Type.Union([Type.String({ pattern: '^(me|user:[1-9][0-9]{0,8})$' }), Type.Null()], {
      description: '`me`, `user:3`, or null for nobody',
    }),
    version,
  },
  closed,
);

export const StepBody = Type.Object(
  {
    step: Type.Integer({ minimum: 0, maximum: 29, description: 'of the procedure, from 0' }),
    outcome: Type.Union([Type.Literal('done'), Type.Literal('skipped')]),
    note: Type.Optional(
      Type.String({ maxLength: maxAlarmText.note, description: 'why, where a step is skipped' }),
    ),
    version,
  },
  closed,
);
export type StepBody = Static<typeof StepBody>;

export const ServiceBody = Type.Object({ reason: text(maxAlarmText.reason), version }, closed);

/** A person as others at the desks see one: the name beside what `actor` did. */
export const Person = Type.Object({
  actor: Type.String(),
  displayName: Type.String(),
  role: Type.Enum(roles),
  disabled: Type.Boolean(),
});
export type Person = Static<typeof Person>;
