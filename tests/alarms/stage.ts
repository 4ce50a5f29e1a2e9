// A small stage for rules: a picture, an evaluator, a clock in seconds, and what came out as short lines.
import { readCity } from '../../cities/read-city.ts';
import { Evaluator } from '../../alarms/evaluator.ts';
import type { Outcome } from '../../alarms/outcome.ts';
import { toGround, type Ground } from '../../alarms/ground.ts';
import type { AlarmCondition, AlarmRule } from '../../model/alarm-rule.ts';
import { isAssetKind } from '../../model/asset.ts';
import type { FeedStatus } from '../../model/feed.ts';
import type { PictureAsset } from '../../model/picture.ts';
import { citiesFolder } from '../places.ts';

export const ground: Ground = toGround(await readCity('pematangsiantar', citiesFolder));

const words = { id: 'aturan', en: 'rule' };

export const ruleOf = (condition: AlarmCondition, given: Partial<AlarmRule> = {}): AlarmRule => ({
  id: 'the-rule',
  state: 'live',
  version: 1,
  name: words,
  priority: 3,
  condition,
  onDelaySeconds: 0,
  offDelaySeconds: 0,
  rationalisation: {
    cause: words,
    consequence: words,
    action: words,
    respondWithinMinutes: 10,
    owner: 'dlh',
  },
  procedure: [],
  suppressedByRuleIds: [],
  ...given,
});

/** A weekday at 10:00 in the city: lines run. */
export const startMs = Date.UTC(2026, 2, 3, 3);
export const atSecond = (seconds: number): number => startMs + seconds * 1000;

export interface Stage {
  evaluator: Evaluator;
  picture: Map<string, PictureAsset>;
  /** What came out, `raise sensor:a @60`, oldest first; emptied by reading. */
  out(): string[];
  outcomes: Outcome[];
  /** Something of an asset was observed and is heard at that second. */
  see(second: number, id: string, values?: Record<string, unknown>, place?: [lon: number, lat: number]): void;
  gone(second: number, id: string): void;
  feeds(second: number, feeds: Pick<FeedStatus, 'id' | 'expectedEverySeconds' | 'lastMessageAt'>[]): void;
  tick(second: number): void;
  current(second: number, is: boolean): void;
}

export function newStage(rules: AlarmRule | AlarmRule[], assets: PictureAsset[] = []): Stage {
  const picture = new Map(assets.map((asset) => [asset.id, asset]));
  const evaluator = new Evaluator({ ground, assetOf: (id) => picture.get(id) });
  const lines: string[] = [];
  const outcomes: Outcome[] = [];
  const take = (came: Outcome[]): void => {
    outcomes.push(...came);
    for (const { what, subject, atMs } of came)
      lines.push(`${what} ${subject.id} @${(atMs - startMs) / 1000}`);
  };
  take(evaluator.setCurrent(true, startMs));
  take(evaluator.setRules([rules].flat(), picture.values(), startMs));
  return {
    evaluator,
    picture,
    outcomes,
    out: () => lines.splice(0),
    see: (second, id, values = {}, place) => {
      let asset = picture.get(id);
      if (asset === undefined) picture.set(id, (asset = newAsset(id)));
      asset.observedAt = atSecond(second);
      for (const [key, value] of Object.entries(values))
        asset.values.set(key, { value, observedAt: atSecond(second) });
      if (place) [asset.lon, asset.lat] = place;
      take(evaluator.changed(asset, atSecond(second)));
    },
    gone: (second, id) => {
      picture.delete(id);
      take(evaluator.gone(id, atSecond(second)));
    },
    feeds: (second, feeds) => take(evaluator.heardFeeds(feeds as FeedStatus[], atSecond(second))),
    tick: (second) => take(evaluator.tick(atSecond(second))),
    current: (second, is) => take(evaluator.setCurrent(is, atSecond(second))),
  };
}

export function newAsset(id: string, given: Partial<PictureAsset> = {}): PictureAsset {
  const kind = id.split(':')[0]!;
  if (!isAssetKind(kind)) throw new Error(`no asset: ${id}`);
  return {
    id,
    kind,
    name: id,
    simulated: false,
    unconfirmed: false,
    expectedEverySeconds: kind === 'vehicle' ? 10 : 60,
    observedAt: undefined,
    lat: undefined,
    lon: undefined,
    values: new Map(),
    ...given,
  };
}

/** A place so many metres along a line. */
export function placeOn(routeId: string, alongM: number): [lon: number, lat: number] {
  const { path } = ground.lines.get(routeId)!;
  const n = Math.max(
    1,
    path.atM.findIndex((atM) => atM >= alongM),
  );
  const [from, to] = [path.points[n - 1]!, path.points[n]!];
  const share = (alongM - path.atM[n - 1]!) / (path.atM[n]! - path.atM[n - 1]!);
  const origin = ground.plane.toPoint([0, 0]);
  const one = ground.plane.toPoint([1, 1]);
  return [
    (from.east + share * (to.east - from.east) - origin.east) / (one.east - origin.east),
    (from.north + share * (to.north - from.north) - origin.north) / (one.north - origin.north),
  ];
}
