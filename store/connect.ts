// The one door to the database: the same `pg` client for a server (DATABASE_URL) and for the embedded TimescaleDB.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { holdOnServer } from './hold.ts';
import { EmbeddedDatabase } from './embedded/database.ts';
import { startJobs } from './embedded/jobs.ts';
import { syncFolder } from './embedded/sync-folder.ts';
import { lockFolder } from './lock.ts';

export interface Query {
  /** Rows of one statement. `name` prepares it once a session, for statements on a hot path. */
  query<Row extends object>(text: string, values?: unknown[], name?: string): Promise<Row[]>;
  /** How many rows one statement touched. */
  execute(text: string, values?: unknown[], name?: string): Promise<number>;
}

export interface Database extends Query {
  readonly home: 'embedded' | 'server';
  /** Runs `work` in one transaction: committed when it resolves, rolled back when it throws. */
  transaction<T>(work: (tx: Query) => Promise<T>): Promise<T>;
  /**
   * Calls back at each NOTIFY on `channel`; only a hint, for a connection can break: poll too. Does nothing on the
   * embedded database. Returns what stops it.
   */
  listen(channel: string, heard: () => void): () => void;
  /**
   * Holds an advisory lock on a session of its own, for as long as this process and that session live. `lost` is called
   * once when the session ends by itself; the lock is then another's to take.
   * @returns undefined while another session holds it. On the embedded database, which one process has, never.
   */
  hold(lockKey: number, lost: (error: Error) => void): Promise<Hold | undefined>;
  /** Resolves when all that was committed before the call survives a power cut. */
  makeDurable(): Promise<void>;
  close(): Promise<void>;
}

export interface Hold {
  release(): Promise<void>;
}

export interface StoreOptions {
  databaseUrl: string | undefined;
  dataFolder: string;
  /** The bundled store/embedded/worker.ts. */
  workerFile: string;
  log: (message: string) => void;
  overdueMs?: number;
  /** Sessions at once, on a server; the embedded database has one. */
  sessions?: number;
}

const connectTimeoutMs = 10_000;
const statementTimeoutMs = 30_000;
const embeddedOverdueMs = 120_000;
const int8 = 20;

/** Numbers of rows and of changes stay far below 2^53. */
const types: pg.CustomTypesConfig = {
  getTypeParser: ((oid: number, format?: 'text' | 'binary') =>
    oid === int8 ? Number : pg.types.getTypeParser(oid, format as 'text')) as typeof pg.types.getTypeParser,
};

/** @param prepares whether a statement that has a name is prepared once a session. */
const overClient = (client: pg.Pool | pg.PoolClient, prepares: boolean): Query => {
  const ask = <Row extends object>(text: string, values: unknown[], name: string | undefined) =>
    client.query<Row>(prepares && name !== undefined ? { text, values, name } : { text, values });
  return {
    query: async <Row extends object>(text: string, values: unknown[] = [], name?: string) =>
      (await ask<Row>(text, values, name)).rows,
    execute: async (text, values = [], name) => (await ask(text, values, name)).rowCount ?? 0,
  };
};

async function transaction<T>(pool: pg.Pool, prepares: boolean, work: (tx: Query) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  let broken = false;
  // The pool listens to idle sessions only. The queries of a lost one reject; unheard, its error would end the process.
  const lost = (): void => {
    broken = true;
  };
  client.on('error', lost);
  try {
    await client.query('BEGIN');
    const result = await work(overClient(client, prepares));
    await client.query('COMMIT');
    return result;
  } catch (error) {
    await client.query('ROLLBACK').catch(() => {
      broken = true;
    });
    throw error;
  } finally {
    client.release(broken);
    client.off('error', lost);
  }
}

/** Opens the embedded database under `dataFolder`, or connects to `databaseUrl`. Connecting is lazy on a server. */
export async function openDatabase(options: StoreOptions): Promise<Database> {
  return options.databaseUrl === undefined ? openEmbedded(options) : openServer(options, options.databaseUrl);
}

function newPool(config: pg.PoolConfig, log: (message: string) => void): pg.Pool {
  const pool = new pg.Pool({ connectionTimeoutMillis: connectTimeoutMs, types, ...config });
  // An idle session that breaks is replaced by the pool; without a listener it would end the process.
  pool.on('error', (error) => log(`database session: ${error.message}`));
  return pool;
}

function openServer(options: StoreOptions, connectionString: string): Database {
  const config: pg.PoolConfig = {
    connectionString,
    max: options.sessions ?? 8,
    statement_timeout: statementTimeoutMs,
    // The server's own timeout cannot fire when the server hangs.
    query_timeout: statementTimeoutMs + 5_000,
    application_name: 'simpang',
    keepAlive: true,
  };
  const pool = newPool(config, options.log);
  return {
    home: 'server',
    ...overClient(pool, true),
    transaction: (work) => transaction(pool, true, work),
    listen: (channel, heard) => listenOnServer(pool, channel, heard, options.log),
    hold: (lockKey, lost) => holdOnServer(config, lockKey, lost),
    makeDurable: async () => undefined,
    close: () => pool.end(),
  };
}

const listenRetryMs = 2_000;

function listenOnServer(
  pool: pg.Pool,
  channel: string,
  heard: () => void,
  log: (message: string) => void,
): () => void {
  let stopped = false;
  let client: pg.PoolClient | undefined;
  let retry: NodeJS.Timeout | undefined;
  const again = (error: Error): void => {
    if (retry !== undefined) return;
    client?.release(true);
    client = undefined;
    if (stopped) return;
    log(`listening on ${channel}: ${error.message}`);
    retry = setTimeout(start, listenRetryMs);
  };
  const start = (): void => {
    retry = undefined;
    pool
      .connect()
      .then(async (connected) => {
        if (stopped) return connected.release();
        client = connected;
        connected.on('notification', heard);
        connected.once('error', again);
        await connected.query(`LISTEN ${pg.escapeIdentifier(channel)}`);
        heard();
      })
      .catch(again);
  };
  start();
  return () => {
    stopped = true;
    clearTimeout(retry);
    client?.release(true);
    client = undefined;
  };
}

async function openEmbedded(options: StoreOptions): Promise<Database> {
  const folder = join(options.dataFolder, 'database');
  await mkdir(folder, { recursive: true });
  const unlock = await lockFolder(folder, 'the embedded database');
  const embedded = new EmbeddedDatabase({
    folder,
    workerFile: options.workerFile,
    overdueMs: options.overdueMs ?? embeddedOverdueMs,
    log: options.log,
  });
  const pool = newPool(
    {
      max: 1,
      user: 'postgres',
      database: 'postgres',
      // Waiting for the one session is queueing, not failing.
      connectionTimeoutMillis: (options.overdueMs ?? embeddedOverdueMs) + connectTimeoutMs,
      idleTimeoutMillis: 0,
      stream: () => embedded.session() as unknown as ReturnType<NonNullable<pg.ClientConfig['stream']>>,
    },
    options.log,
  );
  let syncedUpTo = 0;
  const db: Database = {
    home: 'embedded',
    // Now and then it answers the execution of a prepared statement with nothing, not even an error; of others it was not
    // seen. The worker would have to be opened anew for it.
    ...overClient(pool, false),
    transaction: (work) => transaction(pool, false, work),
    listen: () => () => undefined,
    hold: () => Promise.resolve({ release: () => Promise.resolve() }),
    makeDurable: async () => {
      const startedAt = Date.now();
      await pool.query('CHECKPOINT');
      // A clock that was set back would hide files that changed: then all are synced.
      await syncFolder(folder, startedAt < syncedUpTo ? 0 : syncedUpTo - 2_000);
      syncedUpTo = startedAt;
    },
    close: async () => {
      await stopJobs();
      await pool.end();
      await embedded.close();
      await unlock();
    },
  };
  const stopJobs = startJobs(db, options.log);
  try {
    await db.query('SELECT 1');
  } catch (error) {
    await db.close();
    throw error;
  }
  return db;
}
