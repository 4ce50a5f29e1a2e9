// What the finder means by some letters: words that begin so first, marks and case are nothing, one slip is forgiven.
import { describe, expect, test } from 'vitest';
import { fold, isNearly, rank } from '../../web/src/panels/finder-rank.ts';

const names = [
  'Pasar Horas',
  'Udara Pasar Horas',
  'Jl. Sutomo',
  'Jl. Dr. Cipto',
  'Siantar Timur',
  'Siantar Barat',
  'Kamera Simpang Kartini',
  'Angkot 03 · 2',
  'Angkot 03 · 12',
  'Damkar 1',
  'Café Élite',
  'Terminal Parluasan',
];
const entries = names.map((name) => ({ name, folded: fold(name), weight: 0 }));
const found = (typed: string): string[] => rank(entries, typed, 5).map(({ name }) => name);

describe('letters', () => {
  test('without marks, whatever the case', () =>
    expect(fold('  Café  ÉLITE (Jl. 5)')).toBe('cafe elite jl 5'));
  test('nothing typed finds nothing', () => expect(found('  ')).toEqual([]));
  test('find with and without marks', () => expect(found('elite')).toEqual(['Café Élite']));
});

describe('order', () => {
  test('a name that begins so comes before one in which a later word does', () =>
    expect(found('pasar')).toEqual(['Pasar Horas', 'Udara Pasar Horas']));
  test('the beginning of a word comes before the middle of one', () =>
    expect(found('tim')[0]).toBe('Siantar Timur'));
  test('a whole word comes before a longer one that begins so', () =>
    expect(found('angkot 2')[0]).toBe('Angkot 03 · 2'));
  test('each word must fit, in any order', () => expect(found('horas udara')).toEqual(['Udara Pasar Horas']));
  test('no more than asked for', () => expect(rank(entries, 'a', 3)).toHaveLength(3));
  test('weight decides between equals', () => {
    const two = [
      { name: 'a', folded: 'kartini', weight: 0 },
      { name: 'b', folded: 'kartini', weight: 1 },
    ];
    expect(rank(two, 'kart', 2).map(({ name }) => name)).toEqual(['b', 'a']);
  });
});

describe('one slip', () => {
  test.each([
    ['kartni', 'a letter less'],
    ['karttini', 'a letter more'],
    ['kartoni', 'another letter'],
    ['katrini', 'two turned round'],
  ])('%s: %s', (typed) => expect(found(typed)).toEqual(['Kamera Simpang Kartini']));
  test('in a short word is another word', () => expect(found('pxs')).toEqual([]));
  test('two are too many', () => expect(isNearly('kxrtxni', 'kartini')).toBe(false));
});
