// The feeds as the admin screen watches them: what ingest says each two seconds, what the store counted, the sources.
import type { FeedHistory, FeedReport } from '../../../model/feed.ts';
import type { Source } from '../../../model/source.ts';
import { ask } from './ask.ts';
import { clock } from './clock.svelte.ts';

const reportEveryMs = 2_000;
const historyEveryMs = 20_000;
const sourcesEveryMs = 10_000;

export class FeedWatch {
  report = $state.raw<FeedReport | undefined>();
  /** False when ingest or the server does not answer: the report is then the last that was known. */
  current = $state(false);
  /** Since when it is not current. */
  unknownSince = $state<number | undefined>();
  asked = $state(false);
  history = $state.raw<FeedHistory | undefined>();
  historyFailed = $state(false);
  sources = $state.raw<readonly Source[]>([]);
  #from: () => number;
  #askedAt = { report: 0, history: 0, sources: 0 };
  #historyTurn = 0;

  /** @param from when the period that is counted began, epoch milliseconds. */
  constructor(from: () => number) {
    this.#from = from;
  }

  /** Called each second. */
  tick(nowMs: number): void {
    if (this.#isDue('report', reportEveryMs, nowMs)) void this.#askReport();
    if (this.#isDue('history', historyEveryMs, nowMs)) void this.askHistory();
    if (this.#isDue('sources', sourcesEveryMs, nowMs)) void this.askSources();
  }

  async askSources(): Promise<void> {
    const answer = await ask<Source[]>('GET', '/api/sources');
    if (answer.ok) this.sources = answer.value;
  }

  /** Asked at once when the period changes; an older answer never covers a newer one. */
  async askHistory(): Promise<void> {
    const turn = ++this.#historyTurn;
    const from = new Date(this.#from()).toISOString();
    const answer = await ask<FeedHistory>('GET', `/api/feeds/history?from=${encodeURIComponent(from)}`);
    if (turn !== this.#historyTurn) return;
    this.historyFailed = !answer.ok;
    this.history = answer.ok ? answer.value : undefined;
  }

  forgetHistory(): void {
    this.history = undefined;
    this.historyFailed = false;
    void this.askHistory();
  }

  async #askReport(): Promise<void> {
    const answer = await ask<FeedReport>('GET', '/api/feeds');
    this.asked = true;
    if (answer.ok) {
      this.report = answer.value;
      this.current = true;
      this.unknownSince = undefined;
      return;
    }
    const { lastKnown } = answer.problem as { lastKnown?: FeedReport };
    this.report = lastKnown ?? this.report;
    this.current = false;
    this.unknownSince ??= this.report ? Date.parse(this.report.at) : clock.read();
  }

  #isDue(what: 'report' | 'history' | 'sources', everyMs: number, nowMs: number): boolean {
    if (nowMs - this.#askedAt[what] < everyMs - 500) return false;
    this.#askedAt[what] = nowMs;
    return true;
  }
}
