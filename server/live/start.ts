// The live side, wired: bus into picture and conflater, store into picture, change log and frames out to the rooms.
import type { Server as HttpServer } from 'node:http';
import { assetKinds, type AssetKind } from '../../model/asset.ts';
import type { Change } from '../../model/live.ts';
import type { StoredAsset } from '../../store/assets.ts';
import type { Database } from '../../store/connect.ts';
import { ChangeFollower } from '../../store/follow-changes.ts';
import { toEvent } from '../events.ts';
import type { HealthOptions, HealthWatch } from '../health.ts';
import type { Origins } from '../origin.ts';
import type { Sessions } from '../session.ts';
import { Conflater } from './conflate.ts';
import type { LiveFigures } from './figures.ts';
import { listenToBus, type BusOptions } from '../../bus/listen.ts';
import { PictureLoader } from '../../bus/load.ts';
import { LivePicture } from '../../bus/picture.ts';
import { openRooms, type Rooms } from './rooms.ts';
import { Sender } from './send.ts';

export interface LiveOptions {
  db: Database;
  bus: BusOptions;
  sessions: Sessions;
  origins: Origins;
  select: () => Promise<StoredAsset[]>;
  /** Whether invented assets are wanted; where they are not, none gets in by the bus either. */
  withSimulated: boolean;
  newHealth: (hooks: Pick<HealthOptions, 'canServe' | 'changed'>) => HealthWatch;
  log: (message: string) => void;
}

export interface Live {
  readonly picture: LivePicture;
  readonly health: HealthWatch;
  readonly figures: LiveFigures;
  /** Opens the websockets on a server that does not listen yet. */
  open(server: HttpServer, parseCookies: (header: string) => Record<string, string | undefined>): void;
  stop(): Promise<void>;
}

export function startLive(options: LiveOptions): Live {
  const { db, sessions, origins, log } = options;
  const picture = new LivePicture();
  const conflater = new Conflater(picture);
  let rooms: Rooms | undefined;
  let sender: Sender | undefined;

  const pass = (kind: AssetKind, change: Change): void => {
    // Nobody watches yet: there is nobody to tell.
    if (rooms) conflater.add(kind, change);
  };
  const loader = new PictureLoader({
    select: options.select,
    picture,
    log,
    loaded: (changes) => {
      for (const change of changes) pass(kindOf(change), change);
      rooms?.pictureLoaded();
    },
  });
  const follower = new ChangeFollower({
    db,
    log,
    changes: (changes) => sender?.sendEvents(changes.map(toEvent)),
  });
  const health = options.newHealth({
    canServe: () => picture.loadedAt !== undefined,
    changed: () => rooms?.sendLinks(),
  });
  const bus = listenToBus(options.bus, {
    changes: (kind, changes) => {
      for (const change of changes) hear(kind, change);
    },
    feeds: (report) => health.heardFeeds(report),
    alarms: (report) => health.heardAlarms(report),
    connected: () => {
      health.brokerIs(true);
      // What went by while nobody listened is in the store.
      loader.load();
    },
    disconnected: () => health.brokerIs(false),
    log,
  });
  const hear = (kind: AssetKind, change: Change): void => {
    if (!options.withSimulated && isSimulated(change, picture)) return;
    const shown = picture.fold(change);
    if (shown) pass(kind, shown);
    else if (!change.gone) loader.loadSoon();
  };
  loader.load();

  return {
    picture,
    health,
    figures: toFigures(picture, conflater, () => ({ rooms, sender, malformed: bus.malformed })),
    open: (server, parseCookies) => {
      const links = () => health.toLinkState();
      rooms = openRooms({ server, parseCookies, db, sessions, origins, picture, follower, links, log });
      sender = new Sender(rooms.io, picture, conflater);
    },
    stop: async () => {
      sender?.stop();
      rooms?.stop();
      await Promise.all([bus.stop(), loader.stop(), follower.stop(), health.stop()]);
    },
  };
}

/** Of changes made here, whose ids are known to be good. */
const kindOf = (change: Change): AssetKind => assetKinds.find((kind) => change.id.startsWith(`${kind}:`))!;

/** Parts of an asset bear no mark, but the ids of everything invented begin alike. */
const isSimulated = (change: Change, picture: LivePicture): boolean =>
  change.simulated ?? picture.get(change.id)?.simulated ?? /^[a-z]+:sim-/.test(change.id);

interface Counted {
  rooms: Rooms | undefined;
  sender: Sender | undefined;
  malformed: number;
}

function toFigures(picture: LivePicture, conflater: Conflater, read: () => Counted): LiveFigures {
  const sockets = () => [...(read().rooms?.io.sockets.sockets.values() ?? [])];
  return {
    sockets: () => sockets().length,
    slowSockets: () => sockets().filter((socket) => socket.data.missed !== undefined).length,
    dropped: () => read().sender?.counts.dropped ?? 0,
    skipped: () => read().sender?.counts.skipped ?? 0,
    malformed: () => read().malformed,
    assets: (kind) => picture.countOf(kind),
    received: (kind) => conflater.counts[kind].received,
    conflated: (kind) => conflater.counts[kind].conflated,
  };
}
