// The way of one message, step by step: route, adapter, plausible, newest; then the live picture and the store.
import { sourceIdPattern } from '../model/asset.ts';
import {
  isNotice,
  rejected,
  type AssetObservation,
  type CameraEventObservation,
  type NoticeObservation,
  type Observation,
  type Rejected,
} from '../model/observation.ts';
import type { Secrets } from '../store/secrets.ts';
import type { Assets, LiveAsset } from './assets.ts';
import { unknownFeedId, type Feed, type Feeds } from './feeds.ts';
import type { Message } from './journal-record.ts';
import type { LivePublisher } from './live-publisher.ts';
import { foldObservation, orderOf } from './newest.ts';
import { plausible } from './plausible.ts';
import type { Reader, Readers } from './readers.ts';
import type { Route, Routes } from './routes.ts';
import type { Writer } from './writer.ts';

export interface Passage {
  /** Counted, and folded into the live picture: once in a message's life with this process. */
  first: boolean;
  /** Handed to the writer. */
  store: boolean;
  /** Read back from the journal: the store may hold it already. */
  replayed: boolean;
}

const simulatedIdPrefix = 'sim-';

export class Pipeline {
  readonly #routes: Routes;
  readonly #readers: Readers;
  readonly #assets: Assets;
  readonly #feeds: Feeds;
  readonly #live: LivePublisher;
  readonly #writer: Writer;
  readonly #simulate: boolean;
  readonly #secrets: Secrets;

  constructor(rooms: {
    routes: Routes;
    readers: Readers;
    assets: Assets;
    feeds: Feeds;
    live: LivePublisher;
    writer: Writer;
    simulate: boolean;
    secrets: Secrets;
  }) {
    this.#secrets = rooms.secrets;
    this.#routes = rooms.routes;
    this.#readers = rooms.readers;
    this.#simulate = rooms.simulate;
    this.#assets = rooms.assets;
    this.#feeds = rooms.feeds;
    this.#live = rooms.live;
    this.#writer = rooms.writer;
  }

  take(message: Message, passage: Passage): void {
    const route = this.#routes.of(message.topic);
    const feed = this.#feedOf(route);
    if (passage.first) feed.lastMessageAt = Math.max(feed.lastMessageAt ?? 0, message.receivedAt);
    const rejects: Rejected[] = [];
    try {
      for (const observation of this.#observations(message, route, passage, rejects)) {
        if (isNotice(observation)) this.#notice(observation, message.receivedAt, route!, feed, passage);
        else this.#observe(observation, message.receivedAt, route!, feed, passage, rejects);
      }
    } catch (error) {
      // A fault of ours; it must not stop the messages behind it, now or at the next start.
      rejects.push(rejected('internal', String(error)));
    }
    if (passage.first) for (const reject of rejects) this.#feeds.reject(feed, message, reject);
  }

  /** Counts and keeps a message that is not taken at all. */
  refuse(message: Message, reject: Rejected): void {
    this.#feeds.reject(this.#feedOf(this.#routes.of(message.topic)), message, reject);
  }

  #feedOf(route: Route | undefined): Feed {
    return this.#feeds.of(route?.feedId ?? unknownFeedId, route?.simulated ?? false);
  }

  #observations(
    message: Message,
    route: Route | undefined,
    passage: Passage,
    rejects: Rejected[],
  ): Observation[] {
    if (route === undefined) {
      rejects.push(rejected('unknown-topic', 'no feed has this topic', 'topic'));
      return [];
    }
    if (route.simulated && !this.#simulate) {
      rejects.push(rejected('unknown-topic', 'nothing simulated is taken in here', 'topic'));
      return [];
    }
    return readMessage(this.#readers.of(route), route, message, passage.replayed, rejects);
  }

  #notice(
    observation: NoticeObservation,
    receivedAt: number,
    route: Route,
    feed: Feed,
    passage: Passage,
  ): void {
    if (passage.first) {
      feed.accepted++;
      feed.waiting++;
      feed.heard(receivedAt - observation.observedAt);
    }
    // Polls bring the same ones over and over: only the store can tell which are new.
    if (passage.store) {
      this.#writer.add({
        observation,
        feed,
        receivedAt,
        simulated: route.simulated,
        mayRepeat: true,
        unchanged: false,
      });
    }
  }

  #observe(
    observation: AssetObservation,
    receivedAt: number,
    route: Route,
    feed: Feed,
    passage: Passage,
    rejects: Rejected[],
  ): void {
    const asset = this.#assets.heard(
      assetKindOf(observation),
      observation.sourceId,
      route.simulated,
      observation.name,
    );
    if (asset === undefined) {
      rejects.push(rejected('too-many-assets', 'too many assets that nobody confirmed', 'id'));
      return;
    }
    if (observation.kind === 'camera-event' && observation.identity !== undefined) this.#seal(observation);
    const order = orderOf(asset, observation);
    // Only at once and in order is the state in the live picture also the one that is stored.
    const direct = passage.store && !passage.replayed;
    const standing =
      direct && observation.kind === 'camera' && asset.values.get('state')?.value === observation.state;
    const unchanged = standing && isSaidOf(asset, observation.observedAt);
    if ((standing || observation.kind === 'link') && order === 'same') {
      // Sent again, and there is no row that could tell.
      if (passage.first) feed.duplicates++;
      return;
    }
    if (passage.first) {
      feed.accepted++;
      feed.waiting++;
      feed.heard(receivedAt - observation.observedAt);
      if (order === 'late') feed.late++;
      if (asset.feedId !== route.feedId) {
        asset.feedId = route.feedId;
        this.#live.announce(asset);
      }
      const change = foldObservation(asset, observation, order, receivedAt);
      if (change !== undefined) this.#live.add(asset, change);
    }
    if (!passage.store) return;
    if (observation.kind === 'camera' && !unchanged && order === 'newer')
      asset.stateSaidAt = observation.observedAt;
    const mayRepeat = passage.replayed || order !== 'newer';
    this.#writer.add({
      observation,
      asset,
      feed,
      receivedAt,
      simulated: route.simulated,
      mayRepeat,
      unchanged: observation.kind === 'link' || (unchanged && order === 'newer'),
    });
  }

  /** From here on whom a camera recognised cannot be read, in memory or at rest. */
  #seal(event: CameraEventObservation): void {
    event.identity = this.#secrets.seal(event.identity!, identityOf(event)).toString('base64');
  }
}

/** A state that stands is put down again every other interval: silence must be told from it in the past, too. */
const isSaidOf = ({ stateSaidAt, expectedEverySeconds }: LiveAsset, observedAt: number): boolean =>
  stateSaidAt !== undefined && observedAt - stateSaidAt < 2 * expectedEverySeconds * 1000;

/** What a sealed identity is bound to. */
const identityOf = ({ sourceId, eventId }: CameraEventObservation): string =>
  `identity:${sourceId} ${eventId}`;

export function assetKindOf(observation: AssetObservation): 'vehicle' | 'sensor' | 'camera' {
  if (observation.kind === 'camera-event') return 'camera';
  return observation.kind === 'link' ? observation.of : observation.kind;
}

/** What a message says, as far as it can be true; the rest is told in `rejects`. */
export function readMessage(
  { read, clockOffsetMs }: Reader,
  route: Route,
  { payload, receivedAt }: Message,
  replayed: boolean,
  rejects: Rejected[],
): Observation[] {
  const observations: Observation[] = [];
  for (const outcome of read({ topic: route.topic, payload, receivedAt, replayed })) {
    if (outcome.kind === 'rejected') {
      rejects.push(outcome);
      continue;
    }
    outcome.observedAt += clockOffsetMs;
    const observation = plausible(outcome, receivedAt, rejects);
    if (observation !== undefined && hasOwnWorld(observation, route.simulated, rejects))
      observations.push(observation);
  }
  return observations;
}

/** Invented ids begin with `sim-` and real ones do not, so that neither can pass for the other. */
function hasOwnWorld(observation: Observation, simulated: boolean, rejects: Rejected[]): boolean {
  // Notices are marked by their row: their ids are others' to give.
  if (isNotice(observation)) return true;
  const marked = observation.sourceId.startsWith(simulatedIdPrefix);
  if (simulated && !marked) observation.sourceId = simulatedIdPrefix + observation.sourceId;
  if (simulated === marked || (simulated && sourceIdPattern.test(observation.sourceId))) return true;
  rejects.push(rejected('bad-id', 'ids that begin with sim- belong under sim/', 'id'));
  return false;
}
