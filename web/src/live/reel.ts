// A stretch of the past as it plays: the moment it begins with, and every change in it, so that any instant is found at once. Pure.
import type { AssetFeature } from '../../../model/asset.ts';
import type { Event } from '../../../model/live.ts';
import type { Slice } from '../../../model/moment.ts';
import { foldChange, fromFeature, type PictureAsset } from '../../../model/picture.ts';
import { cameraTracks, fixTracks, readingTracks, type FixTrack, type Track } from './tracks.ts';

export interface Moved {
  changed: Set<PictureAsset>;
  gone: PictureAsset[];
}

/** What is known, today, of an asset that first appears within a stretch. */
export type Registered = (id: string) => PictureAsset | undefined;

/** Faster than this between two fixes is a correction, not a journey. */
const fastestGlideMps = 60;
const metresPerDegree = 111_320;

export class Reel {
  readonly fromMs: number;
  readonly toMs: number;
  /** As they stand where the reel stands. */
  readonly assets = new Map<string, PictureAsset>();
  readonly #events: readonly (Event & { ms: number })[];
  readonly #tracks: readonly Track[];
  readonly #fixes: ReadonlyMap<string, FixTrack>;
  #atMs: number;

  constructor(base: readonly AssetFeature[], slice: Slice, registered: Registered) {
    this.fromMs = this.#atMs = Date.parse(slice.from);
    this.toMs = Date.parse(slice.to);
    for (const feature of base) {
      const asset = foldChange(undefined, fromFeature(feature));
      if (asset) this.assets.set(asset.id, asset);
    }
    const assetOf = (place: number): PictureAsset =>
      this.assets.get(slice.assets[place]!) ?? newcomer(slice.assets[place]!, registered);
    const fixes = fixTracks(slice, assetOf);
    this.#fixes = new Map(fixes.map((track) => [track.asset.id, track]));
    this.#tracks = [...fixes, ...readingTracks(slice, assetOf), ...cameraTracks(slice, assetOf)];
    this.#events = slice.events.map((event) => ({ ...event, ms: Date.parse(event.at) }));
  }

  get atMs(): number {
    return this.#atMs;
  }

  holds(ms: number): boolean {
    return ms >= this.fromMs && ms <= this.toMs;
  }

  /** Moves to an instant within the stretch, forward or back. */
  moveTo(ms: number): Moved {
    const moved: Moved = { changed: new Set(), gone: [] };
    for (const track of this.#tracks) {
      if (!track.moveTo(ms - this.fromMs)) continue;
      moved.changed.add(track.asset);
    }
    for (const asset of moved.changed) {
      if (asset.observedAt !== undefined || !isNewcomer(asset)) this.assets.set(asset.id, asset);
      else if (this.assets.delete(asset.id)) moved.gone.push(asset);
    }
    for (const asset of moved.gone) moved.changed.delete(asset);
    this.#atMs = ms;
    return moved;
  }

  /** Entries of the change log after the beginning and up to `ms`, oldest first. */
  eventsUpTo(ms: number): Event[] {
    const end = this.#events.findIndex((event) => event.ms > ms);
    return this.#events.slice(0, end < 0 ? undefined : end).map(({ ms: _, ...event }) => event as Event);
  }

  /**
   * Where a vehicle is seen where the reel stands: from its last fix on it glides from the one before to it, never
   * ahead of what was known.
   * @param glideAtMostMs of city time.
   * @returns undefined when it stands at its last fix.
   */
  glideOf(id: string, glideAtMostMs: number): { lat: number; lon: number } | undefined {
    const glide = this.#fixes.get(id)?.glide();
    if (glide === undefined) return undefined;
    const { from, to, betweenMs, sinceMs } = glide;
    const lasts = Math.min(betweenMs, glideAtMostMs);
    const along = (this.#atMs - this.fromMs - sinceMs) / lasts;
    if (!(along < 1) || along < 0) return undefined;
    const east = (to.lon - from.lon) * Math.cos((to.lat * Math.PI) / 180);
    const metres = Math.hypot(to.lat - from.lat, east) * metresPerDegree;
    if (metres / (betweenMs / 1000) > fastestGlideMps) return undefined;
    return { lat: from.lat + (to.lat - from.lat) * along, lon: from.lon + (to.lon - from.lon) * along };
  }

  /** The vehicles that may be gliding: all that were heard within the stretch. */
  get heard(): IterableIterator<FixTrack> {
    return this.#fixes.values();
  }
}

const newcomers = new WeakSet<PictureAsset>();
const isNewcomer = (asset: PictureAsset): boolean => newcomers.has(asset);

/** Not there when the stretch begins: without anything observed, until something is. */
function newcomer(id: string, registered: Registered): PictureAsset {
  const known = registered(id);
  const kind = id.slice(0, id.indexOf(':')) as PictureAsset['kind'];
  const asset: PictureAsset = {
    id,
    kind,
    name: known?.name ?? id.slice(kind.length + 1),
    simulated: known?.simulated ?? id.startsWith(`${kind}:sim-`),
    unconfirmed: known?.unconfirmed ?? true,
    expectedEverySeconds: known?.expectedEverySeconds ?? (kind === 'vehicle' ? 10 : 60),
    observedAt: undefined,
    lat: kind === 'vehicle' ? undefined : known?.lat,
    lon: kind === 'vehicle' ? undefined : known?.lon,
    values: new Map(),
  };
  newcomers.add(asset);
  return asset;
}
