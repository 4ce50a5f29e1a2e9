// The whole city of one test, in this process, on free ports, in seconds.
import { buildStale } from '../build.js';
import { parseConfig } from '../model/config.ts';
import { startCity, type RunningCity } from '../simpang.ts';
import { newTestDatabase } from './database.ts';

export const adminPassword = 'a password of tests';

export interface TestCity extends RunningCity {
  address: string;
  mqttUrl: string;
  remove(): Promise<void>;
}

export async function startTestCity(
  env: Record<string, string> = {},
  alarms: Parameters<typeof startCity>[2] = {},
): Promise<TestCity> {
  await buildStale();
  const database = await newTestDatabase();
  const config = parseConfig(
    {
      SIMPANG_PORT: '0',
      SIMPANG_MQTT_PORT: '0',
      SIMPANG_SIMULATE: '0',
      SIMPANG_ADMIN_PASSWORD: adminPassword,
      SIMPANG_DATA: database.dataFolder,
      ...(database.databaseUrl ? { DATABASE_URL: database.databaseUrl } : {}),
      ...env,
    },
    false,
  );
  const city = await startCity(config, () => undefined, alarms);
  return {
    ...city,
    address: city.server.address,
    mqttUrl: city.ingest.bus.url,
    remove: async () => {
      await city.stop();
      await database.remove();
    },
  };
}
