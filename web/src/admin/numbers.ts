// Rates, lags and sizes as short as they stay clear, in the language's format. Pure.
import { numberWords } from '../words/say.ts';
import type { Words } from '../words/id.ts';

/** A rate: whole from 10, one digit from 0.1, two below; `0` only for nothing at all. */
export function rateWords(perSecond: number, locale: string): string {
  if (perSecond === 0) return '0';
  if (perSecond >= 9.95) return numberWords(perSecond, locale);
  return numberWords(Math.max(perSecond, 0.01), locale, perSecond >= 0.095 ? 1 : 2);
}

/** A lag: tenths to ten seconds, seconds to a minute, then minutes and seconds; `4 mnt 10`. */
export function lagWords(
  ms: number,
  locale: string,
  words: Pick<Words, 'seconds' | 'minutes' | 'hours'>,
): string {
  const seconds = Math.max(0, ms / 1000);
  if (seconds < 0.05) return `<${words.seconds(0).replace('0', numberWords(0.1, locale, 1))}`;
  if (seconds < 9.95) return words.seconds(0).replace('0', numberWords(seconds, locale, 1));
  if (seconds < 59.5) return words.seconds(Math.round(seconds));
  const whole = Math.round(seconds);
  if (whole >= 3600) return words.hours(Math.floor(whole / 3600));
  const rest = whole % 60;
  const minutes = words.minutes(Math.floor(whole / 60));
  return rest === 0 ? minutes : `${minutes} ${String(rest).padStart(2, '0')}`;
}

const sizes = ['B', 'kB', 'MB', 'GB', 'TB'] as const;

/** Bytes in the largest unit of which there is at least one; powers of 1,000. */
export function sizeWords(bytes: number, locale: string): string {
  let value = bytes;
  let step = 0;
  while (value >= 999.5 && step < sizes.length - 1) {
    value /= 1000;
    step++;
  }
  return `${numberWords(value, locale, value < 9.95 && step > 0 ? 1 : 0)} ${sizes[step]!}`;
}
