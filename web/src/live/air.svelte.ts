// The air-quality index of every PM2.5 station, from its stored day; asked every five minutes, one station at a time.
import type { PictureAsset } from '../../../model/picture.ts';
import { answered, begun, failed, neverAsked, type Asked } from './asked.ts';
import { clock } from './clock.svelte.ts';
import type { Picture } from './picture.ts';
import { hoursOfMean, readSeries, stationMean, toSamples, type StationMean } from './series.ts';

const everyMs = 5 * 60_000;
const retryMs = 20_000;
const hourMs = 3_600_000;

export interface Station {
  id: string;
  name: string;
  simulated: boolean;
  /** As last read; undefined while it never was. */
  day: StationMean | undefined;
  asked: Asked;
}

export class Air {
  stations = $state.raw<readonly Station[]>([]);
  /** How many stations there are, read or not yet. */
  total = $state(0);
  #picture: Picture;
  #readAt = new Map<string, number>();
  #known = new Map<string, Station>();
  #busy = false;
  #listener: (id: string) => void;

  constructor(picture: Picture, listener: (id: string) => void) {
    this.#picture = picture;
    this.#listener = listener;
  }

  /** The index that speaks for now: one that could not be read anew is unknown, not what it once was. */
  ispuOf(id: string): number | undefined {
    const station = this.#known.get(id);
    return station?.asked.failedAt === undefined ? station?.day?.ispu : undefined;
  }

  /**
   * Called each second: reads those that were never read one after another, else one that is due, so that nothing comes in
   * bursts.
   */
  async tick(nowMs: number): Promise<void> {
    const stations = this.#stations();
    this.total = stations.length;
    if (this.#busy) return;
    this.#busy = true;
    try {
      const { turns } = clock;
      for (const station of stations.filter(({ id }) => !this.#readAt.has(id))) {
        this.#readAt.set(station.id, nowMs);
        await this.#read(station);
        if (turns !== clock.turns || this.#known.get(station.id)?.asked.failedAt !== undefined) return;
      }
      const due = stations.find(({ id }) => {
        const failing = this.#known.get(id)?.asked.failedAt !== undefined;
        return Math.abs(nowMs - (this.#readAt.get(id) ?? nowMs)) >= (failing ? retryMs : everyMs);
      });
      if (due === undefined) return;
      this.#readAt.set(due.id, nowMs);
      await this.#read(due);
    } finally {
      this.#busy = false;
    }
  }

  /** Asks again soon, as after a lost link. */
  forget(): void {
    this.#readAt.clear();
  }

  /** Of another time: what was read is no longer what is asked. */
  clear(): void {
    this.forget();
    this.#known.clear();
    this.stations = [];
  }

  #stations(): PictureAsset[] {
    const stations: PictureAsset[] = [];
    for (const asset of this.#picture.assets.values()) {
      if (asset.kind === 'sensor' && asset.values.has('pm25')) stations.push(asset);
    }
    return stations;
  }

  async #read(asset: PictureAsset): Promise<void> {
    // Whole hours back from now; the hour under way counts, with what it has.
    const toMs = clock.readNow();
    const { turns } = clock;
    const fromMs = toMs - hoursOfMean * hourMs;
    const { id, name, simulated } = asset;
    const before = this.#known.get(id);
    const asked = begun(before?.asked ?? neverAsked, clock.read());
    let station: Station;
    try {
      const series = await readSeries({ id, metric: 'pm25', fromMs, toMs, points: 96 });
      const day = stationMean(toSamples(series.points), toMs);
      station = { id, name, simulated, day, asked: answered(clock.read()) };
    } catch {
      station = { id, name, simulated, day: before?.day, asked: failed(asked, clock.read()) };
    }
    // The screen went to another time meanwhile.
    if (turns !== clock.turns) return this.forget();
    this.#known.set(id, station);
    for (const known of this.#known.keys()) if (!this.#picture.assets.has(known)) this.#known.delete(known);
    this.stations = [...this.#known.values()].sort(
      (a, b) => (b.day?.ispu ?? -1) - (a.day?.ispu ?? -1) || a.name.localeCompare(b.name),
    );
    this.#listener(id);
  }
}
