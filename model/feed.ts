// What is known of a feed: the counters, for which received = accepted + rejected + duplicates always holds.
import Type, { type Static } from 'typebox';

export const FeedStatus = Type.Object({
  id: Type.String(),
  simulated: Type.Boolean(),
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
  feeds: Type.Array(FeedStatus),
});
export type FeedReport = Static<typeof FeedReport>;

export const Reject = Type.Object({
  at: Type.String({ format: 'date-time' }),
  topic: Type.String(),
  reason: Type.String(),
  field: Type.Union([Type.String(), Type.Null()]),
  detail: Type.String(),
  payload: Type.String({ description: 'as text; base64 when it is not UTF-8' }),
  encoding: Type.Union([Type.Literal('utf8'), Type.Literal('base64')]),
  payloadBytes: Type.Integer({ description: 'of the whole payload; at most 4 KiB of it are kept' }),
});
export type Reject = Static<typeof Reject>;
