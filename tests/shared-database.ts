// One migrated database for all tests of a file, emptied before each: opening an embedded one costs two seconds.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import type { Database } from '../store/connect.ts';
import { newTestDatabase, type TestDatabase } from './database.ts';

export interface SharedDatabase {
  readonly db: Database;
  /** A new one each test, for the journal and the secrets. */
  readonly dataFolder: string;
}

/** Call at the top of a file, before hooks of its own. What a test leaves running must be stopped in its `afterEach`. */
export function shareDatabase(): SharedDatabase {
  let database: TestDatabase;
  let db: Database;
  let dataFolder: string;
  beforeAll(async () => {
    database = await newTestDatabase();
    db = await database.open();
  });
  afterAll(async () => {
    await db.close();
    await database.remove();
  });
  beforeEach(async () => {
    dataFolder = await mkdtemp(join(tmpdir(), 'simpang-test-'));
    await emptyTables(db);
  });
  afterEach(() => rm(dataFolder, { recursive: true, force: true, maxRetries: 5 }));
  return {
    get db() {
      return db;
    },
    get dataFolder() {
      return dataFolder;
    },
  };
}

async function emptyTables(db: Database): Promise<void> {
  const tables = await db.query<{ name: string }>(
    `SELECT quote_ident(tablename) AS name FROM pg_tables
     WHERE schemaname = 'public' AND tablename <> 'schema_migration'`,
  );
  await db.execute(`TRUNCATE ${tables.map(({ name }) => name).join(', ')} RESTART IDENTITY CASCADE`);
}
