// Once a second: how many assets of each group are fresh, stale or silent, and which of them crossed a border.
import type { Freshness } from '../../../model/asset.ts';
import type { PictureAsset } from '../../../model/picture.ts';
import { groupOf, groups, shownFreshness, type Group, type Picture } from './picture.ts';

export interface Counts {
  fresh: number;
  stale: number;
  silent: number;
  simulated: number;
}

export interface Crossing {
  asset: PictureAsset;
  group: Group;
  from: Freshness;
  to: Freshness;
}

const noCounts = (): Record<Group, Counts> =>
  Object.fromEntries(
    groups.map((group) => [group, { fresh: 0, stale: 0, silent: 0, simulated: 0 }]),
  ) as Record<Group, Counts>;

export class Census {
  counts = $state.raw(noCounts());
  total = $derived(groups.reduce((sum, group) => sum + of(this.counts[group]), 0));
  #freshness = new Map<string, Freshness>();
  #picture: Picture;

  constructor(picture: Picture) {
    this.#picture = picture;
  }

  /** Begins anew, as when another time is shown: nothing crossed a border between the two. */
  forget(): void {
    this.#freshness.clear();
  }

  /** Counts at `nowMs` and returns what crossed since the last count; an asset first seen has crossed nothing. */
  take(nowMs: number): Crossing[] {
    const counts = noCounts();
    const crossings: Crossing[] = [];
    for (const asset of this.#picture.assets.values()) {
      const group = groupOf(asset);
      const to = shownFreshness(asset, nowMs);
      const count = counts[group];
      count[to]++;
      if (asset.simulated) count.simulated++;
      const from = this.#freshness.get(asset.id);
      if (from === to) continue;
      this.#freshness.set(asset.id, to);
      if (from !== undefined) crossings.push({ asset, group, from, to });
    }
    if (this.#freshness.size > this.#picture.assets.size) {
      for (const id of this.#freshness.keys()) if (!this.#picture.assets.has(id)) this.#freshness.delete(id);
    }
    this.counts = counts;
    return crossings;
  }
}

export const of = (counts: Counts): number => counts.fresh + counts.stale + counts.silent;
