// Rules of a feed as they are edited: clocks that are suggested, names that are read otherwise, devices that fail most.
import { describe, expect, test } from 'vitest';
import type { Mapping } from '../../model/source.ts';
import { isUnitOf, offeredUnits } from '../../web/src/admin/rejects/offered-units.ts';
import {
  fromRule,
  namesAtFault,
  ruleOf,
  sameMapping,
  suggestClock,
  topDevices,
  toRule,
  withClock,
  withRule,
} from '../../web/src/admin/rejects/rules.ts';

const ahead = (...hours: number[]) =>
  hours.map((each) => ({
    reason: 'future',
    detail: `${Math.round(each * 3600)} s ahead of our clock; at most 120`,
  }));

describe('a clock is suggested', () => {
  test.each([
    [[7, 7, 6.99], -420],
    [[8, 8], -480],
    [[9], -540],
    [[6.8, 7.1], -420],
    [[7, 1, 2, 3], undefined],
    [[1.5], undefined],
    [[], undefined],
  ])('%j hours ahead: %s minutes', (hours, minutes) => expect(suggestClock(ahead(...hours))).toBe(minutes));

  test('other reasons say nothing of a clock', () =>
    expect(suggestClock([{ reason: 'schema', detail: '25200 s ahead of our clock' }])).toBeUndefined());
});

test('names at fault are read from reason and field', () => {
  expect(
    namesAtFault([
      { reason: 'unknown-metric', field: 'readings.kucing', detail: '"kucing" is not in the registry' },
      { reason: 'out-of-range', field: 'readings.pm25', detail: '-3 µg/m³' },
      { reason: 'future', field: 'observedAt', detail: '' },
    ]),
  ).toEqual(['kucing', 'pm25']);
});

describe('one name read otherwise', () => {
  const before: Mapping = { clockOffsetMinutes: -420, metrics: { a: null, b: { metric: 'pm25' } } };

  test('the rest stays', () => {
    const after = withRule(before, 'tekanan', { metric: 'waterPressure', unit: 'kPa' });
    expect(after).toEqual({
      clockOffsetMinutes: -420,
      metrics: { a: null, b: { metric: 'pm25' }, tekanan: { metric: 'waterPressure', unit: 'kPa' } },
    });
    expect(before.metrics).not.toHaveProperty('tekanan');
  });

  test('as it is again, nothing is left', () =>
    expect(withRule(withRule({}, 'x', 'leave-out'), 'x', 'as-is')).toEqual({}));

  test('__proto__ and constructor are names, and change nothing else', () => {
    expect(ruleOf({ metrics: {} }, 'constructor')).toBe('as-is');
    const after = withRule({}, '__proto__', 'leave-out');
    expect(Object.keys(after.metrics!)).toEqual(['__proto__']);
    expect(ruleOf(after, '__proto__')).toBe('leave-out');
    expect(Object.getPrototypeOf(after.metrics)).toBe(Object.prototype);
  });

  test.each([
    ['', '', 'as-is'],
    ['-', '', 'leave-out'],
    ['constructor', '', 'as-is'],
    ['pm25', '', { metric: 'pm25' }],
    ['pm25', ' mg/m³ ', { metric: 'pm25', unit: 'mg/m³' }],
  ])('%s, %s', (chosen, unit, rule) => {
    expect(toRule(chosen, unit)).toEqual(rule);
    expect(toRule(fromRule(toRule(chosen, unit)).chosen, fromRule(toRule(chosen, unit)).unit)).toEqual(rule);
  });
});

test('two mappings are the same whatever their order', () => {
  const a: Mapping = { metrics: { x: null, y: { metric: 'co', unit: 'ppm' } }, clockOffsetMinutes: 0 };
  const b: Mapping = { metrics: { y: { unit: 'ppm', metric: 'co' }, x: null } };
  expect(sameMapping(a, b)).toBe(true);
  expect(sameMapping(a, withClock(b, -420))).toBe(false);
  expect(withClock(withClock(b, -420), 0)).toEqual(b);
});

test('devices by how often they were refused, named by the level that differs', () => {
  const topics = ['v3/pdam@ttn/devices/t-14/up', 'v3/pdam@ttn/devices/t-14/up', 'v3/pdam@ttn/devices/t-9/up'];
  expect(topDevices(topics.map((topic) => ({ topic })))).toEqual([
    { name: 't-14', count: 2 },
    { name: 't-9', count: 1 },
  ]);
  expect(topDevices([{ topic: 'city/sensor/air-9/reading' }])).toEqual([{ name: 'air-9', count: 1 }]);
  expect(topDevices([{ topic: 'positions' }])).toEqual([{ name: 'positions', count: 1 }]);
});

test('units that are offered fit their metric, the registry’s own first', () => {
  expect(offeredUnits('pressure').slice(0, 1)).toEqual(['hPa']);
  expect(offeredUnits('waterPressure')).toContain('kPa');
  expect(offeredUnits('pm25')).not.toContain('°C');
  expect(isUnitOf('temperature', '')).toBe(true);
  expect(isUnitOf('temperature', 'kPa')).toBe(false);
});
