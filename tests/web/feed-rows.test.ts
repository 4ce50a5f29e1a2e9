// The rows of the feeds table: how fresh, what was counted, in which order, and what of it leaves as CSV.
import { describe, expect, test } from 'vitest';
import type { FeedHistory, FeedReport, FeedStatus } from '../../model/feed.ts';
import type { Source } from '../../model/source.ts';
import { toFeedCsv } from '../../web/src/admin/feeds/feed-csv.ts';
import { csvField } from '../../web/src/ui/csv.ts';
import {
  countStates,
  feedFreshness,
  filterRows,
  periodStart,
  toFeedRows,
  type FeedRow,
} from '../../web/src/admin/feeds/feed-rows.ts';
import { minuteTrend } from '../../web/src/admin/feeds/minute-trend.ts';
import { barWidthPx, fillOf, toShares } from '../../web/src/admin/feeds/reject-shares.ts';
import { lagWords, rateWords, sizeWords } from '../../web/src/admin/numbers.ts';
import { visibleRows } from '../../web/src/ui/visible-rows.ts';
import { id } from '../../web/src/words/id.ts';

const now = Date.parse('2026-11-24T13:47:12Z');
const ago = (seconds: number): string => new Date(now - seconds * 1000).toISOString();

const feed = (over: Partial<FeedStatus> = {}): FeedStatus => ({
  id: 'city-sensor',
  name: null,
  format: 'native',
  transport: 'broker',
  address: 'city/sensor/+/reading',
  simulated: false,
  expectedEverySeconds: 60,
  fault: null,
  ratePerSecond: 2,
  waiting: 0,
  received: 10,
  accepted: 8,
  rejected: 2,
  rejectedByReason: { future: 2 },
  duplicates: 0,
  late: 0,
  dropped: 0,
  lastMessageAt: ago(3),
  lagMs: 5,
  lagP50Ms: 5,
  lagP99Ms: 9,
  ...over,
});

const report = (feeds: FeedStatus[], startedAgo = 60): FeedReport => ({
  at: ago(0),
  startedAt: ago(startedAgo),
  journalBytes: 0,
  journalLimitBytes: 1,
  journalFault: null,
  unstored: 0,
  unreadBytes: 0,
  databaseError: null,
  feeds,
});

const history = (over: Partial<FeedHistory['feeds'][number]> = {}, fromAgo = 3600): FeedHistory => ({
  from: ago(fromAgo),
  feeds: [
    {
      id: 'city-sensor',
      received: 7,
      accepted: 6,
      rejected: 1,
      duplicates: 0,
      rejectedByReason: { schema: 1 },
      minutes: [],
      ...over,
    },
  ],
});

const source: Source = {
  id: 'lora',
  name: 'LoRa PDAM',
  format: 'things-stack',
  transport: 'mqtt',
  address: 'mqtts://ttn.example.id',
  topicFilter: 'v3/+/devices/+/up',
  pollEverySeconds: null,
  expectedEverySeconds: 300,
  state: 'paused',
  hasCredentials: true,
  version: 1,
};

const rowsOf = (input: Partial<Parameters<typeof toFeedRows>[0]>): FeedRow[] =>
  toFeedRows({
    report: undefined,
    current: true,
    history: undefined,
    sources: [],
    nowMs: now,
    ...input,
  });

describe('freshness', () => {
  test.each([
    [{ lastMessageAt: ago(29) }, 'fresh'],
    [{ lastMessageAt: ago(31) }, 'stale'],
    [{ lastMessageAt: ago(61) }, 'silent'],
    [{ lastMessageAt: null }, 'silent'],
    [{ lastMessageAt: null, expectedEverySeconds: null }, 'unknown'],
    [{ lastMessageAt: ago(99_999), expectedEverySeconds: null }, 'fresh'],
    [{ lastMessageAt: ago(1), fault: 'refused' }, 'silent'],
  ] as const)('%o is %s', (over, state) => expect(feedFreshness(feed(over), now)).toBe(state));

  test('a feed that every broker has and nobody ever used is no fault', () =>
    expect(feedFreshness(feed({ lastMessageAt: null }), now, false)).toBe('unknown'));

  test('while ingest is silent nothing is fresh', () =>
    expect(rowsOf({ report: report([feed()]), current: false })[0]!.state).toBe('unknown'));
});

describe('rows', () => {
  test('without the store there are no counts, rather than zeros', () =>
    expect(rowsOf({ report: report([feed()]) })[0]!.counts).toBeUndefined());

  test('ingest that began within the period is ahead of the store', () => {
    const [row] = rowsOf({ report: report([feed()]), history: history() });
    expect(row!.counts).toEqual({
      received: 10,
      rejected: 2,
      duplicates: 0,
      rejectedByReason: { schema: 1, future: 2 },
    });
  });

  test('of ingest that is older than the period only the store counts', () =>
    expect(rowsOf({ report: report([feed()], 7200), history: history() })[0]!.counts!.received).toBe(7));

  test('sources that are not taken in stand beside, what was never heard last', () => {
    const never = feed({ id: 'hfp', received: 0, lastMessageAt: null });
    const rows = rowsOf({ report: report([never, feed()]), history: history(), sources: [source] });
    expect(rows.map((row) => [row.id, row.state])).toEqual([
      ['city-sensor', 'fresh'],
      ['lora', 'paused'],
      ['hfp', 'unknown'],
    ]);
    expect(countStates(rows)).toEqual({ fresh: 1, stale: 0, silent: 0, unknown: 1, paused: 1, draft: 0 });
  });

  test('every typed word must be there', () => {
    const rows = rowsOf({ report: report([feed()]), sources: [source] });
    const found = (text: string) => filterRows(rows, text, (row) => row.name ?? row.id).map((row) => row.id);
    expect(found('lora v3')).toEqual(['lora']);
    expect(found('')).toHaveLength(2);
    expect(found('lora native')).toEqual([]);
  });
});

test.each([
  ['hour', '2026-11-24T12:47:12.000Z'],
  ['today', '2026-11-23T17:00:00.000Z'],
  ['week', '2026-11-17T13:47:12.000Z'],
] as const)('the period %s began at %s', (period, from) =>
  expect(new Date(periodStart(period, now, 'Asia/Jakarta')).toISOString()).toBe(from),
);

test('minutes that are missing are gaps, the running one is no point', () => {
  const at = (minutesAgo: number) => new Date(Math.floor(now / 60_000) * 60_000 - minutesAgo * 60_000);
  const minutes = [60, 59, 58, 40, 39, 0].map(
    (back) =>
      [at(back).toISOString(), 5, 5, 0, 0, null, null] as [
        string,
        number,
        number,
        number,
        number,
        null,
        null,
      ],
  );
  const trend = minuteTrend(minutes, now);
  expect(trend.points).toHaveLength(5);
  expect(trend.gaps).toEqual([
    [at(57).getTime(), at(40).getTime()],
    [at(38).getTime(), at(0).getTime()],
  ]);
  expect(minuteTrend([], now).gaps).toEqual([[trend.from, trend.to]]);
});

test('reasons by frequency, each with the fill of its sort', () => {
  expect(toShares({ schema: 2, future: 9, none: 0 })).toEqual([
    { reason: 'future', count: 9, fill: 'time' },
    { reason: 'schema', count: 2, fill: 'form' },
  ]);
  expect(fillOf('constructor')).toBe('form');
  expect([barWidthPx(0, 316), barWidthPx(3, 316), barWidthPx(316, 316)]).toEqual([0, 6, 64]);
});

describe('CSV', () => {
  test.each([
    ['=1+1', "'=1+1"],
    ['+62', "'+62"],
    ['-x', "'-x"],
    ['@sum', "'@sum"],
    ['\tx', "'\tx"],
    ['a,b', '"a,b"'],
    ['=cmd|"x"', `"'=cmd|""x"""`],
    [-3.5, '-3.5'],
    [null, ''],
  ])('%j', (value, field) => expect(csvField(value)).toBe(field));

  test('a line a feed after the names of the columns, as UTF-8 that spreadsheets know', () => {
    const rows = rowsOf({ report: report([feed({ name: '=HYPERLINK("x")' })]), history: history() });
    const csv = toFeedCsv(rows, (row) => row.name ?? row.id);
    expect(csv.startsWith('\uFEFFid,name,')).toBe(true);
    expect(csv.split('\r\n')[1]).toContain(`"'=HYPERLINK(""x"")"`);
    expect(csv.split('\r\n')).toHaveLength(3);
  });
});

test.each([
  [0, '0'],
  [0.004, '0,01'],
  [0.02, '0,02'],
  [0.42, '0,4'],
  [2.06, '2,1'],
  [9.96, '10'],
  [1214.4, '1.214'],
])('%d a second is %s', (rate, words) => expect(rateWords(rate, 'id-ID')).toBe(words));

test.each([
  [0, '<0,1 dtk'],
  [400, '0,4 dtk'],
  [9_940, '9,9 dtk'],
  [22_000, '22 dtk'],
  [59_600, '1 mnt'],
  [250_000, '4 mnt 10'],
  [7_300_000, '2 jam'],
])('a lag of %d ms is %s', (ms, words) => expect(lagWords(ms, 'id-ID', id)).toBe(words));

test('sizes', () => {
  expect([512, 1500, 18_400_000, 2 ** 31].map((bytes) => sizeWords(bytes, 'id-ID'))).toEqual([
    '512 B',
    '1,5 kB',
    '18 MB',
    '2,1 GB',
  ]);
});

test('of a long list only what is in sight is drawn, and nothing moves', () => {
  const slice = visibleRows(1000, 34, 3400, 600);
  expect(slice.to - slice.from).toBeLessThan(40);
  expect(slice.above + (slice.to - slice.from) * 34 + slice.below).toBe(34_000);
  expect(visibleRows(0, 34, 0, 600)).toEqual({ from: 0, to: 0, above: 0, below: 0 });
});
