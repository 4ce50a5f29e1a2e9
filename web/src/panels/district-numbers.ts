// What is known of a kecamatan, in numbers: its people, its ground, the assets in it by freshness. Pure.
import type { PictureAsset } from '../../../model/picture.ts';
import type { District, Geography } from '../city/geography.ts';
import { groupOf, groups, shownFreshness, type Group } from '../live/picture.ts';
import { placeOf } from './things.ts';

export interface GroupCount {
  fresh: number;
  stale: number;
  silent: number;
}

export function countIn(
  geography: Geography,
  code: string,
  assets: Iterable<PictureAsset>,
  nowMs: number,
): Record<Group, GroupCount> {
  const counts = Object.fromEntries(
    groups.map((group) => [group, { fresh: 0, stale: 0, silent: 0 }]),
  ) as Record<Group, GroupCount>;
  for (const asset of assets) {
    const position = placeOf(asset);
    if (position === undefined || geography.districtOf(position)?.code !== code) continue;
    counts[groupOf(asset)][shownFreshness(asset, nowMs)]++;
  }
  return counts;
}

/** People on a square kilometre, by the official area. */
export const densityOf = ({ population2024Estimated, officialAreaKm2 }: District): number =>
  population2024Estimated / officialAreaKm2;
