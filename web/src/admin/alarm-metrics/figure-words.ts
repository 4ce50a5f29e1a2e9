// A figure with its unit as people read it. Pure.
import type { Figure } from '../../../../model/alarm-metrics.ts';
import type { Words } from '../../words/id.ts';
import { numberWords } from '../../words/say.ts';

type FigureUnitWords = Pick<Words, 'locale' | 'seconds' | 'minutes'>;

/** Whole where it is whole; else one digit, two below 1. Seconds become minutes from two of them on. */
export function figureWords(value: number, unit: Figure['unit'], words: FigureUnitWords): string {
  if (unit === 'seconds')
    return value < 120 ? words.seconds(Math.round(value)) : words.minutes(Math.round(value / 60));
  const digits = Number.isInteger(value) ? 0 : value < 1 ? 2 : 1;
  const number = numberWords(value, words.locale, digits);
  return unit === 'percent' ? `${number} %` : number;
}
