// `npm start` as a child: embedded broker and TimescaleDB in one process, which is killed and started on the same folder.
import { openDatabase } from '../../store/connect.ts';
import { newTestDatabase } from '../database.ts';
import { storeOptions } from '../places.ts';
import { run, type Running } from '../process.ts';
import { BreakFile } from './break-file.ts';
import { adminPassword, CityClient } from './city-client.ts';
import type { FaultCity } from './fault-city.ts';
import { freePort } from './free-port.ts';
import { HealthLog } from './health-log.ts';
import { nothingUnstored } from './settled.ts';
import { selectFleet } from './stored-fleet.ts';

export async function startEmbeddedCity(): Promise<FaultCity> {
  const database = await newTestDatabase();
  const { dataFolder } = database;
  const [port, mqttPort] = [await freePort(), await freePort()];
  const client = new CityClient(`http://127.0.0.1:${port}`);
  const breaking = new BreakFile(dataFolder);
  let running: Running | undefined;

  const end = async (signal: NodeJS.Signals): Promise<void> => {
    const ending = running;
    running = undefined;
    ending?.child.kill(signal);
    await ending?.exited;
  };
  const atExit = (): void => void running?.child.kill('SIGKILL');
  process.once('exit', atExit);
  const start = async (): Promise<void> => {
    if (running !== undefined) return;
    running = run(['start'], {
      SIMPANG_DATA: dataFolder,
      SIMPANG_PORT: String(port),
      SIMPANG_MQTT_PORT: String(mqttPort),
      SIMPANG_SIMULATE: '0',
      SIMPANG_ADMIN_PASSWORD: adminPassword,
      ...breaking.env,
    });
    await running.printed(/MQTT in: (\S+)/);
    const health = new HealthLog(client.address);
    await health.ok().finally(() => health.stop());
  };
  const withDatabase: FaultCity['withDatabase'] = async (work) => {
    // Killed, not stopped: sooner, and what is read then is what a crash leaves.
    await end('SIGKILL');
    const db = await openDatabase(storeOptions(dataFolder));
    try {
      return await work(db);
    } finally {
      await db.close();
    }
  };
  await start();
  return {
    parts: 'embedded',
    mqttUrl: `mqtt://127.0.0.1:${mqttPort}`,
    client,
    dataFolder,
    start,
    killEverything: () => end('SIGKILL'),
    databaseGone: () => breaking.set('database gone'),
    databaseBack: () => breaking.set(undefined),
    databaseHangs: () => breaking.set('database hangs'),
    databaseLetGo: () => breaking.set(undefined),
    injectDiskFull: (full) => breaking.set(full ? 'disk full' : undefined),
    get pid() {
      return running?.child.pid;
    },
    // What the embedded broker acknowledged is in the journal, so nothing else can be on its way.
    settled: () => nothingUnstored(client),
    withDatabase,
    stored: (fleet) => withDatabase((db) => selectFleet(db, fleet)),
    remove: async () => {
      await breaking.set(undefined);
      await end('SIGKILL');
      process.removeListener('exit', atExit);
      await database.remove();
    },
  };
}
