// Warnings: what an authority (CAP 1.2, BMKG) or a transit feed (GTFS-Realtime alerts) warns the city of.
import Type, { type Static } from 'typebox';

const Time = Type.String({ format: 'date-time' });

/** From the gravest; `unknown` is what the source said, or left out. */
export const warningSeverities = ['extreme', 'severe', 'moderate', 'minor', 'unknown'] as const;
export type WarningSeverity = (typeof warningSeverities)[number];

export const warningKinds = ['hazard', 'earthquake', 'transit'] as const;
export type WarningKind = (typeof warningKinds)[number];

/** Characters; longer texts are cut with `clip`. */
export const maxWarningText = {
  event: 200,
  headline: 500,
  description: 10_000,
  instruction: 10_000,
} as const;
/** Of the polygons of one warning together: 150 of some hundreds each are common. */
export const maxAreaPoints = 100_000;

const Text = Type.Object({
  language: Type.String({ maxLength: 16, description: 'BCP 47; `und` when the source does not say' }),
  headline: Type.String({ maxLength: maxWarningText.headline }),
  description: Type.String({ maxLength: maxWarningText.description }),
  instruction: Type.String({ maxLength: maxWarningText.instruction }),
});

const frame = {
  id: Type.String({ description: 'sender and identifier, unique' }),
  kind: Type.Enum(warningKinds),
  /** CAP msgType: a cancel takes those in `references` away, an update replaces them. */
  action: Type.Union([Type.Literal('alert'), Type.Literal('update'), Type.Literal('cancel')]),
  references: Type.Array(Type.String(), { description: 'ids of earlier warnings' }),
  sender: Type.String({ description: 'whom to name as the source' }),
  event: Type.String({ maxLength: maxWarningText.event }),
  severity: Type.Enum(warningSeverities),
  urgency: Type.Optional(Type.String()),
  certainty: Type.Optional(Type.String()),
  sentAt: Time,
  onsetAt: Type.Union([Time, Type.Null()]),
  expiresAt: Type.Union([Time, Type.Null()], { description: 'null: until it is cancelled' }),
  texts: Type.Array(Text),
};

const details = {
  routeIds: Type.Array(Type.String()),
  stopIds: Type.Array(Type.String()),
  magnitude: Type.Optional(Type.Number()),
  depthKm: Type.Optional(Type.Number()),
  web: Type.Optional(Type.String()),
  /** Under sim/, or CAP status Exercise, System, Test or Draft: never to be taken for real. */
  exercise: Type.Boolean(),
};

export const WarningArea = Type.Object({
  name: Type.String(),
  polygons: Type.Array(Type.Array(Type.Tuple([Type.Number(), Type.Number()])), {
    description: 'closed rings of [longitude, latitude]',
  }),
  /** Centre and radius in kilometres; a radius of 0 is a point. */
  circles: Type.Array(Type.Object({ lon: Type.Number(), lat: Type.Number(), radiusKm: Type.Number() })),
  geocodes: Type.Optional(
    Type.Array(Type.Object({ name: Type.String({ description: 'which register' }), value: Type.String() })),
  ),
});
export type WarningArea = Static<typeof WarningArea>;

/** Normalised after CAP 1.2 (OASIS, 2010). Times are ISO 8601 UTC. */
export const Warning = Type.Object({ ...frame, areas: Type.Array(WarningArea), ...details });
export type Warning = Static<typeof Warning>;

/** A warning as the map and the list show it: its areas are the geometry, their names remain. */
export const WarningFeature = Type.Object({
  type: Type.Literal('Feature'),
  id: Type.String(),
  geometry: Type.Union([Type.Object({}, { additionalProperties: true }), Type.Null()], {
    description:
      'MultiPolygon, MultiPoint of epicentres, or a collection of both; null where nothing says where',
  }),
  properties: Type.Object({
    ...frame,
    areaNames: Type.Array(Type.String()),
    ...details,
    version: Type.Integer({ minimum: 1 }),
    sourceId: Type.String(),
    simulated: Type.Boolean(),
    receivedAt: Time,
  }),
});
export type WarningFeature = Static<typeof WarningFeature>;

export const WarningCollection = Type.Object({
  type: Type.Literal('FeatureCollection'),
  at: Type.String({ format: 'date-time', description: 'as of when: those that had not expired then' }),
  seq: Type.Integer({ minimum: 0, description: 'of the change log: what came after it is not in here' }),
  sentWithin: Type.Object(
    { hour: Type.Integer(), day: Type.Integer(), week: Type.Integer(), earlier: Type.Integer() },
    {
      description:
        'how many were sent within the last hour, before that within the day, the week, or earlier',
    },
  ),
  features: Type.Array(WarningFeature),
});
export type WarningCollection = Static<typeof WarningCollection>;

/** CAP forbids commas in both (3.2.1), so no two messages meet in one id. */
export const toCapId = (sender: string, identifier: string): string => `${sender},${identifier}`;

/** Attribution to BMKG is a condition of its open data. */
export const bmkgSender = 'BMKG (Badan Meteorologi, Klimatologi, dan Geofisika)';

/** At most `max` UTF-16 units, never half of a pair. */
export const clip = (text: string, max: number): string =>
  text.length <= max ? text : text.slice(0, max).replace(/[\ud800-\udbff]$/, '');

/** Rank of a severity, 0 the gravest. */
export const rankOfSeverity = (severity: WarningSeverity): number => warningSeverities.indexOf(severity);
