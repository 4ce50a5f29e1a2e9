// Brings what the embedded database wrote onto the disk, for it never calls fsync itself.
import { open, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

async function syncPath(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

const isGone = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === 'ENOENT';

/** Syncs every file and folder under `folder` that changed since `sinceMs` (epoch milliseconds). */
export async function syncFolder(folder: string, sinceMs: number): Promise<void> {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    try {
      if (entry.isDirectory()) await syncFolder(path, sinceMs);
      else if (entry.isFile() && (await stat(path)).mtimeMs >= sinceMs) await syncPath(path);
    } catch (error) {
      // The database removes files while we walk.
      if (!isGone(error)) throw error;
    }
  }
  await syncPath(folder);
}
