// Debian's PostgreSQL 15 in a folder of its own, for tables that people change: several sessions at once.
import { spawnSync } from 'node:child_process';
import { chownSync, existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDatabase, type Database } from '../../store/connect.ts';
import { migrate } from '../../store/migrate.ts';
import { migrateOptions, storeOptions } from '../places.ts';

const bin = '/usr/lib/postgresql/15/bin';

export const hasPostgres = existsSync(join(bin, 'initdb'));
export const withoutPostgres = 'PostgreSQL 15 is not installed: apt-get install postgresql-15';

export interface TestDatabase {
  db: Database;
  close(): Promise<void>;
}

/** Its own programs refuse to run as root. */
function run(program: string, ...given: string[]): void {
  const command = [join(bin, program), ...given];
  const whole = process.getuid?.() === 0 ? ['runuser', '-u', 'postgres', '--', ...command] : command;
  const { status, stderr, stdout } = spawnSync(whole[0]!, whole.slice(1), {
    encoding: 'utf8',
    cwd: tmpdir(),
  });
  if (status !== 0) throw new Error(`${program}: ${stderr}${stdout}`);
}

function ownedByPostgres(folder: string): void {
  if (process.getuid?.() !== 0) return;
  const id = (flag: string): number =>
    Number(spawnSync('id', [flag, 'postgres'], { encoding: 'utf8' }).stdout);
  chownSync(folder, id('-u'), id('-g'));
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** A server with every migration that needs no TimescaleDB. */
export async function startPostgres(sessions?: number): Promise<TestDatabase> {
  const folder = await mkdtemp(join(tmpdir(), 'simpang-pg-'));
  ownedByPostgres(folder);
  const data = join(folder, 'data');
  const port = await freePort();
  run('initdb', '-D', data, '-A', 'trust', '-U', 'postgres', '--no-sync', '-E', 'UTF8', '--locale=C.UTF-8');
  const settings = `-p ${port} -c listen_addresses=127.0.0.1 -c unix_socket_directories=${folder} -c fsync=off`;
  run('pg_ctl', '-D', data, '-w', '-l', join(folder, 'log'), '-o', settings, 'start');
  const db = await openDatabase({
    ...storeOptions(folder),
    databaseUrl: `postgres://postgres@127.0.0.1:${port}/postgres`,
    ...(sessions === undefined ? {} : { sessions }),
  });
  const stop = (): void => run('pg_ctl', '-D', data, '-w', '-m', 'immediate', 'stop');
  // Also when the tests end before their time.
  process.once('exit', stop);
  const close = async (): Promise<void> => {
    process.removeListener('exit', stop);
    await db.close();
    stop();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await migrate(db, { ...migrateOptions, plain: true });
    await standInForTimescale(db);
  } catch (error) {
    await close();
    throw error;
  }
  return { db, close };
}

/** The tables and aggregates of observations as plain ones, for what only reads them. */
async function standInForTimescale(db: Database): Promise<void> {
  await db.execute(`CREATE TABLE reading (asset_no int NOT NULL, metric_no smallint NOT NULL,
    observed_at timestamptz NOT NULL, received_at timestamptz NOT NULL DEFAULT now(), value double precision NOT NULL)`);
  await db.execute(`CREATE VIEW reading_hour AS SELECT asset_no, metric_no, date_trunc('hour', observed_at, 'UTC') AS bucket,
    avg(value) AS mean, min(value) AS min, max(value) AS max, count(*)::int AS n FROM reading GROUP BY 1, 2, 3`);
  await db.execute(`CREATE TABLE vehicle_position (vehicle_no int NOT NULL, observed_at timestamptz NOT NULL,
    received_after_ms int NOT NULL, lat_e6 int NOT NULL, lon_e6 int NOT NULL, speed_dmps smallint, heading_deg smallint,
    occupancy_pct smallint, route_no int)`);
  await db.execute(`CREATE VIEW vehicle_minute AS SELECT vehicle_no, date_trunc('minute', observed_at) AS bucket,
    avg(speed_dmps)::real AS speed_dmps, min(speed_dmps) AS speed_dmps_min, max(speed_dmps) AS speed_dmps_max,
    avg(occupancy_pct)::real AS occupancy_pct, count(*)::int AS n FROM vehicle_position GROUP BY 1, 2`);
}

/** The embedded database, with every migration. */
export async function startEmbedded(): Promise<TestDatabase> {
  const folder = await mkdtemp(join(tmpdir(), 'simpang-db-'));
  const db = await openDatabase({ ...storeOptions(folder), databaseUrl: undefined });
  await migrate(db, migrateOptions);
  return {
    db,
    close: async () => {
      await db.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** PostgreSQL where it is installed, for it starts sooner; else the embedded database. */
export const startDatabase = (): Promise<TestDatabase> => (hasPostgres ? startPostgres() : startEmbedded());
