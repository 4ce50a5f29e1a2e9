// How much the screen knows: the true time on a wrong clock, which link is at fault since when, and what a question is worth.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { FeedReport, FeedStatus } from '../../model/feed.ts';
import type { LinkState } from '../../model/live.ts';
import { answered, begun, failed, neverAsked, patienceMs, unknownSince } from '../../web/src/live/asked.ts';
import { sumFeeds } from '../../web/src/live/feed-sum.ts';
import { blindSince, linkFaults, storeAwaySince, type LinkView } from '../../web/src/live/link-faults.ts';
import { TrueTime } from '../../web/src/live/true-time.ts';

const hour = 3_600_000;
const noon = Date.parse('2026-11-24T05:00:00Z');

describe('the true time', () => {
  test.each([3 * hour, -3 * hour, 0])('a clock that is %d ms ahead is set right by the server', (ahead) => {
    const time = new TrueTime(noon + ahead, 1_000);
    time.correct(noon + 500, noon + ahead + 500, 1_500);
    expect(time.read(noon + ahead + 2_500, 3_500)).toBe(noon + 2_500);
    expect(time.aheadMs).toBe(ahead);
  });

  test('set back while the page lives: nothing grows younger', () => {
    const time = new TrueTime(noon, 0);
    time.correct(noon, noon, 0);
    expect(time.read(noon - 3 * hour + 1_000, 1_000)).toBe(noon + 1_000);
    expect(time.aheadMs).toBe(-3 * hour);
  });

  test('set ahead: all grows old until the server speaks, and is right with its next word', () => {
    const time = new TrueTime(noon, 0);
    time.correct(noon, noon, 0);
    expect(time.read(noon + 3 * hour + 1_000, 1_000)).toBe(noon + 3 * hour + 1_000);
    time.correct(noon + 2_000, noon + 3 * hour + 2_000, 2_000);
    expect(time.read(noon + 3 * hour + 3_000, 3_000)).toBe(noon + 3_000);
  });

  test('a machine that slept with its steady clock: the sleep counts', () => {
    const time = new TrueTime(noon, 0);
    time.correct(noon, noon, 0);
    expect(time.read(noon + 8 * hour, 100)).toBe(noon + 8 * hour);
  });

  test('whatever is done to the clock, no age is shown too young by more than the network took', () => {
    const step = fc.record({
      passedMs: fc.integer({ min: 0, max: 10_000 }),
      setByMs: fc.oneof(fc.constant(0), fc.integer({ min: -5 * hour, max: 5 * hour })),
      sleptMs: fc.oneof(fc.constant(0), fc.integer({ min: 5_000, max: 9 * hour })),
      server: fc.boolean(),
      networkMs: fc.integer({ min: 0, max: 800 }),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        let [truth, steady, wall] = [noon, 0, noon];
        const time = new TrueTime(wall, steady);
        time.correct(truth, wall, steady);
        for (const { passedMs, setByMs, sleptMs, server, networkMs } of steps) {
          truth += passedMs + sleptMs;
          steady += passedMs;
          wall += passedMs + sleptMs;
          time.read(wall, steady);
          wall += setByMs;
          time.read(wall, steady);
          if (server) time.correct(truth - networkMs, wall, steady);
          expect(time.read(wall, steady)).toBeGreaterThanOrEqual(truth - 800);
        }
      }),
    );
  });
});

describe('the links', () => {
  const ok = { ok: true, since: new Date(noon).toISOString() };
  const bad = (minutes: number) => ({ ok: false, since: new Date(noon - minutes * 60_000).toISOString() });
  const links: LinkState = {
    serverTime: new Date(noon).toISOString(),
    version: '1',
    database: ok,
    broker: ok,
    ingest: ok,
    storing: ok,
    alarms: ok,
  };
  const well: LinkView = {
    connected: true,
    silent: false,
    live: true,
    since: noon - hour,
    refused: undefined,
    links,
  };
  const kinds = (view: LinkView, now = noon): string[] => linkFaults(view, now).map(({ kind }) => kind);

  test('all well says nothing', () => expect(kinds(well)).toEqual([]));
  test('behind a server that is not heard nothing further is known', () => {
    const view = { ...well, links: { ...links, database: bad(5) }, since: noon - 9_000 };
    expect(linkFaults({ ...view, connected: false }, noon)).toEqual([
      { kind: 'server', since: noon - 9_000 },
    ]);
    expect(kinds({ ...view, silent: true })).toEqual(['silent']);
  });
  test('a page that never had a link has a moment to get one', () => {
    const view = { ...well, connected: false, live: false, links: undefined };
    expect(kinds({ ...view, since: noon - 1_000 })).toEqual([]);
    expect(kinds({ ...view, since: noon - 3_000 })).toEqual(['never']);
  });
  test('two at once are both said, each with its time', () => {
    const faults = linkFaults(
      { ...well, links: { ...links, ingest: bad(2), database: bad(7), storing: bad(2) } },
      noon,
    );
    expect(faults.map(({ kind }) => kind)).toEqual(['ingest', 'database']);
    expect(blindSince(faults)).toBe(noon - 120_000);
    expect(storeAwaySince(faults)).toBe(noon - 420_000);
  });
  test('without the broker ingest is not known, rather than dead', () =>
    expect(kinds({ ...well, links: { ...links, broker: bad(1), ingest: bad(1), storing: bad(1) } })).toEqual([
      'broker',
    ]));
  test('what is seen live and not stored is no blindness', () => {
    const faults = linkFaults({ ...well, links: { ...links, storing: bad(3) } }, noon);
    expect(faults.map(({ kind }) => kind)).toEqual(['storing']);
    expect([blindSince(faults), storeAwaySince(faults)]).toEqual([undefined, undefined]);
  });
});

describe('a question asked again and again', () => {
  test('awaited in patience, then missed since it was asked', () => {
    const asked = begun(neverAsked, noon);
    expect(unknownSince(asked, noon + patienceMs)).toBeUndefined();
    expect(unknownSince(asked, noon + patienceMs + 1)).toBe(noon);
  });
  test('after an answer, not known since that answer, however often it fails', () => {
    let asked = answered(noon);
    for (const at of [10_000, 20_000]) asked = failed(begun(asked, noon + at), noon + at + 1);
    expect(unknownSince(asked, noon + 30_000)).toBe(noon);
    expect(unknownSince(answered(noon + 40_000), noon + 40_000)).toBeUndefined();
  });
  test('while who answers is away, the last answer speaks no more', () => {
    expect(unknownSince(answered(noon), noon + 9_000, noon + 5_000)).toBe(noon);
    expect(unknownSince(neverAsked, noon + 9_000, noon + 5_000)).toBe(noon + 5_000);
  });
});

test('feeds in a sentence: what nobody ever used counts for nothing', () => {
  const feed = (id: string, secondsAgo: number | null, more: Partial<FeedStatus> = {}): FeedStatus =>
    ({
      id,
      name: null,
      fault: null,
      expectedEverySeconds: 60,
      lastMessageAt: secondsAgo === null ? null : new Date(noon - secondsAgo * 1_000).toISOString(),
      ...more,
    }) as FeedStatus;
  const report = {
    at: new Date(noon).toISOString(),
    feeds: [
      feed('vehicles', 3),
      feed('sensors', 400),
      feed('unused', null),
      feed('events', 9_000, { expectedEverySeconds: null }),
      feed('source', null, { fault: 'refused' }),
    ],
  } as unknown as FeedReport;
  const sum = sumFeeds(report);
  expect(sum.all).toBe(3);
  expect(sum.silent.map(({ id }) => id)).toEqual(['sensors', 'source']);
  expect(sum.newestAt).toBe(noon - 3_000);
});
