// How alarms are spoken of on this page: its language, the city's clock, the names of its people.
import { city } from '../city/city.svelte.ts';
import { clock } from '../live/clock.svelte.ts';
import { people } from '../live/people.svelte.ts';
import { alarmLanguage } from '../words/alarm.svelte.ts';
import { language } from '../words/language.svelte.ts';
import { momentWords } from '../words/say.ts';
import type { Speech } from './alarm-words.ts';

/** Reactive where it is called: language, day and names. */
export function speech(): Speech {
  const words = language.words;
  return {
    code: language.code,
    words,
    alarms: alarmLanguage.words,
    moment: (ms) => momentWords(ms, clock.now, city.timeZone, words.locale),
    personOf: (actor) => people.find(actor),
  };
}
