// What the stream holds: entries newest first, bounded, alarms the last to be let go. Pure.
import type { Group } from './picture.ts';

/** What an entry says is put into words where it is shown, so that it follows the language. */
export type Entry = { key: string; at: number } & (
  | {
      kind: 'feed';
      feedId: string;
      /** Of a source; a feed that every broker has is named where it is shown. */
      name: string | undefined;
      state: string;
      simulated: boolean;
      silentMs: number | undefined;
    }
  | {
      kind: 'asset';
      group: Group;
      assetId: string;
      name: string;
      to: 'silent' | 'back';
      seenAt: number | undefined;
      simulated: boolean;
    }
  | { kind: 'assets'; group: Group; count: number; to: 'silent' | 'back' }
  | {
      kind: 'camera';
      assetId: string;
      name: string;
      to: 'offline' | 'online';
      seenAt: number | undefined;
      simulated: boolean;
    }
  | { kind: 'warning'; warningId: string; headline: string; state: string }
  | { kind: 'link'; to: 'lost' | 'back' }
  | { kind: 'slept'; from: number }
);

export const streamFilters = ['all', 'alarms', 'feeds', 'assets'] as const;
export type StreamFilter = (typeof streamFilters)[number];

/** The tab that an entry stands under, beside that of all. */
export function filterOf(entry: Entry): Exclude<StreamFilter, 'all' | 'alarms'> {
  return 'group' in entry || entry.kind === 'camera' ? 'assets' : 'feeds';
}

export const keptEntries = 10_000;

/**
 * Puts entries among those that are held: newest first, each key once (the later one counts), the oldest let go.
 * What is in order already is not sorted again, so that fifty a second cost no more than copying.
 */
export function addEntries(
  held: readonly Entry[],
  added: readonly Entry[],
  kept: number = keptEntries,
): readonly Entry[] {
  if (added.length === 0) return held;
  const fresh = new Map(added.map((entry) => [entry.key, entry]));
  const news = [...fresh.values()].sort((a, b) => b.at - a.at);
  const merged: Entry[] = [];
  let next = 0;
  for (const entry of held) {
    if (fresh.has(entry.key)) continue;
    while (next < news.length && news[next]!.at >= entry.at) merged.push(news[next++]!);
    merged.push(entry);
  }
  while (next < news.length) merged.push(news[next++]!);
  return merged.length > kept ? merged.slice(0, kept) : merged;
}
