// The figures of the alarm system, asked for again while they are looked at; what is shown says when it was counted.
import type { AlarmMetrics } from '../../../model/alarm-metrics.ts';
import { ask } from './ask.ts';

const askEveryMs = 30_000;
const dayMs = 86_400_000;

export const metricSpans = { day: 1, week: 7, month: 30 } as const;
export type MetricSpan = keyof typeof metricSpans;

export class AlarmMetricsWatch {
  span = $state<MetricSpan>('week');
  positions = $state(1);
  metrics = $state.raw<AlarmMetrics | undefined>();
  /** Since when asking fails; epoch milliseconds of this browser. */
  failedSince = $state<number | undefined>();
  #turn = 0;
  readonly #timer = setInterval(() => void this.load(), askEveryMs);

  choose(span: MetricSpan): void {
    this.span = span;
    void this.load();
  }

  share(positions: number): void {
    this.positions = Math.min(50, Math.max(1, positions));
    void this.load();
  }

  /** An answer that was overtaken is dropped. */
  async load(): Promise<void> {
    const turn = ++this.#turn;
    const from = new Date(Date.now() - metricSpans[this.span] * dayMs).toISOString();
    const query = new URLSearchParams({ from, positions: String(this.positions) });
    const answer = await ask<AlarmMetrics>('GET', `/api/alarms/metrics?${query}`);
    if (turn !== this.#turn) return;
    if (answer.ok) this.metrics = answer.value;
    this.failedSince = answer.ok ? undefined : (this.failedSince ?? Date.now());
  }

  stop(): void {
    this.#turn++;
    clearInterval(this.#timer);
  }
}
