// Ten times a second: what changed, to everyone who watches its layer; and for who is too slow, the newest once it can.
import { assetKinds, type AssetKind } from '../../model/asset.ts';
import type { Change, Event } from '../../model/live.ts';
import { isEventNoun } from '../events.ts';
import type { Conflater } from './conflate.ts';
import type { LivePicture } from '../../bus/picture.ts';
import { kindRoom, nounRoom, type LiveServer, type LiveSocket } from './socket.ts';

const frameEveryMs = 100;
/** A second of frames on three layers: who is further behind gets no more until it has caught up. */
const slowBacklog = 30;
/** Events are never skipped. Who leaves so many lying is let go, and asks again with `since`. */
const hopelessBacklog = 1_000;
/** Whole changes in one frame; some 250 kB. */
const frameLimit = 1_000;

export class Sender {
  readonly #io: LiveServer;
  readonly #picture: LivePicture;
  readonly #conflater: Conflater;
  readonly #timer: NodeJS.Timeout;
  readonly counts = { slow: 0, skipped: 0, dropped: 0 };

  constructor(io: LiveServer, picture: LivePicture, conflater: Conflater) {
    this.#io = io;
    this.#picture = picture;
    this.#conflater = conflater;
    this.#timer = setInterval(() => this.frame(), frameEveryMs);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  frame(): void {
    const slow = this.#sortOutSlow();
    for (const kind of assetKinds) {
      const changes = this.#conflater.flush(kind);
      if (changes.length === 0) continue;
      for (const part of partsOf(changes)) this.#io.to(kindRoom(kind)).emit('changes', part);
      for (const socket of slow) this.#miss(socket, kind, changes);
    }
  }

  /** In order for everybody: runs of one noun, each run encoded once. */
  sendEvents(events: readonly Event[]): void {
    let run: Event[] = [];
    const flush = (): void => {
      const noun = run[0]?.noun;
      if (noun !== undefined && isEventNoun(noun)) this.#io.to(nounRoom(noun)).emit('events', run);
      run = [];
    };
    for (const event of events) {
      if (run.length > 0 && run[0]!.noun !== event.noun) flush();
      run.push(event);
    }
    flush();
  }

  #sortOutSlow(): LiveSocket[] {
    const slow: LiveSocket[] = [];
    for (const socket of this.#io.sockets.sockets.values()) {
      const { data } = socket;
      const backlog = data.backlog();
      if (backlog > hopelessBacklog) {
        this.counts.dropped++;
        // The connection, not the client: it comes back by itself.
        socket.conn.close();
      } else if (data.missed === undefined && backlog > slowBacklog) {
        data.missed = new Set();
        for (const kind of data.kinds) void socket.leave(kindRoom(kind));
        this.counts.slow++;
      } else if (data.missed !== undefined && backlog === 0) this.#catchUp(socket, data.missed);
      if (data.missed !== undefined) slow.push(socket);
    }
    return slow;
  }

  #catchUp(socket: LiveSocket, missed: ReadonlySet<string>): void {
    socket.data.missed = undefined;
    const changes = [...missed].map((id) => this.#picture.toWhole(id));
    for (const part of partsOf(changes)) socket.emit('changes', part);
    for (const kind of socket.data.kinds) void socket.join(kindRoom(kind));
  }

  #miss(socket: LiveSocket, kind: AssetKind, changes: readonly Change[]): void {
    const { kinds, missed } = socket.data;
    if (!kinds.has(kind) || missed === undefined) return;
    for (const change of changes) missed.add(change.id);
    this.counts.skipped += changes.length;
  }
}

function* partsOf(changes: Change[]): Generator<Change[]> {
  for (let from = 0; from < changes.length; from += frameLimit) yield changes.slice(from, from + frameLimit);
}
