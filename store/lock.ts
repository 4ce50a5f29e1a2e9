// One process a folder: the lock says who holds it, and a holder that died holds nothing.
import { link, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { resolve } from 'node:path';

export class FolderLockedError extends Error {
  override name = 'FolderLockedError';
}

interface Holder {
  pid: number;
  host: string;
  /** Of the machine's or container's kernel: after another boot nobody of before is alive. */
  boot: string;
  /** When the process began, in the kernel's ticks, so that a number given to another process is told apart. */
  beganAt: string;
  since: string;
}

const readText = (path: string): Promise<string> => readFile(path, 'utf8').catch(() => '');

async function beganAt(pid: number): Promise<string> {
  // Field 22 of proc(5) stat; the name before it is in brackets and may hold spaces.
  const stat = await readText(`/proc/${pid}/stat`);
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
}

const bootId = async (): Promise<string> => (await readText('/proc/sys/kernel/random/boot_id')).trim();

async function isAlive(holder: Holder): Promise<boolean> {
  if (holder.boot !== (await bootId())) return holder.boot === '' && holder.host !== hostname();
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

/** Puts a whole file where none is; false where one is. */
async function take(path: string, mine: string): Promise<boolean> {
  const draft = `${path}.${process.pid}`;
  await writeFile(draft, mine, { mode: 0o600 });
  try {
    await link(draft, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return false;
  } finally {
    await rm(draft, { force: true });
  }
}

/** Takes a dead holder's lock away, unless another process has put its own there meanwhile. */
async function clear(path: string, dead: Holder): Promise<void> {
  const aside = `${path}.dead.${process.pid}`;
  try {
    await rename(path, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  const found = await readHolder(aside);
  if (found?.pid !== dead.pid || found.since !== dead.since) await link(aside, path).catch(() => undefined);
  await rm(aside, { force: true });
}

/**
 * Takes the lock of a folder for this process. It stands beside the folder: a database's own setup wants it empty.
 * @returns a function that gives it back.
 * @throws {FolderLockedError} naming the folder, what it is for, and the process that holds it.
 */
export async function lockFolder(folder: string, what: string): Promise<() => Promise<void>> {
  const path = `${resolve(folder)}.lock`;
  const mine: Holder = {
    pid: process.pid,
    host: hostname(),
    boot: await bootId(),
    beganAt: await beganAt(process.pid),
    since: new Date().toISOString(),
  };
  for (let attempt = 0; attempt < 3; attempt++) {
    if (await take(path, JSON.stringify(mine))) return () => rm(path, { force: true });
    const holder = await readHolder(path);
    if (holder === undefined) continue;
    if (await isAlive(holder)) {
      throw new FolderLockedError(
        `${resolve(folder)} (${what}) is in use by process ${holder.pid} on ${holder.host} since ${holder.since}. ` +
          `Stop that process, or set SIMPANG_DATA to another folder. (The lock: ${path})`,
      );
    }
    await clear(path, holder);
  }
  throw new FolderLockedError(
    `${resolve(folder)} (${what}) could not be locked: another process is starting there. (The lock: ${path})`,
  );
}
