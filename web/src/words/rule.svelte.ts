// The words of alarm rules and of the alarm system's figures in the language of the page.
import { language } from './language.svelte.ts';
import { ruleEn } from './rule-en.ts';
import { ruleId } from './rule-id.ts';

const dictionaries = { id: ruleId, en: ruleEn };

class RuleLanguage {
  words = $derived(dictionaries[language.code]);
}

export const ruleLanguage = new RuleLanguage();
