// The MQTT topics by which the city comes in: the feeds that every broker has, and what devices may publish.
import type { FormatId } from './source.ts';

/** Everything invented stands under this prefix, in the same formats. */
export const simulatedPrefix = 'sim/';

/** Ours alone: no device may publish or subscribe there. */
export const ownPrefix = 'simpang/';

/** What a source of its own brought, from another broker or a poll, stands in the journal as `simpang/source/{id}/{topic}`. */
export const sourcePrefix = `${ownPrefix}source/`;

export const toSourceTopic = (sourceId: string, topic: string): string =>
  `${sourcePrefix}${sourceId}/${topic}`;

export const maxPayloadBytes = 256 * 1024;
/** Of what is polled: the snapshot of a whole fleet comes in one piece. */
export const maxPolledBytes = 8 * 1024 * 1024;
export const maxTopicBytes = 1024;

export interface HouseFeed {
  id: string;
  format: FormatId;
  filters: readonly string[];
  /** Recognises the topics of the filters. */
  pattern: RegExp;
  /** After how long without any message it counts as silent; feeds of events have none: no event is no fault. */
  silentAfterSeconds?: number;
}

/** Feeds of the house's broker that need no row: their topics are fixed by the contract or by their format. */
export const mqttFeeds = [
  {
    id: 'city-vehicle',
    format: 'native',
    filters: ['city/vehicle/+/position'],
    pattern: /^city\/vehicle\/[^/]*\/position$/,
    silentAfterSeconds: 60,
  },
  {
    id: 'city-sensor',
    format: 'native',
    filters: ['city/sensor/+/reading'],
    pattern: /^city\/sensor\/[^/]*\/reading$/,
    silentAfterSeconds: 600,
  },
  {
    id: 'city-camera-status',
    format: 'native',
    filters: ['city/camera/+/status'],
    pattern: /^city\/camera\/[^/]*\/status$/,
    silentAfterSeconds: 600,
  },
  {
    id: 'city-camera-event',
    format: 'native',
    filters: ['city/camera/+/event'],
    pattern: /^city\/camera\/[^/]*\/event$/,
  },
  { id: 'hfp', format: 'hfp', filters: ['/hfp/v2/#'], pattern: /^\/hfp\/v2\//, silentAfterSeconds: 60 },
  {
    id: 'gtfs-realtime',
    format: 'gtfs-realtime',
    filters: ['gtfs-rt/#'],
    pattern: /^gtfs-rt\//,
    silentAfterSeconds: 300,
  },
  {
    id: 'things-stack',
    format: 'things-stack',
    filters: ['v3/+/devices/+/up'],
    pattern: /^v3\/[^/]+\/devices\/[^/]+\/up$/,
    silentAfterSeconds: 7200,
  },
  {
    id: 'sensorthings',
    format: 'sensorthings',
    filters: ['v1.1/+/Observations', 'v1.1/Observations'],
    pattern: /^v1\.1\/([^/]+\/)?Observations$/,
    silentAfterSeconds: 7200,
  },
  {
    id: 'sparkplug',
    format: 'sparkplug',
    // Not all of spBv1.0/#: commands are ours to send, not to hear.
    filters: ['NBIRTH', 'NDATA', 'NDEATH', 'DBIRTH', 'DDATA', 'DDEATH'].map((type) => `spBv1.0/+/${type}/#`),
    pattern: /^spBv1\.0\/[^/]+\/[ND](BIRTH|DATA|DEATH)\/[^/]+(\/[^/]+)?$/,
    silentAfterSeconds: 7200,
  },
  {
    id: 'frigate',
    format: 'frigate',
    filters: ['frigate/events', 'frigate/reviews', 'frigate/available', 'frigate/stats'],
    pattern: /^frigate\/(events|reviews|available|stats)$/,
  },
  {
    id: 'owntracks',
    format: 'owntracks',
    filters: ['owntracks/+/+'],
    pattern: /^owntracks\/[^/]+\/[^/]+$/,
  },
  {
    id: 'traccar',
    format: 'traccar',
    filters: ['positions', 'traccar/positions'],
    pattern: /^(traccar\/)?positions$/,
    silentAfterSeconds: 600,
  },
] as const satisfies readonly HouseFeed[];

export type MqttFeedId = (typeof mqttFeeds)[number]['id'];

/** A feed as counted: one of the house's, its simulated twin, or a source of its own. */
export type FeedId = string;

/** What ingest subscribes at the house's broker. `sim/…` only where a simulated city is wanted, so nothing invented can enter elsewhere. */
export function subscriptions(simulate: boolean): string[] {
  const filters: string[] = mqttFeeds.flatMap((feed) => [...feed.filters]);
  // `/hfp` starts with an empty level: under the prefix it is `sim//hfp/…`.
  return simulate ? [...filters, ...filters.map((filter) => simulatedPrefix + filter)] : filters;
}

/** Whether an MQTT topic filter matches a topic (MQTT 3.1.1, 4.7). */
export function matchesFilter(filter: string, topic: string): boolean {
  const wanted = filter.split('/');
  const given = topic.split('/');
  // 4.7.2: a wildcard at the first level does not match `$SYS` and its like.
  if (topic.startsWith('$') && (wanted[0] === '+' || wanted[0] === '#')) return false;
  for (let level = 0; level < wanted.length; level++) {
    if (wanted[level] === '#') return true;
    if (level >= given.length) return false;
    if (wanted[level] !== '+' && wanted[level] !== given[level]) return false;
  }
  return wanted.length === given.length;
}

/** What is wrong with a topic filter for people to read; undefined when it can be subscribed. */
export function filterFault(filter: string): string | undefined {
  const levels = filter.split('/');
  if (filter === '' || /[\0\p{Surrogate}]/u.test(filter))
    return 'is empty or holds characters that MQTT does not allow';
  if (levels.some((level, n) => level.includes('#') && (level !== '#' || n < levels.length - 1)))
    return '# stands alone, at the end';
  if (levels.some((level) => level.includes('+') && level !== '+')) return '+ stands alone between slashes';
  if (['#', '+'].includes(levels[0]!) || filter.startsWith('$'))
    return 'begins with a word of its own, not with a wildcard or $';
  if (filter.startsWith(ownPrefix) || filter.startsWith(simulatedPrefix))
    return 'simpang/ and sim/ are reserved';
  return undefined;
}
