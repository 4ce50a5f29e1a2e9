// Brings the schema up to date: numbered SQL files, each once, in order, under a lock.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Database, Query } from './connect.ts';

export interface MigrateOptions {
  /** store/migrations */
  folder: string;
  /** Of the city, for aggregates by day; stands for `{{timeZone}}` in the files. */
  timeZone: string;
  /** Leaves out what needs TimescaleDB: for trying people's tables on plain PostgreSQL. */
  plain?: boolean;
  log?: (message: string) => void;
}

interface Migration {
  name: string;
  text: string;
  needsTimescale: boolean;
}

/** Serialises two servers that start at once; any fixed number does. */
const lockKey = 7_467_264;

async function readMigrations(folder: string, timeZone: string): Promise<Migration[]> {
  if (!/^[A-Za-z0-9_+/-]+$/.test(timeZone)) throw new Error(`${JSON.stringify(timeZone)} is not a time zone`);
  const names = (await readdir(folder)).filter((name) => /^\d{3}-.*\.sql$/.test(name)).sort();
  return Promise.all(
    names.map(async (name) => {
      const text = (await readFile(join(folder, name), 'utf8')).replaceAll('{{timeZone}}', timeZone);
      return { name, text, needsTimescale: text.startsWith('-- needs: timescaledb') };
    }),
  );
}

/** Our migrations hold no function bodies, so a semicolon at a line's end ends a statement. */
const statementsOf = (text: string): string[] =>
  text
    .replaceAll(/^--.*$/gm, '')
    .split(/;\s*$/m)
    .map((statement) => statement.trim())
    .filter(Boolean);

const record = (query: Query, migration: Migration): Promise<number> =>
  query.execute('INSERT INTO schema_migration (name) VALUES ($1)', [migration.name]);

/** Extension and aggregates cannot be made in a transaction, so these files are written to be run again. */
async function applyAlone(db: Database, migration: Migration): Promise<void> {
  const apply = async (): Promise<void> => {
    for (const statement of statementsOf(migration.text)) await db.execute(statement);
    await record(db, migration);
  };
  // The embedded database is one session: nobody else can be there.
  if (db.home === 'embedded') return apply();
  await db.transaction(async (tx) => {
    await tx.execute('SELECT pg_advisory_xact_lock($1)', [lockKey]);
    if (await isApplied(tx, migration)) return;
    await db.execute('CREATE EXTENSION IF NOT EXISTS timescaledb');
    await apply();
  });
}

const isApplied = async (query: Query, { name }: Migration): Promise<boolean> =>
  (await query.query('SELECT FROM schema_migration WHERE name = $1', [name])).length > 0;

async function applyInTransaction(db: Database, migration: Migration): Promise<void> {
  await db.transaction(async (tx) => {
    await tx.execute('SELECT pg_advisory_xact_lock($1)', [lockKey]);
    if (await isApplied(tx, migration)) return;
    for (const statement of statementsOf(migration.text)) await tx.execute(statement);
    await record(tx, migration);
  });
}

/**
 * Applies what is missing.
 * @returns the names of the migrations applied now.
 * @throws with the name of the migration that failed.
 */
export async function migrate(db: Database, options: MigrateOptions): Promise<string[]> {
  await db.execute(
    `CREATE TABLE IF NOT EXISTS schema_migration (name text PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT now())`,
  );
  const done = new Set(
    (await db.query<{ name: string }>('SELECT name FROM schema_migration')).map((row) => row.name),
  );
  const applied: string[] = [];
  for (const migration of await readMigrations(options.folder, options.timeZone)) {
    if (done.has(migration.name) || (migration.needsTimescale && options.plain)) continue;
    options.log?.(`database: applying ${migration.name}`);
    try {
      await (migration.needsTimescale ? applyAlone : applyInTransaction)(db, migration);
    } catch (error) {
      throw new Error(`migration ${migration.name}: ${(error as Error).message}`, { cause: error });
    }
    applied.push(migration.name);
  }
  return applied;
}
