// Observations into the store, in batches: retried until they are there, counted when the store held them already.
import { rejected } from '../model/observation.ts';
import { updateStreamUrl, upsertHeardAssets, upsertLatest } from '../store/assets.ts';
import type { Database } from '../store/connect.ts';
import { upsertRoutes } from '../store/observations.ts';
import type { LiveAsset } from './assets.ts';
import { insertBatch, type Refused, type Storable } from './insert-batch.ts';
import type { Position } from './journal.ts';

export interface WriterOptions {
  db: Database;
  onError: (error: Error) => void;
  onRefused: (refused: Refused) => void;
}

const batchRows = 4_000;
const gatherMs = 100;
const crowdedRows = 12_000;
const stalledMs = 1_000;
/** A database that takes nothing for so long is away, although it said nothing. */
const noAnswerMs = 3_000;
const latestEveryMs = 1_000;
const firstRetryMs = 250;
const lastRetryMs = 5_000;

export class Writer {
  readonly #db: Database;
  readonly #options: WriterOptions;
  #queue: Storable[] = [];
  /** Positions of the journal, each reached once so many observations were stored. */
  #marks: { added: number; position: Position }[] = [];
  #added = 0;
  #stored = 0;
  #storedPosition: Position;
  #latestPosition: Position;
  readonly #unsavedLatest = new Set<LiveAsset>();
  readonly #unsavedStreams = new Set<LiveAsset>();
  readonly #routeNos = new Map<string, number>();
  #latestAt = Number.NEGATIVE_INFINITY;
  #storedAt = Number.NEGATIVE_INFINITY;
  #error: Error | undefined;
  /** When the database was asked for what it has not answered yet. */
  #askedAt = Number.POSITIVE_INFINITY;
  #waitingForRoom: (() => void)[] = [];
  #stopped = false;
  readonly #running: Promise<void>;
  #wake: (() => void) | undefined;

  constructor(options: WriterOptions, from: Position) {
    this.#options = options;
    this.#db = options.db;
    this.#storedPosition = from;
    this.#latestPosition = from;
    this.#running = this.#run();
  }

  /** Journalled and not yet stored, as far as it was handed over. */
  get pending(): number {
    return this.#added - this.#stored;
  }
  /** Much is pending, and the database takes it. False when it does not: then the journal is where to wait. */
  get crowded(): boolean {
    return (
      this.pending > crowdedRows &&
      this.#error === undefined &&
      performance.now() - this.#storedAt < stalledMs
    );
  }
  /** Everything before this position of the journal is in the store, its newest values too. */
  get position(): Position {
    return this.#latestPosition;
  }
  /** Why nothing is stored just now; its silence counts too. */
  get error(): Error | undefined {
    if (this.#error !== undefined || performance.now() - this.#askedAt < noAnswerMs) return this.#error;
    return new Error(`no answer for ${noAnswerMs / 1_000} s`);
  }

  add(storable: Storable): void {
    this.#queue.push(storable);
    this.#added++;
    if (this.#queue.length >= batchRows) this.#wake?.();
  }

  /** All that was added up to now is all that stands before `position` in the journal. */
  mark(position: Position): void {
    this.#marks.push({ added: this.#added, position });
    this.#reachMarks();
  }

  /** Resolves once fewer than `rows` are pending. */
  async room(rows: number): Promise<void> {
    while (this.pending >= rows && !this.#stopped) {
      await new Promise<void>((resolve) => this.#waitingForRoom.push(resolve));
    }
  }

  /** Stops after what is pending was stored, or at once while the database is away. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#wake?.();
    this.#letIn();
    await this.#running;
  }

  async #run(): Promise<void> {
    let retryMs = firstRetryMs;
    for (;;) {
      if (this.#queue.length < batchRows && !this.#stopped) await this.#sleep(gatherMs);
      try {
        this.#askedAt = performance.now();
        await this.#storeBatch();
        this.#askedAt = performance.now();
        await this.#storeLatest();
        this.#error = undefined;
        retryMs = firstRetryMs;
      } catch (error) {
        this.#error = error as Error;
        this.#options.onError(this.#error);
        if (this.#stopped) return;
        await this.#sleep(retryMs);
        retryMs = Math.min(lastRetryMs, retryMs * 2);
      }
      this.#askedAt = Number.POSITIVE_INFINITY;
      if (this.#stopped && this.#queue.length === 0 && this.#unsavedLatest.size === 0) return;
    }
  }

  #sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  async #storeBatch(): Promise<void> {
    if (this.#queue.length === 0) return;
    const batch = this.#queue.slice(0, batchRows);
    await this.#numberAssets(batch);
    await this.#numberRoutes(batch);
    const { repeated, refused } = await insertBatch(this.#db, batch, this.#routeNos);
    // Only now: a batch that failed is tried again as it was.
    this.#queue = this.#queue.slice(batch.length);
    for (const storable of repeated) storable.feed.foundDuplicate();
    for (const each of refused) this.#options.onRefused(each);
    for (const { feed, asset, observation } of batch) {
      feed.waiting--;
      if (asset === undefined) continue;
      this.#unsavedLatest.add(asset);
      if (observation.kind === 'camera' && observation.streamUrl !== undefined) {
        if (asset.streamUrl !== observation.streamUrl) this.#unsavedStreams.add(asset);
        asset.streamUrl = observation.streamUrl;
      }
    }
    this.#stored += batch.length;
    this.#storedAt = performance.now();
    this.#reachMarks();
    this.#letIn();
  }

  #reachMarks(): void {
    while (this.#marks.length > 0 && this.#marks[0]!.added <= this.#stored) {
      this.#storedPosition = this.#marks.shift()!.position;
    }
  }

  #letIn(): void {
    const waiting = this.#waitingForRoom;
    this.#waitingForRoom = [];
    for (const enter of waiting) enter();
  }

  /** Assets that nobody registered get a number when their first observation is stored. */
  async #numberAssets(batch: Storable[]): Promise<void> {
    const unnumbered = new Set<LiveAsset>();
    for (const { asset } of batch) if (asset && asset.assetNo === undefined) unnumbered.add(asset);
    if (unnumbered.size === 0) return;
    const assets = [...unnumbered];
    const numbers = await upsertHeardAssets(this.#db, assets);
    assets.forEach((asset, i) => (asset.assetNo = numbers[i]));
  }

  async #numberRoutes(batch: Storable[]): Promise<void> {
    const unknown = new Set<string>();
    for (const { observation } of batch) {
      if (observation.kind !== 'vehicle' || observation.routeId === undefined) continue;
      if (!this.#routeNos.has(observation.routeId)) unknown.add(observation.routeId);
    }
    if (unknown.size === 0) return;
    for (const [routeId, no] of await upsertRoutes(this.#db, [...unknown])) this.#routeNos.set(routeId, no);
  }

  /** The newest values follow the rows once a second: an asset that moved ten times is written once. */
  async #storeLatest(): Promise<void> {
    const now = performance.now();
    if (now - this.#latestAt < latestEveryMs && !this.#stopped) return;
    const position = this.#storedPosition;
    const assets = [...this.#unsavedLatest];
    await upsertLatest(
      this.#db,
      assets
        .filter((asset) => asset.assetNo !== undefined && asset.observedAt !== undefined)
        .map((asset) => ({ ...asset, assetNo: asset.assetNo!, observedAt: asset.observedAt! })),
    );
    for (const asset of this.#unsavedStreams)
      await updateStreamUrl(this.#db, asset.assetNo!, asset.streamUrl!);
    this.#unsavedStreams.clear();
    for (const asset of assets) this.#unsavedLatest.delete(asset);
    this.#latestPosition = position;
    this.#latestAt = now;
  }
}

/** What the database would not take although it was plausible: a fault of ours, said like any other reject. */
export const refusal = (error: Error): ReturnType<typeof rejected> =>
  rejected('internal', `the database refused it: ${error.message}`);
