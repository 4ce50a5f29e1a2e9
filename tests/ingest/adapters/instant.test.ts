// Times read and written without Date say what Date says.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { instantOf, plainInstant, toIso } from '../../../ingest/adapters/instant.ts';

describe('reading', () => {
  test.each([
    '2026-11-24T04:59:58Z',
    '2026-11-24T04:59:58.1Z',
    '2026-11-24T11:59:58.123+07:00',
    '2026-11-23T23:14:58.123456789-05:45',
    '2024-02-29T00:00:00Z',
    '2000-02-29T23:59:59.999Z',
    '1000-01-01T00:00:00Z',
  ])('%s', (text) => expect(plainInstant(text)).toBe(Date.parse(text)));

  test.each([
    '',
    '2026-11-24',
    '2026-11-24T04:59:58',
    '2026-11-24T04:59:58z',
    '2026-11-24t04:59:58Z',
    '2026-11-24 04:59:58Z',
    '2026-11-24T04:59Z',
    '2026-11-24T04:59:58.Z',
    '2026-11-24T04:59:58+0700',
    '2026-11-24T04:59:58+07:00 ',
    '2026-11-24T04:59:58ZZ',
    '2026-11-24T04:59:60Z',
    '2026-11-24T24:00:00Z',
    '2026-11-24T04:59:58+24:00',
    '2026-11-24T04:59:58+07-00',
    '2026-13-01T00:00:00Z',
    '2026-00-01T00:00:00Z',
    '2026-11-31T00:00:00Z',
    '2026-02-29T00:00:00Z',
    '1900-02-29T00:00:00Z',
    '0099-01-01T00:00:00Z',
    '+012026-11-24T04:59:58Z',
  ])('%s is left to others', (text) => expect(plainInstant(text)).toBeUndefined());

  test('other forms with an offset are read all the same', () => {
    expect(instantOf('2026-11-24T04:59Z')).toBe(Date.UTC(2026, 10, 24, 4, 59));
    expect(instantOf('2026-11-24T04:59:58')).toBeUndefined();
  });
  test('any time of four digits a year', () => {
    fc.assert(
      fc.property(fc.integer({ min: Date.UTC(1000, 0, 1), max: Date.UTC(9999, 11, 31) }), (ms) => {
        expect(plainInstant(new Date(ms).toISOString())).toBe(ms);
      }),
    );
  });
  test('never throws', () => fc.assert(fc.property(fc.string(), (text) => void instantOf(text))));
});

describe('writing', () => {
  test('any time', () => {
    fc.assert(
      fc.property(fc.integer({ min: -8.64e15, max: 8.64e15 }), (ms) => {
        expect(toIso(ms)).toBe(new Date(ms).toISOString());
      }),
    );
  });
  test('none', () => expect(() => toIso(Number.NaN)).toThrow(RangeError));
});
