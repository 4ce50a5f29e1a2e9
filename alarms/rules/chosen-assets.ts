// Which assets a rule looks at.
import { parseAssetId } from '../../model/asset.ts';
import type { ConditionOf } from '../../model/alarm-rule.ts';
import type { PictureAsset } from '../../model/picture.ts';
import { isWithinRing } from '../geometry.ts';
import type { Ground } from '../ground.ts';

type Assets = ConditionOf<'threshold'>['assets'];

/** Each member narrows; none of them is all. */
export function chosenAssets(assets: Assets, ground: Ground): (asset: PictureAsset) => boolean {
  const ids = assets.ids?.length ? new Set(assets.ids) : undefined;
  const { idPrefix } = assets;
  const codes = assets.districtCodes;
  const rings = codes?.length
    ? ground.districts.filter(({ code }) => codes.includes(code)).map(({ ring }) => ring)
    : undefined;
  return (asset) => {
    if (ids !== undefined && !ids.has(asset.id)) return false;
    if (idPrefix !== undefined && !parseAssetId(asset.id)?.sourceId.startsWith(idPrefix)) return false;
    if (rings === undefined) return true;
    const { lat, lon } = asset;
    return lat !== undefined && lon !== undefined && rings.some((ring) => isWithinRing(ring, lon, lat));
  };
}
