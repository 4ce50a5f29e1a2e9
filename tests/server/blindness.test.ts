// Minutes of blindness: each counted once whoever counts, none while nothing is heard, none lost while the database is away.
import { Compile } from 'typebox/compile';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { City } from '../../model/city.ts';
import { Blindness } from '../../model/blindness-http.ts';
import { toBlindPlaces } from '../../model/blindness.ts';
import type { PictureAsset } from '../../model/picture.ts';
import { BlindnessCount, mostWaiting } from '../../server/blindness.ts';
import { deleteOldBlindDays, insertBlindMinute, selectBlindDay } from '../../store/blindness.ts';
import { eventually } from '../eventually.ts';
import { problemOf, startWorld, testCity, type World } from './world.ts';

let world: World;
let city: City;
beforeAll(async () => {
  [world, city] = await Promise.all([startWorld(), testCity()]);
});
afterAll(() => world?.stop());

const minute = 60_000;
/** Half a minute before a day of Jakarta begins. */
const eve = Date.parse('2026-11-30T16:59:30Z');
const days = ['2026-11-30', '2026-12-01'] as const;
const counted = async (day: string) => (await selectBlindDay(world.db, day))?.countedMinutes;

describe('counted', () => {
  const all = toBlindPlaces;
  let broker = { ok: true, since: '2026-11-30T00:00:00Z' };
  let assets: PictureAsset[] = [];
  const newCount = (nowMs: number): BlindnessCount =>
    new BlindnessCount(
      {
        db: world.db,
        city,
        picture: { all: () => assets, loadedAt: 1 },
        links: () => ({ broker, ingest: { ok: true, since: '2026-11-30T00:00:00Z' } }),
        log: () => undefined,
      },
      nowMs,
    );
  /** Every five seconds, as the room does. */
  async function run(count: BlindnessCount, fromMs: number, toMs: number): Promise<void> {
    for (let at = fromMs; at <= toMs; at += 5_000) {
      count.look(at);
      await count.settled();
    }
  }
  beforeEach(async () => {
    await world.db.execute('TRUNCATE blind_day, blind_minute, blind_junction');
    world.db.away = false;
    broker = { ok: true, since: '2026-11-30T00:00:00Z' };
    assets = [];
  });

  test('by the day of the city; a minute that was not seen whole is none', async () => {
    await run(newCount(eve), eve, eve + 3 * minute);
    // Of 16:59 only the half; 17:00 and 17:01 are of the next day.
    expect(await Promise.all(days.map(counted))).toEqual([undefined, 2]);
    const blind = (await selectBlindDay(world.db, days[1]))!.blindMinutes;
    expect(blind.size).toBe(all(city).junctions.length);
    expect(new Set(blind.values())).toEqual(new Set([2]));
  });

  test('once by two servers that count the same minutes at once', async () => {
    const [one, other] = [newCount(eve), newCount(eve)];
    await Promise.all([run(one, eve, eve + 4 * minute), run(other, eve + 2_000, eve + 4 * minute)]);
    expect(await counted(days[1])).toBe(3);
    expect((await selectBlindDay(world.db, days[1]))!.blindMinutes.get('bri')).toBe(3);
  });

  test('on after a restart, with the minute between left out', async () => {
    await run(newCount(eve), eve, eve + 2 * minute);
    await run(newCount(eve + 2.5 * minute), eve + 2.5 * minute, eve + 5 * minute);
    expect(await counted(days[1])).toBe(1 + 2);
  });

  test('not at all while nothing is heard, nor while somebody had no time to speak', async () => {
    const count = newCount(eve);
    await run(count, eve, eve + 2 * minute);
    broker = { ok: false, since: new Date(eve + 2 * minute).toISOString() };
    await run(count, eve + 2 * minute, eve + 10 * minute);
    expect(await counted(days[1])).toBe(1);
    const { lat, lon } = all(city).junctions[0]!;
    const sensor: PictureAsset = {
      ...{ id: 'sensor:a', kind: 'sensor', name: 'A', simulated: false, unconfirmed: false, lat, lon },
      ...{ expectedEverySeconds: 60, observedAt: eve },
      values: new Map([['pm25', { value: 10, observedAt: eve }]]),
    };
    assets = [sensor];
    broker = { ok: true, since: new Date(eve + 10 * minute).toISOString() };
    await run(count, eve + 10 * minute, eve + 12.9 * minute);
    expect(await counted(days[1])).toBe(1);
    // It speaks: what hung on it is known.
    sensor.observedAt = eve + 13 * minute;
    await run(count, eve + 13 * minute, eve + 14 * minute);
    expect(await counted(days[1])).toBe(2);
    expect((await selectBlindDay(world.db, days[1]))!.blindMinutes.get(all(city).junctions[0]!.id)).toBe(1);
  });

  test('not while the process slept', async () => {
    const count = newCount(eve);
    await run(count, eve, eve + 2 * minute);
    await run(count, eve + 60 * minute, eve + 62 * minute);
    expect(await counted(days[1])).toBe(1 + 1);
  });

  test('later while the database is away: nothing is lost, and no more waits than a day', async () => {
    const count = newCount(eve);
    world.db.away = true;
    await run(count, eve, eve + 5 * minute);
    expect(count.waiting).toBe(4);
    world.db.away = false;
    await run(count, eve + 5 * minute + 5_000, eve + 5 * minute + 5_000);
    expect([count.waiting, await counted(days[1])]).toEqual([0, 4]);
    world.db.away = true;
    for (let at = 6; at < 6 + 1500; at++) await run(count, eve + at * minute - 20_000, eve + at * minute);
    expect(count.waiting).toBeLessThanOrEqual(mostWaiting);
    world.db.away = false;
  });

  test('and let go of after 400 days', async () => {
    await insertBlindMinute(world.db, {
      day: '2025-10-01',
      minuteMs: Date.parse('2025-10-01T01:00:00Z'),
      blindJunctions: ['bri'],
    });
    await insertBlindMinute(world.db, { day: days[1], minuteMs: eve, blindJunctions: [] });
    await deleteOldBlindDays(world.db, days[1]);
    expect([await counted('2025-10-01'), await counted(days[1])]).toEqual([undefined, 1]);
    expect(await world.db.query('SELECT FROM blind_minute')).toHaveLength(1);
  });
});

describe('GET /api/blindness', () => {
  const get = (cookie?: string): Promise<Response> =>
    world.fetch('/api/blindness', cookie === undefined ? {} : { cookie });

  test('is for those who watch', async () => {
    expect((await get()).status).toBe(401);
    expect((await get(await world.signIn('crew'))).status).toBe(403);
  });

  test('says what is blind now, the minutes of today, and what was not counted', async () => {
    await world.db.execute('TRUNCATE blind_day, blind_minute, blind_junction');
    const at = Math.floor(Date.now() / minute) * minute - 20 * minute;
    const day = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Asia/Jakarta' }).format(Date.now());
    for (const n of [0, 1, 2])
      await insertBlindMinute(world.db, { day, minuteMs: at + n * minute, blindJunctions: ['bri'] });
    const cookie = await world.signIn('display');
    await world.publish('sensor', [
      { id: 'sensor:sim-air-1', observedAt: new Date().toISOString(), pm25: 12, lat: 2.9565, lon: 99.0603 },
    ]);
    const answer = await eventually(async () => {
      await world.publishFeeds();
      const found = (await (await get(cookie)).json()) as Blindness;
      expect(found.unknownSince).toBeNull();
      expect(found.junctions.find(({ id }) => id === 'bri')!.sensor).toBe(true);
      return found;
    });
    expect([...Compile(Blindness).Errors(answer)]).toEqual([]);
    expect(answer).toMatchObject({ day, countedMinutes: 3, countedSince: new Date(at).toISOString() });
    expect([16, 17, 18]).toContain(answer.uncountedMinutes);
    expect(answer.junctions.find(({ id }) => id === 'bri')).toMatchObject({
      camera: false,
      simulated: true,
      blindMinutes: 3,
    });
    const barat = answer.districts.find(({ worst }) => worst?.id === 'bri')!;
    expect(barat.blindMinutes).toBe(3);
    expect(barat.blindAreaPct).toBeLessThan(100);
    expect(answer.districts.reduce((sum, { junctions }) => sum + junctions, 0)).toBe(60);
  });

  test('says since when nothing is heard, with what was known then', async () => {
    await world.broker.stop();
    const cookie = await world.signIn('viewer');
    const answer = await eventually(async () => {
      const found = (await (await get(cookie)).json()) as Blindness;
      expect(found.unknownSince).not.toBeNull();
      return found;
    });
    expect(answer.at).toBe(answer.unknownSince);
    expect(answer.junctions.find(({ id }) => id === 'bri')!.sensor).toBe(true);
    await world.broker.start();
  });

  test('without the database, the problem says so', async () => {
    const cookie = await world.signIn('viewer');
    world.db.away = true;
    const answer = await get(cookie);
    world.db.away = false;
    expect(await problemOf(answer)).toMatchObject({ status: 503 });
  });
});
