// Ages in one unit, numbers and moments as the city writes them.
import { describe, expect, test } from 'vitest';
import { en } from '../../web/src/words/en.ts';
import { id } from '../../web/src/words/id.ts';
import { ageWords, clockWords, dateWords, momentWords, numberWords } from '../../web/src/words/say.ts';

describe('ages', () => {
  test.each([
    [-5_000, '0 dtk'],
    [0, '0 dtk'],
    [12_900, '12 dtk'],
    [59_999, '59 dtk'],
    [60_000, '1 mnt'],
    [3_599_999, '59 mnt'],
    [3_600_000, '1 jam'],
    [47 * 3_600_000, '47 jam'],
    [48 * 3_600_000, '2 hari'],
  ])('%d ms is %s', (ms, words) => expect(ageWords(ms, id)).toBe(words));

  test('in English', () => expect(ageWords(7 * 60_000, en)).toBe('7 min'));
});

describe('times of the city', () => {
  const evening = Date.parse('2026-11-24T13:47:12Z');
  const zone = 'Asia/Jakarta';

  test('the clock is the city’s, not the browser’s', () =>
    expect(clockWords(evening, zone)).toBe('20:47:12'));
  test('the day in full', () =>
    expect(dateWords(evening, zone, 'id-ID', 'long')).toBe('Selasa 24 November 2026'));
  test('a moment today is its clock', () =>
    expect(momentWords(evening, evening + 60_000, zone, 'id-ID')).toBe('20:47:12'));
  test('a moment of another day of the city says the day', () => {
    const nextMorning = Date.parse('2026-11-24T17:30:00Z');
    expect(momentWords(evening, nextMorning, zone, 'id-ID')).toBe('Sel 24 Nov 20:47');
  });
});

test('numbers as each language writes them', () => {
  expect(numberWords(1284.25, 'id-ID', 1)).toBe('1.284,3');
  expect(numberWords(1284.25, 'en-GB', 1)).toBe('1,284.3');
});

test('both languages say the same things', () => {
  const keysOf = (words: object): string[] =>
    Object.entries(words).flatMap(([key, value]) =>
      typeof value === 'object' && value !== null
        ? keysOf(value as object).map((inner) => `${key}.${inner}`)
        : [key],
    );
  expect(keysOf(en).sort()).toEqual(keysOf(id).sort());
});
