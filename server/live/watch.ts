// `watch`: what a browser asks to be told of, checked, joined and answered with the picture as it is now.
import { Compile } from 'typebox/compile';
import { isAssetKind } from '../../model/asset.ts';
import {
  eventNouns,
  layers,
  WatchRequest,
  type Event,
  type EventNoun,
  type WatchAnswer,
} from '../../model/live.ts';
import { watchers } from '../../model/roles.ts';
import { selectChangesSince } from '../../store/changes.ts';
import type { Database } from '../../store/connect.ts';
import type { ChangeFollower } from '../../store/follow-changes.ts';
import { toEvent } from '../events.ts';
import type { Sessions } from '../session.ts';
import type { LivePicture } from '../../bus/picture.ts';
import { kindRoom, nounRoom, type LiveSocket } from './socket.ts';

export interface WatchOptions {
  db: Database;
  sessions: Sessions;
  picture: LivePicture;
  follower: ChangeFollower;
}

const replayBatch = 500;
/** Frames that may wait for a connection before more of the past is read. */
const replayBacklog = 5;
const pauseMs = 50;
const retryMs = 1_000;

const request = Compile(WatchRequest);

/** What is wanted, or what is wrong with how it was asked. */
export function parseWatchRequest(given: unknown): WatchRequest | { error: string } {
  if (request.Check(given)) return given;
  return {
    error: `watch takes {"layers": [some of ${layers.join(', ')}], "since"?: the seq of the last event seen}`,
  };
}

/** Answers a `watch`; what follows it is sent by rooms. */
export async function watch(socket: LiveSocket, given: unknown, options: WatchOptions): Promise<WatchAnswer> {
  const wanted = parseWatchRequest(given);
  if ('error' in wanted) return wanted;
  const watchNo = ++socket.data.watchNo;
  const refusal = await refusalOf(socket, options.sessions);
  if (refusal !== undefined) return { error: refusal };
  if (watchNo !== socket.data.watchNo) return { error: 'A later watch took the place of this one.' };
  const { picture, follower } = options;
  if (picture.loadedAt === undefined || follower.lastSeq === undefined) {
    socket.data.waits = true;
    return { error: 'The picture of the city was not loaded yet: the database is away.' };
  }
  // From here to the answer nothing waits: what changes meanwhile is sent after it.
  const now = Date.now();
  joinLayers(socket, wanted);
  const since = Math.min(wanted.since ?? follower.lastSeq, follower.lastSeq);
  void followEvents(socket, since, watchNo, options);
  return {
    snapshot: { type: 'FeatureCollection', features: picture.toFeatures(socket.data.kinds, now) },
    seq: since,
    serverTime: new Date(now).toISOString(),
  };
}

/** The right is looked up again at each watch; while the database is away the handshake's holds. */
async function refusalOf(socket: LiveSocket, sessions: Sessions): Promise<string | undefined> {
  const session = await sessions.find(socket.data.token).catch(() => socket.data.session);
  if (session === undefined) return 'Sign in first.';
  socket.data.session = session;
  const mayWatch = (watchers as readonly string[]).includes(session.role);
  return mayWatch ? undefined : `The role ${session.role} may not watch the live picture.`;
}

/** That a feed fell silent, or that an authority warns, concerns the whole picture: everybody hears of it. */
const heardByAll: ReadonlySet<EventNoun> = new Set(['feed', 'warning']);

/** Leaves what an earlier watch joined. */
function joinLayers(socket: LiveSocket, wanted: WatchRequest): void {
  for (const room of socket.rooms) if (room !== socket.id) void socket.leave(room);
  socket.data.kinds = new Set(wanted.layers.filter(isAssetKind));
  socket.data.nouns = new Set(
    eventNouns.filter((noun) => heardByAll.has(noun) || (wanted.layers as readonly string[]).includes(noun)),
  );
  socket.data.missed = undefined;
  for (const kind of socket.data.kinds) void socket.join(kindRoom(kind));
}

/**
 * Sends the events from `since` on, as many as there are and no faster than the connection takes them; when it has
 * caught up with the follower it joins those who hear each new one. Order holds, and nothing falls in between.
 */
async function followEvents(
  socket: LiveSocket,
  since: number,
  watchNo: number,
  { db, follower }: WatchOptions,
): Promise<void> {
  let seq = since;
  for (;;) {
    const upTo = follower.lastSeq!;
    if (seq >= upTo) break;
    let events: Event[] | undefined;
    try {
      const changes = await selectChangesSince(db, seq, replayBatch, [...socket.data.nouns]);
      events = changes.filter((change) => change.seq <= upTo).map(toEvent);
      seq = changes.length < replayBatch ? upTo : Math.min(upTo, changes.at(-1)!.seq);
    } catch {
      await pause(retryMs);
    }
    while (socket.connected && socket.data.backlog() > replayBacklog) await pause(pauseMs);
    if (!socket.connected || watchNo !== socket.data.watchNo) return;
    if (events && events.length > 0) socket.emit('events', events);
  }
  for (const noun of socket.data.nouns) void socket.join(nounRoom(noun));
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
