// The schema on a PostgreSQL without TimescaleDB: people's tables as they are, devices' tables as plain ones.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Database } from '../../store/connect.ts';
import { migrate } from '../../store/migrate.ts';
import { migrateOptions, migrationsFolder } from '../places.ts';

/** Hypertables, compression and aggregates are left out; tables, columns and unique keys are what ingest writes by. */
const isPlain = (statement: string): boolean =>
  /^(CREATE (TABLE|UNIQUE INDEX)\b|ALTER TABLE \w+ ADD COLUMN\b)/.test(statement);

/** @throws with the statement's own error. */
export async function makePlainTables(db: Database): Promise<void> {
  await migrate(db, { ...migrateOptions, plain: true });
  for (const name of (await readdir(migrationsFolder)).sort()) {
    const text = await readFile(join(migrationsFolder, name), 'utf8');
    if (!text.startsWith('-- needs: timescaledb')) continue;
    const statements = text
      .replaceAll(/^--.*$/gm, '')
      .split(/;\s*$/m)
      .map((statement) => statement.trim());
    for (const statement of statements.filter(isPlain)) await db.execute(statement);
  }
}
