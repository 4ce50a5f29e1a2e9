// The embedded TimescaleDB through the door that rooms use, with every trap that its build is known for.
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openDatabase, type Database } from '../../store/connect.ts';
import { runDueJobs } from '../../store/embedded/jobs.ts';
import { migrate } from '../../store/migrate.ts';
import { migrateOptions, storeOptions } from '../places.ts';

let folder: string;
let db: Database;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'simpang-store-'));
  db = await openDatabase(storeOptions(folder));
});

afterEach(async () => {
  await db.close();
  await rm(folder, { recursive: true, force: true });
});

const countOf = async (table: string): Promise<number> =>
  (await db.query<{ n: number }>(`SELECT count(*) AS n FROM ${table}`))[0]!.n;

const insertPositions = (hours: number): Promise<number> =>
  db.execute(
    `INSERT INTO vehicle_position (vehicle_no, observed_at, received_after_ms, lat_e6, lon_e6)
     SELECT v, now() - $1::int * interval '1 hour' + s * interval '1 second', 5, 2960000 + s, 99060000
     FROM generate_series(1, 10) v, generate_series(0, 359) s`,
    [hours],
  );

test('compressed chunks count the same after closing and opening', async () => {
  await migrate(db, migrateOptions);
  await insertPositions(30);
  expect(await db.execute(`SELECT compress_chunk(c) FROM show_chunks('vehicle_position') c`)).toBeGreaterThan(
    0,
  );
  expect(await countOf('vehicle_position')).toBe(3600);
  await db.close();
  db = await openDatabase(storeOptions(folder));
  expect(await countOf('vehicle_position')).toBe(3600);
  // Late rows into a compressed chunk, and the same ones again.
  const late = `INSERT INTO vehicle_position (vehicle_no, observed_at, received_after_ms, lat_e6, lon_e6)
     SELECT 1, observed_at + interval '500 ms', 1, 1, 1 FROM vehicle_position WHERE vehicle_no = 1 AND lat_e6 > 1
     ON CONFLICT DO NOTHING`;
  expect(await db.execute(late)).toBe(360);
  expect(await db.execute(late)).toBe(0);
  expect(await countOf('vehicle_position')).toBe(3960);
});

test('real-time aggregates show what was not materialised', async () => {
  await migrate(db, migrateOptions);
  await insertPositions(1);
  const [row] = await db.query<{ n: number }>('SELECT sum(n)::int AS n FROM vehicle_minute');
  expect(row!.n).toBe(3600);
});

test('migrations apply once', async () => {
  expect(await migrate(db, migrateOptions)).not.toHaveLength(0);
  expect(await migrate(db, migrateOptions)).toEqual([]);
});

test('a second opener of the folder is refused, naming the holder', async () => {
  await expect(openDatabase(storeOptions(folder))).rejects.toThrow(new RegExp(`process ${process.pid} `));
});

test('a failed transaction leaves nothing behind for the next client', async () => {
  await db.execute('CREATE TABLE t (v int)');
  await expect(
    db.transaction(async (tx) => {
      await tx.execute('INSERT INTO t VALUES (1)');
      await tx.execute('SELECT nonsense');
    }),
  ).rejects.toThrow(/nonsense/);
  expect(await countOf('t')).toBe(0);
  await db.transaction((tx) => tx.execute('INSERT INTO t VALUES (2)'));
  expect(await countOf('t')).toBe(1);
});

test('an overdue query is ended with its worker, and the database opens again', async () => {
  await db.execute('CREATE TABLE t (v int)');
  await db.execute('INSERT INTO t VALUES (1)');
  await db.close();
  db = await openDatabase({ ...storeOptions(folder), overdueMs: 8_000 });
  await expect(db.query('SELECT count(*) FROM generate_series(1, 20000000000)')).rejects.toThrow(/no answer/);
  expect(await countOf('t')).toBe(1);
});

test('what was made durable is checkpointed', async () => {
  await db.execute('CREATE TABLE t (v int)');
  await db.makeDurable();
  expect(existsSync(join(folder, 'database', 'PG_VERSION'))).toBe(true);
});

test('policies run when they are due, each at its own interval', async () => {
  await migrate(db, migrateOptions);
  await insertPositions(30);
  const compressed = async (): Promise<number> =>
    (
      await db.query<{ n: number }>(
        `SELECT count(*)::int AS n FROM timescaledb_information.chunks
         WHERE hypertable_name = 'vehicle_position' AND is_compressed`,
      )
    )[0]!.n;
  const lastRun = new Map<number, number>();
  expect(await compressed()).toBe(0);
  await runDueJobs(db, lastRun, Date.now());
  expect(await compressed()).toBeGreaterThan(0);
  const ran = new Map(lastRun);
  expect(ran.size).toBeGreaterThan(5);
  await runDueJobs(db, lastRun, Date.now());
  expect(lastRun).toEqual(ran);
});

test('a session lost in a transaction fails that transaction and nothing else', async () => {
  await db.close();
  db = await openDatabase({ ...storeOptions(folder), overdueMs: 8_000 });
  const endless = db.transaction((tx) => tx.query('SELECT count(*) FROM generate_series(1, 20000000000)'));
  await expect(endless).rejects.toThrow();
  expect(await db.query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
});
