// A vehicle further from its line than it may be: one alarm a vehicle.
import type { ConditionOf } from '../../model/alarm-rule.ts';
import { silentAfterIntervals } from '../../model/asset.ts';
import type { PictureAsset } from '../../model/picture.ts';
import { nearestOn } from '../geometry.ts';
import { toSubject, type Finding, type Surroundings, type Watch } from '../watch.ts';

/** Back on its line only well within the limit, so that GPS does not make it come and go. */
const backWithin = 0.8;

export function watchOffRoute(
  { routeIds, furtherThanM }: ConditionOf<'off-route'>,
  { ground }: Surroundings,
): Watch {
  const wanted = new Set(routeIds);
  /** The path of the line it says it is on; undefined where it is on none that this rule looks at. */
  const lineOf = (asset: PictureAsset) => {
    const routeId = asset.values.get('routeId')?.value;
    if (typeof routeId !== 'string' || (wanted.size > 0 && !wanted.has(routeId))) return undefined;
    return ground.lines.get(routeId);
  };
  const isOff = (awayM: number): Finding['is'] => {
    if (awayM > furtherThanM) return 'on';
    return awayM < furtherThanM * backWithin ? 'off' : 'unknown';
  };
  return {
    assetKinds: ['vehicle'],
    looksAt: (asset) => lineOf(asset) !== undefined,
    changed: (asset, nowMs) => {
      const { lat, lon, observedAt } = asset;
      const line = lineOf(asset);
      if (line === undefined || lat === undefined || lon === undefined || observedAt === undefined)
        return undefined;
      if (nowMs - observedAt > silentAfterIntervals * asset.expectedEverySeconds * 1000) return undefined;
      const { awayM } = nearestOn(line.path, ground.plane.toPoint([lon, lat]));
      return {
        subjectId: asset.id,
        is: isOff(awayM),
        tell: () => ({
          subject: toSubject(asset),
          evidence: { value: Math.round(awayM), limit: furtherThanM, unit: 'm', assetIds: [] },
        }),
      };
    },
  };
}
