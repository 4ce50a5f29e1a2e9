// A camera that says that it is offline, or has fallen silent: one alarm a camera.
import type { ConditionOf } from '../../model/alarm-rule.ts';
import { silentAfterIntervals } from '../../model/asset.ts';
import type { PictureAsset } from '../../model/picture.ts';
import { toSubject, type Finding, type Surroundings, type Watch } from '../watch.ts';
import { chosenAssets } from './chosen-assets.ts';
import { silenceOf } from './silence.ts';

export function watchCameraOffline(
  condition: ConditionOf<'camera-offline'>,
  { ground, assetOf, heardSinceMs }: Surroundings,
): Watch {
  const isChosen = chosenAssets(condition.assets, ground);
  const look = (asset: PictureAsset, nowMs: number): Finding | undefined => {
    if (!isChosen(asset)) return undefined;
    const silence = silenceOf(asset, silentAfterIntervals, heardSinceMs(), nowMs);
    const saysOffline = asset.values.get('state')?.value === 'offline';
    return {
      subjectId: asset.id,
      ...silence,
      is: saysOffline ? 'on' : silence.is,
      tell: () => ({
        subject: toSubject(asset),
        evidence: { value: null, limit: null, unit: '', assetIds: [] },
      }),
    };
  };
  return {
    assetKinds: ['camera'],
    looksAt: isChosen,
    changed: look,
    due: (subjectId, nowMs) => {
      const asset = assetOf(subjectId);
      return asset && look(asset, nowMs);
    },
  };
}
