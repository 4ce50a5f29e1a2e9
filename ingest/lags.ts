// How late the last observations of a feed came: received less observed.

const kept = 200;

export class Lags {
  readonly #ms = new Float64Array(kept);
  #count = 0;

  add(lagMs: number): void {
    this.#ms[this.#count++ % kept] = lagMs;
  }

  /** Median and 99th percentile in milliseconds, by nearest rank; null before the first. */
  percentiles(): { p50: number | null; p99: number | null } {
    const held = Math.min(this.#count, kept);
    if (held === 0) return { p50: null, p99: null };
    const sorted = this.#ms.slice(0, held).sort();
    const at = (share: number): number => sorted[Math.min(held - 1, Math.ceil(share * held) - 1)]!;
    return { p50: at(0.5), p99: at(0.99) };
  }
}
