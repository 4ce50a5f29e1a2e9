// Whether an observation is the newest of its asset, and if so what it changes. Late ones never move the picture back.
import type { Change } from '../model/live.ts';
import type { AssetObservation } from '../model/observation.ts';
import type { LiveAsset } from './assets.ts';

/** `newer` can be no repetition; `same` and `late` may be one, which only the store can tell. */
export type Order = 'newer' | 'same' | 'late';

export function orderOf(asset: LiveAsset, observation: AssetObservation): Order {
  const newest = newestOf(asset, observation);
  if (newest === undefined || observation.observedAt > newest) return 'newer';
  return observation.observedAt === newest ? 'same' : 'late';
}

/** What an asset says of its state, or its gateway of its link, has a time of its own beside what it observed. */
function newestOf(asset: LiveAsset, { kind }: AssetObservation): number | undefined {
  if (kind === 'camera') return asset.values.get('state')?.observedAt;
  return kind === 'link' ? asset.values.get('link')?.observedAt : asset.observedAt;
}

function hold(asset: LiveAsset, change: Change, key: string, value: unknown, observedAt: number): void {
  if (value === undefined) return;
  const held = asset.values.get(key);
  if (held === undefined) asset.values.set(key, { value, observedAt });
  else if (observedAt >= held.observedAt) {
    held.value = value;
    held.observedAt = observedAt;
  } else return;
  change[key] = value;
}

/**
 * Folds an observation into its asset. Returns what changed, without its time, or undefined when it was late and
 * touched nothing.
 */
export function foldObservation(
  asset: LiveAsset,
  observation: AssetObservation,
  order: Order,
  receivedAt: number,
): Change | undefined {
  if (observation.kind === 'camera-event') {
    // That it saw something proves that it lives; what it saw is no part of the newest picture.
    if (order !== 'newer') return undefined;
    touch(asset, observation.observedAt, receivedAt);
    return { id: asset.id };
  }
  const change: Change = { id: asset.id };
  if (observation.kind === 'link') {
    // Says nothing of when anything was measured: it has a time of its own and leaves the asset's alone.
    hold(asset, change, 'link', observation.link, observation.observedAt);
    return withAges(change, observation);
  }
  if (order === 'late' && observation.kind !== 'sensor') return undefined;
  const { observedAt, lat, lon } = observation;
  if (observation.kind === 'vehicle') {
    hold(asset, change, 'speedMps', observation.speedMps, observedAt);
    hold(asset, change, 'headingDeg', observation.headingDeg, observedAt);
    hold(asset, change, 'occupancy', observation.occupancy, observedAt);
    hold(asset, change, 'routeId', observation.routeId, observedAt);
  } else if (observation.kind === 'sensor') {
    for (const [metric, value] of observation.readings) hold(asset, change, metric, value, observedAt);
  } else {
    hold(asset, change, 'state', observation.state, observedAt);
    hold(asset, change, 'bearingDeg', observation.bearingDeg, observedAt);
    hold(asset, change, 'fieldOfViewDeg', observation.fieldOfViewDeg, observedAt);
  }
  if (order === 'late') return withAges(change, observation);
  if (lat !== undefined && lon !== undefined) {
    asset.lat = lat;
    asset.lon = lon;
    change.lat = lat;
    change.lon = lon;
  }
  touch(asset, observedAt, receivedAt);
  return change;
}

/** Late, and yet the newest of its metric: a change whose values are older than the asset's newest. */
function withAges(change: Change, { observedAt }: AssetObservation): Change | undefined {
  const { id: _, ...values } = change;
  const metrics = Object.keys(values);
  if (metrics.length === 0) return undefined;
  const time = new Date(observedAt).toISOString();
  return { ...change, olderValues: Object.fromEntries(metrics.map((metric) => [metric, time])) };
}

function touch(asset: LiveAsset, observedAt: number, receivedAt: number): void {
  asset.observedAt = Math.max(asset.observedAt ?? 0, observedAt);
  asset.receivedAt = receivedAt;
}
