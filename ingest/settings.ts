// What people change while ingest runs: sources, mappings, devices, assets, replays. The change log says when to look.
import { mqttFeeds } from '../model/topics.ts';
import type { Database } from '../store/connect.ts';
import type { LoggedChange } from '../store/changes.ts';
import { selectAssets } from '../store/assets.ts';
import { selectDevicesForBroker } from '../store/devices.ts';
import { selectMappings } from '../store/feed-mappings.ts';
import { ChangeFollower } from '../store/follow-changes.ts';
import type { Secrets } from '../store/secrets.ts';
import { selectSourcesForIngest, type SourceForIngest } from '../store/sources.ts';
import type { Assets } from './assets.ts';
import type { Connections } from './connections.ts';
import type { Devices } from './devices.ts';
import type { Feeds } from './feeds.ts';
import type { LivePublisher } from './live-publisher.ts';
import type { Readers } from './readers.ts';
import type { Replays } from './replays.ts';
import type { Routes } from './routes.ts';
import type { ImportedTimetable } from './timetable.ts';
import type { Trials } from './trials.ts';

export interface SettingsOptions {
  db: Database;
  secrets: Secrets;
  simulate: boolean;
  routes: Routes;
  readers: Readers;
  feeds: Feeds;
  assets: Assets;
  live: LivePublisher;
  devices: Devices;
  connections: Connections;
  trials: Trials;
  replays: Replays;
  timetable: ImportedTimetable;
  /** The topic filters of sources at the house's broker changed. */
  onFilters: (active: string[], idle: string[]) => void;
  log: (message: string) => void;
}

const nouns = ['timetable', 'source', 'mapping', 'device', 'asset', 'replay'] as const;
type Noun = (typeof nouns)[number];
const isNoun = (noun: string): noun is Noun => (nouns as readonly string[]).includes(noun);
const retryMs = 2_000;

export class Settings {
  readonly #options: SettingsOptions;
  #follower: ChangeFollower | undefined;
  readonly #changed = new Set<Noun>();
  #applying: Promise<void> | undefined;
  #known: ReadonlySet<string> = new Set();
  #stopped = false;

  constructor(options: SettingsOptions) {
    this.#options = options;
  }

  /** Reads all of it once, before the journal is read back: routes and mappings must be known by then. */
  async load(): Promise<void> {
    await this.#options.timetable.load(this.#options.db);
    await this.#sources();
    this.#options.devices.set(await selectDevicesForBroker(this.#options.db));
  }

  /** From now on follows what people change. */
  follow(): void {
    const { db, log } = this.#options;
    // What was changed between the load and now is read once more.
    for (const noun of nouns) this.#changed.add(noun);
    this.#follower = new ChangeFollower({ db, log, changes: (changes) => this.#hear(changes) });
    this.#apply();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#follower?.stop();
    await this.#applying;
  }

  #hear(changes: readonly LoggedChange[]): void {
    for (const { noun } of changes) if (isNoun(noun)) this.#changed.add(noun);
    if (this.#changed.size > 0) this.#apply();
  }

  #apply(): void {
    this.#applying ??= this.#applyAll()
      .catch((error: Error) => this.#options.log(`settings: ${error.message}`))
      .finally(() => {
        this.#applying = undefined;
        if (this.#changed.size > 0 && !this.#stopped) setTimeout(() => this.#apply(), retryMs).unref();
      });
  }

  async #applyAll(): Promise<void> {
    const { db, devices, replays, timetable } = this.#options;
    while (this.#changed.size > 0 && !this.#stopped) {
      const changed = new Set(this.#changed);
      if (changed.has('timetable')) await timetable.load(db);
      if (changed.has('source') || changed.has('mapping')) await this.#sources();
      if (changed.has('device')) devices.set(await selectDevicesForBroker(db));
      if (changed.has('asset')) await this.#assets();
      // Behind the mapping that was saved with it.
      if (changed.has('replay')) await replays.run();
      for (const noun of changed) this.#changed.delete(noun);
    }
  }

  async #sources(): Promise<void> {
    const { db, secrets, routes, readers, feeds, connections, trials } = this.#options;
    const mappings = new Map(
      [...(await selectMappings(db))].map(([feedId, { mapping }]) => [feedId, mapping] as const),
    );
    const sources = await selectSourcesForIngest(db, secrets);
    const active = sources.filter((source) => source.state === 'active');
    for (const source of active) feeds.describe(source.id, factsOf(source));
    this.#forget(active);
    routes.set(active, mappings);
    readers.reset();
    const filtersOf = (state: (source: SourceForIngest) => boolean): string[] =>
      sources
        .filter((each) => each.transport === 'broker' && state(each))
        .flatMap((each) => each.topicFilter ?? []);
    this.#options.onFilters(
      filtersOf((each) => each.state === 'active'),
      filtersOf((each) => each.state !== 'active'),
    );
    await connections.set(active);
    await trials.set(sources.filter((source) => source.state === 'draft'));
  }

  /** A source that is paused or gone is no feed any more; what it brought stays. */
  #forget(active: readonly SourceForIngest[]): void {
    const now = new Set(active.map((source) => source.id));
    for (const id of this.#known) {
      if (!now.has(id) && !mqttFeeds.some((feed) => feed.id === id)) this.#options.feeds.remove(id);
    }
    this.#known = now;
  }

  async #assets(): Promise<void> {
    const { db, assets, live, simulate } = this.#options;
    for (const asset of assets.update(await selectAssets(db, simulate))) live.announce(asset);
  }
}

const factsOf = (source: SourceForIngest) => ({
  name: source.name,
  format: source.format,
  transport: source.transport,
  address: source.transport === 'broker' ? (source.topicFilter ?? '') : addressOf(source),
  expectedEverySeconds: source.expectedEverySeconds ?? null,
});

const addressOf = ({ address, topicFilter }: SourceForIngest): string =>
  [address ?? '', topicFilter ?? ''].filter(Boolean).join(' ');
