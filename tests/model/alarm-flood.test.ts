// Floods: more than ten in ten minutes begin one, fewer than five end it; alike alarms are put together, priority 1 never.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { flood, floodSince, groupAlarms, isFlood } from '../../model/alarm-flood.ts';
import { alarm, startMs } from '../web/alarms.ts';

const at = (...seconds: number[]): number[] => seconds.map((second) => startMs + second * 1000);
const every = (seconds: number, count: number): number[] =>
  Array.from({ length: count }, (_, n) => startMs + n * seconds * 1000);

test.each([
  ['ten are none', every(10, 10), 100, undefined],
  ['the eleventh begins it', every(10, 11), 100, 100],
  ['spread over more than ten minutes they are none', every(61, 40), 2400, undefined],
  ['it lasts while five are in the window', every(10, 11), 100 + 540 - 41, 100],
  ['fewer than five end it', every(10, 11), 100 + 600, undefined],
  ['what is raised later does not count yet', every(10, 30), 90, undefined],
])('%s', (_name, times, nowSeconds, sinceSeconds) => {
  const since = sinceSeconds === undefined ? undefined : startMs + sinceSeconds * 1000;
  expect(floodSince(times, startMs + nowSeconds * 1000)).toBe(since);
});

test('a flood that ended and another are two', () => {
  const times = [...every(5, 12), ...every(5, 12).map((ms) => ms + 3_600_000)];
  expect(floodSince(times, startMs + 3_600_000 + 60_000)).toBe(startMs + 3_600_000 + 50_000);
});

test('the same as looking at each second', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 1500 }), { maxLength: 60 }), (seconds) => {
      const times = at(...seconds);
      let on = false;
      for (let now = 0; now <= 2200; now++) {
        const nowMs = startMs + now * 1000;
        const inWindow = times.filter((ms) => ms <= nowMs && ms > nowMs - flood.windowMs).length;
        on = on ? inWindow >= flood.endsBelow : inWindow > flood.beginsAbove;
        if (now % 100 === 0) expect(isFlood(times, nowMs)).toBe(on);
      }
    }),
    { numRuns: 30 },
  );
});

test('by rule, then by kecamatan within two minutes; priority 1 stays alone', () => {
  const given = [
    alarm(9, 400, { ruleId: 'c' }),
    alarm(1, 90, { ruleId: 'a' }),
    alarm(2, 80, { ruleId: 'a' }),
    alarm(3, 70, { ruleId: 'a', priority: 1 }),
    alarm(4, 60, { ruleId: 'b' }),
    alarm(5, 50, { ruleId: 'd' }),
    alarm(6, 40, { ruleId: 'e' }),
  ];
  const { alone, groups } = groupAlarms(given, ({ id }) => (id === '6' ? 'Barat' : 'Timur'));
  expect(groups.map(({ by, of, alarms }) => [by, of, alarms.map(({ id }) => id)])).toEqual([
    ['rule', 'a', ['1', '2']],
    ['district', 'Timur', ['4', '5']],
  ]);
  expect(alone.map(({ id }) => id)).toEqual(['9', '3', '6']);
});
