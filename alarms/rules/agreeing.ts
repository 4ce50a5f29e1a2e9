// Several sensors of one kecamatan past the limit at once: one alarm a kecamatan.
import type { ConditionOf } from '../../model/alarm-rule.ts';
import { silentAfterIntervals } from '../../model/asset.ts';
import { metrics } from '../../model/metrics.ts';
import { districtAt, type District } from '../ground.ts';
import { maxEvidenceAssets, type Finding, type Surroundings, type Watch } from '../watch.ts';
import { chosenAssets } from './chosen-assets.ts';
import { currentValue, past } from './threshold.ts';

interface Opinion {
  districtCode: string;
  value: number;
  simulated: boolean;
  /** Until then it is fresh enough to agree; epoch milliseconds. */
  untilMs: number;
}

export const districtSubjectId = (code: string): string => `district:${code}`;

export function watchAgreeing(condition: ConditionOf<'agreeing'>, { ground }: Surroundings): Watch {
  const { metric, side, limit, atLeast } = condition;
  const isChosen = chosenAssets(condition.assets, ground);
  /** Of the sensors that are past the limit. */
  const opinions = new Map<string, Opinion>();

  const look = ({ code, name, centroid }: District, nowMs: number): Finding => {
    const here = [...opinions].filter(([, { districtCode }]) => districtCode === code);
    const fresh = here.filter(([, { untilMs }]) => untilMs >= nowMs);
    // What those would say that fell silent while they were past the limit, nobody knows.
    const notEnough = here.length < atLeast ? 'off' : 'unknown';
    const values = fresh.map(([, { value }]) => value);
    return {
      subjectId: districtSubjectId(code),
      is: fresh.length >= atLeast ? 'on' : notEnough,
      tell: () => ({
        subject: {
          id: districtSubjectId(code),
          name,
          lat: centroid[1],
          lon: centroid[0],
          simulated: here.some(([, { simulated }]) => simulated),
        },
        evidence: {
          value: side === 'above' ? Math.max(...values) : Math.min(...values),
          limit,
          unit: metrics[metric].unit,
          assetIds: fresh.map(([id]) => id).slice(0, maxEvidenceAssets),
        },
      }),
    };
  };

  return {
    assetKinds: ['sensor'],
    changed: (asset, nowMs) => {
      const value = currentValue(asset, metric, nowMs);
      const { lat, lon, simulated } = asset;
      if (value === undefined || lat === undefined || lon === undefined || !isChosen(asset)) return undefined;
      const district = districtAt(ground, lon, lat);
      if (district === undefined) return undefined;
      const is = past(condition, value);
      if (is === 'off') opinions.delete(asset.id);
      else if (is === 'on' || opinions.has(asset.id)) {
        const observedAt = asset.values.get(metric)!.observedAt;
        const untilMs = observedAt + silentAfterIntervals * asset.expectedEverySeconds * 1000;
        opinions.set(asset.id, { districtCode: district.code, value, simulated, untilMs });
      }
      return look(district, nowMs);
    },
    gone: (assetId, nowMs) => {
      const code = opinions.get(assetId)?.districtCode;
      opinions.delete(assetId);
      const district = ground.districts.find((each) => each.code === code);
      return district && look(district, nowMs);
    },
  };
}
