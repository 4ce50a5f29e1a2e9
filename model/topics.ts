// The MQTT topics by which the city comes in: which feed a topic belongs to, and what devices may publish.

/** Everything invented stands under this prefix, in the same formats. */
export const simulatedPrefix = 'sim/';

/** Ours alone: no device may publish or subscribe there. */
export const ownPrefix = 'simpang/';

export const maxPayloadBytes = 256 * 1024;
export const maxTopicBytes = 1024;

/**
 * Feeds that arrive by MQTT: the filters that subscribe them, the pattern that recognises their topics, and after how
 * long without any message the feed counts as silent. Feeds of events have no such time: no event is no fault.
 */
export const mqttFeeds = [
  {
    id: 'city-vehicle',
    filters: ['city/vehicle/+/position'],
    pattern: /^city\/vehicle\/[^/]*\/position$/,
    silentAfterSeconds: 60,
  },
  {
    id: 'city-sensor',
    filters: ['city/sensor/+/reading'],
    pattern: /^city\/sensor\/[^/]*\/reading$/,
    silentAfterSeconds: 600,
  },
  {
    id: 'city-camera-status',
    filters: ['city/camera/+/status'],
    pattern: /^city\/camera\/[^/]*\/status$/,
    silentAfterSeconds: 600,
  },
  { id: 'city-camera-event', filters: ['city/camera/+/event'], pattern: /^city\/camera\/[^/]*\/event$/ },
  { id: 'hfp', filters: ['/hfp/v2/#'], pattern: /^\/hfp\/v2\//, silentAfterSeconds: 60 },
  {
    id: 'things-stack',
    filters: ['v3/+/devices/+/up'],
    pattern: /^v3\/[^/]+\/devices\/[^/]+\/up$/,
    silentAfterSeconds: 7200,
  },
  { id: 'frigate', filters: ['frigate/events', 'frigate/reviews'], pattern: /^frigate\/(events|reviews)$/ },
] as const satisfies readonly {
  id: string;
  filters: readonly string[];
  pattern: RegExp;
  silentAfterSeconds?: number;
}[];

export type MqttFeedId = (typeof mqttFeeds)[number]['id'];

/** A feed as counted: the format, and whether it is the simulated twin. */
export type FeedId = MqttFeedId | `sim-${MqttFeedId}`;

export interface Route {
  /** Position in `mqttFeeds`. */
  feedNo: number;
  feedId: FeedId;
  simulated: boolean;
  /** The topic without `sim/`, as the format's own specification writes it. */
  topic: string;
}

/** Which feed a topic belongs to; undefined when no feed claims it. */
export function routeOf(fullTopic: string): Route | undefined {
  const simulated = fullTopic.startsWith(simulatedPrefix);
  const topic = simulated ? fullTopic.slice(simulatedPrefix.length) : fullTopic;
  for (let feedNo = 0; feedNo < mqttFeeds.length; feedNo++) {
    const feed = mqttFeeds[feedNo]!;
    if (feed.pattern.test(topic)) {
      return { feedNo, feedId: simulated ? `sim-${feed.id}` : feed.id, simulated, topic };
    }
  }
  return undefined;
}

/** What ingest subscribes to. `sim/…` only where a simulated city is wanted, so nothing invented can enter elsewhere. */
export function subscriptions(simulate: boolean): string[] {
  const filters: string[] = mqttFeeds.flatMap((feed) => feed.filters);
  // `/hfp` starts with an empty level: under the prefix it is `sim//hfp/…`.
  return simulate ? [...filters, ...filters.map((filter) => simulatedPrefix + filter)] : filters;
}
