// Rejects read again by ingest: asked for, then followed until it is done.
import type { Replay, ReplayRequest } from '../../../model/source.ts';
import { ask, type Answer } from './ask.ts';

const followEveryMs = 400;
const followForMs = 120_000;

export type ReplayRefusal = Extract<Answer<Replay>, { ok: false }>;

export class ReplayRun {
  running = $state(false);
  replay = $state.raw<Replay | undefined>();
  refusal = $state.raw<ReplayRefusal | undefined>();
  #turn = 0;

  /** A second run replaces the first. @returns what came of it; undefined when it was refused or replaced. */
  async run(feedId: string, request: ReplayRequest): Promise<Replay | undefined> {
    const turn = ++this.#turn;
    this.running = true;
    this.refusal = undefined;
    this.replay = undefined;
    let answer = await ask<Replay>('POST', `/api/feeds/${feedId}/replays`, { body: request });
    const until = Date.now() + followForMs;
    while (turn === this.#turn && answer.ok && !isOver(answer.value) && Date.now() < until) {
      this.replay = answer.value;
      await new Promise((resolve) => setTimeout(resolve, followEveryMs));
      answer = await ask<Replay>('GET', `/api/replays/${answer.value.id}`);
    }
    if (turn !== this.#turn) return undefined;
    this.running = false;
    if (!answer.ok) {
      this.refusal = answer;
      return undefined;
    }
    this.replay = answer.value;
    return answer.value;
  }

  forget(): void {
    this.#turn++;
    this.running = false;
    this.replay = undefined;
    this.refusal = undefined;
  }
}

const isOver = ({ state }: Replay): boolean => state === 'done' || state === 'failed';
