// Moments of the past in words: how long ago in two units, and the dated clock.
import { clockWords, dateWords } from '../words/say.ts';
import type { TimeWords } from '../words/time-id.ts';
import { longAgo } from './time-scale.ts';

/** `2 jam 5 mnt`. */
export const agoWords = (ms: number, words: Pick<TimeWords, 'units'>): string =>
  longAgo(ms)
    .map(([n, unit]) => words.units[unit](n))
    .join(' ');

/** `Selasa 24 Nov, 18:42:10 WIB`. */
export function momentLong(ms: number, timeZone: string, label: string, locale: string): string {
  const weekday = new Intl.DateTimeFormat(locale, { timeZone, weekday: 'long' }).format(ms);
  const day = dateWords(ms, timeZone, locale, 'short').replace(/^\S+ /, '');
  return `${weekday} ${day}, ${clockWords(ms, timeZone)} ${label}`;
}
