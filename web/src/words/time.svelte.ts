// The words of the time bar in the language of the page.
import { language } from './language.svelte.ts';
import { timeEn } from './time-en.ts';
import { timeId } from './time-id.ts';

const dictionaries = { id: timeId, en: timeEn };

class TimeLanguage {
  words = $derived(dictionaries[language.code]);
}

export const timeLanguage = new TimeLanguage();
