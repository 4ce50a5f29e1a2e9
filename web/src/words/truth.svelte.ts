// The words of doubt and of qualified silence in the language of the page.
import { language } from './language.svelte.ts';
import { truthEn } from './truth-en.ts';
import { truthId } from './truth-id.ts';

const dictionaries = { id: truthId, en: truthEn };

class TruthLanguage {
  words = $derived(dictionaries[language.code]);
}

export const truthLanguage = new TruthLanguage();
