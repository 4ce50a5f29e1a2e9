// Which feed a topic belongs to: a source of the city's own, or one of the feeds that every broker has.
import type { FormatId, Mapping } from '../model/source.ts';
import {
  matchesFilter,
  mqttFeeds,
  simulatedPrefix,
  sourcePrefix,
  type FeedId,
  type HouseFeed,
} from '../model/topics.ts';

/** What ingest needs of a source that is active. */
export interface ActiveSource {
  id: string;
  format: FormatId;
  transport: 'broker' | 'mqtt' | 'http';
  topicFilter: string | null;
}

export interface Route {
  feedId: FeedId;
  format: FormatId;
  simulated: boolean;
  /** As the format's own specification writes it: without `sim/` and without our own prefix. */
  topic: string;
}

const houseFeeds: readonly HouseFeed[] = mqttFeeds;
const rememberedTopics = 20_000;

export class Routes {
  #sources: readonly ActiveSource[] = [];
  #mappings: ReadonlyMap<FeedId, Mapping> = new Map();
  readonly #known = new Map<string, Route | undefined>();

  get sources(): readonly ActiveSource[] {
    return this.#sources;
  }

  set(sources: readonly ActiveSource[], mappings: ReadonlyMap<FeedId, Mapping>): void {
    this.#sources = sources;
    this.#mappings = mappings;
    this.#known.clear();
  }

  /** The simulated twin is read as its feed is. */
  mappingOf(feedId: FeedId): Mapping {
    return this.#mappings.get(feedId) ?? {};
  }

  /** Undefined when no feed claims the topic. */
  of(fullTopic: string): Route | undefined {
    if (this.#known.has(fullTopic)) return this.#known.get(fullTopic);
    if (this.#known.size >= rememberedTopics) this.#known.clear();
    const route = this.#find(fullTopic);
    this.#known.set(fullTopic, route);
    return route;
  }

  #find(fullTopic: string): Route | undefined {
    if (fullTopic.startsWith(sourcePrefix)) return this.#ofSource(fullTopic.slice(sourcePrefix.length));
    const simulated = fullTopic.startsWith(simulatedPrefix);
    const topic = simulated ? fullTopic.slice(simulatedPrefix.length) : fullTopic;
    if (!simulated) {
      const source = this.#sources.find(
        (each) => each.transport === 'broker' && matchesFilter(each.topicFilter ?? '', topic),
      );
      if (source !== undefined) return { feedId: source.id, format: source.format, simulated, topic };
    }
    const feed = houseFeeds.find((each) => each.pattern.test(topic));
    if (feed === undefined) return undefined;
    return { feedId: simulated ? `sim-${feed.id}` : feed.id, format: feed.format, simulated, topic };
  }

  #ofSource(rest: string): Route | undefined {
    const slash = rest.indexOf('/');
    const source = this.#sources.find((each) => each.id === rest.slice(0, slash));
    if (source === undefined) return undefined;
    return { feedId: source.id, format: source.format, simulated: false, topic: rest.slice(slash + 1) };
  }
}

/** The feeds of the house's broker alone: what is true of a topic before any source is known. */
export const routeOf = (topic: string): Route | undefined => new Routes().of(topic);
