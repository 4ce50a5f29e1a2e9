// The live picture in the browser: every asset's newest values, and who wants to hear of changes.
import type { AssetFeature, AssetKind, Freshness } from '../../../model/asset.ts';
import type { Change } from '../../../model/live.ts';
import { foldChange, freshnessOf, fromFeature, type PictureAsset } from '../../../model/picture.ts';

export const groups = ['service', 'angkot', 'sensor', 'camera'] as const;
/** The groups people switch on and off: vehicles with a line are angkot, the others service vehicles. */
export type Group = (typeof groups)[number];

export function groupOf(asset: PictureAsset): Group {
  if (asset.kind !== 'vehicle') return asset.kind;
  return lineOf(asset) === undefined ? 'service' : 'angkot';
}

/** The line a vehicle runs on. */
export function lineOf(asset: PictureAsset): string | undefined {
  const line = asset.values.get('routeId')?.value;
  return typeof line === 'string' && line !== '' ? line : undefined;
}

export function numberOf(asset: PictureAsset, key: string): number | undefined {
  const value = asset.values.get(key)?.value;
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

export const isOffline = (asset: PictureAsset): boolean =>
  asset.kind === 'camera' && asset.values.get('state')?.value === 'offline';

/** Freshness as shown: a camera that says it is offline shows nothing, however newly it said so. */
export const shownFreshness = (asset: PictureAsset, nowMs: number): Freshness =>
  isOffline(asset) ? 'silent' : freshnessOf(asset, nowMs);

export interface Batch {
  /** Each asset once, however many changes came for it. */
  changed: ReadonlySet<PictureAsset>;
  gone: readonly { id: string; kind: AssetKind }[];
  /** Of another time: nothing glides by itself, and this says where a vehicle is seen that is under way between fixes. */
  film?: (asset: PictureAsset) => Place | undefined;
}
export interface Place {
  lat: number;
  lon: number;
}
type Listener = (batch: Batch) => void;

const standing = (): undefined => undefined;

export class Picture {
  /** What is shown: live, or of another time. */
  assets = new Map<string, PictureAsset>();
  /** What is live, which goes on while another time is shown. */
  #live = this.assets;
  /** Changes folded since the page was opened. */
  changes = 0;
  /** Of them, those replaced by a newer one of the same asset in the same batch. */
  conflated = 0;
  newestObservedAt: number | undefined;
  #listeners = new Set<Listener>();
  /** Assets heard of since the last request for a snapshot: the snapshot may be older than they are. */
  #heardSince = new Set<string>();

  listen(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  get isLive(): boolean {
    return this.assets === this.#live;
  }

  /** As it is now, whatever is shown. */
  liveAsset(id: string): PictureAsset | undefined {
    return this.#live.get(id);
  }

  /** Shows the city of another time, until `showLive`; what is live goes on out of sight. */
  showPast(assets: Iterable<PictureAsset>): void {
    this.#show(new Map(Array.from(assets, (asset) => [asset.id, asset])));
  }

  showLive(): void {
    if (!this.isLive) this.#show(this.#live);
  }

  /** What changed of the other time that is shown. */
  move(
    changed: ReadonlySet<PictureAsset>,
    gone: readonly PictureAsset[],
    film: NonNullable<Batch['film']>,
  ): void {
    for (const asset of changed) this.assets.set(asset.id, asset);
    for (const { id } of gone) this.assets.delete(id);
    if (changed.size > 0 || gone.length > 0)
      for (const listener of this.#listeners) listener({ changed, gone, film });
  }

  #show(next: Map<string, PictureAsset>): void {
    const gone = [...this.assets.values()].filter(({ id }) => !next.has(id));
    this.assets = next;
    for (const listener of this.#listeners)
      listener({ changed: new Set(next.values()), gone, film: standing });
  }

  /** Call when a snapshot is asked for, before the asking. */
  expectSnapshot(): void {
    this.#heardSince.clear();
  }

  apply(changes: readonly Change[]): void {
    const changed = new Set<PictureAsset>();
    const gone: { id: string; kind: AssetKind }[] = [];
    for (const change of changes) {
      this.changes++;
      this.#heardSince.add(change.id);
      if (change.gone) this.#remove(change.id, gone);
      else this.#fold(change, changed);
    }
    this.#tell({ changed, gone });
  }

  /** Merges a snapshot by newest; what it no longer holds, and nobody spoke of meanwhile, is gone. */
  applySnapshot(features: readonly AssetFeature[]): void {
    const changed = new Set<PictureAsset>();
    const gone: { id: string; kind: AssetKind }[] = [];
    const held = new Set<string>();
    for (const feature of features) {
      held.add(feature.id);
      this.#fold(fromFeature(feature), changed);
    }
    for (const id of this.#live.keys()) {
      if (!held.has(id) && !this.#heardSince.has(id)) this.#remove(id, gone);
    }
    this.#tell({ changed, gone });
  }

  #fold(change: Change, changed: Set<PictureAsset>): void {
    const asset = foldChange(this.#live.get(change.id), change);
    if (asset === undefined) return;
    this.#live.set(asset.id, asset);
    if (changed.has(asset)) this.conflated++;
    else changed.add(asset);
    if (asset.observedAt !== undefined && asset.observedAt > (this.newestObservedAt ?? 0)) {
      this.newestObservedAt = asset.observedAt;
    }
  }

  #remove(id: string, gone: { id: string; kind: AssetKind }[]): void {
    const asset = this.#live.get(id);
    if (asset === undefined) return;
    this.#live.delete(id);
    gone.push({ id, kind: asset.kind });
  }

  #tell(batch: Batch): void {
    if (!this.isLive || (batch.changed.size === 0 && batch.gone.length === 0)) return;
    for (const listener of this.#listeners) listener(batch);
  }
}
