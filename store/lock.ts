// One process a folder: the lock says who holds it, and a holder that died holds nothing.
import { open, readFile, rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { resolve } from 'node:path';

export class FolderLockedError extends Error {
  override name = 'FolderLockedError';
}

interface Holder {
  pid: number;
  host: string;
  /** When the process began, in the kernel's ticks, so that a number given to another process is told apart. */
  beganAt: string;
  since: string;
}

async function beganAt(pid: number): Promise<string> {
  try {
    // Field 22 of proc(5) stat; the name before it is in brackets and may hold spaces.
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  } catch {
    return '';
  }
}

async function isAlive(holder: Holder): Promise<boolean> {
  if (holder.host !== hostname()) return true;
  try {
    process.kill(holder.pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  return holder.beganAt === '' || holder.beganAt === (await beganAt(holder.pid));
}

async function readHolder(path: string): Promise<Holder | undefined> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as Holder;
  } catch {
    return undefined;
  }
}

/**
 * Takes the lock of a folder for this process.
 * @returns a function that gives it back.
 * @throws {FolderLockedError} naming the folder, what it is for, and the process that holds it.
 */
export async function lockFolder(folder: string, what: string): Promise<() => Promise<void>> {
  // Beside the folder: the database's own setup wants it empty.
  const path = `${resolve(folder)}.lock`;
  const mine: Holder = {
    pid: process.pid,
    host: hostname(),
    beganAt: await beganAt(process.pid),
    since: new Date().toISOString(),
  };
  for (let attempt = 0; attempt < 3; attempt++) {
    try {
      const handle = await open(path, 'wx', 0o600);
      await handle.writeFile(JSON.stringify(mine));
      await handle.sync();
      await handle.close();
      return () => rm(path, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const holder = await readHolder(path);
    if (holder !== undefined && (await isAlive(holder))) {
      throw new FolderLockedError(
        `${resolve(folder)} (${what}) is in use by process ${holder.pid} on ${holder.host} since ${holder.since}. ` +
          'Stop that process, or set SIMPANG_DATA to another folder.',
      );
    }
    await rm(path, { force: true });
  }
  throw new FolderLockedError(
    `${resolve(folder)} (${what}) could not be locked: another process is starting there.`,
  );
}
