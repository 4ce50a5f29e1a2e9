// Where tests find the built workers, migrations and recordings.
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { StoreOptions } from '../store/connect.ts';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));
export const migrationsFolder = join(root, 'store/migrations');
export const citiesFolder = join(root, 'cities');
export const distFolder = join(root, 'dist');

/** Recordings of real feeds lie beside the clone where they exist at all; tests that read them skip without. */
export const recordingsFolder = join(root, '../shared/feeds');

export const storeOptions = (dataFolder: string): StoreOptions => ({
  databaseUrl: process.env.DATABASE_URL,
  dataFolder,
  workerFile: join(distFolder, 'store/embedded/worker.js'),
  log: () => undefined,
});
