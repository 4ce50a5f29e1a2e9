// What stands or moves near an asset, nearest first. Pure.
import type { PictureAsset } from '../../../model/picture.ts';
import { distanceM } from '../city/geography.ts';

export interface Neighbour {
  asset: PictureAsset;
  metres: number;
}

export function neighboursOf(
  asset: PictureAsset,
  assets: Iterable<PictureAsset>,
  withinM: number,
): Neighbour[] {
  const { lat, lon } = asset;
  if (lat === undefined || lon === undefined) return [];
  // A box first: for most of a city it answers without trigonometry.
  const latReach = withinM / 110_000;
  const lonReach = latReach / Math.max(0.01, Math.cos((lat * Math.PI) / 180));
  const neighbours: Neighbour[] = [];
  for (const other of assets) {
    if (other === asset || other.lat === undefined || other.lon === undefined) continue;
    if (Math.abs(other.lat - lat) > latReach || Math.abs(other.lon - lon) > lonReach) continue;
    const metres = distanceM([lon, lat], [other.lon, other.lat]);
    if (metres <= withinM) neighbours.push({ asset: other, metres });
  }
  return neighbours.sort((a, b) => a.metres - b.metres);
}
