// How a feed is read: its mapping as the server holds it, and saved with the version that was seen.
import type { FeedMapping, Mapping } from '../../../model/source.ts';
import { ask, type Answer } from './ask.ts';

export type RulesRefusal = Extract<Answer<FeedMapping>, { ok: false }>;

export class Rules {
  /** `none`: simulated twins, and what no feed claims, have no way of their own to be read. */
  state = $state<'loading' | 'ready' | 'none' | 'failed'>('loading');
  saved = $state.raw<Mapping>({});
  #version = 0;
  #path: string;

  constructor(feedId: string) {
    this.#path = `/api/feeds/${feedId}/mapping`;
  }

  async load(): Promise<void> {
    const answer = await ask<FeedMapping>('GET', this.#path);
    if (answer.ok) this.#take(answer.value);
    this.state = answer.ok ? 'ready' : answer.status === 404 ? 'none' : 'failed';
  }

  /** @returns why not; on 409 the newest is loaded beside. */
  async save(mapping: Mapping): Promise<RulesRefusal | undefined> {
    const answer = await ask<FeedMapping>('PUT', this.#path, { body: { mapping, version: this.#version } });
    if (answer.ok) {
      this.#take(answer.value);
      return undefined;
    }
    if (answer.status === 409) await this.load();
    return answer;
  }

  #take({ mapping, version }: FeedMapping): void {
    this.saved = mapping;
    this.#version = version;
  }
}
