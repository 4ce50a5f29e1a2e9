// The words of the blind map in the language of the page.
import { blindnessEn } from './blindness-en.ts';
import { blindnessId } from './blindness-id.ts';
import { language } from './language.svelte.ts';

const dictionaries = { id: blindnessId, en: blindnessEn };

class BlindnessLanguage {
  words = $derived(dictionaries[language.code]);
}

export const blindnessLanguage = new BlindnessLanguage();
