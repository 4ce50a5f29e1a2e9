// The alarm rules as the server holds them, with the agencies that own them; and what is done to them.
import type { AlarmRule, AlarmRuleState, AlarmRuleText } from '../../../model/alarm-rule.ts';
import type { ListedRule } from '../../../model/alarm-rule-http.ts';
import { ask, type Answer } from './ask.ts';

export interface Agency {
  id: string;
  name: string;
}

export class AlarmRules {
  state = $state<'loading' | 'ready' | 'failed'>('loading');
  list = $state.raw<readonly ListedRule[]>([]);
  agencies = $state.raw<readonly Agency[]>([]);

  async load(): Promise<void> {
    const [rules, agencies] = await Promise.all([
      ask<ListedRule[]>('GET', '/api/rules'),
      this.agencies.length > 0 ? undefined : ask<Agency[]>('GET', '/api/agencies'),
    ]);
    if (rules.ok) this.list = rules.value;
    if (agencies?.ok) this.agencies = agencies.value;
    this.state = rules.ok ? 'ready' : 'failed';
  }

  agencyName(id: string): string {
    return this.agencies.find((agency) => agency.id === id)?.name ?? id;
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

  async put(rule: AlarmRule, state: AlarmRuleState): Promise<Answer<AlarmRule>> {
    const body = { state, version: rule.version };
    const answer = await ask<AlarmRule>('POST', `/api/rules/${rule.id}/state`, { body });
    await this.load();
    return answer;
  }
}
