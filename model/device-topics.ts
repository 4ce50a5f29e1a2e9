// Which topics a device may be given: to speak, those of feeds; to hear, only what Sparkplug's hosts say.
import { filterFault } from './topics.ts';

/** Line breaks and outer spaces would mean something else in a broker's list of rights. */
const plainFault = (filter: string): string | undefined =>
  /\p{Cc}/u.test(filter) || filter.trim() !== filter
    ? 'holds a control character, or begins or ends with a space'
    : filterFault(filter);

/** Whether every topic that `inner` matches is matched by `outer`, too (MQTT 3.1.1, 4.7). */
export function isWithinFilter(inner: string, outer: string): boolean {
  const narrow = inner.split('/');
  const wide = outer.split('/');
  for (let level = 0; level < wide.length; level++) {
    // `a/#` matches `a` as well (4.7.1.2), so the level before it is enough.
    if (wide[level] === '#') return narrow.length >= level;
    if (level >= narrow.length || narrow[level] === '#') return false;
    if (wide[level] !== '+' && wide[level] !== narrow[level]) return false;
  }
  return narrow.length === wide.length;
}

/**
 * What is wrong with a filter that a device shall publish to, for people.
 * @param feedFilters the filters of the house's feeds, and of the sources that come by the house's broker.
 */
export function publishFault(filter: string, feedFilters: readonly string[]): string | undefined {
  const wrong = plainFault(filter);
  if (wrong !== undefined) return `${filter} ${wrong}`;
  if (feedFilters.some((feed) => isWithinFilter(filter, feed))) return undefined;
  const near = feedFilters.find((feed) => isWithinFilter(feed, filter));
  return near === undefined
    ? `${filter} belongs to no feed: nobody would take in what is published there`
    : `${filter} is wider than the feeds in it: name them one by one, such as ${near}`;
}

const heard = ['spBv1.0/+/NCMD/#', 'spBv1.0/+/DCMD/#', 'spBv1.0/STATE/#', 'STATE/+'];

/** What is wrong with a filter that a device shall hear: commands of one Sparkplug group, and states of hosts. */
export function subscribeFault(filter: string): string | undefined {
  const wrong = plainFault(filter);
  if (wrong !== undefined) return `${filter} ${wrong}`;
  const everyGroup = filter.startsWith('spBv1.0/+');
  if (!everyGroup && heard.some((each) => isWithinFilter(filter, each))) return undefined;
  return `${filter} is not for devices: they may hear spBv1.0/{group}/NCMD/…, spBv1.0/{group}/DCMD/… and STATE/…`;
}
