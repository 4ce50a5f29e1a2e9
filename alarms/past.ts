// The past as a rule would have seen it live: each observation in its time, and when nobody listened.
import type { AlarmCondition, ConditionOf } from '../model/alarm-rule.ts';
import type { FeedStatus } from '../model/feed.ts';
import type { PictureAsset } from '../model/picture.ts';
import { mqttFeeds } from '../model/topics.ts';
import { selectAssets, type StoredAsset } from '../store/assets.ts';
import type { Query } from '../store/connect.ts';
import { selectSources } from '../store/sources.ts';
import {
  selectTrialCameraStates,
  selectTrialFeedMinutes,
  selectTrialPositions,
  selectTrialReadings,
  selectTrialSigns,
  type Slice,
  type TrialRow,
} from '../store/trial-rows.ts';

/** Fixes are thinned to one of a vehicle in so many seconds: a fleet at 1 Hz is a billion rows a week. */
export const positionEverySeconds = 10;
const minuteMs = 60_000;
/** Without a message of any feed for so long, nobody listened: ingest or the broker was away. */
const blindAfterMs = 3 * minuteMs;

/** What happened at a moment of the past. */
export type PastEvent =
  | { atMs: number; what: 'observed'; asset: PictureAsset; row: TrialRow }
  | { atMs: number; what: 'current'; current: boolean }
  | { atMs: number; what: 'feeds'; feeds: FeedStatus[] };

export class Past {
  readonly assets = new Map<string, PictureAsset>();
  readonly resolutionSeconds: number;
  readonly #db: Query;
  readonly #condition: AlarmCondition;
  readonly #byNo = new Map<number, PictureAsset>();
  readonly #rhythms: ReadonlyMap<string, FeedRhythm>;
  readonly #lastMessages = new Map<string, number>();
  #lastHeardMs: number | undefined;
  #blind = false;

  private constructor(
    db: Query,
    condition: AlarmCondition,
    stored: readonly StoredAsset[],
    rhythms: ReadonlyMap<string, FeedRhythm>,
  ) {
    this.#db = db;
    this.#condition = condition;
    this.#rhythms = rhythms;
    this.resolutionSeconds = isOfPositions(condition) ? positionEverySeconds : 0;
    for (const { assetNo, id, kind, name, simulated, unconfirmed, expectedEverySeconds, ...rest } of stored) {
      // Learnt on the way: what had been silent before the span began would not have been raised within it.
      const { lat, lon } = kind === 'vehicle' ? { lat: undefined, lon: undefined } : rest;
      const asset: PictureAsset = {
        ...{ id, kind, name, simulated, unconfirmed, expectedEverySeconds, observedAt: undefined, lat, lon },
        values: new Map(),
      };
      this.assets.set(id, asset);
      this.#byNo.set(assetNo, asset);
    }
  }

  /** @throws when the database is away. */
  static async open(db: Query, condition: AlarmCondition, simulate: boolean): Promise<Past> {
    const [stored, rhythms] = [await selectAssets(db, simulate), await readRhythms(db, simulate)];
    return new Past(db, condition, stored, rhythms);
  }

  /**
   * Everything of one slice, in order.
   * @returns undefined when it holds more observations than `limit`; then nothing was taken of it.
   * @throws when the database is away.
   */
  async read(slice: Slice, limit?: number): Promise<PastEvent[] | undefined> {
    const ofFeeds = this.#condition.kind === 'feed-silent';
    const rows = ofFeeds ? [] : await this.#rows({ ...slice, limit: limit && limit + 1 });
    if (limit !== undefined && rows.length > limit) return undefined;
    const minutes = await selectTrialFeedMinutes(this.#db, slice);
    const events: PastEvent[] = this.#marks(slice, minutes);
    if (ofFeeds) events.push(...this.#reports(slice, minutes));
    for (const row of rows) {
      const asset = this.#byNo.get(row.assetNo);
      if (asset !== undefined) events.push({ atMs: row.atMs, what: 'observed', asset, row });
    }
    return events.sort((a, b) => a.atMs - b.atMs);
  }

  #rows(slice: Slice): Promise<TrialRow[]> {
    const condition = this.#condition;
    if (isOfPositions(condition)) return selectTrialPositions(this.#db, slice, positionEverySeconds);
    switch (condition.kind) {
      case 'threshold':
      case 'agreeing':
      case 'rate-of-change':
        return selectTrialReadings(this.#db, slice, condition.metric, this.#sensorNos(condition.assets.ids));
      case 'silence':
        return condition.assetKind === 'camera'
          ? selectTrialCameraStates(this.#db, slice)
          : selectTrialSigns(this.#db, slice, this.#sensorNos(condition.assets.ids));
      default:
        return selectTrialCameraStates(this.#db, slice);
    }
  }

  #sensorNos(ids: readonly string[] | undefined): number[] {
    const wanted = ids?.length ? new Set(ids) : undefined;
    return [...this.#byNo]
      .filter(([, { id, kind }]) => kind === 'sensor' && (wanted?.has(id) ?? true))
      .map(([assetNo]) => assetNo);
  }

  /** From when to when nobody listened, as far as minutes of feeds are kept. */
  #marks({ fromMs, toMs }: Slice, minutes: readonly { atMs: number }[]): PastEvent[] {
    const marks: PastEvent[] = [];
    const mark = (atMs: number, current: boolean): void => {
      this.#blind = !current;
      marks.push({ atMs: Math.max(fromMs, atMs), what: 'current', current });
    };
    for (const { atMs } of minutes) {
      if (this.#lastHeardMs !== undefined && !this.#blind && atMs - this.#lastHeardMs > blindAfterMs)
        mark(this.#lastHeardMs, false);
      if (this.#blind) mark(atMs - minuteMs, true);
      this.#lastHeardMs = atMs;
    }
    if (this.#lastHeardMs !== undefined && !this.#blind && toMs - this.#lastHeardMs > blindAfterMs)
      mark(this.#lastHeardMs, false);
    return marks;
  }

  /** What ingest would have reported at the end of each minute. */
  #reports({ fromMs, toMs }: Slice, minutes: readonly { feedId: string; atMs: number }[]): PastEvent[] {
    const reports: PastEvent[] = [];
    let next = 0;
    for (let atMs = (Math.floor(fromMs / minuteMs) + 1) * minuteMs; atMs <= toMs; atMs += minuteMs) {
      for (; next < minutes.length && minutes[next]!.atMs <= atMs; next++)
        this.#lastMessages.set(minutes[next]!.feedId, minutes[next]!.atMs);
      const feeds = [...this.#lastMessages].flatMap(([id, heardAtMs]) => {
        const rhythm = this.#rhythms.get(id);
        return rhythm === undefined ? [] : [toStatus(id, rhythm, heardAtMs)];
      });
      reports.push({ atMs, what: 'feeds', feeds });
    }
    return reports;
  }
}

const isOfPositions = (condition: AlarmCondition): boolean =>
  condition.kind === 'headway' ||
  condition.kind === 'bunching' ||
  condition.kind === 'geofence' ||
  condition.kind === 'off-route' ||
  (condition.kind === 'silence' && (condition as ConditionOf<'silence'>).assetKind === 'vehicle');

/** Puts an observation into the asset, as the live picture would have. */
export function observe(
  asset: PictureAsset,
  { atMs, value, lat, lon, routeId, state }: TrialRow,
  metric?: string,
): void {
  asset.observedAt = atMs;
  if (lat !== undefined) asset.lat = lat;
  if (lon !== undefined) asset.lon = lon;
  if (value !== undefined && metric !== undefined) asset.values.set(metric, { value, observedAt: atMs });
  if (routeId !== undefined) asset.values.set('routeId', { value: routeId, observedAt: atMs });
  if (state !== undefined) asset.values.set('state', { value: state, observedAt: atMs });
}

interface FeedRhythm {
  name: string | null;
  simulated: boolean;
  expectedEverySeconds: number | null;
}

async function readRhythms(db: Query, simulate: boolean): Promise<Map<string, FeedRhythm>> {
  const rhythms = new Map<string, FeedRhythm>();
  for (const feed of mqttFeeds) {
    const expectedEverySeconds = 'silentAfterSeconds' in feed ? feed.silentAfterSeconds : null;
    rhythms.set(feed.id, { name: null, simulated: false, expectedEverySeconds });
    if (simulate) rhythms.set(`sim-${feed.id}`, { name: null, simulated: true, expectedEverySeconds });
  }
  for (const { id, name, expectedEverySeconds } of await selectSources(db))
    rhythms.set(id, { name, simulated: false, expectedEverySeconds });
  return rhythms;
}

/** Of the figures that ingest reports only what a rule looks at is known of the past. */
const toStatus = (
  id: string,
  { name, simulated, expectedEverySeconds }: FeedRhythm,
  heardAtMs: number,
): FeedStatus => ({
  id,
  name,
  simulated,
  expectedEverySeconds,
  lastMessageAt: new Date(heardAtMs).toISOString(),
  format: null,
  transport: 'broker',
  address: '',
  fault: null,
  ratePerSecond: 0,
  waiting: 0,
  received: 0,
  accepted: 0,
  rejected: 0,
  rejectedByReason: {},
  duplicates: 0,
  late: 0,
  dropped: 0,
  lagMs: null,
  lagP50Ms: null,
  lagP99Ms: null,
});
