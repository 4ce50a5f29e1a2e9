// Every asset that ingest knows, with its newest values: registered ones from the store, others as they are heard.
import { defaultExpectedEverySeconds, toAssetId, type AssetKind } from '../model/asset.ts';
import type { PictureAsset } from '../model/picture.ts';
import type { StoredAsset } from '../store/assets.ts';

export interface LiveAsset extends PictureAsset {
  sourceId: string;
  /** Undefined until the store has given a number. */
  assetNo: number | undefined;
  receivedAt: number;
  streamUrl: string | undefined;
  /** Of a camera: of when the last of its states is that went to the store since this start, epoch milliseconds. */
  stateSaidAt: number | undefined;
  /** When it was last sent whole, on the clock of `performance.now()`. */
  announcedAt: number;
}

/** Anybody on the broker can invent ids; what is registered counts beside these. */
const maxHeard = 50_000;

export class Assets {
  readonly #byId = new Map<string, LiveAsset>();
  #heard = 0;

  /** What the store knows enters; what was heard meanwhile keeps its newer values and gains a name and a number. */
  load(stored: StoredAsset[]): void {
    for (const asset of stored) {
      const heard = this.#byId.get(asset.id);
      if (heard === undefined) {
        this.#byId.set(asset.id, {
          ...asset,
          receivedAt: asset.observedAt ?? 0,
          stateSaidAt: undefined,
          announcedAt: Number.NEGATIVE_INFINITY,
        });
        continue;
      }
      heard.assetNo = asset.assetNo;
      heard.name = asset.name;
      heard.unconfirmed = asset.unconfirmed;
      heard.expectedEverySeconds = asset.expectedEverySeconds;
      heard.lat ??= asset.lat;
      heard.lon ??= asset.lon;
      heard.streamUrl ??= asset.streamUrl;
      heard.feedId ??= asset.feedId;
      heard.announcedAt = Number.NEGATIVE_INFINITY;
      for (const [key, value] of asset.values) if (!heard.values.has(key)) heard.values.set(key, value);
    }
  }

  /** People confirmed, renamed or placed some: those that are other than they were. */
  update(stored: readonly StoredAsset[]): LiveAsset[] {
    const changed: LiveAsset[] = [];
    for (const asset of stored) {
      const known = this.#byId.get(asset.id);
      if (known === undefined) {
        this.load([asset]);
        changed.push(this.#byId.get(asset.id)!);
      } else if (bringUpToDate(known, asset)) changed.push(known);
    }
    return changed;
  }

  get(id: string): LiveAsset | undefined {
    return this.#byId.get(id);
  }

  /** The asset, made unconfirmed when it was never heard of; undefined when there are too many of those. */
  heard(kind: AssetKind, sourceId: string, simulated: boolean, name = sourceId): LiveAsset | undefined {
    const id = toAssetId(kind, sourceId);
    const known = this.#byId.get(id);
    if (known !== undefined) return known;
    if (this.#heard >= maxHeard) return undefined;
    this.#heard++;
    const asset: LiveAsset = {
      id,
      kind,
      sourceId,
      assetNo: undefined,
      name,
      simulated,
      unconfirmed: true,
      expectedEverySeconds: defaultExpectedEverySeconds[kind],
      observedAt: undefined,
      receivedAt: 0,
      lat: undefined,
      lon: undefined,
      values: new Map(),
      streamUrl: undefined,
      stateSaidAt: undefined,
      announcedAt: Number.NEGATIVE_INFINITY,
    };
    this.#byId.set(id, asset);
    return asset;
  }
}

/** Whether anything of what people set is other than it was. A place counts for what does not report its own. */
function bringUpToDate(known: LiveAsset, stored: StoredAsset): boolean {
  const moved = known.kind !== 'vehicle' && (known.lat !== stored.lat || known.lon !== stored.lon);
  const isSame =
    known.name === stored.name &&
    known.unconfirmed === stored.unconfirmed &&
    known.expectedEverySeconds === stored.expectedEverySeconds &&
    !moved;
  known.assetNo ??= stored.assetNo;
  if (isSame) return false;
  known.name = stored.name;
  known.unconfirmed = stored.unconfirmed;
  known.expectedEverySeconds = stored.expectedEverySeconds;
  if (moved) {
    known.lat = stored.lat;
    known.lon = stored.lon;
  }
  return true;
}
