// What travels live: changes (conflated, newest only) and events (every one, in order), on the bus and the socket.
import Type, { type Static } from 'typebox';
import { AssetCollection, assetKinds, type AssetKind } from './asset.ts';

/**
 * The newest values of one asset. Whole (with kind, name, simulated, unconfirmed, expectedEverySeconds) when the
 * receiver has not seen the asset; otherwise only what changed. All values were observed at `observedAt`.
 */
export const Change = Type.Object(
  {
    id: Type.String(),
    observedAt: Type.Optional(Type.String({ format: 'date-time' })),
    lat: Type.Optional(Type.Number()),
    lon: Type.Optional(Type.Number()),
    kind: Type.Optional(Type.Enum(assetKinds)),
    name: Type.Optional(Type.String()),
    simulated: Type.Optional(Type.Boolean()),
    unconfirmed: Type.Optional(Type.Boolean()),
    expectedEverySeconds: Type.Optional(Type.Number()),
    feedId: Type.Optional(Type.String({ description: 'by which feed it was heard last' })),
    gone: Type.Optional(Type.Literal(true)),
  },
  { additionalProperties: true },
);
export type Change = Static<typeof Change> & Record<string, unknown>;

/** Fields of a change that describe the asset or the moment; every other field is a value. */
export const changeFrame: ReadonlySet<string> = new Set([
  'id',
  'observedAt',
  'lat',
  'lon',
  'kind',
  'name',
  'simulated',
  'unconfirmed',
  'expectedEverySeconds',
  'feedId',
  'gone',
]);

export const eventNouns = ['incident', 'alarm', 'unit', 'feed', 'warning'] as const;
export type EventNoun = (typeof eventNouns)[number];

/** One entry of the change log, as the receiver's role may see it. */
export const Event = Type.Object(
  {
    seq: Type.Integer({ minimum: 1 }),
    at: Type.String({ format: 'date-time' }),
    noun: Type.String(),
    id: Type.String(),
    version: Type.Integer({ minimum: 1 }),
    actor: Type.String(),
  },
  { additionalProperties: true },
);
export type Event = Static<typeof Event> & Record<string, unknown>;

export const layers = [...assetKinds, 'incident', 'alarm', 'unit'] as const;
export type Layer = (typeof layers)[number];

export const WatchRequest = Type.Object(
  {
    layers: Type.Array(Type.Enum(layers), { maxItems: 20 }),
    since: Type.Optional(Type.Integer({ minimum: 0 })),
  },
  { additionalProperties: false },
);
export type WatchRequest = Static<typeof WatchRequest>;

export const WatchAnswer = Type.Union([
  Type.Object({
    snapshot: AssetCollection,
    seq: Type.Integer({ minimum: 0 }),
    serverTime: Type.String({
      format: 'date-time',
      description: 'so that ages do not trust the clock of the browser',
    }),
  }),
  Type.Object({ error: Type.String() }),
]);
export type WatchAnswer = { snapshot: AssetCollection; seq: number; serverTime: string } | { error: string };

/** State of the links behind the server, sent to every socket when it changes and each second. */
export const LinkState = Type.Object({
  serverTime: Type.String({ format: 'date-time' }),
  version: Type.String({ description: 'build of the web pages; a differing one asks the page to reload' }),
  database: Type.Object({ ok: Type.Boolean(), since: Type.String({ format: 'date-time' }) }),
  broker: Type.Object({ ok: Type.Boolean(), since: Type.String({ format: 'date-time' }) }),
  ingest: Type.Object(
    { ok: Type.Boolean(), since: Type.String({ format: 'date-time' }) },
    { description: 'whether what devices send is taken in; not ok since it was heard last' },
  ),
  storing: Type.Object(
    { ok: Type.Boolean(), since: Type.String({ format: 'date-time' }) },
    { description: 'whether what is taken in reaches the database; else it waits in the journal' },
  ),
  alarms: Type.Object({ ok: Type.Boolean(), since: Type.String({ format: 'date-time' }) }),
});
export type LinkState = Static<typeof LinkState>;

/** Which alarm a desk has open; null when it closes it. */
export const LookRequest = Type.Object(
  { alarm: Type.Union([Type.String({ pattern: '^[1-9][0-9]{0,8}$' }), Type.Null()]) },
  { additionalProperties: false },
);
export type LookRequest = Static<typeof LookRequest>;

/** As the change log names whoever looks, so that a page knows its own. */
export const LookAnswer = Type.Union([
  Type.Object({ actor: Type.String() }),
  Type.Object({ error: Type.String() }),
]);
export type LookAnswer = Static<typeof LookAnswer>;

/** Who has which alarm open just now, all of them. */
export const Lookers = Type.Array(Type.Object({ alarm: Type.String(), actor: Type.String() }));
export type Lookers = Static<typeof Lookers>;

export interface ServerToClient {
  changes: (changes: Change[]) => void;
  events: (events: Event[]) => void;
  links: (state: LinkState) => void;
  lookers: (lookers: Lookers) => void;
}

export interface ClientToServer {
  watch: (request: WatchRequest, answer: (answer: WatchAnswer) => void) => void;
  look: (request: LookRequest, answer: (answer: LookAnswer) => void) => void;
}

/** Between rooms, on the broker, QoS 0, closed to devices. */
export const busTopics = {
  changes: (kind: AssetKind) => `simpang/live/${kind}`,
  allChanges: 'simpang/live/+',
  /** Feed counters, each second, from ingest. Its absence means that ingest is gone. */
  feeds: 'simpang/feeds',
  /** What the alarms room says of itself, each second. Its absence means that nothing is evaluated. */
  alarms: 'simpang/alarms',
} as const;
