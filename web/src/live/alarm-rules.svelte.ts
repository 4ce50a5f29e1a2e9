// The alarm rules as the server holds them, and what is done to them.
import type { AlarmRule, AlarmRuleState, AlarmRuleText } from '../../../model/alarm-rule.ts';
import type { ListedRule } from '../../../model/alarm-rule-http.ts';
import { agencies } from './agencies.svelte.ts';
import { ask, type Answer } from './ask.ts';

export class AlarmRules {
  state = $state<'loading' | 'ready' | 'failed'>('loading');
  list = $state.raw<readonly ListedRule[]>([]);

  async load(): Promise<void> {
    const [rules] = await Promise.all([ask<ListedRule[]>('GET', '/api/rules'), agencies.look()]);
    if (rules.ok) this.list = rules.value;
    this.state = rules.ok ? 'ready' : 'failed';
  }

  /** Makes the rule where there is no `before`. */
  async save(rule: AlarmRuleText, before: AlarmRule | undefined): Promise<Answer<AlarmRule>> {
    const answer =
      before === undefined
        ? await ask<AlarmRule>('POST', '/api/rules', { body: { rule } })
        : await ask<AlarmRule>('PUT', `/api/rules/${before.id}`, { body: { rule, version: before.version } });
    await this.load();
    return answer;
  }

  async put(rule: AlarmRule, state: AlarmRuleState, reason?: string): Promise<Answer<AlarmRule>> {
    const body = { state, version: rule.version, ...(reason === undefined ? {} : { reason }) };
    const answer = await ask<AlarmRule>('POST', `/api/rules/${rule.id}/state`, { body });
    await this.load();
    return answer;
  }
}
