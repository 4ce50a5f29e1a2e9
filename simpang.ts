// The composition root: all rooms in one process for `npm start`, one alone where a command asks for it.
import { existsSync, readFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import pino from 'pino';
import { startAlarms, type Alarms, type AlarmsOptions } from './alarms/main.ts';
import { cityFolder, readCity } from './cities/read-city.ts';
import { loadDecoders } from './ingest/adapters/decoders/load.ts';
import { startIngest, type Ingest, type IngestOptions } from './ingest/main.ts';
import type { City } from './model/city.ts';
import { ConfigError, parseConfig, type Config } from './model/config.ts';
import { ensureAdmin, runUserCommand } from './server/accounts.ts';
import { logOptions } from './server/logging.ts';
import { startServer, type RunningServer } from './server/main.ts';
import { simulatedAssets } from './simulators/assets.ts';
import { startSimulator } from './simulators/main.ts';
import { registerAssets } from './store/assets.ts';
import { openDatabase, type Database } from './store/connect.ts';
import { runGtfsCommand } from './store/gtfs/import-command.ts';
import { FolderLockedError } from './store/lock.ts';
import { migrate, type MigrateOptions } from './store/migrate.ts';
import { openSecrets, type Secrets } from './store/secrets.ts';

/** The folder of package.json, from the source as from the bundle. */
function findRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json'))) folder = dirname(folder);
  return folder;
}

const root = findRoot();
const dist = join(root, 'dist');
const citiesFolder = join(root, 'cities');

export type Say = (message: string) => void;

/** What runs, in the order it was started; stopped in the other. */
class Rooms {
  readonly #stops: (() => Promise<void>)[] = [];
  add<Room extends { stop(): Promise<void> }>(room: Room): Room {
    this.#stops.push(() => room.stop());
    return room;
  }
  async stop(): Promise<void> {
    for (let stop = this.#stops.pop(); stop !== undefined; stop = this.#stops.pop()) await stop();
  }
}

export interface RunningCity {
  server: RunningServer;
  ingest: Ingest;
  alarms: Alarms;
  db: Database;
  /** The first admin's password, when it was generated now. */
  newPassword: string | undefined;
  stop(): Promise<void>;
}

const openStore = async (config: Config, say: Say): Promise<Database> => {
  await mkdir(config.dataFolder, { recursive: true, mode: 0o700 });
  return openDatabase({
    databaseUrl: config.databaseUrl,
    dataFolder: config.dataFolder,
    workerFile: join(dist, 'store/embedded/worker.js'),
    log: say,
  });
};

const migrateOptions = async (config: Config, say: Say): Promise<MigrateOptions> => ({
  folder: join(root, 'store/migrations'),
  timeZone: (await readCity(config.city, citiesFolder)).facts.timeZone,
  log: say,
});

/** Pages of another build ask the browser to load them anew. */
function version(): string {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
  const stamp = join(dist, '.web-built');
  return existsSync(stamp) ? `${version}-${readFileSync(stamp, 'utf8').slice(0, 8)}` : version;
}

const serverOptions = (config: Config, db: Database, city: City) => ({
  config,
  db,
  city,
  webFolder: join(dist, 'web'),
  version: version(),
  log: pino({ ...logOptions, level: 'warn' }, pino.destination(2)),
});

const alarmsOptions = (config: Config, db: Database, city: City, bus: AlarmsOptions['bus'], say: Say) => ({
  db,
  city,
  bus,
  simulate: config.simulate,
  log: say,
});

/** With the decoders of device models that the city added; a faulty file is said and does not stop the rest. */
async function ingestOptions(
  config: Config,
  db: Database,
  secrets: Secrets,
  say: Say,
): Promise<IngestOptions> {
  const { decoders, faults } = await loadDecoders(join(cityFolder(config.city, citiesFolder), 'decoders'));
  for (const fault of faults) say(`decoder ${fault}`);
  return { ...config, db, secrets, decoders, log: say };
}

/** Below a tenth free, a disk is said to be filling; below this many bytes, to be full. */
const leastFreeBytes = 512 * 1024 ** 2;

const diskState = (ingest: Ingest) => async () => {
  const freeBytes = await ingest.freeBytes();
  const detail = `${Math.round(freeBytes / 1024 ** 2)} MiB free`;
  return { ok: freeBytes >= leastFreeBytes, detail };
};

/** Everything in one process. `alarmsGiven` is for tests, which do not wait for a minute. */
export async function startCity(
  config: Config,
  say: Say,
  alarmsGiven: Pick<AlarmsOptions, 'escalateAfterMs'> = {},
): Promise<RunningCity> {
  const rooms = new Rooms();
  try {
    const city = await readCity(config.city, citiesFolder);
    const db = await openStore(config, say);
    rooms.add({ stop: () => db.close() });
    const applied = await migrate(db, await migrateOptions(config, say));
    const newPassword = await ensureAdmin(db, config.adminPassword);
    if (config.simulate) await registerAssets(db, simulatedAssets(city));
    const secrets = await openSecrets(config.dataFolder);
    const ingest = rooms.add(await startIngest(await ingestOptions(config, db, secrets, say)));
    const alarms = rooms.add(
      startAlarms({ ...alarmsOptions(config, db, city, ingest.bus, say), ...alarmsGiven }),
    );
    const server = rooms.add(
      await startServer({
        ...serverOptions(config, db, city),
        secrets,
        bus: ingest.bus,
        diskOk: diskState(ingest),
      }),
    );
    if (config.simulate) {
      rooms.add(await startSimulated(config, city, ingest.bus.url, applied.length > 0 ? 24 : 0, say));
    }
    return { server, ingest, alarms, db, newPassword, stop: () => rooms.stop() };
  } catch (error) {
    await rooms.stop();
    throw error;
  }
}

const startSimulated = (config: Config, city: City, mqttUrl: string, backfillHours: number, say: Say) =>
  startSimulator({
    city,
    mqttUrl: config.mqttUrl ?? mqttUrl,
    encoderFile: join(dist, 'simulators/camera-encoder.js'),
    backfillHours,
    log: say,
  });

/** A room alone works against a database and a broker that others share. */
function shared(config: Config): Config & { mqttUrl: string; databaseUrl: string } {
  const { mqttUrl, databaseUrl } = config;
  if (mqttUrl === undefined || databaseUrl === undefined) {
    throw new ConfigError(
      'A room alone needs MQTT_URL and DATABASE_URL: the embedded ones live inside `npm start`.',
    );
  }
  return { ...config, mqttUrl, databaseUrl };
}

type Command = (config: Config, say: Say, args: string[]) => Promise<{ stop(): Promise<void> } | undefined>;

const commands: Record<string, Command> = {
  start: async (config, say) => {
    const city = await startCity(config, say);
    console.log(`\nSimpang: ${config.publicUrl ?? city.server.address}`);
    const stopFirst = config.databaseUrl === undefined ? 'stop this, then ' : '';
    if (city.newPassword === undefined)
      console.log(`Sign in with your account. Another one: ${stopFirst}npm run user -- add NAME ROLE`);
    else console.log(`Sign in: admin\nPassword: ${city.newPassword}   (shown this once; keep it)`);
    if (config.simulate) console.log('The city is simulated: SIMPANG_SIMULATE=0 shows real feeds only.');
    console.log(`MQTT in: ${city.ingest.bus.url}\nCtrl-C stops.\n`);
    return city;
  },
  ingest: async (config, say) => {
    const rooms = new Rooms();
    const db = await openStore(shared(config), say);
    rooms.add({ stop: () => db.close() });
    const secrets = await openSecrets(config.dataFolder);
    rooms.add(await startIngest(await ingestOptions(config, db, secrets, say)));
    return rooms;
  },
  alarms: async (config, say) => {
    const { mqttUrl } = shared(config);
    const rooms = new Rooms();
    const db = await openStore(config, say);
    rooms.add({ stop: () => db.close() });
    const city = await readCity(config.city, citiesFolder);
    rooms.add(startAlarms(alarmsOptions(config, db, city, { url: mqttUrl }, say)));
    return rooms;
  },
  server: async (config, say) => {
    const { mqttUrl } = shared(config);
    const rooms = new Rooms();
    const db = await openStore(config, say);
    rooms.add({ stop: () => db.close() });
    const city = await readCity(config.city, citiesFolder);
    const server = rooms.add(
      await startServer({
        ...serverOptions(config, db, city),
        secrets: await openSecrets(config.dataFolder),
        bus: { url: mqttUrl },
      }),
    );
    console.log(`Simpang: ${config.publicUrl ?? server.address}`);
    return rooms;
  },
  simulate: async (config, say) => {
    if (config.mqttUrl === undefined)
      throw new ConfigError('MQTT_URL is not set: where should the simulated city publish?');
    return startSimulated(config, await readCity(config.city, citiesFolder), config.mqttUrl, 0, say);
  },
  migrate: async (config, say) => {
    const db = await openStore(config, say);
    try {
      const applied = await migrate(db, await migrateOptions(config, say));
      const newPassword = await ensureAdmin(db, config.adminPassword);
      console.log(applied.length === 0 ? 'The schema is up to date.' : `Applied: ${applied.join(', ')}`);
      if (newPassword !== undefined)
        console.log(`Account admin, password: ${newPassword}   (shown this once)`);
      if (config.simulate) {
        await registerAssets(db, simulatedAssets(await readCity(config.city, citiesFolder)));
      }
    } finally {
      await db.close();
    }
    return undefined;
  },
  user: async (config, say, args) => {
    const db = await openStore(config, say);
    try {
      await migrate(db, await migrateOptions(config, say));
      console.log(await runUserCommand(db, args));
    } finally {
      await db.close();
    }
    return undefined;
  },
  import: async (config, say, [kind = '', file, ...rest]) => {
    const run = importers[kind];
    if (run === undefined || file === undefined || rest.length > 0)
      throw new ConfigError(`Usage: npm run import -- ${Object.keys(importers).join('|')} FILE`);
    const db = await openStore(config, say).catch((error: unknown) => {
      if (!(error instanceof FolderLockedError)) throw error;
      throw new ConfigError(
        `${error.message}\nIf that is a running \`npm start\`, import in its admin screen instead: it needs no stop.`,
      );
    });
    try {
      await migrate(db, await migrateOptions(config, say));
      // npm changes to the folder of package.json; people name files from where they are.
      await run(db, resolve(process.env.INIT_CWD ?? '.', file));
    } finally {
      await db.close();
    }
    return undefined;
  },
};

/** What `npm run import` takes in, by the word before the file. */
const importers: Record<string, (db: Database, path: string) => Promise<void>> = {
  gtfs: (db, path) => runGtfsCommand(db, path),
};

/** Runs one command to its end, or until it is told to stop. A fault of the user's is a line, not a stack. */
export async function main([name = 'start', ...args]: string[]): Promise<void> {
  const say: Say = (message) => console.error(`${new Date().toISOString().slice(11, 19)} ${message}`);
  try {
    const command = commands[name];
    if (command === undefined)
      throw new ConfigError(`There is no command ${name}. Commands: ${Object.keys(commands).join(', ')}`);
    const config = parseConfig(process.env, name === 'start');
    const told = toldToStop();
    const running = await command({ ...config, dataFolder: resolve(config.dataFolder) }, say, args);
    if (running === undefined) return;
    await told;
    console.error('Stopping …');
    setTimeout(() => process.exit(1), stopWithinMs).unref();
    await running.stop();
    process.exit(0);
  } catch (error) {
    console.error(`\n${(error as Error).message}`);
    if (process.env.SIMPANG_DEBUG) console.error(error);
    // What was started may hold the process: everything worth closing is closed.
    process.exit(1);
  }
}

const stopWithinMs = 20_000;

/** Resolves at the first signal, also one during the start. npm passes Ctrl-C on, so it may arrive twice. */
const toldToStop = (): Promise<void> =>
  new Promise((resolve) => {
    process.on('SIGINT', () => resolve());
    process.on('SIGTERM', () => resolve());
  });
