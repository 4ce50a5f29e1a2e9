// Ingest: from a broker's bytes to the journal, the live picture and the store.
import { randomBytes } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import mqtt, { type MqttClient } from 'mqtt';
import type { FeedReport } from '../model/feed.ts';
import { busTopics } from '../model/live.ts';
import { selectAssets } from '../store/assets.ts';
import type { Database } from '../store/connect.ts';
import { lockFolder } from '../store/lock.ts';
import { insertRejects } from '../store/rejects.ts';
import { Assets } from './assets.ts';
import { Backlog } from './backlog.ts';
import { startBroker, type BrokerAccess, type EmbeddedBroker } from './broker.ts';
import { Door } from './door.ts';
import { FeedWatch } from './feed-watch.ts';
import { Feeds } from './feeds.ts';
import { Journal } from './journal.ts';
import { LivePublisher } from './live-publisher.ts';
import { Pipeline } from './pipeline.ts';
import { startSubscriber } from './subscriber.ts';
import { refusal, Writer } from './writer.ts';

export interface IngestOptions {
  db: Database;
  dataFolder: string;
  /** An outside broker; undefined starts the embedded one. */
  mqttUrl: string | undefined;
  mqttPort: number;
  simulate: boolean;
  log: (message: string) => void;
  journalLimitBytes?: number;
}

export interface Ingest {
  /** How the other rooms reach the bus. */
  bus: { url: string; username?: string; password?: string };
  report(): FeedReport;
  /** Resolves once the assets are known and what the journal held at the start was read back. */
  caughtUp: Promise<void>;
  /** Free bytes on the journal's disk. */
  freeBytes(): Promise<number>;
  stop(): Promise<void>;
}

const reportEveryMs = 1_000;
const durableEveryMs = { embedded: 30_000, server: 5_000 };
const loadRetryMs = 2_000;

export async function startIngest(options: IngestOptions): Promise<Ingest> {
  const { db, log } = options;
  const folder = join(options.dataFolder, 'journal');
  await mkdir(folder, { recursive: true });
  const unlock = await lockFolder(folder, 'the journal');
  const startedAt = new Date().toISOString();
  const said = onlyChanges(log);

  const feeds = new Feeds();
  const assets = new Assets();
  const journal = await Journal.open({
    folder,
    onSynced: (messages, start, end) => backlog.synced(messages, start, end),
    onError: (error) => said(`journal: ${error.message}; nothing is acknowledged until it can be written`),
    ...(options.journalLimitBytes === undefined ? {} : { limitBytes: options.journalLimitBytes }),
  });
  const writer = new Writer(
    {
      db,
      onError: (error) => said(`database: ${error.message}; the journal keeps what comes`),
      onRefused: ({ storable, error }) => {
        const { feed, observation, receivedAt } = storable;
        feed.accepted--;
        const payload = Buffer.from(JSON.stringify(observation));
        feeds.reject(feed, { topic: observation.sourceId, payload, receivedAt }, refusal(error));
      },
    },
    journal.checkpoint,
  );

  let broker: EmbeddedBroker | undefined;
  let subscriber: MqttClient | undefined;
  let access: BrokerAccess | undefined;
  if (options.mqttUrl === undefined) {
    try {
      broker = await startBroker({
        port: options.mqttPort,
        simulate: options.simulate,
        onMessage: (topic, payload, qos, settled) => door.admit(topic, payload, qos, settled),
        onRefused: (topic, payload) =>
          door.refuse(topic, payload, 'unknown-topic', 'not a topic for devices'),
      });
    } catch (error) {
      await writer.stop();
      await journal.close();
      await unlock();
      throw error;
    }
    access = broker.access;
  }
  const bus = access ?? { url: options.mqttUrl! };
  const busClient = mqtt.connect(bus.url, {
    ...access,
    clean: true,
    reconnectPeriod: 1_000,
    reconnectOnConnackError: true,
  });
  busClient.on('error', (error) => said(`bus: ${error.message}`));
  const live = new LivePublisher(busClient);
  const pipeline = new Pipeline({ assets, feeds, live, writer, simulate: options.simulate });
  const backlog = new Backlog({
    journal,
    pipeline,
    writer,
    onDamage: (at, bytes) => log(`journal: ${bytes} damaged bytes at ${at} were stepped over`),
    onError: (error) => said(`reading back: ${error.message}`),
  });
  const door = new Door({ journal, pipeline, feeds, backlog });

  let stopped = false;
  const load = async (): Promise<void> => {
    while (!stopped) {
      try {
        assets.load(await selectAssets(db, options.simulate));
        return await backlog.readBack();
      } catch (error) {
        said(`assets: ${(error as Error).message}`);
        await new Promise((resolve) => setTimeout(resolve, loadRetryMs));
      }
    }
  };
  const loading = load();

  if (options.mqttUrl !== undefined) {
    subscriber = startSubscriber({
      url: options.mqttUrl,
      clientId: await clientIdOf(options.dataFolder),
      simulate: options.simulate,
      onMessage: (topic, payload, qos, settled) => door.admit(topic, payload, qos, settled),
      log: said,
    });
  }

  const report = (): FeedReport => ({
    at: new Date().toISOString(),
    startedAt,
    journalBytes: journal.bytes,
    journalLimitBytes: journal.limitBytes,
    journalFault: journal.error?.message ?? (journal.full ? 'the journal is full' : null),
    unstored: writer.pending,
    unreadBytes: backlog.unreadBytes,
    databaseError: writer.error?.message ?? null,
    feeds: feeds.status(),
  });
  const keepRejects = async (): Promise<void> => {
    const rejects = feeds.takeRejects();
    try {
      await insertRejects(db, rejects);
    } catch (error) {
      feeds.putBackRejects(rejects);
      said(`rejects: ${(error as Error).message}`);
    }
  };
  let rejecting: Promise<void> | undefined;
  const watch = new FeedWatch(db, feeds);
  const reporting = setInterval(() => {
    if (busClient.connected) busClient.publish(busTopics.feeds, JSON.stringify(report()), { qos: 0 });
    rejecting ??= keepRejects().finally(() => {
      rejecting = undefined;
    });
    watch.look(Date.now()).catch((error: Error) => said(`feeds: ${error.message}`));
  }, reportEveryMs);

  const release = async (): Promise<void> => {
    const { position } = writer;
    if (position <= journal.checkpoint) return;
    await db.makeDurable();
    await journal.release(position);
  };
  let releasing = Promise.resolve();
  const releaseTimer = setInterval(() => {
    releasing = releasing.then(release).catch((error: Error) => said(`checkpoint: ${error.message}`));
  }, durableEveryMs[db.home]);

  return {
    bus,
    report,
    caughtUp: loading,
    freeBytes: () => journal.freeBytes(),
    stop: async () => {
      stopped = true;
      clearInterval(reporting);
      clearInterval(releaseTimer);
      door.release();
      // Acknowledgements leave in a microtask; the connection must not end before them.
      await new Promise(setImmediate);
      await subscriber?.endAsync();
      live.stop();
      await busClient.endAsync();
      await broker?.close();
      await journal.close();
      const reading = backlog.stop();
      await writer.stop();
      await reading;
      await loading;
      await rejecting;
      await keepRejects();
      await releasing;
      await release().catch((error: Error) => said(`checkpoint: ${error.message}`));
      await unlock();
    },
  };
}

/**
 * The session at an outside broker belongs to the journal: what is unacknowledged there comes here, and two systems on
 * one broker do not take each other's.
 */
async function clientIdOf(dataFolder: string): Promise<string> {
  const path = join(dataFolder, 'mqtt-client-id');
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    const clientId = `simpang-ingest-${randomBytes(4).toString('hex')}`;
    await writeFile(path, clientId, { mode: 0o600 });
    return clientId;
  }
}

/** A fault that repeats each second is said once, until something else is. */
function onlyChanges(log: (message: string) => void): (message: string) => void {
  let last = '';
  return (message) => {
    if (message !== last) log(message);
    last = message;
  };
}
