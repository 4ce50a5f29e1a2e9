// Rejects read again, after a mapping or a decoder changed: tried without a trace, or taken in like any message.
import type { AssetObservation, Observation, Rejected } from '../model/observation.ts';
import { isNotice, rejected } from '../model/observation.ts';
import type { Mapping } from '../model/source.ts';
import { toAssetId } from '../model/asset.ts';
import type { Database } from '../store/connect.ts';
import { markReplayed, selectRejectsToReplay, type ReplayableReject } from '../store/rejects.ts';
import { takeWaitingReplay, updateReplay, type ReplayResult, type TakenReplay } from '../store/replays.ts';
import type { Assets, LiveAsset } from './assets.ts';
import type { Door } from './door.ts';
import type { Feeds } from './feeds.ts';
import type { Message } from './journal-record.ts';
import { tryBatch, type Storable } from './insert-batch.ts';
import { assetKindOf, readMessage } from './pipeline.ts';
import type { Reader, Readers } from './readers.ts';
import type { Route, Routes } from './routes.ts';

export interface ReplaysOptions {
  db: Database;
  routes: Routes;
  readers: Readers;
  assets: Assets;
  feeds: Feeds;
  door: Door;
  log: (message: string) => void;
}

/** As many as are kept of a feed. */
const maxMessages = 500;
const shownRejects = 20;

const nothing: ReplayResult = {
  messages: 0,
  accepted: 0,
  duplicates: 0,
  rejected: 0,
  rejects: [],
  fault: null,
};

interface RejectedMessage extends Message {
  /** Of its rejects: one message may hold several faults. */
  ids: number[];
}

function joinRejects(rejects: readonly ReplayableReject[]): RejectedMessage[] {
  const messages = new Map<string, RejectedMessage>();
  for (const { id, topic, payload, receivedAt } of rejects) {
    const key = `${receivedAt} ${topic} ${payload.toString('latin1')}`;
    const known = messages.get(key);
    if (known === undefined) messages.set(key, { ids: [id], topic, payload, receivedAt });
    else known.ids.push(id);
  }
  return [...messages.values()];
}

interface Tried {
  message: RejectedMessage;
  storables: Storable[];
  rejects: Rejected[];
}

export class Replays {
  readonly #options: ReplaysOptions;
  #running: Promise<void> | undefined;

  constructor(options: ReplaysOptions) {
    this.#options = options;
  }

  /** Does what waits, one after another. */
  run(): Promise<void> {
    this.#running ??= this.#runAll().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  async #runAll(): Promise<void> {
    const { db, log } = this.#options;
    for (;;) {
      const replay = await takeWaitingReplay(db);
      if (replay === undefined) return;
      try {
        await updateReplay(db, replay.id, 'done', await this.#replay(replay));
      } catch (error) {
        log(`replay of ${replay.feedId}: ${(error as Error).message}`);
        await updateReplay(db, replay.id, 'failed', { ...nothing, fault: (error as Error).message });
      }
    }
  }

  async #replay({ feedId, reason, mapping, dryRun }: TakenReplay): Promise<ReplayResult> {
    const { db } = this.#options;
    const messages = joinRejects(await selectRejectsToReplay(db, feedId, reason, maxMessages));
    const tried = this.#read(feedId, mapping, messages);
    const good = tried.filter(({ storables }) => storables.length > 0);
    const batch = good.flatMap(({ storables }) => storables);
    const repeated = await tryBatch(db, batch, new Map());
    if (!dryRun) await this.#takeIn(good.map(({ message }) => message));
    const refused = tried.flatMap(({ message, rejects }) => rejects.map((reject) => ({ message, reject })));
    return {
      messages: messages.length,
      accepted: batch.length - repeated.length,
      duplicates: repeated.length,
      rejected: refused.length,
      rejects: refused.slice(0, shownRejects).map(({ message, reject }) => ({
        topic: message.topic,
        reason: reject.reason,
        field: reject.field ?? null,
        detail: reject.detail,
      })),
      fault: null,
    };
  }

  /** Each at the time it was received, with the mapping that is tried. */
  #read(feedId: string, mapping: Mapping | undefined, messages: readonly RejectedMessage[]): Tried[] {
    const { routes, readers, feeds } = this.#options;
    const unregistered = new Map<string, LiveAsset>();
    let reader: Reader | undefined;
    return messages.map((message) => {
      const rejects: Rejected[] = [];
      const route = routes.of(message.topic);
      if (route === undefined) {
        return {
          message,
          storables: [],
          rejects: [rejected('unknown-topic', 'no feed has this topic', 'topic')],
        };
      }
      reader ??= readers.newTrialReader(route, mapping ?? routes.mappingOf(feedId));
      const observations = readMessage(reader, route, message, false, rejects);
      const feed = feeds.of(route.feedId, route.simulated);
      const storables = observations.map((observation) =>
        this.#toStorable(observation, route, message.receivedAt, unregistered, feed),
      );
      return { message, storables, rejects };
    });
  }

  #toStorable(
    observation: Observation,
    { simulated }: Route,
    receivedAt: number,
    unregistered: Map<string, LiveAsset>,
    feed: Storable['feed'],
  ): Storable {
    const common = { feed, receivedAt, simulated, mayRepeat: true, unchanged: observation.kind === 'link' };
    if (isNotice(observation)) return { ...common, observation };
    return { ...common, observation, asset: this.#assetOf(observation, unregistered) };
  }

  /** One that nobody has heard of gets a number that no row has: what is tried is rolled back. */
  #assetOf(observation: AssetObservation, unregistered: Map<string, LiveAsset>): LiveAsset {
    const id = toAssetId(assetKindOf(observation), observation.sourceId);
    const known = this.#options.assets.get(id);
    if (known?.assetNo !== undefined) return known;
    let asset = unregistered.get(id);
    if (asset === undefined) {
      asset = { assetNo: -1 - unregistered.size } as LiveAsset;
      unregistered.set(id, asset);
    }
    return asset;
  }

  async #takeIn(messages: readonly RejectedMessage[]): Promise<void> {
    const { db, door } = this.#options;
    const taken = await Promise.all(
      messages.map((message) => new Promise<boolean>((resolve) => door.take(message, 1, resolve))),
    );
    if (taken.includes(false)) throw new Error('the journal is full: try again when it has room');
    await markReplayed(
      db,
      messages.flatMap(({ ids }) => ids),
    );
  }
}
