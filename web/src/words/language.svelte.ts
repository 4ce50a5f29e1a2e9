// The language of the page, kept in this browser.
import { en } from './en.ts';
import { id, type Words } from './id.ts';

export type LanguageCode = 'id' | 'en';
const dictionaries: Record<LanguageCode, Words> = { id, en };
const storageKey = 'simpang.language';

class Language {
  code = $state<LanguageCode>(localStorage.getItem(storageKey) === 'en' ? 'en' : 'id');
  words = $derived(dictionaries[this.code]);

  choose(code: LanguageCode): void {
    this.code = code;
    localStorage.setItem(storageKey, code);
    document.documentElement.lang = code;
  }

  next(): void {
    this.choose(this.code === 'id' ? 'en' : 'id');
  }
}

export const language = new Language();
