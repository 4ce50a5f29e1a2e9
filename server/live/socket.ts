// The socket of one browser as this server knows it: whose it is, what it watches, what it missed.
import type { DefaultEventsMap, Server, Socket } from 'socket.io';
import type { AssetKind } from '../../model/asset.ts';
import type { ClientToServer, EventNoun, ServerToClient } from '../../model/live.ts';
import type { SignedIn } from '../session.ts';

export interface SocketData {
  token: string;
  session: SignedIn;
  kinds: Set<AssetKind>;
  nouns: Set<EventNoun>;
  /** Ids that changed while it was too slow to be told, while it is. */
  missed: Set<string> | undefined;
  /** Frames waiting for its connection. */
  backlog: () => number;
  /** Raised by each `watch`, so that what an earlier one began knows that it is over. */
  watchNo: number;
  /** Was answered with an error because there was no picture yet. */
  waits: boolean;
  /** The alarm it has open. */
  looksAt: string | undefined;
}

export type LiveServer = Server<ClientToServer, ServerToClient, DefaultEventsMap, SocketData>;
export type LiveSocket = Socket<ClientToServer, ServerToClient, DefaultEventsMap, SocketData>;

/** One room a layer, so that each frame is encoded once for all of them. */
export const kindRoom = (kind: AssetKind): string => `kind:${kind}`;
export const nounRoom = (noun: EventNoun): string => `noun:${noun}`;
