// What the HTTP routes take and give beside assets and feeds.
import Type, { type Static } from 'typebox';
import { roles } from './roles.ts';

/** RFC 9457. `type` is about:blank: the status and title say it. */
export const Problem = Type.Object({
  type: Type.String(),
  title: Type.String(),
  status: Type.Integer(),
  detail: Type.Optional(Type.String()),
  field: Type.Optional(Type.String({ description: 'the offending field, as a path' })),
  code: Type.Optional(Type.String({ description: 'what is wrong, for who says it in another language' })),
  given: Type.Optional(
    Type.Record(Type.String(), Type.Union([Type.String(), Type.Number()]), {
      description: 'what the sentence of `code` speaks of',
    }),
  ),
});
export type Problem = Static<typeof Problem>;

export const Check = Type.Object({
  ok: Type.Boolean(),
  since: Type.String({ format: 'date-time', description: 'when this state began' }),
  detail: Type.Optional(Type.String()),
});
export type Check = Static<typeof Check>;

export const Health = Type.Object({
  status: Type.Union([Type.Literal('ok'), Type.Literal('degraded')]),
  checks: Type.Object({ database: Check, broker: Check, ingest: Check, alarms: Check, disk: Check }),
});
export type Health = Static<typeof Health>;

export const SignIn = Type.Object({
  username: Type.String({ minLength: 1, maxLength: 64 }),
  password: Type.String({ minLength: 1, maxLength: 256 }),
});
export type SignIn = Static<typeof SignIn>;

export const Session = Type.Object({
  actor: Type.String({ description: 'as alarms and the change log name this person: `user:3`' }),
  username: Type.String(),
  displayName: Type.String(),
  role: Type.Enum(roles),
});
export type Session = Static<typeof Session>;

export const SeriesQuery = Type.Object({
  metric: Type.String({ minLength: 1, maxLength: 64 }),
  from: Type.Optional(Type.String({ format: 'date-time', description: 'default: 24 hours before `to`' })),
  to: Type.Optional(Type.String({ format: 'date-time', description: 'default: now' })),
  points: Type.Optional(Type.Integer({ minimum: 1, maximum: 5000, default: 500 })),
});

/** One point: the time it is of (a bucket is stamped at its start), then mean, min, max and how many values it stands for. */
export const SeriesPoint = Type.Tuple([
  Type.String({ format: 'date-time' }),
  Type.Number(),
  Type.Number(),
  Type.Number(),
  Type.Integer(),
]);
export type SeriesPoint = [time: string, mean: number, min: number, max: number, n: number];

export const Series = Type.Object({
  metric: Type.String(),
  unit: Type.String(),
  points: Type.Array(SeriesPoint),
});
export interface Series {
  metric: string;
  unit: string;
  points: SeriesPoint[];
}
