// Where tests find the built workers, migrations and recordings.
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { StoreOptions } from '../store/connect.ts';

/** The folder of package.json, from a test as from the bundled benchmark. */
function findRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json'))) folder = dirname(folder);
  return folder;
}

export const root = findRoot();
export const migrationsFolder = join(root, 'store/migrations');
export const migrateOptions = { folder: migrationsFolder, timeZone: 'Asia/Jakarta' };
export const citiesFolder = join(root, 'cities');
export const distFolder = join(root, 'dist');

/** Recordings of real feeds lie beside the clone where they exist at all; tests that read them skip without. */
export const recordingsFolder = join(root, '../shared/feeds');

export const storeOptions = (dataFolder: string): StoreOptions => ({
  databaseUrl: undefined,
  dataFolder,
  workerFile: join(distFolder, 'store/embedded/worker.js'),
  log: () => undefined,
});
