// Alarm rules as data: the condition, its delays, and the rationalisation that ISA-18.2 clause 8 asks for.
import Type, { type Static } from 'typebox';
import { alarmPriorities } from './alarm.ts';
import { metrics, type MetricId } from './metrics.ts';
import { Words } from './words.ts';

const Metric = Type.Enum(Object.keys(metrics) as MetricId[]);
const Seconds = (maximum: number) => Type.Number({ minimum: 0, maximum, description: 'seconds' });
const Metres = Type.Number({ minimum: 1, maximum: 100_000, description: 'metres' });
const Routes = Type.Array(Type.String({ maxLength: 96 }), {
  maxItems: 200,
  description: 'empty: every line',
});
const Position = Type.Tuple([
  Type.Number({ minimum: -180, maximum: 180 }),
  Type.Number({ minimum: -90, maximum: 90 }),
]);

/** Which assets a rule looks at; each member narrows. Empty: all of its kind. */
const Assets = Type.Object({
  ids: Type.Optional(Type.Array(Type.String({ maxLength: 128 }), { maxItems: 500 })),
  idPrefix: Type.Optional(Type.String({ maxLength: 64, description: 'of the source id' })),
  districtCodes: Type.Optional(Type.Array(Type.String({ maxLength: 16 }), { maxItems: 50 })),
});

const side = Type.Union([Type.Literal('above'), Type.Literal('below')]);

/** One alarm a sensor. Clears at `limit` less `deadband` (above) or plus it (below). */
const Threshold = Type.Object({
  kind: Type.Literal('threshold'),
  metric: Metric,
  side,
  limit: Type.Number(),
  deadband: Type.Number({ minimum: 0 }),
  assets: Assets,
});

/** One alarm a sensor. `change` in the metric's unit within the window; the sign of `side` says rise or fall. */
const RateOfChange = Type.Object({
  kind: Type.Literal('rate-of-change'),
  metric: Metric,
  side: Type.Union([Type.Literal('rises'), Type.Literal('falls')]),
  change: Type.Number({ exclusiveMinimum: 0 }),
  withinSeconds: Type.Number({ minimum: 60, maximum: 86_400 }),
  assets: Assets,
});

/** One alarm an asset that has not been observed for so many of its expected intervals. */
const Silence = Type.Object({
  kind: Type.Literal('silence'),
  assetKind: Type.Union([Type.Literal('vehicle'), Type.Literal('sensor'), Type.Literal('camera')]),
  afterIntervals: Type.Number({ minimum: 3, maximum: 10_000 }),
  assets: Assets,
});

/** One alarm a line: nothing of it has moved past for longer than this (gap between vehicles along the line). */
const Headway = Type.Object({
  kind: Type.Literal('headway'),
  routeIds: Routes,
  longerThanSeconds: Type.Number({ minimum: 60, maximum: 86_400 }),
});

/** One alarm a line: two or more of its vehicles closer together than this, while they move the same way. */
const Bunching = Type.Object({
  kind: Type.Literal('bunching'),
  routeIds: Routes,
  closerThanM: Metres,
  atLeast: Type.Integer({ minimum: 2, maximum: 20 }),
});

/** One alarm a vehicle that is inside, or outside, the area. */
const Geofence = Type.Object({
  kind: Type.Literal('geofence'),
  side: Type.Union([Type.Literal('inside'), Type.Literal('outside')]),
  /** A ring, not closed by repeating its first point; or the codes of kecamatan. */
  ring: Type.Optional(Type.Array(Position, { minItems: 3, maxItems: 500 })),
  districtCodes: Type.Optional(Type.Array(Type.String({ maxLength: 16 }), { minItems: 1, maxItems: 50 })),
  assets: Assets,
});

/** One alarm a vehicle further from its line than this. */
const OffRoute = Type.Object({ kind: Type.Literal('off-route'), routeIds: Routes, furtherThanM: Metres });

/** One alarm a camera that says it is offline, or has fallen silent. */
const CameraOffline = Type.Object({ kind: Type.Literal('camera-offline'), assets: Assets });

/** One alarm a feed that keeps no more to its rhythm. */
const FeedSilent = Type.Object({
  kind: Type.Literal('feed-silent'),
  feedIds: Type.Array(Type.String({ maxLength: 96 }), { maxItems: 200, description: 'empty: every feed' }),
});

/** One alarm a kecamatan, in which at least so many fresh sensors are past the limit. */
const Agreeing = Type.Object({
  kind: Type.Literal('agreeing'),
  metric: Metric,
  side,
  limit: Type.Number(),
  deadband: Type.Number({ minimum: 0 }),
  atLeast: Type.Integer({ minimum: 2, maximum: 100 }),
  assets: Assets,
});

export const AlarmCondition = Type.Union([
  Threshold,
  RateOfChange,
  Silence,
  Headway,
  Bunching,
  Geofence,
  OffRoute,
  CameraOffline,
  FeedSilent,
  Agreeing,
]);
export type AlarmCondition = Static<typeof AlarmCondition>;
export type AlarmConditionKind = AlarmCondition['kind'];
export type ConditionOf<Kind extends AlarmConditionKind> = Extract<AlarmCondition, { kind: Kind }>;

/** ISA-18.2 clause 8.4, what rationalisation writes down. */
export const Rationalisation = Type.Object({
  cause: Words,
  consequence: Words,
  action: Words,
  respondWithinMinutes: Type.Integer({ minimum: 1, maximum: 10_080 }),
  owner: Type.String({ maxLength: 64, description: 'id of an agency of the city' }),
});
export type Rationalisation = Static<typeof Rationalisation>;

/** `retired`: taken away for good, with its history kept; a draft again if it is wanted back. */
export const alarmRuleStates = ['draft', 'live', 'out-of-service', 'retired'] as const;
export type AlarmRuleState = (typeof alarmRuleStates)[number];

/** What people write of a rule. */
export const AlarmRuleText = Type.Object(
  {
    name: Words,
    priority: Type.Enum(alarmPriorities),
    condition: AlarmCondition,
    /** How long the condition must hold before the alarm is raised, and be gone before it returns. */
    onDelaySeconds: Seconds(86_400),
    offDelaySeconds: Seconds(86_400),
    rationalisation: Rationalisation,
    procedure: Type.Array(Words, { maxItems: 30 }),
    /** Rules whose standing alarm explains this one: of the same subject, or of the feed that its subject reports by. */
    suppressedByRuleIds: Type.Array(Type.String({ maxLength: 64 }), { maxItems: 20 }),
  },
  { additionalProperties: false },
);
export type AlarmRuleText = Static<typeof AlarmRuleText>;

export const alarmRuleIdPattern = '^[a-z][a-z0-9-]{1,62}$';

/** `alarm-rules.json` of a city: what it begins with. */
export const CityAlarmRules = Type.Object({
  note: Type.String(),
  rules: Type.Array(
    Type.Object(
      { id: Type.String({ pattern: alarmRuleIdPattern }), ...AlarmRuleText.properties },
      { additionalProperties: false },
    ),
  ),
});
export type CityAlarmRules = Static<typeof CityAlarmRules>;

export const AlarmRule = Type.Object({
  ...AlarmRuleText.properties,
  id: Type.String({ pattern: alarmRuleIdPattern }),
  state: Type.Enum(alarmRuleStates),
  version: Type.Integer({ minimum: 1 }),
});
export type AlarmRule = Static<typeof AlarmRule>;
