// The live picture: one asset's newest values, and the pure fold of changes into it that every room shares.
import {
  freshnessAt,
  type AssetFeature,
  type AssetKind,
  type AssetProperties,
  type Freshness,
} from './asset.ts';
import { changeFrame, type Change } from './live.ts';

export interface PictureAsset {
  id: string;
  kind: AssetKind;
  name: string;
  simulated: boolean;
  unconfirmed: boolean;
  expectedEverySeconds: number;
  /** By which feed it was heard last; undefined until it was. */
  feedId?: string | undefined;
  /** Of the newest observation, epoch milliseconds; undefined when it was never observed. */
  observedAt: number | undefined;
  lat: number | undefined;
  lon: number | undefined;
  values: Map<string, { value: unknown; observedAt: number }>;
}

const featureFrame: ReadonlySet<string> = new Set([...changeFrame, 'freshness', 'olderValues']);

const iso = (ms: number): string => new Date(ms).toISOString();

const observedAtOf = (change: Change): number =>
  change.observedAt === undefined ? Number.NEGATIVE_INFINITY : Date.parse(change.observedAt);

/** When the value `key` of a change was observed: the change's own time unless it is marked as older. */
function valueObservedAt(change: Change, key: string, observedAt: number): number {
  const older = change.olderValues as Record<string, string> | undefined;
  return older !== undefined && Object.hasOwn(older, key) ? Date.parse(older[key]!) : observedAt;
}

/**
 * Folds a change into an asset (a new one when `asset` is undefined and the change is whole). Older values never
 * replace newer ones. Returns undefined for a part of an asset that was never seen whole.
 */
export function foldChange(asset: PictureAsset | undefined, change: Change): PictureAsset | undefined {
  if (asset === undefined) {
    if (change.kind === undefined) return undefined;
    asset = {
      id: change.id,
      kind: change.kind,
      name: change.name ?? change.id,
      simulated: change.simulated ?? false,
      unconfirmed: change.unconfirmed ?? false,
      expectedEverySeconds: change.expectedEverySeconds ?? 60,
      observedAt: undefined,
      lat: undefined,
      lon: undefined,
      values: new Map(),
    };
  }
  if (change.name !== undefined) asset.name = change.name;
  if (change.simulated !== undefined) asset.simulated = change.simulated;
  if (change.unconfirmed !== undefined) asset.unconfirmed = change.unconfirmed;
  if (change.expectedEverySeconds !== undefined) asset.expectedEverySeconds = change.expectedEverySeconds;
  if (change.feedId !== undefined) asset.feedId = change.feedId;
  const observedAt = observedAtOf(change);
  const newer = observedAt >= (asset.observedAt ?? Number.NEGATIVE_INFINITY);
  if (change.lat !== undefined && change.lon !== undefined && (newer || asset.lat === undefined)) {
    asset.lat = change.lat;
    asset.lon = change.lon;
  }
  for (const key in change) {
    if (featureFrame.has(key)) continue;
    const at = valueObservedAt(change, key, observedAt);
    const held = asset.values.get(key);
    if (held === undefined) asset.values.set(key, { value: change[key], observedAt: at });
    else if (at >= held.observedAt) {
      held.value = change[key];
      held.observedAt = at;
    }
  }
  if (newer && Number.isFinite(observedAt)) asset.observedAt = observedAt;
  return asset;
}

/** Joins two changes of one asset, `later` having been sent after `earlier`, losing no value and no age. */
export function joinChanges(earlier: Change, later: Change): Change {
  if (later.gone || earlier.gone) return later;
  const earlierAt = observedAtOf(earlier);
  const laterAt = observedAtOf(later);
  const [older, newer] = earlierAt > laterAt ? [later, earlier] : [earlier, later];
  const [olderAt, newerAt] = earlierAt > laterAt ? [laterAt, earlierAt] : [earlierAt, laterAt];
  const { olderValues: _, ...joined }: Change = { ...older, ...newer };
  let olderValues: Record<string, string> | undefined;
  for (const key in joined) {
    if (featureFrame.has(key)) continue;
    const inOlder = key in older ? valueObservedAt(older, key, olderAt) : undefined;
    const inNewer = key in newer ? valueObservedAt(newer, key, newerAt) : undefined;
    // What was sent later wins where both are of one time, as in foldChange.
    const fromOlder =
      inNewer === undefined ||
      (inOlder !== undefined && (inOlder > inNewer || (inOlder === inNewer && older === later)));
    joined[key] = (fromOlder ? older : newer)[key];
    const at = fromOlder ? inOlder! : inNewer!;
    if (at === newerAt || !Number.isFinite(at)) continue;
    olderValues ??= {};
    olderValues[key] = iso(at);
  }
  if (olderValues) joined.olderValues = olderValues;
  return joined as Change;
}

/** Times of the values that are older than the asset's newest observation; undefined when there are none. */
function olderValuesOf(asset: PictureAsset): Record<string, string> | undefined {
  let older: Record<string, string> | undefined;
  for (const [key, held] of asset.values) {
    if (held.observedAt === asset.observedAt) continue;
    older ??= {};
    older[key] = iso(held.observedAt);
  }
  return older;
}

/** The whole asset as a change, for whoever has not seen it. */
export function toChange(asset: PictureAsset): Change {
  const change: Change = {
    id: asset.id,
    kind: asset.kind,
    name: asset.name,
    simulated: asset.simulated,
    unconfirmed: asset.unconfirmed,
    expectedEverySeconds: asset.expectedEverySeconds,
  };
  if (asset.feedId !== undefined) change.feedId = asset.feedId;
  if (asset.observedAt !== undefined) change.observedAt = iso(asset.observedAt);
  if (asset.lat !== undefined && asset.lon !== undefined) {
    change.lat = asset.lat;
    change.lon = asset.lon;
  }
  for (const [key, held] of asset.values) change[key] = held.value;
  const older = olderValuesOf(asset);
  if (older) change.olderValues = older;
  return change;
}

/** How fresh an asset is; silent at once where its gateway said that it is gone, until it is heard again. */
export function freshnessOf(asset: PictureAsset, nowMs: number): Freshness {
  const link = asset.values.get('link');
  if (link?.value === 'offline' && link.observedAt >= (asset.observedAt ?? 0)) return 'silent';
  return freshnessAt(asset.observedAt, asset.expectedEverySeconds, nowMs);
}

/** The asset as the GeoJSON Feature of `/api/assets`, with its freshness at `nowMs`. */
export function toFeature(asset: PictureAsset, nowMs: number): AssetFeature {
  const properties: AssetProperties = {
    kind: asset.kind,
    name: asset.name,
    freshness: freshnessOf(asset, nowMs),
    observedAt: asset.observedAt === undefined ? null : iso(asset.observedAt),
    simulated: asset.simulated,
    unconfirmed: asset.unconfirmed,
    expectedEverySeconds: asset.expectedEverySeconds,
  };
  if (asset.feedId !== undefined) properties.feedId = asset.feedId;
  for (const [key, held] of asset.values) properties[key] = held.value;
  const older = olderValuesOf(asset);
  if (older) properties.olderValues = older;
  return {
    type: 'Feature',
    id: asset.id,
    geometry:
      asset.lat === undefined || asset.lon === undefined
        ? null
        : { type: 'Point', coordinates: [asset.lon, asset.lat] },
    properties,
  };
}

/** The whole change that a Feature stands for; the way a snapshot enters the browser's picture. */
export function fromFeature(feature: AssetFeature): Change {
  const { freshness: _, observedAt, ...rest } = feature.properties;
  const change: Change = { ...rest, id: feature.id };
  if (observedAt !== null) change.observedAt = observedAt;
  if (feature.geometry) [change.lon, change.lat] = feature.geometry.coordinates;
  return change;
}
