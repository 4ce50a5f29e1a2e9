// Ingest: from a broker's bytes to the journal, the live picture and the store.
import { randomBytes } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import mqtt from 'mqtt';
import type { FeedReport } from '../model/feed.ts';
import { busTopics } from '../model/live.ts';
import { simulatedPrefix, subscriptions } from '../model/topics.ts';
import { selectAssets } from '../store/assets.ts';
import type { Database } from '../store/connect.ts';
import { selectLastHeard } from '../store/feed-minutes.ts';
import { lockFolder } from '../store/lock.ts';
import { insertRejects } from '../store/rejects.ts';
import { failInterruptedReplays } from '../store/replays.ts';
import type { Secrets } from '../store/secrets.ts';
import { deleteTripUpdatesBefore } from '../store/trip-updates.ts';
import { builtInDecoders } from './adapters/decoders/registry.ts';
import type { Decoder } from './adapters/decoders/decoder.ts';
import { Assets } from './assets.ts';
import { Backlog } from './backlog.ts';
import { startBroker, type BrokerAccess, type EmbeddedBroker } from './broker.ts';
import { Connections } from './connections.ts';
import { Devices } from './devices.ts';
import { Door } from './door.ts';
import { FeedMinutes } from './feed-minutes.ts';
import { FeedWatch } from './feed-watch.ts';
import { Feeds } from './feeds.ts';
import { Journal } from './journal.ts';
import { LivePublisher } from './live-publisher.ts';
import { Memories } from './memories.ts';
import { Pipeline } from './pipeline.ts';
import { Readers } from './readers.ts';
import { Replays } from './replays.ts';
import { Routes } from './routes.ts';
import { Settings } from './settings.ts';
import { startSubscriber, type Subscriber } from './subscriber.ts';
import { ImportedTimetable } from './timetable.ts';
import { Trials } from './trials.ts';
import { refusal, Writer } from './writer.ts';

export interface IngestOptions {
  db: Database;
  dataFolder: string;
  /** An outside broker; undefined starts the embedded one. */
  mqttUrl: string | undefined;
  mqttPort: number;
  mqttAnonymous: boolean;
  simulate: boolean;
  secrets: Secrets;
  /** Of device models, beside those that are built in; asked first. */
  decoders?: readonly Decoder[];
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
const waitForSettingsMs = 5_000;
const cleanEveryMs = 3_600_000;
const keptTripUpdatesMs = 3 * 86_400_000;

export async function startIngest(options: IngestOptions): Promise<Ingest> {
  const { db, log } = options;
  const folder = join(options.dataFolder, 'journal');
  await mkdir(folder, { recursive: true });
  const unlock = await lockFolder(folder, 'the journal');
  const startedAt = new Date().toISOString();
  const said = onlyChanges(log);

  const clientId = await clientIdOf(options.dataFolder);
  const feeds = new Feeds();
  const routes = new Routes();
  const memories = new Memories();
  const timetable = new ImportedTimetable();
  const devices = new Devices();
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
  let subscriber: Subscriber | undefined;
  let brokerFault: string | null = null;
  let access: BrokerAccess | undefined;
  if (options.mqttUrl === undefined) {
    try {
      broker = await startBroker({
        port: options.mqttPort,
        simulate: options.simulate,
        anonymous: options.mqttAnonymous,
        routes,
        devices,
        onMessage: (topic, payload, qos, settled) => door.admit(topic, payload, qos, settled),
        onRefused: (topic, payload) => {
          door.refuse(topic, payload, 'unknown-topic', 'not a topic for devices');
          trials.offer(topic, payload);
        },
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
  const cityDecoders = options.decoders ?? [];
  const readers = new Readers({
    routes,
    memories,
    timetable,
    // A city's own are asked first, and take the place of one of ours that has their id.
    decoders: new Map(
      [
        ...cityDecoders,
        ...builtInDecoders.filter(({ id }) => !cityDecoders.some((own) => own.id === id)),
      ].map((each) => [each.id, each]),
    ),
    send: (feedId, topic, payload) => {
      if (connections.send(feedId, topic, payload)) return;
      if (busClient.connected) busClient.publish(topic, payload, { qos: 0 });
    },
  });
  const pipeline = new Pipeline({
    routes,
    readers,
    assets,
    feeds,
    live,
    writer,
    simulate: options.simulate,
    secrets: options.secrets,
  });
  const backlog = new Backlog({
    journal,
    pipeline,
    writer,
    onDamage: (at, bytes) => log(`journal: ${bytes} damaged bytes at ${at} were stepped over`),
    onError: (error) => said(`reading back: ${error.message}`),
  });
  const door = new Door({ journal, pipeline, feeds, backlog, routes });
  const connections = new Connections({ door, feeds, clientId });
  const trials = new Trials({ db, routes, readers, bus, log: said });
  const replays = new Replays({ db, routes, readers, assets, feeds, door, log: said });
  let houseFilters: string[] = [];
  let idleFilters: string[] = [];
  const settings = new Settings({
    db,
    secrets: options.secrets,
    simulate: options.simulate,
    routes,
    readers,
    feeds,
    assets,
    live,
    devices,
    connections,
    trials,
    replays,
    timetable,
    onFilters: (active, idle) => {
      houseFilters = active;
      idleFilters = idle;
      subscriber?.setFilters([...subscriptions(options.simulate), ...active]);
    },
    log: said,
  });

  let stopped = false;
  let known = (): void => undefined;
  const settingsKnown = new Promise<void>((resolve) => (known = resolve));
  const load = async (): Promise<void> => {
    while (!stopped) {
      try {
        assets.load(await selectAssets(db, options.simulate));
        await memories.load(db);
        await failInterruptedReplays(db);
        await settings.load();
        feeds.heardBefore(await selectLastHeard(db));
        settings.follow();
        known();
        return await backlog.readBack();
      } catch (error) {
        said(`assets: ${(error as Error).message}`);
        await new Promise((resolve) => setTimeout(resolve, loadRetryMs));
      }
    }
  };
  const loading = load();

  if (options.mqttUrl !== undefined) {
    // What the broker kept for sources of the city must find them known; without a database it cannot wait for ever.
    await Promise.race([settingsKnown, new Promise((resolve) => setTimeout(resolve, waitForSettingsMs))]);
    subscriber = startSubscriber({
      url: options.mqttUrl,
      clientId,
      filters: [...subscriptions(options.simulate), ...houseFilters],
      unwanted: [
        ...idleFilters,
        ...(options.simulate ? [] : subscriptions(true).filter((each) => each.startsWith(simulatedPrefix))),
      ],
      onMessage: (topic, payload, qos, settled) => door.admit(topic, payload, qos, settled),
      onState: (fault) => {
        brokerFault = fault ?? null;
        if (fault !== undefined) said(`broker: ${fault}`);
      },
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
    brokerFault,
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
  const minutes = new FeedMinutes(feeds, Date.now());
  const reporting = setInterval(() => {
    if (busClient.connected) busClient.publish(busTopics.feeds, JSON.stringify(report()), { qos: 0 });
    rejecting ??= keepRejects().finally(() => {
      rejecting = undefined;
    });
    feeds.tick();
    minutes.look(db, Date.now()).catch((error: Error) => said(`feed minutes: ${error.message}`));
    watch.look(Date.now()).catch((error: Error) => said(`feeds: ${error.message}`));
  }, reportEveryMs);

  const release = async (): Promise<void> => {
    const { position } = writer;
    if (position <= journal.checkpoint) return;
    // What adapters learned from what stands before the checkpoint cannot be learned again from the journal.
    await memories.save(db);
    await db.makeDurable();
    await journal.release(position);
  };
  let releasing = Promise.resolve();
  const releaseTimer = setInterval(() => {
    releasing = releasing.then(release).catch((error: Error) => said(`checkpoint: ${error.message}`));
  }, durableEveryMs[db.home]);

  const cleaning = setInterval(() => {
    const date = new Date(Date.now() - keptTripUpdatesMs).toISOString().slice(0, 10);
    deleteTripUpdatesBefore(db, date).catch((error: Error) => said(`trip updates: ${error.message}`));
  }, cleanEveryMs);

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
      await settings.stop();
      await trials.stop();
      await connections.stop();
      await subscriber?.stop();
      clearInterval(cleaning);
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
      minutes.close();
      await minutes.save(db, Date.now()).catch((error: Error) => said(`feed minutes: ${error.message}`));
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
