// An index of CAP alerts (RSS 2.0, or Atom, RFC 4287): the addresses of the alerts, which the poller follows.
import { isRejected } from './adapter.ts';
import { childrenOf, parseXml, textOf, type XmlElement } from './xml.ts';

const atom = 'http://www.w3.org/2005/Atom';
const capTypes: ReadonlySet<string> = new Set([
  'application/cap+xml',
  'application/common-alerting-protocol+xml',
]);
const maxLinks = 500;
const maxLinkLength = 2048;

/**
 * The addresses in an index, as written there (they may be relative), each once, at most 500, in its order.
 * @returns undefined when the body is no index: then it is to be read itself.
 */
export function capLinks(body: Buffer): string[] | undefined {
  const root = parseXml(body);
  return isRejected(root) ? undefined : linksOf(root);
}

/** The same, of a body that is read already. */
export function linksOf(root: XmlElement): string[] | undefined {
  const links = entryLinks(root);
  if (links === undefined) return undefined;
  const sound = links.filter((link) => link !== undefined && link.length <= maxLinkLength) as string[];
  return [...new Set(sound)].slice(0, maxLinks);
}

function entryLinks(root: XmlElement): (string | undefined)[] | undefined {
  if (root.name === 'rss' && root.namespace === '') {
    return childrenOf(root, 'channel').flatMap((channel) => childrenOf(channel, 'item').map(linkOfItem));
  }
  if (root.name === 'feed' && root.namespace === atom) return childrenOf(root, 'entry').map(linkOfEntry);
  return undefined;
}

const linkOfItem = (item: XmlElement): string | undefined =>
  childrenOf(item, 'enclosure')
    .find((enclosure) => capTypes.has(enclosure.attributes.get('type') ?? ''))
    ?.attributes.get('url') ?? textOf(item, 'link');

function linkOfEntry(entry: XmlElement): string | undefined {
  const links = childrenOf(entry, 'link');
  const link =
    links.find(({ attributes }) => capTypes.has(attributes.get('type') ?? '')) ??
    links.find(({ attributes }) => ['alternate', undefined].includes(attributes.get('rel')));
  return link?.attributes.get('href');
}
