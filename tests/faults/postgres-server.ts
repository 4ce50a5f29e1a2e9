// Debian's PostgreSQL 15 as a fault needs it: stopped, killed, frozen, and back on the same port with the same data.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { allGone, familyOf, signalAll } from './processes.ts';
import { freePort } from './free-port.ts';
import { makePlainTables } from './plain-tables.ts';
import { storeOptions } from '../places.ts';
import { openDatabase } from '../../store/connect.ts';

/** The database of an outside city. */
export interface OutsideDatabase {
  url: string;
  port: number;
  start(): Promise<void>;
  /** Stops at once, as in a crash. */
  gone(): Promise<void>;
  kill(): Promise<void>;
  /** Accepts and answers nothing, until `letGo`. */
  hang(): Promise<void>;
  letGo(): Promise<void>;
  remove(): Promise<void>;
}

const bin = '/usr/lib/postgresql/15/bin';

/** Its own programs refuse to run as root. */
async function run(program: string, ...given: string[]): Promise<void> {
  const command = [join(bin, program), ...given];
  const whole = process.getuid?.() === 0 ? ['runuser', '-u', 'postgres', '--', ...command] : command;
  const child = spawn(whole[0]!, whole.slice(1), { cwd: tmpdir(), stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.on('data', (bytes: Buffer) => (said += bytes.toString()));
  // Not `close`: the server keeps the pipe that pg_ctl was given.
  const [code] = (await once(child, 'exit')) as [number | null];
  child.stderr.destroy();
  if (code !== 0) throw new Error(`${program} ended with ${code}: ${said}`);
}

function ownedByPostgres(folder: string): void {
  if (process.getuid?.() !== 0) return;
  const id = (flag: string): number =>
    Number(spawnSync('id', [flag, 'postgres'], { encoding: 'utf8' }).stdout);
  chownSync(folder, id('-u'), id('-g'));
}

/** @returns a server that runs, with plain tables. */
export async function startPostgresServer(): Promise<OutsideDatabase> {
  const folder = await mkdtemp(join(tmpdir(), 'simpang-faults-pg-'));
  ownedByPostgres(folder);
  const data = join(folder, 'data');
  const port = await freePort();
  await run(
    'initdb',
    '-D',
    data,
    '-A',
    'trust',
    '-U',
    'postgres',
    '--no-sync',
    '-E',
    'UTF8',
    '--locale=C.UTF-8',
  );
  const settings = `-p ${port} -c listen_addresses=127.0.0.1 -c unix_socket_directories=${folder} -c fsync=off`;
  const url = `postgres://postgres@127.0.0.1:${port}/postgres`;

  let runs = false;
  const start = async (): Promise<void> => {
    if (runs) return;
    await run('pg_ctl', '-D', data, '-w', '-s', '-l', join(folder, 'log'), '-o', settings, 'start');
    runs = true;
  };
  const family = (): number[] => {
    try {
      return familyOf(Number(readFileSync(join(data, 'postmaster.pid'), 'utf8').split('\n')[0]));
    } catch {
      return [];
    }
  };
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    runs = false;
    const pids = family();
    signalAll(pids, signal);
    await allGone(pids);
  };
  const atExit = (): void => signalAll(family(), 'SIGKILL');
  process.once('exit', atExit);

  await start();
  const db = await openDatabase({ ...storeOptions(folder), databaseUrl: url });
  await makePlainTables(db);
  await db.close();
  return {
    url,
    port,
    start,
    gone: () => end('SIGQUIT'),
    kill: async () => {
      await end('SIGKILL');
      // It asks whether the process of these files lives, and takes one that nobody reaped yet for alive.
      await rm(join(data, 'postmaster.pid'), { force: true });
      await rm(join(folder, `.s.PGSQL.${port}.lock`), { force: true });
    },
    hang: async () => signalAll(family(), 'SIGSTOP'),
    letGo: async () => signalAll(family(), 'SIGCONT'),
    remove: async () => {
      signalAll(family(), 'SIGCONT');
      await end('SIGKILL');
      process.removeListener('exit', atExit);
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
