// A city of separate processes: Mosquitto, PostgreSQL, ingest and server, each of which can be killed alone.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureAdmin } from '../../server/accounts.ts';
import { openDatabase, type Database } from '../../store/connect.ts';
import { storeOptions } from '../places.ts';
import { run, type Running } from '../process.ts';
import { BreakFile } from './break-file.ts';
import { adminPassword, CityClient } from './city-client.ts';
import { startMosquittoServer, type Mosquitto } from './durable-mosquitto.ts';
import type { FaultCity } from './fault-city.ts';
import { freePort } from './free-port.ts';
import { HealthLog } from './health-log.ts';
import { outsideDatabaseName, startOutsideDatabase } from './outside-database.ts';
import type { OutsideDatabase } from './postgres-server.ts';
import { grownTo, nothingUnstored } from './settled.ts';
import { countFleet, selectFleet } from './stored-fleet.ts';
import { TcpProxy } from './tcp-proxy.ts';

export interface OutsideCity extends FaultCity {
  broker: Mosquitto;
  database: OutsideDatabase;
  db: Database;
  /** Before the broker and the database, for ingest only; undefined unless asked for. */
  proxies: { broker: TcpProxy; database: TcpProxy } | undefined;
  killIngest(): Promise<void>;
  killAllButBroker(): Promise<void>;
  killServer(): Promise<void>;
  killAlarms(): Promise<void>;
  /** A second alarms room beside the city's own. */
  startAnotherAlarmsRoom(): Running;
  /** It holds its connections and says nothing, until it is thawed. */
  freezeServer(): void;
  thawServer(): void;
}

export interface OutsideOptions {
  /** Mosquitto loses nothing when it is killed, at a twentieth of its speed. */
  durableBroker?: boolean;
  proxied?: boolean;
  /** Runs the alarms room too. */
  alarms?: boolean;
}

type Room = 'ingest' | 'alarms' | 'server';

const at = (url: string, port: number): string => Object.assign(new URL(url), { port: String(port) }).href;

export async function startOutsideCity(options: OutsideOptions = {}): Promise<OutsideCity> {
  const dataFolder = await mkdtemp(join(tmpdir(), 'simpang-faults-'));
  const [broker, database, port] = await Promise.all([
    startMosquittoServer(options.durableBroker ?? false),
    startOutsideDatabase(),
    freePort(),
  ]);
  const proxies = options.proxied
    ? { broker: await TcpProxy.listen(broker.port), database: await TcpProxy.listen(database.port) }
    : undefined;
  const client = new CityClient(`http://127.0.0.1:${port}`);
  const breaking = new BreakFile(dataFolder);
  const env = { SIMPANG_DATA: dataFolder, SIMPANG_PORT: String(port), SIMPANG_SIMULATE: '0' };
  const commands: Record<Room, Record<string, string>> = {
    ingest: {
      ...env,
      ...breaking.env,
      MQTT_URL: proxies ? at(broker.url, proxies.broker.port) : broker.url,
      DATABASE_URL: proxies ? at(database.url, proxies.database.port) : database.url,
    },
    alarms: { ...env, MQTT_URL: broker.url, DATABASE_URL: database.url },
    server: { ...env, MQTT_URL: broker.url, DATABASE_URL: database.url },
  };
  const rooms: readonly Room[] = options.alarms ? ['ingest', 'alarms', 'server'] : ['ingest', 'server'];
  const running = new Map<Room, Running>();
  const kill = async (room: Room): Promise<void> => {
    const ending = running.get(room);
    running.delete(room);
    ending?.child.kill('SIGKILL');
    await ending?.exited;
  };
  const killAllButBroker = async (): Promise<void> => {
    await Promise.all([...rooms.map(kill), database.kill()]);
  };
  const atExit = (): void => running.forEach(({ child }) => void child.kill('SIGKILL'));
  process.once('exit', atExit);

  const db: Database = await openDatabase({ ...storeOptions(dataFolder), databaseUrl: database.url });
  await ensureAdmin(db, adminPassword);

  const start = async (): Promise<void> => {
    await Promise.all([broker.start(), database.start()]);
    for (const room of rooms) if (!running.has(room)) running.set(room, run([room], commands[room]));
    const health = new HealthLog(client.address);
    await health.ok().finally(() => health.stop());
  };
  await start();
  return {
    parts: `Mosquitto + ${outsideDatabaseName}`,
    mqttUrl: broker.url,
    client,
    dataFolder,
    broker,
    database,
    db,
    proxies,
    start,
    killIngest: () => kill('ingest'),
    killServer: () => kill('server'),
    killAlarms: () => kill('alarms'),
    startAnotherAlarmsRoom: () => run(['alarms'], commands.alarms),
    freezeServer: () => void running.get('server')?.child.kill('SIGSTOP'),
    thawServer: () => void running.get('server')?.child.kill('SIGCONT'),
    killAllButBroker,
    killEverything: async () => {
      await Promise.all([broker.kill(), killAllButBroker()]);
    },
    databaseGone: () => database.gone(),
    databaseBack: () => database.start(),
    databaseHangs: () => database.hang(),
    databaseLetGo: () => database.letGo(),
    injectDiskFull: (full) => breaking.set(full ? 'disk full' : undefined),
    get pid() {
      return running.get('ingest')?.child.pid;
    },
    settled: async (fleet, keys) => {
      // Mosquitto acknowledges to devices first, so ingest may not have heard of all of it.
      await grownTo(keys, () => countFleet(db, fleet));
      await nothingUnstored(client);
    },
    withDatabase: (work) => work(db),
    stored: (fleet) => selectFleet(db, fleet),
    remove: async () => {
      await Promise.all(rooms.map(kill));
      await db.close();
      await proxies?.broker.close();
      await proxies?.database.close();
      await Promise.all([broker.remove(), database.remove()]);
      process.removeListener('exit', atExit);
      await rm(dataFolder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
