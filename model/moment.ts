// The city at a moment of the past: what is asked for, what is answered, and how far back the state of a thing is looked for.
import Type, { type Static } from 'typebox';
import { Alarm, alarmPriorities } from './alarm.ts';
import { AssetFeature } from './asset.ts';
import { Event } from './live.ts';
import { WarningFeature } from './warning.ts';
import { Words } from './words.ts';

const Time = Type.String({ format: 'date-time' });

/** `was`: with all that is known by now. `then`: only with what had been received by the moment. */
export const knowns = ['was', 'then'] as const;
export type Known = (typeof knowns)[number];

/** Every fix is kept for 30 days and dropped by whole chunks, so a day less; a minute for five years. */
export const resolutions = ['fix', 'minute'] as const;
export type Resolution = (typeof resolutions)[number];

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
export const fixesKeptMs = 29 * dayMs;
export const minutesKeptMs = 5 * 365 * dayMs;

/** How far before a moment the state of a thing is looked for; what was not heard for longer stands there without values. */
export const lookBackMs = { vehicle: dayMs, sensor: 3 * dayMs, camera: 30 * dayMs } as const;

/** How long a stretch of a slice may be; a longer one needs a coarser step. */
export const slicesAtMost = { spanMs: 2 * hourMs, rows: 60_000, events: 1000 } as const;

const known = Type.Optional(
  Type.Enum(knowns, {
    default: 'was',
    description: 'was: as it was, with all that is known by now; then: without what arrived later than `at`',
  }),
);

export const MomentQuery = Type.Object({
  at: Type.String({ format: 'date-time', description: 'not in the future, and not before anything is kept' }),
  known,
});
export type MomentQuery = Static<typeof MomentQuery>;

/** An incident as the change log holds it. */
const LoggedNoun = Type.Object({ id: Type.String() }, { additionalProperties: true });

const counts = Type.Object({ vehicle: Type.Integer(), sensor: Type.Integer(), camera: Type.Integer() });

export const Moment = Type.Object({
  type: Type.Literal('FeatureCollection'),
  at: Time,
  known: Type.Enum(knowns),
  resolution: Type.Enum(resolutions, {
    description:
      'of vehicles: every fix, or the last of each minute; minutes do not tell when they were received, so known=then leaves nothing of them out',
  }),
  completeness: Type.Object(
    {
      assets: Type.Intersect([counts], { description: 'registered or heard by then' }),
      observed: Type.Intersect([counts], { description: 'of them, observed within the look-back' }),
      lookBackSeconds: counts,
    },
    { description: 'names, places of what stands still and directions of cameras are as registered today' },
  ),
  features: Type.Array(AssetFeature),
  alarms: Type.Array(Alarm, { description: 'open then: those whose newest state is not normal' }),
  incidents: Type.Array(LoggedNoun, { description: 'open then: those whose newest state is not closed' }),
  warnings: Type.Array(WarningFeature, { description: 'standing then' }),
  events: Type.Array(Event, { description: 'the newest entries of the change log by then, newest first' }),
});
export type Moment = Omit<Static<typeof Moment>, 'features'> & { features: AssetFeature[] };

export const SliceQuery = Type.Object({
  from: Type.String({ format: 'date-time', description: 'before the first change' }),
  to: Type.String({
    format: 'date-time',
    description: `of the last change; at most ${slicesAtMost.spanMs / hourMs} hours after \`from\``,
  }),
  known,
  kinds: Type.Optional(
    Type.String({ maxLength: 64, description: 'vehicle, sensor, camera, event; separated by commas' }),
  ),
  step: Type.Optional(
    Type.Integer({
      minimum: 0,
      maximum: 3600,
      default: 0,
      description: 'seconds; only the last fix of a vehicle in each step. 0: every fix',
    }),
  ),
});
export type SliceQuery = Static<typeof SliceQuery>;

const Integers = Type.Array(Type.Integer());
const MaybeIntegers = Type.Array(Type.Union([Type.Integer(), Type.Null()]));

/** Changes as columns of integers; row i of a table is element i of each column, oldest first. */
export const Slice = Type.Object({
  from: Time,
  to: Type.String({
    format: 'date-time',
    description: 'where the slice ends: before the `to` asked for when it is truncated; go on from here',
  }),
  known: Type.Enum(knowns),
  resolution: Type.Enum(resolutions),
  truncated: Type.Boolean(),
  assets: Type.Array(Type.String(), { description: 'ids; the columns `asset` point into it' }),
  routes: Type.Array(Type.String()),
  vehicles: Type.Object(
    {
      asset: Integers,
      t: Integers,
      seen: Integers,
      latE6: Integers,
      lonE6: Integers,
      speedDmps: MaybeIntegers,
      headingDeg: MaybeIntegers,
      occupancyPct: MaybeIntegers,
      route: MaybeIntegers,
    },
    {
      description:
        't: when it happened, or with known=then when it was received, seen: when it was observed; milliseconds after `from`',
    },
  ),
  readings: Type.Object({
    asset: Integers,
    metric: Type.Array(Type.String()),
    t: Integers,
    seen: Integers,
    value: Type.Array(Type.Number()),
  }),
  cameras: Type.Object({
    asset: Integers,
    t: Integers,
    seen: Integers,
    online: Type.Array(Type.Union([Type.Literal(0), Type.Literal(1), Type.Null()]), {
      description: 'null: something it saw, which proves that it lived',
    }),
  }),
  events: Type.Array(Event),
});
export type Slice = Static<typeof Slice>;

export const DensityQuery = Type.Object({
  from: Type.String({ format: 'date-time' }),
  to: Type.String({ format: 'date-time' }),
  buckets: Type.Optional(Type.Integer({ minimum: 1, maximum: 2000, default: 288 })),
});

export const Density = Type.Object({
  from: Time,
  to: Time,
  stepSeconds: Type.Number(),
  keptFrom: Type.String({
    format: 'date-time',
    description: 'before it nothing was counted, or no longer is',
  }),
  accepted: Type.Array(Type.Integer(), {
    description: 'observations received in each step, by whole minutes',
  }),
  alarms: Type.Array(
    Type.Object({
      id: Type.String(),
      at: Time,
      until: Type.Union([Time, Type.Null()], {
        description: 'when its condition was gone; null: it is not yet',
      }),
      priority: Type.Enum(alarmPriorities),
      name: Words,
      subject: Type.String({ description: 'the name of what it is about' }),
    }),
    { description: 'that began within the range, oldest first; at most 500, the gravest first to stay' },
  ),
  gaps: Type.Array(
    Type.Object({
      from: Time,
      to: Time,
      feeds: Type.Array(Type.String(), { description: 'empty: nothing at all was received' }),
    }),
    { description: 'stretches in which nothing was received at all, or in which feeds were silent' },
  ),
});
export type Density = Static<typeof Density>;
