// Stored and acknowledged messages a second: Mosquitto holds them for a session, and a pipeline drains it.
import { readdirSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import mqtt from 'mqtt';
import { startIngest } from '../../ingest/main.ts';
import { newTestDatabase } from '../database.ts';
import { startMosquitto } from '../mosquitto.ts';
import { runBarePipeline } from './bare-pipeline.ts';
import { inChild } from './child.ts';
import { openSecrets } from '../../store/secrets.ts';

export const drainMessages = 200_000;
const vehicles = 2_000;
const clientId = 'simpang-ingest-bench';

export interface Drained {
  messagesPerSecond: number;
  /** CPU of the pipeline's own thread, and of all others of its process: the embedded database above all. */
  pipelineMicros: number;
  databaseMicros: number;
}

/** Fills a session's queue, then lets a process drain it. */
export async function drain(kind: 'bare' | 'simpang'): Promise<Drained> {
  const broker = await startMosquitto();
  try {
    const session = await mqtt.connectAsync(broker.url!, { clientId, clean: false });
    await session.subscribeAsync('city/vehicle/+/position', { qos: 1 });
    await session.endAsync();
    const device = await mqtt.connectAsync(broker.url!);
    const t0 = Date.now() - 3_600_000;
    const sent: Promise<unknown>[] = [];
    for (let n = 0; n < drainMessages; n++) {
      const fix = {
        observedAt: t0 + Math.floor(n / vehicles) * 1_000,
        lat: 2.9 + (n % 977) / 1e4,
        lon: 99 + (n % 883) / 1e4,
        speedMps: n % 20,
        headingDeg: n % 360,
      };
      sent.push(
        device.publishAsync(`city/vehicle/v${n % vehicles}/position`, JSON.stringify(fix), { qos: 1 }),
      );
      if (sent.length === 2_000) await Promise.all(sent.splice(0));
    }
    await Promise.all(sent);
    await device.endAsync();
    return await inChild<Drained>('drain', kind, broker.url!);
  } finally {
    await broker.stop();
  }
}

/** In the child: the pipeline, timed from its connection to its last commit and acknowledgement. */
export async function drainHere(kind: string, url: string): Promise<Drained> {
  const database = await newTestDatabase();
  // The session that `drain` filled becomes this journal's.
  await writeFile(join(database.dataFolder, 'mqtt-client-id'), clientId);
  const db = await database.open();
  try {
    const before = cpuSeconds();
    const startedAt = performance.now();
    const stop =
      kind === 'bare'
        ? await runBarePipeline(db, url, clientId, drainMessages)
        : await drainWithIngest(db, database.dataFolder, url);
    const seconds = (performance.now() - startedAt) / 1000;
    const after = cpuSeconds();
    await stop();
    return {
      messagesPerSecond: drainMessages / seconds,
      pipelineMicros: ((after.main - before.main) * 1e6) / drainMessages,
      databaseMicros: ((after.others - before.others) * 1e6) / drainMessages,
    };
  } finally {
    await db.close();
    await database.remove();
  }
}

async function drainWithIngest(
  db: Parameters<typeof startIngest>[0]['db'],
  dataFolder: string,
  mqttUrl: string,
): Promise<() => Promise<void>> {
  const ingest = await startIngest({
    db,
    dataFolder,
    mqttUrl,
    mqttPort: 0,
    mqttAnonymous: true,
    secrets: await openSecrets(dataFolder),
    simulate: false,
    log: console.error,
  });
  const isDone = (): boolean => {
    const report = ingest.report();
    return (
      report.unstored === 0 && report.feeds.reduce((sum, feed) => sum + feed.received, 0) >= drainMessages
    );
  };
  while (!isDone()) await new Promise((resolve) => setTimeout(resolve, 5));
  return () => ingest.stop();
}

const ticksPerSecond = 100;

/** User and system time of the main thread and of all others, from proc(5) task stat. */
function cpuSeconds(): { main: number; others: number } {
  let main = 0;
  let others = 0;
  for (const thread of readdirSync('/proc/self/task')) {
    const stat = readFileSync(`/proc/self/task/${thread}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const seconds = (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
    if (Number(thread) === process.pid) main += seconds;
    else others += seconds;
  }
  return { main, others };
}
