// A feed that falls silent, and one that returns, is an entry of the change log: once each, also across restarts.
import { beforeEach, expect, test } from 'vitest';
import { FeedWatch } from '../../ingest/feed-watch.ts';
import { Feeds } from '../../ingest/feeds.ts';
import { selectChangesSince } from '../../store/changes.ts';
import type { Database } from '../../store/connect.ts';
import { shareDatabase } from '../shared-database.ts';

const shared = shareDatabase();
let db: Database;
beforeEach(() => {
  db = shared.db;
});

const t0 = Date.parse('2026-11-24T05:00:00Z');
const entries = async (): Promise<unknown[]> =>
  (await selectChangesSince(db, 0, 100)).map(({ id, version, body }) => [
    id,
    version,
    body.state,
    body.since,
  ]);
const iso = (seconds: number): string => new Date(t0 + seconds * 1_000).toISOString();

test('silent after its own time, said once; returned, said once', async () => {
  const feeds = new Feeds();
  const vehicles = feeds.of('city-vehicle', false);
  const events = feeds.of('city-camera-event', false);
  const watch = new FeedWatch(db, feeds);
  await watch.look(t0);
  vehicles.lastMessageAt = events.lastMessageAt = t0;
  await watch.look(t0 + 60_000);
  expect(await entries()).toEqual([]);
  await watch.look(t0 + 61_000);
  await watch.look(t0 + 62_000);
  const silent = ['city-vehicle', 1, 'silent', iso(0)];
  expect(await entries()).toEqual([silent]);

  // Another process, which reads what was said.
  const again = new FeedWatch(db, feeds);
  await again.look(t0 + 63_000);
  expect(await entries()).toEqual([silent]);
  vehicles.lastMessageAt = t0 + 64_000;
  await again.look(t0 + 65_000);
  await again.look(t0 + 66_000);
  expect(await entries()).toEqual([silent, ['city-vehicle', 2, 'returned', iso(0)]]);
});

test('a start does not end a silence: the feed must speak', async () => {
  const before = new Feeds();
  before.of('city-vehicle', false).lastMessageAt = t0;
  await new FeedWatch(db, before).look(t0 + 62_000);
  const silent = ['city-vehicle', 1, 'silent', iso(0)];
  expect(await entries()).toEqual([silent]);
  // Started again: it is given time, and what was heard last is known from the store.
  const feeds = new Feeds();
  feeds.heardBefore(new Map([['city-vehicle', t0]]));
  const vehicles = feeds.of('city-vehicle', false);
  vehicles.expectedSince = t0 + 100_000;
  const watch = new FeedWatch(db, feeds);
  for (const second of [101, 159, 161, 300]) await watch.look(t0 + second * 1_000);
  expect(await entries()).toEqual([silent]);
  vehicles.lastMessageAt = t0 + 301_000;
  await watch.look(t0 + 302_000);
  expect(await entries()).toEqual([silent, ['city-vehicle', 2, 'returned', iso(0)]]);
});

test('a source that never spoke is silent too, and so is a feed that was heard before a restart', async () => {
  const feeds = new Feeds();
  const facts = {
    name: 'Baru',
    format: 'traccar',
    transport: 'http',
    address: 'http://x/',
    expectedEverySeconds: 30,
  } as const;
  const source = feeds.describe('baru', facts);
  feeds.heardBefore(new Map([['city-vehicle', t0 - 3_600_000]]));
  const vehicles = feeds.of('city-vehicle', false);
  source.expectedSince = vehicles.expectedSince = t0;
  const watch = new FeedWatch(db, feeds);
  await watch.look(t0 + 29_000);
  expect(await entries()).toEqual([]);
  await watch.look(t0 + 61_000);
  expect(await entries()).toEqual([
    ['city-vehicle', 1, 'silent', iso(0)],
    ['baru', 1, 'silent', iso(0)],
  ]);
});
