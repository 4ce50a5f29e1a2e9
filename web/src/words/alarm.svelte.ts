// The words of alarms and the stream in the language of the page.
import { alarmEn } from './alarm-en.ts';
import { alarmId } from './alarm-id.ts';
import { language } from './language.svelte.ts';

const dictionaries = { id: alarmId, en: alarmEn };

class AlarmLanguage {
  words = $derived(dictionaries[language.code]);
}

export const alarmLanguage = new AlarmLanguage();
