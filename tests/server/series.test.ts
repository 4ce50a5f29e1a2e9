// Charts from the store: as stored while it fits, else buckets that hold every value exactly once.
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { SeriesPoint } from '../../model/http.ts';
import { metrics } from '../../model/metrics.ts';
import type { Database } from '../../store/connect.ts';
import { selectReadingSeries, selectVehicleSeries, toBuckets } from '../../store/series.ts';
import { hasPostgres, startEmbedded, startPostgres, withoutPostgres, type TestDatabase } from './postgres.ts';

/** The embedded database has the real aggregates; PostgreSQL has plain views in their place. */
const homes = { PostgreSQL: startPostgres, 'the embedded TimescaleDB': startEmbedded };
if (!hasPostgres) console.warn(`series on PostgreSQL: skipped. ${withoutPostgres}`);

describe.each(Object.keys(homes) as (keyof typeof homes)[])('on %s', (home) => {
  if (home === 'PostgreSQL' && !hasPostgres) return void test.skip(withoutPostgres, () => undefined);

  let server: TestDatabase;
  let db: Database;
  beforeAll(async () => {
    server = await homes[home]();
    db = server.db;
  });
  afterAll(() => server?.close());
  beforeEach(async () => {
    await db.execute('TRUNCATE reading');
    await db.execute('TRUNCATE vehicle_position');
  });

  const minute = 60_000;
  const hour = 60 * minute;
  const day = 24 * hour;
  const start = Date.UTC(2026, 5, 1, 0, 20);
  const iso = (ms: number): string => new Date(ms).toISOString();

  type Sample = [ms: number, value: number];

  const insertReadings = (
    samples: Sample[],
    assetNo = 1,
    metricNo: number = metrics.pm25.no,
  ): Promise<number> =>
    db.execute(
      `INSERT INTO reading (asset_no, metric_no, observed_at, received_at, value)
     SELECT $1, $2, to_timestamp(ms / 1000.0), now(), value FROM unnest($3::float8[], $4::float8[]) AS t (ms, value)`,
      [assetNo, metricNo, samples.map(([ms]) => ms), samples.map(([, value]) => value)],
    );

  /** What the buckets should hold, the slow way. */
  function expectBuckets(points: SeriesPoint[], samples: Sample[], limit: number): void {
    expect(points.length).toBeLessThanOrEqual(limit);
    const starts = points.map(([time]) => Date.parse(time));
    expect(starts).toEqual(starts.toSorted((a, b) => a - b));
    expect(points.reduce((sum, point) => sum + point[4], 0)).toBe(samples.length);
    points.forEach(([, mean, min, max, n], i) => {
      const until = starts[i + 1] ?? Number.POSITIVE_INFINITY;
      const held = samples.filter(([ms]) => ms >= starts[i]! && ms < until).map(([, value]) => value);
      expect(n).toBe(held.length);
      expect(min).toBe(Math.min(...held));
      expect(max).toBe(Math.max(...held));
      expect(mean).toBeCloseTo(held.reduce((sum, value) => sum + value, 0) / held.length, 6);
    });
  }

  describe('a sensor', () => {
    test('as stored while there are no more than asked for, both ends included', async () => {
      const samples: Sample[] = [0, 1, 2, 3, 4].map((i) => [start + i * minute, i * 1.5]);
      await insertReadings(samples);
      await insertReadings([[start, 99]], 2);
      await insertReadings([[start, 98]], 1, metrics.pm10.no);
      const range = { fromMs: start, toMs: start + 4 * minute, points: 5 };
      expect(await selectReadingSeries(db, 1, 'pm25', range)).toEqual(
        samples.map(([ms, v]) => [iso(ms), v, v, v, 1]),
      );
      expect(
        await selectReadingSeries(db, 1, 'pm25', { ...range, toMs: start - 1, fromMs: start - day }),
      ).toEqual([]);
      expect(await selectReadingSeries(db, 3, 'pm25', range)).toEqual([]);
    });

    test('in equal buckets stamped at their start, empty ones left out', async () => {
      const samples: Sample[] = [0, 1, 2, 3, 8, 9, 10].map((i) => [start + i * minute, i]);
      await insertReadings(samples);
      expect(
        await selectReadingSeries(db, 1, 'pm25', { fromMs: start, toMs: start + 10 * minute, points: 5 }),
      ).toEqual([
        [iso(start), 0.5, 0, 1, 2],
        [iso(start + 2 * minute), 2.5, 2, 3, 2],
        [iso(start + 8 * minute), 9, 8, 10, 3],
      ]);
    });

    test('whatever is stored and asked for, each value is in one bucket', async () => {
      const offset = fc.integer({ min: 0, max: 20 * day });
      await fc.assert(
        fc.asyncProperty(
          fc.uniqueArray(offset, { minLength: 1, maxLength: 300 }),
          offset,
          fc.oneof(fc.integer({ min: 1, max: 20 * day }), fc.constantFrom(hour, day, 10 * day)),
          fc.integer({ min: 1, max: 60 }),
          async (offsets, from, span, points) => {
            await db.execute('TRUNCATE reading');
            const samples = offsets.map((at, i): Sample => [start + at, (i * 7) % 101]);
            await insertReadings(samples);
            const range = { fromMs: start + from, toMs: start + from + span, points };
            const within = samples.filter(([ms]) => ms >= range.fromMs && ms <= range.toMs);
            const series = await selectReadingSeries(db, 1, 'pm25', range);
            if (within.length <= points) expect(series).toHaveLength(within.length);
            expectBuckets(series, within, points);
            if (within.length <= points) return;
            const { startMs, widthMs } = toBuckets(range, hour);
            for (const [time] of series) expect((Date.parse(time) - startMs) % widthMs).toBe(0);
          },
        ),
        { numRuns: 60 },
      );
    });
  });

  describe('a vehicle', () => {
    const now = start + 20 * day;
    const insert = (from: number, everyMs: number, count: number): Promise<number> =>
      db.execute(
        `INSERT INTO vehicle_position (vehicle_no, observed_at, received_after_ms, lat_e6, lon_e6, speed_dmps, occupancy_pct)
       SELECT 1, to_timestamp(($1::float8 + i * $2::float8) / 1000), 5, 0, 0, i % 100, CASE WHEN i % 2 = 0 THEN i % 50 END
       FROM generate_series(0, $3::int - 1) AS i`,
        [from, everyMs, count],
      );

    test('speed in m/s and occupancy in per cent, as stored', async () => {
      await insert(start, 1000, 4);
      const range = { fromMs: start, toMs: start + 3000, points: 4 };
      expect(await selectVehicleSeries(db, 1, 'speed', range, now)).toEqual(
        [0, 1, 2, 3].map((i) => [iso(start + i * 1000), i / 10, i / 10, i / 10, 1]),
      );
      expect(await selectVehicleSeries(db, 1, 'occupancy', range, now)).toEqual(
        [0, 2].map((i) => [iso(start + i * 1000), i, i, i, 1]),
      );
    });

    test('seconds in buckets shorter than a minute, minutes in longer ones', async () => {
      await insert(start + 15_500, 1000, 1200);
      const samples = Array.from({ length: 1200 }, (_, i): Sample => [
        start + 15_500 + i * 1000,
        (i % 100) / 10,
      ]);
      for (const points of [3, 10, 100, 599]) {
        const range = { fromMs: start, toMs: start + 1215 * 1000, points };
        const series = await selectVehicleSeries(db, 1, 'speed', range, now);
        const within = samples.filter(([ms]) => ms <= range.toMs);
        // Minutes are kept as single-precision means.
        expect(series.reduce((sum, point) => sum + point[4], 0)).toBe(within.length);
        expect(series.length).toBeLessThanOrEqual(points);
        const mean = series.reduce((sum, [, value, , , n]) => sum + value * n, 0) / within.length;
        expect(mean).toBeCloseTo(within.reduce((sum, [, value]) => sum + value, 0) / within.length, 3);
        expect(Math.max(...series.map((point) => point[3]))).toBe(9.9);
      }
    });

    test('of more than 30 days ago only minutes are asked for, few as they are', async () => {
      await insert(start, 1000, 90);
      const range = { fromMs: start, toMs: start + 2 * minute, points: 500 };
      const series = await selectVehicleSeries(db, 1, 'speed', range, start + 40 * day);
      expect(series.map(([time, , , , n]) => [time, n])).toEqual([
        [iso(start), 60],
        [iso(start + minute), 30],
      ]);
    });
  });
});
