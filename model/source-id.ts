// Ids of sources: made once from the name, and never used for another source.
import { sourceIdPattern } from './source.ts';
import { mqttFeeds } from './topics.ts';

const longest = 36;

/** Ids that mean something else already: the house's feeds, their simulated twins, what no feed claims, and the page that makes one. */
const isReserved = (id: string): boolean =>
  id === 'unknown' ||
  id === 'new' ||
  id === 'sim' ||
  id.startsWith('sim-') ||
  mqttFeeds.some((feed) => feed.id === id);

/** A name as part of an address: `LoRa PDAM, Siantar` is `lora-pdam-siantar`; `source` when nothing of it is left. */
export function slugOf(name: string): string {
  const slug = name
    .normalize('NFKD')
    .toLowerCase()
    .replace(/\p{Mark}/gu, '')
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, longest)
    .replace(/^-+|-+$/g, '');
  return slug === '' ? 'source' : slug;
}

/** The id for a source of that name: the slug, or the slug with the first number that nobody has yet. */
export function toSourceId(name: string, taken: ReadonlySet<string>): string {
  const slug = slugOf(name);
  const base = isReserved(slug) ? `source-${slug}` : slug;
  for (let n = 1; ; n++) {
    const id = n === 1 ? base : `${base}-${n}`;
    if (!taken.has(id) && sourceIdPattern.test(id)) return id;
  }
}
