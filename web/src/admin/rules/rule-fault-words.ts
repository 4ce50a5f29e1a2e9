// What the server found wrong with a rule, as a sentence in the language of the page. Pure.
import type { RuleFaultCode } from '../../../../model/alarm-rule-fault.ts';
import type { Problem } from '../../../../model/http.ts';
import { metrics, type MetricId } from '../../../../model/metrics.ts';
import { ruleFaultEn } from '../../words/rule-fault-en.ts';
import { ruleFaultId } from '../../words/rule-fault-id.ts';
import { numberWords } from '../../words/say.ts';

const dictionaries = { id: ruleFaultId, en: ruleFaultEn };

/** A code that a newer server has, and this page does not know, is said as a refusal. */
export function ruleFaultWords(problem: Problem, code: 'id' | 'en', locale: string): string {
  const w = dictionaries[code];
  const said = (name: string): string => {
    const value = problem.given?.[name];
    if (typeof value === 'number') return numberWords(value, locale, Number.isInteger(value) ? 0 : 1);
    if (value === undefined) return '—';
    if (name === 'metric') return metrics[value as MetricId]?.[code] ?? value;
    return name === 'noun' ? (w.nouns[value] ?? value) : value;
  };
  return isCode(problem.code) ? w[problem.code](said) : w.refused();
}

const isCode = (code: string | undefined): code is RuleFaultCode =>
  code !== undefined && Object.hasOwn(ruleFaultId, code) && code !== 'nouns' && code !== 'refused';
