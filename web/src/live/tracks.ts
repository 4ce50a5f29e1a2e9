// What a stretch of the past holds of one thing: its states in the order in which they became known, and a place among them.
import type { Slice } from '../../../model/moment.ts';
import type { PictureAsset } from '../../../model/picture.ts';

/** The states of one thing, the first being how it stood when the stretch began. */
export interface Track {
  readonly asset: PictureAsset;
  /** Moves to `offsetMs` after the beginning; true when the asset is another for it. */
  moveTo(offsetMs: number): boolean;
}

/** Rows by when they became known. One that is older than what is already known changes nothing, and is left out. */
class Rows {
  readonly t: number[] = [];
  readonly rows: number[] = [];
  #place = -1;
  #newest: number;

  constructor(newest: number) {
    this.#newest = newest;
  }

  add(row: number, t: number, seen: number): void {
    if (seen < this.#newest) return;
    this.#newest = seen;
    this.t.push(t);
    this.rows.push(row);
  }

  /** The row in force, -1 for the beginning. */
  get row(): number {
    return this.#place < 0 ? -1 : this.rows[this.#place]!;
  }

  get place(): number {
    return this.#place;
  }

  moveTo(offsetMs: number): boolean {
    const before = this.#place;
    const { t } = this;
    while (this.#place + 1 < t.length && t[this.#place + 1]! <= offsetMs) this.#place++;
    while (this.#place >= 0 && t[this.#place]! > offsetMs) this.#place--;
    return this.#place !== before;
  }
}

type AssetOf = (place: number) => PictureAsset;
type Held = PictureAsset['values'];
const copyOf = (values: Held): Held => new Map([...values].map(([key, held]) => [key, { ...held }]));

/** A vehicle: each fix is whole, and what it does not give is not taken from an older one. */
export class FixTrack implements Track {
  readonly asset: PictureAsset;
  readonly #slice: Slice;
  readonly #rows: Rows;
  readonly #fromMs: number;
  readonly #base: Pick<PictureAsset, 'observedAt' | 'lat' | 'lon' | 'values'>;

  constructor(asset: PictureAsset, slice: Slice, fromMs: number) {
    this.asset = asset;
    this.#slice = slice;
    this.#fromMs = fromMs;
    const { observedAt, lat, lon, values } = asset;
    this.#base = { observedAt, lat, lon, values: copyOf(values) };
    this.#rows = new Rows(observedAt === undefined ? Number.NEGATIVE_INFINITY : observedAt - fromMs);
  }

  add(row: number): void {
    this.#rows.add(row, this.#slice.vehicles.t[row]!, this.#slice.vehicles.seen[row]!);
  }

  moveTo(offsetMs: number): boolean {
    if (!this.#rows.moveTo(offsetMs)) return false;
    const { asset } = this;
    const { row } = this.#rows;
    if (row < 0) Object.assign(asset, { ...this.#base, values: copyOf(this.#base.values) });
    else this.#put(row);
    return true;
  }

  #put(row: number): void {
    const { vehicles, routes } = this.#slice;
    const { asset } = this;
    const observedAt = this.#fromMs + vehicles.seen[row]!;
    asset.observedAt = observedAt;
    asset.lat = vehicles.latE6[row]! / 1e6;
    asset.lon = vehicles.lonE6[row]! / 1e6;
    asset.values = new Map();
    const put = (key: string, given: number | null | undefined, value: (given: number) => unknown): void => {
      if (given !== null && given !== undefined) asset.values.set(key, { value: value(given), observedAt });
    };
    put('speedMps', vehicles.speedDmps[row], (dmps) => dmps / 10);
    put('headingDeg', vehicles.headingDeg[row], (deg) => deg);
    put('occupancy', vehicles.occupancyPct[row], (pct) => pct / 100);
    put('routeId', vehicles.route[row], (place) => routes[place]);
  }

  /** The fix before and the one in force, how long lay between them, and when the latter became known (offset). */
  glide():
    | {
        from: { lat: number; lon: number };
        to: { lat: number; lon: number };
        betweenMs: number;
        sinceMs: number;
      }
    | undefined {
    const { place, rows, t } = this.#rows;
    if (place < 0) return undefined;
    const before = place === 0 ? this.#baseFix() : this.#fixOf(rows[place - 1]!);
    const to = this.#fixOf(rows[place]!);
    if (before === undefined || to.seen <= before.seen) return undefined;
    return { from: before, to, betweenMs: to.seen - before.seen, sinceMs: t[place]! };
  }

  #fixOf(row: number): { lat: number; lon: number; seen: number } {
    const { latE6, lonE6, seen } = this.#slice.vehicles;
    return { lat: latE6[row]! / 1e6, lon: lonE6[row]! / 1e6, seen: seen[row]! };
  }

  #baseFix(): { lat: number; lon: number; seen: number } | undefined {
    const { observedAt, lat, lon } = this.#base;
    if (observedAt === undefined || lat === undefined || lon === undefined) return undefined;
    return { lat, lon, seen: observedAt - this.#fromMs };
  }
}

/** One metric of a sensor. */
class ReadingTrack implements Track {
  readonly asset: PictureAsset;
  readonly #metric: string;
  readonly #slice: Slice;
  readonly #rows: Rows;
  readonly #fromMs: number;
  readonly #base: { value: unknown; observedAt: number } | undefined;

  constructor(asset: PictureAsset, metric: string, slice: Slice, fromMs: number) {
    this.asset = asset;
    this.#metric = metric;
    this.#slice = slice;
    this.#fromMs = fromMs;
    this.#base = asset.values.get(metric);
    this.#rows = new Rows((this.#base?.observedAt ?? Number.NEGATIVE_INFINITY) - fromMs);
  }

  add(row: number): void {
    this.#rows.add(row, this.#slice.readings.t[row]!, this.#slice.readings.seen[row]!);
  }

  moveTo(offsetMs: number): boolean {
    if (!this.#rows.moveTo(offsetMs)) return false;
    const { values } = this.asset;
    const { row } = this.#rows;
    const { readings } = this.#slice;
    if (row >= 0)
      values.set(this.#metric, {
        value: readings.value[row],
        observedAt: this.#fromMs + readings.seen[row]!,
      });
    else if (this.#base) values.set(this.#metric, this.#base);
    else values.delete(this.#metric);
    let newest: number | undefined;
    for (const { observedAt } of values.values()) newest = Math.max(newest ?? observedAt, observedAt);
    this.asset.observedAt = newest;
    return true;
  }
}

/** A camera: what it says of its state, and what it saw, which proves that it lives. */
class CameraTrack implements Track {
  readonly asset: PictureAsset;
  readonly #slice: Slice;
  readonly #fromMs: number;
  readonly #states: Rows;
  readonly #signs: Rows;
  readonly #base: {
    observedAt: number | undefined;
    state: { value: unknown; observedAt: number } | undefined;
  };

  constructor(asset: PictureAsset, slice: Slice, fromMs: number) {
    this.asset = asset;
    this.#slice = slice;
    this.#fromMs = fromMs;
    this.#base = { observedAt: asset.observedAt, state: asset.values.get('state') };
    const after = (ms: number | undefined): number => (ms ?? Number.NEGATIVE_INFINITY) - fromMs;
    this.#states = new Rows(after(this.#base.state?.observedAt));
    this.#signs = new Rows(after(asset.observedAt));
  }

  add(row: number): void {
    const { t, seen, online } = this.#slice.cameras;
    this.#signs.add(row, t[row]!, seen[row]!);
    if (online[row] !== null) this.#states.add(row, t[row]!, seen[row]!);
  }

  moveTo(offsetMs: number): boolean {
    const stated = this.#states.moveTo(offsetMs);
    if (!this.#signs.moveTo(offsetMs) && !stated) return false;
    const { values } = this.asset;
    const { seen, online } = this.#slice.cameras;
    const { row } = this.#states;
    if (row >= 0)
      values.set('state', {
        value: online[row] === 1 ? 'online' : 'offline',
        observedAt: this.#fromMs + seen[row]!,
      });
    else if (this.#base.state) values.set('state', this.#base.state);
    else values.delete('state');
    const sign = this.#signs.row;
    const observedAt = sign < 0 ? this.#base.observedAt : this.#fromMs + seen[sign]!;
    this.asset.observedAt = observedAt;
    // How it is mounted is of no time of its own.
    for (const key of ['bearingDeg', 'fieldOfViewDeg']) {
      const held = values.get(key);
      if (held && observedAt !== undefined) values.set(key, { ...held, observedAt });
    }
    return true;
  }
}

/** One track for each key that rows have, filled in their order. */
function tracksOf<T extends { add(row: number): void }>(
  rows: number,
  keyOf: (row: number) => string,
  make: (row: number) => T,
): T[] {
  const tracks = new Map<string, T>();
  for (let row = 0; row < rows; row++) {
    const key = keyOf(row);
    const track = tracks.get(key) ?? make(row);
    tracks.set(key, track);
    track.add(row);
  }
  return [...tracks.values()];
}

/** The same object for the same asset, however many tracks it has. */
function once(assetOf: AssetOf): AssetOf {
  const known = new Map<number, PictureAsset>();
  return (place) => {
    const asset = known.get(place) ?? assetOf(place);
    known.set(place, asset);
    return asset;
  };
}

export function fixTracks(slice: Slice, assetOf: AssetOf): FixTrack[] {
  const { asset } = slice.vehicles;
  const fromMs = Date.parse(slice.from);
  const of = once(assetOf);
  return tracksOf(
    asset.length,
    (row) => String(asset[row]),
    (row) => new FixTrack(of(asset[row]!), slice, fromMs),
  );
}

export function readingTracks(slice: Slice, assetOf: AssetOf): Track[] {
  const { asset, metric } = slice.readings;
  const fromMs = Date.parse(slice.from);
  const of = once(assetOf);
  return tracksOf(
    asset.length,
    (row) => `${asset[row]} ${metric[row]}`,
    (row) => new ReadingTrack(of(asset[row]!), metric[row]!, slice, fromMs),
  );
}

export function cameraTracks(slice: Slice, assetOf: AssetOf): Track[] {
  const { asset } = slice.cameras;
  const fromMs = Date.parse(slice.from);
  const of = once(assetOf);
  return tracksOf(
    asset.length,
    (row) => String(asset[row]),
    (row) => new CameraTrack(of(asset[row]!), slice, fromMs),
  );
}
