// An asset that was heard once and has not been observed for so many of its intervals: one alarm an asset.
import type { ConditionOf } from '../../model/alarm-rule.ts';
import type { PictureAsset } from '../../model/picture.ts';
import { toSubject, type Finding, type Surroundings, type Watch } from '../watch.ts';
import { chosenAssets } from './chosen-assets.ts';

type Silence = Pick<Finding, 'is' | 'askAgainAtMs'>;

/** Silence counts from when the asset was observed last, but never from before anybody listened. */
export function silenceOf(
  asset: PictureAsset,
  afterIntervals: number,
  heardSinceMs: number,
  nowMs: number,
): Silence {
  const { observedAt } = asset;
  // Registered, and not built in yet: the map says so; nobody can answer an alarm about it.
  if (observedAt === undefined) return { is: 'unknown' };
  const link = asset.values.get('link');
  if (link?.value === 'offline' && link.observedAt >= observedAt) return { is: 'on' };
  const afterMs = afterIntervals * asset.expectedEverySeconds * 1000;
  const dueMs = Math.max(observedAt, heardSinceMs) + afterMs;
  if (nowMs >= dueMs) return { is: 'on' };
  return { is: nowMs - observedAt < afterMs ? 'off' : 'unknown', askAgainAtMs: dueMs };
}

export function watchSilence(
  condition: ConditionOf<'silence'>,
  { ground, assetOf, heardSinceMs }: Surroundings,
): Watch {
  const { assetKind, afterIntervals } = condition;
  const isChosen = chosenAssets(condition.assets, ground);
  const look = (asset: PictureAsset, nowMs: number): Finding | undefined => {
    if (!isChosen(asset)) return undefined;
    return {
      subjectId: asset.id,
      ...silenceOf(asset, afterIntervals, heardSinceMs(), nowMs),
      tell: () => ({
        subject: toSubject(asset),
        evidence: {
          // So long as the silence must be; how long it is by now every screen counts itself.
          value: afterIntervals * asset.expectedEverySeconds,
          limit: afterIntervals * asset.expectedEverySeconds,
          unit: 's',
          assetIds: [],
        },
      }),
    };
  };
  return {
    assetKinds: [assetKind],
    looksAt: isChosen,
    changed: look,
    due: (subjectId, nowMs) => {
      const asset = assetOf(subjectId);
      return asset && look(asset, nowMs);
    },
  };
}
