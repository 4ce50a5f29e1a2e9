// A value past its limit, with a dead band: one alarm a sensor.
import type { ConditionOf } from '../../model/alarm-rule.ts';
import { silentAfterIntervals } from '../../model/asset.ts';
import { metrics } from '../../model/metrics.ts';
import type { PictureAsset } from '../../model/picture.ts';
import { toSubject, type Finding, type Surroundings, type Watch } from '../watch.ts';
import { chosenAssets } from './chosen-assets.ts';

type Limit = Pick<ConditionOf<'threshold'>, 'side' | 'limit' | 'deadband'>;

/** 1.8 less 2 is not quite -0.2 in binary. */
const tinyOver = 1e-9;

/** ISA-18.2 clause 10.5: off only once the value is back by the dead band. */
export function past({ side, limit, deadband }: Limit, value: number): Finding['is'] {
  const over = side === 'above' ? value - limit : limit - value;
  if (over > 0) return 'on';
  return over <= tinyOver - deadband ? 'off' : 'unknown';
}

/** The newest value of a metric; undefined where there is none, or one too old to say anything of now. */
export function currentValue(asset: PictureAsset, metric: string, nowMs: number): number | undefined {
  const held = asset.values.get(metric);
  if (held === undefined || typeof held.value !== 'number') return undefined;
  const ageMs = nowMs - held.observedAt;
  return ageMs <= silentAfterIntervals * asset.expectedEverySeconds * 1000 ? held.value : undefined;
}

export function watchThreshold(condition: ConditionOf<'threshold'>, { ground }: Surroundings): Watch {
  const { metric, limit } = condition;
  const isChosen = chosenAssets(condition.assets, ground);
  return {
    assetKinds: ['sensor'],
    looksAt: isChosen,
    changed: (asset, nowMs) => {
      const value = currentValue(asset, metric, nowMs);
      if (value === undefined || !isChosen(asset)) return undefined;
      return {
        subjectId: asset.id,
        is: past(condition, value),
        tell: () => ({
          subject: toSubject(asset),
          evidence: {
            value: (asset.values.get(metric)?.value as number | undefined) ?? value,
            limit,
            unit: metrics[metric].unit,
            assetIds: [],
          },
        }),
      };
    },
  };
}
