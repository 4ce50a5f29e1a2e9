// The newest values onto the bus: conflated, a frame each 50 ms, the whole asset when it may not be known there.
import type { MqttClient } from 'mqtt';
import { assetKinds, type AssetKind } from '../model/asset.ts';
import { busTopics, type Change } from '../model/live.ts';
import { joinChanges, toChange } from '../model/picture.ts';
import type { LiveAsset } from './assets.ts';

const frameMs = 50;
const changesPerMessage = 1_000;
/** A receiver that missed an asset's first frame sees it whole at the latest after this long. */
const announceEveryMs = 30_000;

export class LivePublisher {
  readonly #bus: MqttClient;
  /** Bounded by the number of assets: a newer change joins the one that waits. */
  readonly #waiting = new Map<LiveAsset, Change>();
  readonly #timer: NodeJS.Timeout;

  constructor(bus: MqttClient) {
    this.#bus = bus;
    this.#timer = setInterval(() => this.flush(), frameMs);
  }

  /** `change` is what `asset`, already folded, changed by. */
  add(asset: LiveAsset, change: Change): void {
    const waiting = this.#waiting.get(asset);
    // Of an asset whose gateway alone has spoken, nothing was observed yet.
    if (asset.observedAt !== undefined) change.observedAt = new Date(asset.observedAt).toISOString();
    if (waiting === undefined) {
      this.#waiting.set(asset, change);
      return;
    }
    // The common case cheaply: what replaces all that waits.
    const replaces = Object.keys(waiting).every((key) => key in change);
    this.#waiting.set(asset, replaces ? change : joinChanges(waiting, change));
  }

  /** Sends an asset whole with the next frame. */
  announce(asset: LiveAsset): void {
    asset.announcedAt = Number.NEGATIVE_INFINITY;
    if (!this.#waiting.has(asset)) this.#waiting.set(asset, { id: asset.id });
  }

  flush(): void {
    if (this.#waiting.size === 0 || !this.#bus.connected) return;
    const now = performance.now();
    const byKind: Record<AssetKind, Change[]> = { vehicle: [], sensor: [], camera: [] };
    for (const [asset, change] of this.#waiting) {
      const whole = now - asset.announcedAt > announceEveryMs;
      if (whole) asset.announcedAt = now;
      byKind[asset.kind].push(whole ? toChange(asset) : change);
    }
    this.#waiting.clear();
    for (const kind of assetKinds) {
      const changes = byKind[kind];
      for (let from = 0; from < changes.length; from += changesPerMessage) {
        this.#bus.publish(
          busTopics.changes(kind),
          JSON.stringify(changes.slice(from, from + changesPerMessage)),
          {
            qos: 0,
          },
        );
      }
    }
  }

  stop(): void {
    clearInterval(this.#timer);
    this.flush();
  }
}
