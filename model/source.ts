// Sources: feeds as rows. Where one comes from, in which format, and how its names, units and clock are read.
import Type, { type Static } from 'typebox';
import { metrics, type MetricId } from './metrics.ts';

/** Every format an adapter reads; one line here, one file and one line in ingest/adapters/registry.ts. */
export const formats = {
  native: { name: 'Simpang JSON', by: ['broker', 'mqtt'] },
  hfp: { name: 'HSL HFP v2', by: ['broker', 'mqtt'] },
  'gtfs-realtime': { name: 'GTFS-Realtime', by: ['http', 'broker', 'mqtt'] },
  'things-stack': { name: 'The Things Stack v3', by: ['mqtt', 'broker'] },
  sensorthings: { name: 'OGC SensorThings', by: ['mqtt', 'broker', 'http'] },
  sparkplug: { name: 'Sparkplug B v3', by: ['broker', 'mqtt'] },
  frigate: { name: 'Frigate', by: ['broker', 'mqtt'] },
  owntracks: { name: 'OwnTracks', by: ['broker', 'mqtt'] },
  traccar: { name: 'Traccar', by: ['broker', 'mqtt', 'http'] },
  'sensor-community': { name: 'sensor.community', by: ['http'] },
  'ngsi-ld': { name: 'NGSI-LD', by: ['http', 'broker', 'mqtt'] },
  cap: { name: 'CAP 1.2', by: ['http', 'broker', 'mqtt'] },
  bmkg: { name: 'BMKG', by: ['http'] },
} as const satisfies Record<string, { name: string; by: readonly Transport[] }>;

export type FormatId = keyof typeof formats;
export const formatIds = Object.keys(formats) as FormatId[];

/** `broker`: a topic filter on the house's broker; `mqtt`: one on another broker; `http`: polled. */
export const transports = ['broker', 'mqtt', 'http'] as const;
export type Transport = (typeof transports)[number];

export const sourceIdPattern = /^[a-z0-9][a-z0-9-]{0,47}$/;

/** Units that `toRegistryUnit` knows are in model/units.ts. */
export const MetricMapping = Type.Object({
  metric: Type.Enum(Object.keys(metrics) as MetricId[]),
  unit: Type.Optional(
    Type.String({ maxLength: 16, description: 'in which the source sends it; default: as the format says' }),
  ),
});

/** How a feed is read where its own words differ from ours. */
export const Mapping = Type.Object(
  {
    metrics: Type.Optional(
      Type.Record(Type.String({ minLength: 1, maxLength: 128 }), Type.Union([MetricMapping, Type.Null()]), {
        description: 'name in the payload to metric; null leaves the value out without a word',
        maxProperties: 500,
      }),
    ),
    clockOffsetMinutes: Type.Optional(
      Type.Number({
        minimum: -1440,
        maximum: 1440,
        description: 'added to every time of the source: -420 reads WIB that is written as Z',
      }),
    ),
    keepIdentities: Type.Optional(
      Type.Boolean({
        description: 'Frigate: keep recognised faces and plates, encrypted; dropped by default',
      }),
    ),
  },
  { additionalProperties: false },
);
export type Mapping = Static<typeof Mapping>;

/** Encrypted at rest, never shown again. */
export const Credentials = Type.Object(
  {
    username: Type.Optional(Type.String({ maxLength: 256 })),
    password: Type.Optional(Type.String({ maxLength: 4096 })),
    headerName: Type.Optional(
      Type.String({ pattern: '^[A-Za-z0-9-]{1,64}$', description: 'HTTP: x-api-key' }),
    ),
    headerValue: Type.Optional(Type.String({ maxLength: 4096, pattern: '^[\\x20-\\x7e]*$' })),
  },
  { additionalProperties: false },
);
export type Credentials = Static<typeof Credentials>;

/** `draft`: tried, its first messages shown and not stored; `active`: taken in; `paused`: not connected. */
export const sourceStates = ['draft', 'active', 'paused'] as const;
export type SourceState = (typeof sourceStates)[number];

const Nullable = <T extends ReturnType<typeof Type.String> | ReturnType<typeof Type.Number>>(schema: T) =>
  Type.Union([schema, Type.Null()]);

const shape = {
  name: Type.String({ minLength: 1, maxLength: 80 }),
  format: Type.Enum(formatIds),
  transport: Type.Enum(transports),
  address: Nullable(
    Type.String({
      maxLength: 2048,
      description: "mqtt(s):// of another broker, http(s):// to poll; null for the house's broker",
    }),
  ),
  topicFilter: Nullable(Type.String({ maxLength: 512, description: 'MQTT topic filter; null when polled' })),
  pollEverySeconds: Nullable(Type.Number({ minimum: 1, maximum: 86_400 })),
  expectedEverySeconds: Nullable(
    Type.Number({
      minimum: 1,
      maximum: 604_800,
      description: 'a message is expected at least so often; null: events only, silence is no fault',
    }),
  ),
};

export const SourceDraft = Type.Object(
  {
    name: shape.name,
    format: shape.format,
    transport: shape.transport,
    address: Type.Optional(shape.address),
    topicFilter: Type.Optional(shape.topicFilter),
    pollEverySeconds: Type.Optional(shape.pollEverySeconds),
    expectedEverySeconds: Type.Optional(shape.expectedEverySeconds),
    credentials: Type.Optional(Credentials),
  },
  { additionalProperties: false },
);
export type SourceDraft = Static<typeof SourceDraft>;

export const Source = Type.Object({
  id: Type.String(),
  ...shape,
  state: Type.Enum(sourceStates),
  hasCredentials: Type.Boolean(),
  version: Type.Integer({ minimum: 1 }),
});
export type Source = Static<typeof Source>;

/** `version` is the one that was seen; another answers 409. Credentials are replaced whole; null takes them away. */
export const SourceChange = Type.Object(
  {
    version: Type.Integer({ minimum: 1 }),
    name: Type.Optional(shape.name),
    address: Type.Optional(shape.address),
    topicFilter: Type.Optional(shape.topicFilter),
    pollEverySeconds: Type.Optional(shape.pollEverySeconds),
    expectedEverySeconds: Type.Optional(shape.expectedEverySeconds),
    credentials: Type.Optional(Type.Union([Credentials, Type.Null()])),
    state: Type.Optional(Type.Enum(sourceStates)),
  },
  { additionalProperties: false },
);
export type SourceChange = Static<typeof SourceChange>;

/** The answer to a change. */
export const ChangedSource = Type.Intersect([
  Source,
  Type.Object({
    notice: Type.Optional(
      Type.String({
        description: 'what else came of the change, for people: credentials that were let go of',
      }),
    ),
  }),
]);
export type ChangedSource = Static<typeof ChangedSource>;

/** How a feed is read; version 0 while nobody has said so. Another version than the one that was seen answers 409. */
export const FeedMapping = Type.Object(
  { mapping: Mapping, version: Type.Integer({ minimum: 0, maximum: 2 ** 31 - 1 }) },
  { additionalProperties: false },
);
export type FeedMapping = Static<typeof FeedMapping>;

/** What came of one part of a message. */
export const SampleOutcome = Type.Object({
  kind: Type.String({ description: 'vehicle, sensor, camera, …, or rejected' }),
  assetId: Type.Optional(Type.String()),
  observedAt: Type.Optional(Type.String({ format: 'date-time' })),
  lat: Type.Optional(Type.Number()),
  lon: Type.Optional(Type.Number()),
  values: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
  reason: Type.Optional(Type.String()),
  field: Type.Optional(Type.String()),
  detail: Type.Optional(Type.String()),
});
export type SampleOutcome = Static<typeof SampleOutcome>;

export const Sample = Type.Object({
  at: Type.String({ format: 'date-time' }),
  topic: Type.String(),
  payload: Type.String(),
  encoding: Type.Union([Type.Literal('utf8'), Type.Literal('base64')]),
  payloadBytes: Type.Integer(),
  outcomes: Type.Array(SampleOutcome),
});
export type Sample = Static<typeof Sample>;

/** A name that the messages of a feed carry, and what becomes of it. */
export const SeenName = Type.Object({
  name: Type.String(),
  unit: Type.Union([Type.String(), Type.Null()]),
  example: Type.Number(),
  metric: Type.Union([Type.String(), Type.Null()], { description: 'null: nothing knows it' }),
});
export type SeenName = Static<typeof SeenName>;

/** How the trial of a draft goes, or the connection of an active source. */
export const Trial = Type.Object({
  state: Type.Union([Type.Literal('waiting'), Type.Literal('connected'), Type.Literal('failed')]),
  fault: Type.Union([Type.String(), Type.Null()], { description: 'what to mend, for people' }),
  at: Type.String({ format: 'date-time' }),
  samples: Type.Array(Sample),
  names: Type.Array(SeenName),
});
export type Trial = Static<typeof Trial>;

/** Rejects of a feed, read again: tried (`dryRun`), or taken in. */
export const ReplayRequest = Type.Object(
  {
    reason: Type.Optional(Type.String({ maxLength: 64, description: 'only those of this reason' })),
    mapping: Type.Optional(Mapping),
    dryRun: Type.Boolean(),
  },
  { additionalProperties: false },
);
export type ReplayRequest = Static<typeof ReplayRequest>;

export const Replay = Type.Object({
  id: Type.Integer(),
  feedId: Type.String(),
  state: Type.Union([
    Type.Literal('waiting'),
    Type.Literal('running'),
    Type.Literal('done'),
    Type.Literal('failed'),
  ]),
  dryRun: Type.Boolean(),
  messages: Type.Integer({ description: 'rejects that were read again' }),
  accepted: Type.Integer({ description: 'observations that would be, or were, taken in' }),
  duplicates: Type.Integer(),
  rejected: Type.Integer(),
  rejects: Type.Array(
    Type.Object({
      topic: Type.String(),
      reason: Type.String(),
      field: Type.Union([Type.String(), Type.Null()]),
      detail: Type.String(),
    }),
    { description: 'the first 20 that are still refused' },
  ),
  fault: Type.Union([Type.String(), Type.Null()]),
});
export type Replay = Static<typeof Replay>;
