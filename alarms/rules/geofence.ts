// A vehicle inside, or outside, an area: one alarm a vehicle. What GPS wanders at the edge is the delays' to sort out.
import type { ConditionOf } from '../../model/alarm-rule.ts';
import { silentAfterIntervals } from '../../model/asset.ts';
import { isWithinRing } from '../geometry.ts';
import type { Ground } from '../ground.ts';
import { toSubject, type Surroundings, type Watch } from '../watch.ts';
import { chosenAssets } from './chosen-assets.ts';

type Ring = readonly (readonly number[])[];

function ringsOf({ ring, districtCodes }: ConditionOf<'geofence'>, ground: Ground): Ring[] {
  const districts = ground.districts.filter(({ code }) => districtCodes?.includes(code));
  return [...(ring === undefined ? [] : [ring]), ...districts.map((district) => district.ring)];
}

export function watchGeofence(condition: ConditionOf<'geofence'>, { ground }: Surroundings): Watch {
  const rings = ringsOf(condition, ground);
  const isChosen = chosenAssets(condition.assets, ground);
  return {
    assetKinds: ['vehicle'],
    looksAt: isChosen,
    changed: (asset, nowMs) => {
      const { lat, lon, observedAt } = asset;
      // Without any area nothing is inside or outside of it.
      if (rings.length === 0 || lat === undefined || lon === undefined || observedAt === undefined)
        return undefined;
      if (nowMs - observedAt > silentAfterIntervals * asset.expectedEverySeconds * 1000) return undefined;
      if (!isChosen(asset)) return undefined;
      const inside = rings.some((ring) => isWithinRing(ring, lon, lat));
      return {
        subjectId: asset.id,
        is: inside === (condition.side === 'inside') ? 'on' : 'off',
        tell: () => ({
          subject: toSubject(asset),
          evidence: { value: null, limit: null, unit: '', assetIds: [] },
        }),
      };
    },
  };
}
