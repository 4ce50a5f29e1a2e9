// The live picture of a room: every asset's newest values, from the store at first and from the bus ever after.
import { parseAssetId, type AssetFeature, type AssetKind } from '../model/asset.ts';
import type { Change } from '../model/live.ts';
import { foldChange, toChange, toFeature, type PictureAsset } from '../model/picture.ts';
import type { StoredAsset } from '../store/assets.ts';

/** Values that never leave the server, should a feed carry them onto the bus. */
const privateValues = ['streamUrl'] as const;

/** What a part of an asset tells beside its values. */
const partFrame = ['observedAt', 'lat', 'lon', 'gone'] as const;

export class LivePicture {
  readonly #assets = new Map<string, PictureAsset>();
  /** Under which number the store knows an asset. */
  readonly #numbers = new Map<string, number>();
  /** When the store was last read, epoch milliseconds; undefined until it was. */
  loadedAt: number | undefined;

  get size(): number {
    return this.#assets.size;
  }

  get(id: string): PictureAsset | undefined {
    return this.#assets.get(id);
  }

  all(): Iterable<PictureAsset> {
    return this.#assets.values();
  }

  assetNoOf(id: string): number | undefined {
    return this.#numbers.get(id);
  }

  countOf(kind: AssetKind): number {
    let count = 0;
    for (const asset of this.#assets.values()) if (asset.kind === kind) count++;
    return count;
  }

  /**
   * Folds a change from the bus.
   * @returns what browsers may be told of it; undefined for a part of an asset that was never seen whole.
   */
  fold(change: Change): Change | undefined {
    if (change.gone) {
      const known = this.#assets.delete(change.id);
      this.#numbers.delete(change.id);
      return known ? { id: change.id, gone: true } : undefined;
    }
    const shown = withoutPrivate(change);
    const asset = foldChange(this.#assets.get(change.id), shown);
    if (asset === undefined) return undefined;
    this.#assets.set(asset.id, asset);
    return shown;
  }

  /**
   * Brings in what the store holds. Older values never replace newer ones; what the store once held and holds no more
   * is gone; what only the bus has told of so far stays.
   * @returns whole changes of all that is new or newer, for those who watch.
   */
  load(stored: readonly StoredAsset[], nowMs: number): Change[] {
    const changes: Change[] = [];
    const present = new Set(stored.map((asset) => asset.id));
    for (const id of this.#numbers.keys()) {
      if (present.has(id)) continue;
      this.#numbers.delete(id);
      this.#assets.delete(id);
      changes.push({ id, gone: true });
    }
    for (const asset of stored) {
      this.#numbers.set(asset.id, asset.assetNo);
      const change = withoutPrivate(toChange(asset));
      const held = this.#assets.get(asset.id);
      if (held && isSame(held, asset)) continue;
      const folded = foldChange(held, change);
      if (folded === undefined) continue;
      this.#assets.set(folded.id, folded);
      changes.push(toChange(folded));
    }
    this.loadedAt = nowMs;
    return changes;
  }

  /** The whole asset as a change; that it is gone, when it is. */
  toWhole(id: string): Change {
    const asset = this.#assets.get(id);
    return asset ? toChange(asset) : { id, gone: true };
  }

  /** The newest of the named values of an asset, with its newest time and place. */
  toPart(id: string, names: ReadonlySet<string>): Change {
    const whole = this.toWhole(id);
    const older = whole.olderValues as Record<string, string> | undefined;
    const part: Change = { id };
    for (const name of [...partFrame, ...names]) if (Object.hasOwn(whole, name)) part[name] = whole[name];
    const olderOfPart = Object.entries(older ?? {}).filter(([name]) => names.has(name));
    if (olderOfPart.length > 0) part.olderValues = Object.fromEntries(olderOfPart);
    return part;
  }

  /** Features of the kinds, each with its freshness at `nowMs`. */
  toFeatures(kinds: ReadonlySet<AssetKind>, nowMs: number, bbox?: Bbox): AssetFeature[] {
    const features: AssetFeature[] = [];
    for (const asset of this.#assets.values()) {
      if (kinds.has(asset.kind) && (bbox === undefined || isWithin(asset, bbox)))
        features.push(toFeature(asset, nowMs));
    }
    return features;
  }
}

const isSamePlace = (held: PictureAsset, stored: PictureAsset): boolean =>
  held.observedAt === stored.observedAt && held.lat === stored.lat && held.lon === stored.lon;

/** The bus told at least as much as the store: nothing to say to those who watch. */
const isSame = (held: PictureAsset, stored: PictureAsset): boolean =>
  ((held.observedAt ?? 0) > (stored.observedAt ?? 0) || isSamePlace(held, stored)) &&
  held.name === stored.name &&
  held.simulated === stored.simulated &&
  held.unconfirmed === stored.unconfirmed &&
  held.expectedEverySeconds === stored.expectedEverySeconds &&
  [...stored.values].every(([key, value]) => (held.values.get(key)?.observedAt ?? 0) >= value.observedAt);

function withoutPrivate(change: Change): Change {
  if (!privateValues.some((name) => name in change)) return change;
  const shown: Change = { ...change };
  for (const name of privateValues) delete shown[name];
  return shown;
}

/** West, south, east, north in degrees; east of the antimeridian when west is more than east (RFC 7946, 5.2). */
export type Bbox = readonly [west: number, south: number, east: number, north: number];

export function isWithin(
  { lat, lon }: { lat: number | undefined; lon: number | undefined },
  bbox: Bbox,
): boolean {
  if (lat === undefined || lon === undefined) return false;
  const [west, south, east, north] = bbox;
  if (lat < south || lat > north) return false;
  return west <= east ? lon >= west && lon <= east : lon >= west || lon <= east;
}

/** A change as the bus carries it: of the kind of its topic, with an id that an asset can have. */
export const isChangeOf = (kind: AssetKind, value: unknown): value is Change => {
  if (typeof value !== 'object' || value === null) return false;
  const { id, kind: given, observedAt } = value as Record<string, unknown>;
  if (typeof id !== 'string' || parseAssetId(id)?.kind !== kind) return false;
  if (given !== undefined && given !== kind) return false;
  return (
    observedAt === undefined || (typeof observedAt === 'string' && !Number.isNaN(Date.parse(observedAt)))
  );
};
