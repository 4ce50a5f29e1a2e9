// A value that rises or falls by so much within a window: one alarm a sensor.
import type { ConditionOf } from '../../model/alarm-rule.ts';
import { metrics } from '../../model/metrics.ts';
import { toSubject, type Surroundings, type Watch } from '../watch.ts';
import { chosenAssets } from './chosen-assets.ts';
import { currentValue } from './threshold.ts';

/** Observations of the window, oldest first. */
type Window = { atMs: number; value: number }[];

/** A sensor that sends faster than this many a window is thinned by its oldest. */
const maxKept = 5_000;

export function watchRateOfChange(condition: ConditionOf<'rate-of-change'>, { ground }: Surroundings): Watch {
  const { metric, side, change, withinSeconds } = condition;
  const withinMs = withinSeconds * 1000;
  const isChosen = chosenAssets(condition.assets, ground);
  const windows = new Map<string, Window>();
  const windowOf = (assetId: string): Window => {
    let window = windows.get(assetId);
    if (window === undefined) windows.set(assetId, (window = []));
    return window;
  };
  const add = (window: Window, atMs: number, value: number): void => {
    if (atMs <= (window.at(-1)?.atMs ?? Number.NEGATIVE_INFINITY)) return;
    window.push({ atMs, value });
    let old = 0;
    while (window[old]!.atMs < atMs - withinMs) old++;
    window.splice(0, Math.max(old, window.length - maxKept));
  };
  /** How much the newest value differs from the furthest of the window, positive in the rule's direction. */
  const changeOf = (window: Window): number => {
    const newest = window.at(-1)!.value;
    const values = window.map((each) => each.value);
    return side === 'rises' ? newest - Math.min(...values) : Math.max(...values) - newest;
  };
  return {
    assetKinds: ['sensor'],
    looksAt: isChosen,
    past: { metric, withinSeconds },
    remember: (assetId, points) => {
      const window = windowOf(assetId);
      const known = window.splice(0);
      for (const [atMs, value] of points) add(window, atMs, value);
      for (const { atMs, value } of known) add(window, atMs, value);
    },
    changed: (asset, nowMs) => {
      const value = currentValue(asset, metric, nowMs);
      if (value === undefined || !isChosen(asset)) return undefined;
      const window = windowOf(asset.id);
      add(window, asset.values.get(metric)!.observedAt, value);
      const changed = changeOf(window);
      // Half a window that shows nothing says nothing of the other half.
      const spanMs = window.at(-1)!.atMs - window[0]!.atMs;
      const quiet = spanMs >= withinMs / 2 ? 'off' : 'unknown';
      return {
        subjectId: asset.id,
        is: changed >= change ? 'on' : quiet,
        tell: () => ({
          subject: toSubject(asset),
          evidence: { value: changed, limit: change, unit: metrics[metric].unit, assetIds: [] },
        }),
      };
    },
    gone: (assetId) => {
      windows.delete(assetId);
      return undefined;
    },
  };
}
