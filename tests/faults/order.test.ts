// Ten-fold repeats, a minute's shuffle, a day late into compressed chunks, clocks an hour off: stored once, live never back.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bothParts, type FaultCity, type Parts } from './fault-city.ts';
import { nothingLost, runFault } from './fault-run.ts';
import { fixesOf, seeded, shuffle, toMessage } from './load.ts';

const hourMs = 3_600_000;
const vehicles = 100;

const orderly = { healthIsSilent: true };

describe.each(bothParts)('$parts', ({ parts, missing, start }: Parts) => {
  if (missing !== undefined) {
    test.skip(missing);
    return;
  }
  let city: FaultCity;
  beforeAll(async () => {
    city = await start();
  });
  afterAll(() => city.remove());

  const counted = async (): Promise<{
    accepted: number;
    duplicates: number;
    rejected: number;
    late: number;
  }> => {
    const {
      accepted = 0,
      duplicates = 0,
      rejected = 0,
      late = 0,
    } = (await city.client.feed('city-vehicle')) ?? {};
    return { accepted, duplicates, rejected, late };
  };

  test('ten-fold duplicates', async (context) => {
    const once = 2_000;
    let remarks = '';
    const row = await runFault(
      context,
      city,
      'tenfold',
      { fault: 'each message ten times', parts, ...orderly, remarks: () => remarks },
      async ({ load, fleet }) => {
        const before = await counted();
        const fixes = fixesOf(fleet, vehicles, once, Date.now() - hourMs);
        await load.publish(shuffle(Array.from({ length: 10 }, () => fixes).flat(), seeded(1)).map(toMessage));
        await city.settled(fleet, once);
        const { accepted, duplicates } = await counted();
        remarks = `${duplicates - before.duplicates} counted as duplicates`;
        expect(accepted - before.accepted).toBe(once);
        expect(duplicates - before.duplicates).toBe(9 * once);
      },
    );
    expect(row).toMatchObject({ ...nothingLost, stored: once });
  });

  test('a shuffle of a minute', async (context) => {
    const count = vehicles * 60;
    const row = await runFault(
      context,
      city,
      'shuffle',
      { fault: 'a minute shuffled', parts, ...orderly },
      async ({ load, fleet }) => {
        const fixes = fixesOf(fleet, vehicles, count, Date.now() - hourMs);
        await load.publish(shuffle(fixes, seeded(2)).map(toMessage));
      },
    );
    expect(row).toMatchObject({ ...nothingLost, stored: count });
  });

  test('a clock an hour ahead is refused, one an hour behind is late', async (context) => {
    const each = 2_000;
    let remarks = '';
    const row = await runFault(
      context,
      city,
      'clock',
      { fault: 'clocks an hour off', parts, ...orderly, remarks: () => remarks },
      async ({ load, fleet }) => {
        const before = await counted();
        const now = Date.now() - 60_000;
        await load.publish(fixesOf(fleet, vehicles, vehicles, now).map(toMessage));
        await city.settled(fleet, vehicles);
        await load.publish(fixesOf(fleet, vehicles, each, now - hourMs).map(toMessage));
        // Not to be stored, so no keys of theirs.
        const ahead = fixesOf(fleet, vehicles, each, Date.now() + hourMs).map(toMessage);
        await load.publish(ahead.map(({ topic, payload }) => ({ topic, payload })));
        await city.settled(fleet, vehicles + each);
        const { rejected, late } = await counted();
        remarks = `${rejected - before.rejected} ahead refused, ${late - before.late} behind stored as late`;
        expect(rejected - before.rejected).toBe(each);
        expect(late - before.late).toBe(each);
        const live = await city.client.fleet(fleet);
        expect([...live.values()].filter((place) => place.observedAt !== now)).toEqual([]);
      },
    );
    expect(row).toMatchObject({ ...nothingLost, stored: vehicles + each });
  });

  test('a day late into compressed chunks', async (context) => {
    const [held, late] = [2_000, 2_000];
    const yesterday = Date.now() - 25 * hourMs;
    const isHypertable = await city.withDatabase(
      async (db) => (await db.query(`SELECT FROM pg_extension WHERE extname = 'timescaledb'`)).length > 0,
    );
    if (!isHypertable) return context.skip('plain PostgreSQL compresses nothing');
    let remarks = '';
    const row = await runFault(
      context,
      city,
      'daylate',
      { fault: 'a day late into compressed chunks', parts, ...orderly, remarks: () => remarks },
      async ({ load, fleet }) => {
        const older = fixesOf(fleet, vehicles, held, yesterday);
        await load.publish(older.map(toMessage));
        await load.publish(fixesOf(fleet, vehicles, vehicles, Date.now() - 60_000).map(toMessage));
        await city.settled(fleet, held + vehicles);
        const chunks = await city.withDatabase(async (db) => {
          const done = await db.query(
            `SELECT compress_chunk(c, if_not_compressed => true) FROM show_chunks('vehicle_position',
               older_than => now() - INTERVAL '20 hours') c`,
          );
          return done.length;
        });
        expect(chunks).toBeGreaterThan(0);
        await city.start();
        await city.settled(fleet, held + vehicles);
        const before = await counted();
        // Between the times that are stored, and those that are stored once more.
        const between = fixesOf(fleet, vehicles, late, yesterday + 500);
        await load.publish(shuffle([...older, ...between], seeded(3)).map(toMessage));
        await city.settled(fleet, held + late + vehicles);
        const { duplicates } = await counted();
        remarks = `${chunks} chunks compressed; ${duplicates - before.duplicates} repeats counted`;
        expect(duplicates - before.duplicates).toBe(held);
      },
    );
    expect(row).toMatchObject({ ...nothingLost, stored: held + late + vehicles });
  });
});
