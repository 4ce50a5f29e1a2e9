// The timetable's lines and stops, the same for every screen of the page; asked for anew now and then.
import type { LineCollection, StopCollection, Timetable } from '../../../model/transit.ts';
import { clock } from './clock.svelte.ts';

type LineFeature = LineCollection['features'][number];
type StopFeature = StopCollection['features'][number];

/** An unchanged timetable answers with no content. */
const refreshMs = 300_000;
const retryMs = 15_000;
const answerWithinMs = 30_000;

class Transit {
  timetable = $state.raw<Timetable>(null);
  lines = $state.raw<readonly LineFeature[]>([]);
  stops = $state.raw<readonly StopFeature[]>([]);
  /** Since when they cannot be read. */
  failedAt = $state<number | undefined>();
  #stopOf = $derived(new Map(this.stops.map((stop) => [stop.properties.stopId, stop])));
  #watchers = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  stop(stopId: string): StopFeature | undefined {
    return this.#stopOf.get(stopId);
  }

  /** Keeps it up to date until the returned function is called. */
  watch(): () => void {
    if (this.#watchers++ === 0) void this.#read();
    return () => {
      if (--this.#watchers === 0) clearTimeout(this.#timer);
    };
  }

  retry(): void {
    void this.#read();
  }

  async #read(): Promise<void> {
    clearTimeout(this.#timer);
    try {
      const [lines, stops] = await Promise.all([
        read<LineCollection>('/api/transit/lines'),
        read<StopCollection>('/api/transit/stops'),
      ]);
      const same = lines.timetable?.importId === this.timetable?.importId && this.failedAt === undefined;
      this.failedAt = undefined;
      if (!same || this.timetable === null) {
        this.timetable = lines.timetable;
        this.lines = lines.features;
        this.stops = stops.features;
      }
    } catch {
      this.failedAt ??= clock.read();
    }
    if (this.#watchers === 0) return;
    this.#timer = setTimeout(() => void this.#read(), this.failedAt === undefined ? refreshMs : retryMs);
  }
}

async function read<T>(path: string): Promise<T> {
  const response = await fetch(path, { signal: AbortSignal.timeout(answerWithinMs) });
  if (!response.ok) throw new Error(`${path} answered ${response.status}`);
  return (await response.json()) as T;
}

export const transit = new Transit();
