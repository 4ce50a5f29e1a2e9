// Ages and numbers in words: one unit for an age, the city's clock for a time.
import type { Words } from './id.ts';

type AgeWords = Pick<Words, 'seconds' | 'minutes' | 'hours' | 'days'>;

/** An age in one unit: seconds to a minute, minutes to an hour, hours to two days, then days. */
export function ageWords(ms: number, words: AgeWords): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  if (seconds < 60) return words.seconds(seconds);
  if (seconds < 3600) return words.minutes(Math.floor(seconds / 60));
  if (seconds < 48 * 3600) return words.hours(Math.floor(seconds / 3600));
  return words.days(Math.floor(seconds / 86400));
}

const formats = new Map<string, Intl.DateTimeFormat | Intl.NumberFormat>();

function dateFormat(
  locale: string,
  timeZone: string,
  options: Intl.DateTimeFormatOptions,
): Intl.DateTimeFormat {
  const key = `${locale} ${timeZone} ${JSON.stringify(options)}`;
  let format = formats.get(key) as Intl.DateTimeFormat | undefined;
  if (!format) formats.set(key, (format = new Intl.DateTimeFormat(locale, { timeZone, ...options })));
  return format;
}

// The clock is written with colons in both languages, as the city's control rooms write it.
const clockParts = { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' } as const;

/** `20:47:12` by the city's clock. */
export const clockWords = (ms: number, timeZone: string): string =>
  dateFormat('en-GB', timeZone, clockParts).format(ms);

/** `20:47` by the city's clock. */
export const minuteWords = (ms: number, timeZone: string): string => clockWords(ms, timeZone).slice(0, 5);

/** `Selasa 24 November 2026`, or short `Sel 24 Nov`. */
export function dateWords(ms: number, timeZone: string, locale: string, length: 'long' | 'short'): string {
  const options: Intl.DateTimeFormatOptions =
    length === 'long'
      ? { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' }
      : { weekday: 'short', day: 'numeric', month: 'short' };
  return dateFormat(locale, timeZone, options).format(ms).replaceAll(',', '');
}

const sameDay = (a: number, b: number, timeZone: string): boolean =>
  dateWords(a, timeZone, 'en-GB', 'long') === dateWords(b, timeZone, 'en-GB', 'long');

/** A moment as short as it stays clear: the clock today, the day too on any other day. */
export function momentWords(ms: number, nowMs: number, timeZone: string, locale: string): string {
  const clock = clockWords(ms, timeZone);
  return sameDay(ms, nowMs, timeZone)
    ? clock
    : `${dateWords(ms, timeZone, locale, 'short')} ${clock.slice(0, 5)}`;
}

/** A number with `digits` after the mark, as the language writes it. */
export function numberWords(value: number, locale: string, digits = 0): string {
  const key = `${locale} number ${digits}`;
  let format = formats.get(key) as Intl.NumberFormat | undefined;
  if (!format) {
    format = new Intl.NumberFormat(locale, { minimumFractionDigits: digits, maximumFractionDigits: digits });
    formats.set(key, format);
  }
  return format.format(value);
}

/** `420 m`, `1,24 km`. */
export const lengthWords = (metres: number, locale: string): string =>
  metres < 1000
    ? `${numberWords(metres, locale)} m`
    : `${numberWords(metres / 1000, locale, metres < 10_000 ? 2 : 1)} km`;

/** `0,28 km²`; small ones in hectares. */
export const areaWords = (km2: number, locale: string): string =>
  km2 < 0.1 ? `${numberWords(km2 * 100, locale, 1)} ha` : `${numberWords(km2, locale, km2 < 10 ? 2 : 1)} km²`;
