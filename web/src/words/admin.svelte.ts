// The words of the admin screens in the language of the page.
import { adminEn } from './admin-en.ts';
import { adminId } from './admin-id.ts';
import { language } from './language.svelte.ts';

const dictionaries = { id: adminId, en: adminEn };

class AdminLanguage {
  words = $derived(dictionaries[language.code]);
}

export const adminLanguage = new AdminLanguage();
