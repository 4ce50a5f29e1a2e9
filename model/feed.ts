// What is known of a feed: the counters, for which received = accepted + rejected + duplicates always holds.
import Type, { type Static } from 'typebox';
import { formatIds, transports } from './source.ts';

export const FeedStatus = Type.Object({
  id: Type.String(),
  name: Type.Union([Type.String(), Type.Null()], {
    description: "a source's; the feeds that every broker has are named by their id",
  }),
  format: Type.Union([Type.Enum(formatIds), Type.Null()]),
  transport: Type.Enum(transports),
  address: Type.String({ description: 'topic filters, or where it is polled; without credentials' }),
  simulated: Type.Boolean(),
  expectedEverySeconds: Type.Union([Type.Number(), Type.Null()], {
    description: 'silent when nothing came for so long; null: events only',
  }),
  fault: Type.Union([Type.String(), Type.Null()], { description: 'why a source cannot be reached just now' }),
  ratePerSecond: Type.Number({ description: 'observations received a second, over the last ten' }),
  waiting: Type.Integer({ description: 'observations in the journal that the database does not hold yet' }),
  received: Type.Integer(),
  accepted: Type.Integer(),
  rejected: Type.Integer(),
  rejectedByReason: Type.Record(Type.String(), Type.Integer()),
  duplicates: Type.Integer(),
  late: Type.Integer({
    description: 'accepted, but older than the newest: stored without moving the live picture',
  }),
  dropped: Type.Integer({ description: 'QoS 0 messages not taken because the journal was full' }),
  lastMessageAt: Type.Union([Type.String({ format: 'date-time' }), Type.Null()]),
  lagMs: Type.Union([Type.Number(), Type.Null()], {
    description: 'receivedAt less observedAt, of the last message',
  }),
  lagP50Ms: Type.Union([Type.Number(), Type.Null()], { description: 'of the last 200 observations' }),
  lagP99Ms: Type.Union([Type.Number(), Type.Null()]),
});
export type FeedStatus = Static<typeof FeedStatus>;

export const FeedReport = Type.Object({
  at: Type.String({ format: 'date-time' }),
  startedAt: Type.String({ format: 'date-time', description: 'counters are since this start of ingest' }),
  journalBytes: Type.Integer(),
  journalLimitBytes: Type.Integer(),
  journalFault: Type.Union([Type.String(), Type.Null()], {
    description: 'why nothing is acknowledged just now: the disk, or the limit',
  }),
  unstored: Type.Integer({
    description: 'observations in memory that are journalled and not yet in the database',
  }),
  unreadBytes: Type.Integer({
    description: 'of the journal: journalled, and waiting there until the database has room',
  }),
  databaseError: Type.Union([Type.String(), Type.Null()]),
  brokerFault: Type.Optional(
    Type.Union([Type.String(), Type.Null()], { description: 'why nothing comes from an outside broker' }),
  ),
  feeds: Type.Array(FeedStatus),
});
export type FeedReport = Static<typeof FeedReport>;

/** One minute of a feed: [start, received, accepted, rejected, duplicates, lag p50 ms, lag p99 ms]. */
export const FeedMinute = Type.Tuple([
  Type.String({ format: 'date-time' }),
  Type.Integer(),
  Type.Integer(),
  Type.Integer(),
  Type.Integer(),
  Type.Union([Type.Integer(), Type.Null()]),
  Type.Union([Type.Integer(), Type.Null()]),
]);
export type FeedMinute = Static<typeof FeedMinute>;

/** What was counted of each feed over a time, from the store: over restarts of ingest too. */
export const FeedHistory = Type.Object({
  from: Type.String({ format: 'date-time' }),
  feeds: Type.Array(
    Type.Object({
      id: Type.String(),
      received: Type.Integer(),
      accepted: Type.Integer(),
      rejected: Type.Integer(),
      duplicates: Type.Integer(),
      rejectedByReason: Type.Record(Type.String(), Type.Integer()),
      minutes: Type.Array(FeedMinute, { description: 'of the last hour' }),
    }),
  ),
});
export type FeedHistory = Static<typeof FeedHistory>;

export const Reject = Type.Object({
  id: Type.Integer(),
  at: Type.String({ format: 'date-time' }),
  topic: Type.String(),
  reason: Type.String(),
  field: Type.Union([Type.String(), Type.Null()]),
  detail: Type.String(),
  payload: Type.String({ description: 'as text; base64 when it is not UTF-8' }),
  encoding: Type.Union([Type.Literal('utf8'), Type.Literal('base64')]),
  payloadBytes: Type.Integer({ description: 'of the whole payload' }),
  whole: Type.Boolean({ description: 'all of it is kept, so that it can be read again' }),
  replayedAt: Type.Union([Type.String({ format: 'date-time' }), Type.Null()]),
});
export type Reject = Static<typeof Reject>;
