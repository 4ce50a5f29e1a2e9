// The way of one message, step by step: route, adapter, plausible, newest; then the live picture and the store.
import { sourceIdPattern } from '../model/asset.ts';
import { rejected, type Observation, type Rejected } from '../model/observation.ts';
import { mqttFeeds, routeOf, type Route } from '../model/topics.ts';
import { adapters } from './adapters/registry.ts';
import type { Assets } from './assets.ts';
import type { Feed, Feeds } from './feeds.ts';
import type { Message } from './journal-record.ts';
import type { LivePublisher } from './live-publisher.ts';
import { foldObservation, orderOf } from './newest.ts';
import { plausible } from './plausible.ts';
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
const rememberedTopics = 20_000;

export class Pipeline {
  readonly #assets: Assets;
  readonly #feeds: Feeds;
  readonly #live: LivePublisher;
  readonly #writer: Writer;
  readonly #simulate: boolean;
  readonly #routes = new Map<string, Route | undefined>();

  constructor(rooms: {
    assets: Assets;
    feeds: Feeds;
    live: LivePublisher;
    writer: Writer;
    simulate: boolean;
  }) {
    this.#simulate = rooms.simulate;
    this.#assets = rooms.assets;
    this.#feeds = rooms.feeds;
    this.#live = rooms.live;
    this.#writer = rooms.writer;
  }

  take(message: Message, passage: Passage): void {
    const route = this.#route(message.topic);
    const feed = this.#feeds.of(route?.feedId ?? 'unknown', route?.simulated ?? false);
    if (passage.first) feed.lastMessageAt = Math.max(feed.lastMessageAt ?? 0, message.receivedAt);
    const rejects: Rejected[] = [];
    try {
      for (const observation of this.#observations(message, route, rejects)) {
        this.#observe(observation, message.receivedAt, route!, feed, passage, rejects);
      }
    } catch (error) {
      // A fault of ours; it must not stop the messages behind it, now or at the next start.
      rejects.push(rejected('internal', String(error)));
    }
    if (passage.first) for (const reject of rejects) this.#feeds.reject(feed, message, reject);
  }

  /** Counts and keeps a message that is not taken at all. */
  refuse(message: Message, reject: Rejected): void {
    const route = routeOf(message.topic);
    const feed = this.#feeds.of(route?.feedId ?? 'unknown', route?.simulated ?? false);
    this.#feeds.reject(feed, message, reject);
  }

  #route(topic: string): Route | undefined {
    if (this.#routes.has(topic)) return this.#routes.get(topic);
    if (this.#routes.size >= rememberedTopics) this.#routes.clear();
    const route = routeOf(topic);
    this.#routes.set(topic, route);
    return route;
  }

  #observations(message: Message, route: Route | undefined, rejects: Rejected[]): Observation[] {
    const { payload, receivedAt } = message;
    if (route === undefined) {
      rejects.push(rejected('unknown-topic', 'no feed has this topic', 'topic'));
      return [];
    }
    if (route.simulated && !this.#simulate) {
      rejects.push(rejected('unknown-topic', 'nothing simulated is taken in here', 'topic'));
      return [];
    }
    const observations: Observation[] = [];
    for (const outcome of adapters[mqttFeeds[route.feedNo]!.id]({
      topic: route.topic,
      payload,
      receivedAt,
    })) {
      if (outcome.kind === 'rejected') rejects.push(outcome);
      else {
        const observation = plausible(outcome, receivedAt, rejects);
        if (observation !== undefined) observations.push(observation);
      }
    }
    return observations.filter((observation) => hasOwnWorld(observation, route.simulated, rejects));
  }

  #observe(
    observation: Observation,
    receivedAt: number,
    route: Route,
    feed: Feed,
    passage: Passage,
    rejects: Rejected[],
  ): void {
    const kind = observation.kind === 'camera-event' ? 'camera' : observation.kind;
    const asset = this.#assets.heard(kind, observation.sourceId, route.simulated);
    if (asset === undefined) {
      rejects.push(rejected('too-many-assets', 'too many assets that nobody confirmed', 'id'));
      return;
    }
    const order = orderOf(asset, observation);
    // Only at once and in order is the state in the live picture also the one that is stored.
    const direct = passage.store && !passage.replayed;
    const unchanged =
      direct && observation.kind === 'camera' && asset.values.get('state')?.value === observation.state;
    if (unchanged && order === 'same') {
      // A retained status sent again: there is no row that could tell.
      if (passage.first) feed.duplicates++;
      return;
    }
    if (passage.first) {
      feed.accepted++;
      feed.lagMs = receivedAt - observation.observedAt;
      if (order === 'late') feed.late++;
      const change = foldObservation(asset, observation, order, receivedAt);
      if (change !== undefined) this.#live.add(asset, change);
    }
    if (!passage.store) return;
    const mayRepeat = passage.replayed || order !== 'newer';
    this.#writer.add({
      observation,
      asset,
      feed,
      receivedAt,
      mayRepeat,
      unchanged: unchanged && order === 'newer',
    });
  }
}

/** Invented ids begin with `sim-` and real ones do not, so that neither can pass for the other. */
function hasOwnWorld(observation: Observation, simulated: boolean, rejects: Rejected[]): boolean {
  const marked = observation.sourceId.startsWith(simulatedIdPrefix);
  if (simulated && !marked) observation.sourceId = simulatedIdPrefix + observation.sourceId;
  if (simulated === marked || (simulated && sourceIdPattern.test(observation.sourceId))) return true;
  rejects.push(rejected('bad-id', 'ids that begin with sim- belong under sim/', 'id'));
  return false;
}
