// A rule at work: its watch, and how each of its subjects stands.
import type { AlarmRule } from '../model/alarm-rule.ts';
import type { PictureAsset } from '../model/picture.ts';
import type { Finding, Told, Watch } from './watch.ts';

/** A subject of a rule for which the condition holds, or an alarm is raised. */
export interface State {
  /** Whether the condition holds by what was seen last; undefined while nothing was seen since the start. */
  holds: boolean | undefined;
  raised: boolean;
  raisedAtMs: number;
  /** When `raised` follows `holds`, unless it changes before. */
  dueMs: number | undefined;
  tell: () => Told;
}

export interface Watched {
  rule: AlarmRule;
  watch: Watch;
  states: Map<string, State>;
  /** When each subject is to be looked at again. */
  asks: Map<string, number>;
  ended: boolean;
}

export interface Item {
  atMs: number;
  watched: Watched;
  subjectId: string;
  what: 'turn' | 'ask';
}

/** A rule that begins; what was raised `before`, by another condition of it, goes on. */
export function toWatched(rule: AlarmRule, watch: Watch, before: Watched | undefined): Watched {
  const states = new Map<string, State>();
  for (const [subjectId, state] of before?.states ?? [])
    if (state.raised) states.set(subjectId, { ...state, holds: undefined, dueMs: undefined });
  return { rule, watch, states, asks: new Map(), ended: false };
}

/** Only what is found of a subject last counts: several assets may have to be seen before it is true. */
export function findingsOf(
  begun: readonly Watched[],
  assets: Iterable<PictureAsset>,
  nowMs: number,
): (readonly [Watched, Finding])[] {
  const newest = begun.map((watched) => [watched, new Map<string, Finding>()] as const);
  for (const asset of assets) {
    for (const [{ watch }, findings] of newest) {
      if (!watch.assetKinds.includes(asset.kind)) continue;
      const finding = watch.changed?.(asset, nowMs);
      if (finding !== undefined) findings.set(finding.subjectId, finding);
    }
  }
  return newest.flatMap(([watched, findings]) =>
    [...findings.values()].map((finding) => [watched, finding] as const),
  );
}

/** As JSON gives it: the members of a row come back in one order. */
export const isSame = (one: unknown, other: unknown): boolean =>
  JSON.stringify(one) === JSON.stringify(other);
