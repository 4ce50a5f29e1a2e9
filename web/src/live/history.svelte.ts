// The stored past of one metric of one asset, kept up to date while somebody looks.
import { answered, begun, failed, neverAsked } from './asked.ts';
import { clock } from './clock.svelte.ts';
import { gapsOf, readSeries, toSamples, usualStepMs, type Sample } from './series.ts';

const refreshMs = 60_000;
/** A film passes minutes in seconds, and its charts end where it stands. */
const pastRefreshMs = 5_000;
const retryMs = 10_000;

export interface HistoryOf {
  id: string;
  metric: string;
  spanMs: number;
  points: number;
  factor: number;
  expectedEveryMs: number;
}

export class History {
  state = $state<'loading' | 'ready' | 'failed'>('loading');
  samples = $state.raw<readonly Sample[]>([]);
  gaps = $state.raw<readonly [number, number][]>([]);
  from = $state(0);
  to = $state(0);
  /** When it was asked, and answered last; after a failure the samples are those of the last answer. */
  asked = $state.raw(neverAsked);
  stepMs = $derived(usualStepMs(this.samples));
  #of: HistoryOf;
  #abort = new AbortController();
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(of: HistoryOf) {
    this.#of = of;
    void this.#read();
  }

  end(): void {
    this.#abort.abort();
    clearTimeout(this.#timer);
  }

  retry(): void {
    clearTimeout(this.#timer);
    if (this.asked.pendingAt === undefined) void this.#read();
  }

  async #read(): Promise<void> {
    const { id, metric, spanMs, points, factor, expectedEveryMs } = this.#of;
    const toMs = clock.readNow();
    const fromMs = toMs - spanMs;
    this.asked = begun(this.asked, clock.read());
    try {
      const series = await readSeries({ id, metric, fromMs, toMs, points }, this.#abort.signal);
      const samples = toSamples(series.points);
      this.samples = factor === 1 ? samples : samples.map((sample) => scaled(sample, factor));
      // A bucket is as long as the span over the points, and stamped at its start.
      this.gaps = gapsOf(
        samples,
        fromMs,
        toMs,
        Math.max(expectedEveryMs, samples.length < 2 ? 0 : spanMs / points),
      );
      this.from = fromMs;
      this.to = toMs;
      this.state = 'ready';
      this.asked = answered(clock.read());
    } catch {
      if (this.#abort.signal.aborted) return;
      // What was read before stays, and the panel says how old it is.
      this.state = 'failed';
      this.asked = failed(this.asked, clock.read());
    }
    if (this.#abort.signal.aborted) return;
    const readyMs = clock.past ? pastRefreshMs : refreshMs;
    this.#timer = setTimeout(() => void this.#read(), this.state === 'ready' ? readyMs : retryMs);
  }
}

const scaled = (sample: Sample, factor: number): Sample => ({
  ...sample,
  mean: sample.mean * factor,
  min: sample.min * factor,
  max: sample.max * factor,
});
