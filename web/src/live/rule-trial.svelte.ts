// A dry run of a rule: asked for, followed until it is over, and stopped.
import type { AlarmRuleText } from '../../../model/alarm-rule.ts';
import type { RuleTrial } from '../../../model/alarm-rule-http.ts';
import type { Problem } from '../../../model/http.ts';
import { ask, type Answer } from './ask.ts';

const followEveryMs = 600;
/** Waiting longer for the alarms room is worth a word. */
const stuckAfterMs = 5_000;

export type TrialRefusal = Extract<Answer<RuleTrial>, { ok: false }>;

const isOver = ({ state }: RuleTrial): boolean => state !== 'waiting' && state !== 'running';

export class RuleTrialRun {
  trial = $state.raw<RuleTrial | undefined>();
  refusal = $state.raw<TrialRefusal | undefined>();
  running = $state(false);
  stuck = $state(false);
  #turn = 0;

  async run(rule: AlarmRuleText, ruleId: string | undefined, days: number): Promise<void> {
    const turn = ++this.#turn;
    this.running = true;
    this.trial = undefined;
    this.refusal = undefined;
    this.stuck = false;
    const to = new Date().toISOString();
    const from = new Date(Date.parse(to) - days * 86_400_000).toISOString();
    const body = { rule, from, to, ...(ruleId === undefined ? {} : { ruleId }) };
    // The clock of this browser may be ahead: without `to` the server says when now is.
    let answer = await ask<RuleTrial>('POST', '/api/rules/trials', { body });
    if (!answer.ok && answer.problem.field === 'to') {
      const { to: _, ...rest } = body;
      answer = await ask<RuleTrial>('POST', '/api/rules/trials', { body: rest });
    }
    const askedAtMs = Date.now();
    while (turn === this.#turn) {
      if (answer.ok) this.trial = answer.value;
      this.refusal = answer.ok ? undefined : answer;
      // A server that is away for a moment has not forgotten the run.
      const goesOn = answer.ok ? !isOver(answer.value) : this.trial !== undefined && answer.status !== 404;
      if (!goesOn) break;
      this.stuck = this.trial?.state === 'waiting' && Date.now() - askedAtMs > stuckAfterMs;
      await new Promise((resolve) => setTimeout(resolve, followEveryMs));
      if (turn !== this.#turn) return;
      answer = await ask<RuleTrial>('GET', `/api/rules/trials/${this.trial!.no}`);
    }
    if (turn === this.#turn) this.running = false;
  }

  /** The own one, or the one that is in the way. */
  async stop(no: number): Promise<void> {
    const answer = await ask<RuleTrial>('DELETE', `/api/rules/trials/${no}`);
    if (!answer.ok) return;
    if (this.trial?.no === no) this.trial = answer.value;
    else this.refusal = undefined;
  }

  /** No longer looked at; it goes on until it is done. */
  leave(): void {
    this.#turn++;
  }
}

/** The run that another one has to wait for. */
export const runInTheWay = (problem: Problem | undefined): RuleTrial | undefined =>
  (problem as { current?: RuleTrial } | undefined)?.current;
