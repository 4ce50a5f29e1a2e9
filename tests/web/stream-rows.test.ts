// The stream: what calls on top, the rest by time, floods put together, nothing moved under the hand.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isUnanswered, type Alarm } from '../../model/alarm.ts';
import { addEntries, keptEntries, type Entry } from '../../web/src/live/stream-entries.ts';
import { shiftOf } from '../../web/src/live/stream-hold.ts';
import {
  countRows,
  floodGroups,
  toRows,
  type StreamQuery,
  type StreamSource,
} from '../../web/src/live/stream-rows.ts';
import { alarm, startMs } from './alarms.ts';

const feed = (key: string, afterSeconds: number): Entry => ({
  key,
  at: startMs + afterSeconds * 1000,
  kind: 'feed',
  feedId: 'hfp',
  name: undefined,
  state: 'silent',
  simulated: false,
  silentMs: undefined,
});
const camera = (key: string, afterSeconds: number): Entry => ({
  key,
  at: startMs + afterSeconds * 1000,
  kind: 'camera',
  assetId: `camera:${key}`,
  name: key,
  to: 'offline',
  seenAt: undefined,
  simulated: false,
});
const everything: StreamQuery = {
  filter: 'all',
  priority: undefined,
  alarmMatches: () => true,
  entryMatches: () => true,
};
const source = (given: Partial<StreamSource>): StreamSource => ({
  standing: [],
  over: [],
  entries: [],
  groups: undefined,
  openGroups: new Set(),
  ...given,
});
const keysOf = (rows: readonly { key: string }[]): string[] => rows.map(({ key }) => key);

test('unanswered alarms first, the rest by time, whatever it is', () => {
  const rows = toRows(
    source({
      standing: [alarm(1, 10, { acknowledged: true, priority: 3 }), alarm(2, 5), alarm(3, 20)],
      over: [alarm(4, 30, { active: false, acknowledged: true })],
      entries: [feed('f2', 25), feed('f1', 8)],
    }),
    everything,
  );
  expect(keysOf(rows)).toEqual(['a3.1', 'a2.1', 'a4.1', 'f2', 'a1.1', 'f1']);
});

test('what is grave and still so stays over what happened since, also when it was acknowledged', () => {
  const held = (n: number, at: number, priority: 1 | 2): Alarm =>
    alarm(n, at, { acknowledged: true, priority });
  const rows = toRows(
    source({
      standing: [held(1, 0, 2), held(2, -50, 1), alarm(3, 5)],
      over: [alarm(4, 30, { active: false, acknowledged: true, priority: 1 })],
      entries: [feed('f', 25)],
    }),
    everything,
  );
  expect(keysOf(rows)).toEqual(['a3.1', 'a2.1', 'a1.1', 'a4.1', 'f']);
});

test('a critical alarm stands over newer ones of less weight', () => {
  const rows = toRows(source({ standing: [alarm(1, 0, { priority: 1 }), alarm(2, 50)] }), everything);
  expect(keysOf(rows)).toEqual(['a1.1', 'a2.1']);
});

test.each([
  ['alarms', undefined, ['a1.1']],
  ['feeds', undefined, ['f']],
  ['assets', undefined, ['c']],
  ['alarms', 3, []],
] as const)('tab %s, priority %s', (filter, priority, expected) => {
  const given = source({ standing: [alarm(1)], entries: [feed('f', 2), camera('c', 1)] });
  expect(keysOf(toRows(given, { ...everything, filter, priority }))).toEqual(expected);
  expect(countRows(given)).toEqual({ all: 3, alarms: 1, feeds: 1, assets: 1 });
});

test('of ten thousand rows other entries are let go before any alarm', () => {
  const standing = Array.from({ length: 40 }, (_, n) => alarm(n, -9_000_000 - n, { acknowledged: true }));
  const entries = Array.from({ length: keptEntries }, (_, n) => feed(`f${n}`, -n));
  const rows = toRows(source({ standing, entries }), everything);
  expect(rows.length).toBe(keptEntries);
  expect(rows.filter(({ kind }) => kind === 'alarm').length).toBe(40);
});

test('entries: newest first, each key once, the oldest let go: as sorting all of them would', () => {
  const anyEntry = fc
    .tuple(fc.nat(30), fc.integer({ min: -50, max: 50 }))
    .map(([key, at]) => feed(`k${key}`, at));
  fc.assert(
    fc.property(fc.array(fc.array(anyEntry, { maxLength: 8 }), { maxLength: 8 }), (batches) => {
      let held: readonly Entry[] = [];
      const newest = new Map<string, Entry>();
      for (const batch of batches) {
        held = addEntries(held, batch, 1000);
        for (const entry of batch) newest.set(entry.key, entry);
      }
      const times = held.map(({ at }) => at);
      expect(times).toEqual([...times].sort((a, b) => b - a));
      expect(new Map(held.map((entry) => [entry.key, entry]))).toEqual(newest);
    }),
  );
  expect(keysOf(addEntries([feed('b', 2), feed('a', 1)], [feed('c', 3)], 2))).toEqual(['c', 'b']);
});

test('in a flood alike alarms are one row, opened to show them; priority 1 stays alone', () => {
  const standing = [...Array.from({ length: 12 }, (_, n) => alarm(n + 1, n)), alarm(90, 3, { priority: 1 })];
  const flood = floodGroups(standing, startMs + 20_000, () => undefined)!;
  expect(flood.raised).toBe(13);
  const closed = toRows(source({ standing, groups: flood.groups }), everything);
  expect(closed.map(({ kind }) => kind)).toEqual(['alarm', 'group']);
  const openGroups = new Set([closed[1]!.key]);
  const open = toRows(source({ standing, groups: flood.groups, openGroups }), everything);
  expect(open.length).toBe(14);
  expect(open.slice(2).every((row) => row.kind === 'alarm' && row.inGroup && isUnanswered(row.alarm))).toBe(
    true,
  );
  expect(floodGroups(standing.slice(0, 10), startMs + 20_000, () => undefined)).toBeUndefined();
});

test.each([
  ['rows that came before push down what is in sight', ['x', 'y', 'a', 'b', 'c'], 2],
  ['one that went away above', ['b', 'c'], -1],
  ['one that moved elsewhere takes nobody along', ['b', 'c', 'z', 'a'], -1],
  ['nothing left of it', ['q'], 0],
])('%s', (_name, now, expected) => {
  expect(
    shiftOf(
      ['a', 'b', 'c'],
      0,
      now.map((key) => ({ key })),
    ),
  ).toBe(expected);
});
