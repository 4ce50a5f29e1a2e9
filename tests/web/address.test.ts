// The address bar: what is written is read again, what is malformed is left out.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatAddress, parseAddress } from '../../web/src/address.ts';

test.each([
  ['', {}],
  ['#z=14.2&lat=2.961&lon=99.059', { zoom: 14.2, lat: 2.961, lon: 99.059 }],
  ['#sel=vehicle:sim-1&theme=day', { selected: 'vehicle:sim-1', theme: 'day' }],
  ['#z=&lat=2.9&lon=x&theme=pink', {}],
  ['#z=99&lat=91&lon=0', {}],
  ['#at=2026-11-24T11:42:10Z', { at: Date.UTC(2026, 10, 24, 11, 42, 10) }],
  ['#at=2026-11-24T18:42:10%2B07:00', { at: Date.UTC(2026, 10, 24, 11, 42, 10) }],
  ['#at=2026-11-24', {}],
  ['#at=soon', {}],
  ['#lat=2.9', {}],
  ['#off=camera,lines&kec=12.72.01', { hidden: ['camera', 'lines'], districts: ['12.72.01'] }],
  ['#sel=blind&on=blind', { selected: 'blind', shown: ['blind'] }],
  ['#off=a%20b,&on=%3C&kec=<script>', {}],
  ['#area=2.961,99.059,300', { area: '2.961,99.059,300' }],
])('%s', (hash, address) => expect(parseAddress(hash)).toEqual(address));

test('a colon stays readable', () =>
  expect(formatAddress({ selected: 'vehicle:a-1' })).toBe('#sel=vehicle:a-1'));

test('layers, filter and area are written only where there are any', () => {
  expect(formatAddress({ hidden: [], shown: [], districts: [] })).toBe('');
  const address = {
    hidden: ['camera'],
    shown: ['blind'],
    districts: ['12.72.01', '12.72.08'],
    area: '2.9,99.1,300',
  };
  expect(formatAddress(address)).toBe('#off=camera&on=blind&kec=12.72.01,12.72.08&area=2.9,99.1,300');
  expect(parseAddress(formatAddress(address))).toEqual(address);
});

test('what is written is read again', () => {
  fc.assert(
    fc.property(fc.string({ minLength: 1, unit: 'grapheme' }), (selected) => {
      expect(parseAddress(formatAddress({ selected })).selected).toBe(selected);
    }),
  );
});
