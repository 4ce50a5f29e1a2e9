// What of a feed was refused, newest first: asked for one reason at a time.
import type { Reject } from '../../../model/feed.ts';
import { ask } from './ask.ts';

const most = 100;

export class Rejects {
  state = $state<'loading' | 'ready' | 'failed'>('loading');
  list = $state.raw<readonly Reject[]>([]);
  /** How many of each reason stand in what was read of all of them. */
  seen = $state.raw<Record<string, number>>({});
  at = $state(0);
  current = $derived(this.list[this.at]);
  /** Of them, those that were not taken in since. */
  open = $derived(this.list.filter((reject) => reject.replayedAt === null));
  #feedId: string;
  #turn = 0;

  constructor(feedId: string) {
    this.#feedId = feedId;
  }

  /** @param reason undefined for all of them. An answer that was overtaken is dropped. */
  async load(reason: string | undefined): Promise<void> {
    const turn = ++this.#turn;
    this.state = 'loading';
    const query = new URLSearchParams({ limit: String(most), ...(reason === undefined ? {} : { reason }) });
    const answer = await ask<Reject[]>('GET', `/api/feeds/${this.#feedId}/rejects?${query}`);
    if (turn !== this.#turn) return;
    this.list = answer.ok ? answer.value : [];
    this.at = 0;
    if (answer.ok && reason === undefined) this.seen = countReasons(answer.value);
    this.state = answer.ok ? 'ready' : 'failed';
  }

  move(by: number): void {
    this.at = Math.min(Math.max(0, this.list.length - 1), Math.max(0, this.at + by));
  }
}

function countReasons(list: readonly Reject[]): Record<string, number> {
  const counts = new Map<string, number>();
  for (const { reason } of list) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  return Object.fromEntries(counts);
}
