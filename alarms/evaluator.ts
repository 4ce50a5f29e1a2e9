// Rules over the picture: what changed and what falls due goes in, with the time; what is raised and returns comes out.
import type { AlarmRule } from '../model/alarm-rule.ts';
import { assetKinds, type AssetKind } from '../model/asset.ts';
import type { FeedStatus } from '../model/feed.ts';
import type { PictureAsset } from '../model/picture.ts';
import { DueQueue } from './due.ts';
import type { Ground } from './ground.ts';
import type { Outcome, Pasts, StoodBefore } from './outcome.ts';
import { newWatch } from './rules/registry.ts';
import type { Finding, Told } from './watch.ts';
import { findingsOf, isSame, toWatched, type Item, type State, type Watched } from './watched.ts';

export interface EvaluatorOptions {
  ground: Ground;
  assetOf: (id: string) => PictureAsset | undefined;
}

export class Evaluator {
  readonly #options: EvaluatorOptions;
  readonly #watched = new Map<string, Watched>();
  readonly #byKind = new Map<AssetKind, Watched[]>();
  readonly #due = new DueQueue<Item>();
  /** Since when the picture is known to be current; undefined while it is not. */
  #currentSinceMs: number | undefined;
  #heardSinceMs = Number.POSITIVE_INFINITY;
  #stoppedAtMs: number | undefined;
  readonly #seen = new Set<string>();

  constructor(options: EvaluatorOptions) {
    this.#options = options;
  }

  get rules(): number {
    return this.#watched.size;
  }

  /**
   * Takes the rules that are live. New ones look at all `assets`; of those with another condition the memory begins
   * anew, and what is raised goes on; of those that are no more nothing is told any more.
   * @param pasts what was observed before, of rules that look back (`pastsOf`).
   * @returns what that brings about at once.
   */
  setRules(
    rules: readonly AlarmRule[],
    assets: Iterable<PictureAsset>,
    nowMs: number,
    pasts: Pasts = new Map(),
  ): Outcome[] {
    const outcomes = this.tick(nowMs);
    this.#seen.clear();
    const live = new Map(rules.map((rule) => [rule.id, rule]));
    for (const [id, watched] of this.#watched) {
      if (live.has(id)) continue;
      watched.ended = true;
      this.#watched.delete(id);
    }
    const begun: Watched[] = [];
    for (const rule of rules) {
      const known = this.#watched.get(rule.id);
      if (known !== undefined && isSame(known.rule.condition, rule.condition)) {
        known.rule = rule;
        continue;
      }
      const watched = this.#begin(rule, known);
      for (const [assetId, points] of pasts.get(rule.id) ?? []) watched.watch.remember?.(assetId, points);
      begun.push(watched);
    }
    this.#index();
    for (const [watched, finding] of begun.length > 0 ? findingsOf(begun, assets, nowMs) : [])
      this.#take(watched, finding, nowMs, outcomes);
    for (const watched of begun)
      for (const subjectId of [...watched.states.keys()]) {
        const asset = this.#options.assetOf(subjectId);
        if (asset) this.#leave(watched, asset, nowMs, outcomes);
      }
    return outcomes;
  }

  /** Alarms that stand already: they are not raised again, and return when their condition is seen to be gone. */
  restore(alarms: readonly StoodBefore[], nowMs: number): Outcome[] {
    const outcomes: Outcome[] = [];
    for (const { ruleId, subject, evidence, raisedAtMs } of alarms) {
      const watched = this.#watched.get(ruleId);
      const state = watched?.states.get(subject.id);
      if (watched === undefined || state?.raised) continue;
      const tell = state?.tell ?? ((): Told => ({ subject, evidence }));
      watched.states.set(subject.id, {
        holds: state?.holds,
        raised: true,
        raisedAtMs,
        dueMs: undefined,
        tell,
      });
      const asset = this.#options.assetOf(subject.id);
      const finding = asset && watched.watch.changed?.(asset, nowMs);
      if (finding?.subjectId === subject.id) this.#take(watched, finding, nowMs, outcomes);
      else if (asset) this.#leave(watched, asset, nowMs, outcomes);
    }
    return outcomes;
  }

  /** Everything that is raised as far as this evaluator knows. */
  raised(): Outcome[] {
    return [...this.#watched.values()].flatMap(({ rule, states }) =>
      [...states.values()]
        .filter((state) => state.raised)
        .map((state): Outcome => ({ what: 'raise', rule, ...state.tell(), atMs: state.raisedAtMs })),
    );
  }

  isRaised(ruleId: string, subjectId: string): boolean {
    return this.#watched.get(ruleId)?.states.get(subjectId)?.raised ?? false;
  }

  /**
   * Whether all that is sent is heard. While it is not, delays stand still, nothing returns and no silence counts; from
   * its return on silence counts anew.
   */
  setCurrent(current: boolean, nowMs: number): Outcome[] {
    if (current === (this.#currentSinceMs !== undefined)) return [];
    if (!current) {
      const outcomes = this.tick(nowMs);
      this.#currentSinceMs = undefined;
      this.#heardSinceMs = Number.POSITIVE_INFINITY;
      this.#stoppedAtMs = nowMs;
      return outcomes;
    }
    this.#currentSinceMs = nowMs;
    this.#heardSinceMs = nowMs;
    const stoodStillMs = this.#stoppedAtMs === undefined ? 0 : nowMs - this.#stoppedAtMs;
    for (const watched of this.#watched.values()) {
      for (const [subjectId, state] of watched.states) {
        if (state.dueMs === undefined) continue;
        state.dueMs = Math.max(nowMs, state.dueMs + stoodStillMs);
        this.#due.add({ atMs: state.dueMs, watched, subjectId, what: 'turn' });
      }
      for (const subjectId of watched.asks.keys()) {
        watched.asks.set(subjectId, nowMs);
        this.#due.add({ atMs: nowMs, watched, subjectId, what: 'ask' });
      }
    }
    return [];
  }

  changed(asset: PictureAsset, nowMs: number): Outcome[] {
    const outcomes = this.tick(nowMs);
    for (const watched of this.#byKind.get(asset.kind) ?? []) {
      const finding = watched.watch.changed!(asset, nowMs);
      if (finding !== undefined) this.#take(watched, finding, nowMs, outcomes);
      else this.#leave(watched, asset, nowMs, outcomes);
    }
    return outcomes;
  }

  /** An asset is no more: its own alarms return. */
  gone(assetId: string, nowMs: number): Outcome[] {
    const outcomes = this.tick(nowMs);
    this.#seen.delete(assetId);
    for (const watched of this.#watched.values()) {
      const finding = watched.watch.gone?.(assetId, nowMs);
      if (finding !== undefined) this.#take(watched, finding, nowMs, outcomes);
      this.#end(watched, assetId, nowMs, outcomes);
    }
    return outcomes;
  }

  /** An asset that a rule no longer looks at, as one that drove out of its area, is no matter of it any more. */
  #leave(watched: Watched, asset: PictureAsset, nowMs: number, outcomes: Outcome[]): void {
    if (watched.states.has(asset.id) && watched.watch.looksAt?.(asset) === false)
      this.#end(watched, asset.id, nowMs, outcomes);
  }

  #end(watched: Watched, subjectId: string, nowMs: number, outcomes: Outcome[]): void {
    watched.asks.delete(subjectId);
    const state = watched.states.get(subjectId);
    if (state === undefined) return;
    state.holds = false;
    if (state.raised) this.#turn(watched, subjectId, state, nowMs, outcomes);
    else watched.states.delete(subjectId);
  }

  heardFeeds(feeds: readonly FeedStatus[], nowMs: number): Outcome[] {
    const outcomes = this.tick(nowMs);
    for (const watched of this.#watched.values()) {
      for (const finding of watched.watch.heardFeeds?.(feeds, nowMs) ?? [])
        this.#take(watched, finding, nowMs, outcomes);
    }
    return outcomes;
  }

  /** Looks at what is due, in the order in which it fell due. */
  tick(nowMs: number): Outcome[] {
    const outcomes: Outcome[] = [];
    if (this.#currentSinceMs === undefined) return outcomes;
    for (let item = this.#due.takeBy(nowMs); item !== undefined; item = this.#due.takeBy(nowMs)) {
      const { watched, subjectId, atMs } = item;
      if (watched.ended) continue;
      if (item.what === 'turn') {
        const state = watched.states.get(subjectId);
        if (state?.dueMs === atMs) this.#turn(watched, subjectId, state, atMs, outcomes);
        continue;
      }
      if (watched.asks.get(subjectId) !== atMs) continue;
      watched.asks.delete(subjectId);
      const finding = watched.watch.due?.(subjectId, atMs);
      if (finding !== undefined) this.#take(watched, finding, atMs, outcomes);
    }
    return outcomes;
  }

  /** How many subjects the rules have looked at since they were last set. */
  get subjects(): number {
    return this.#seen.size;
  }

  #begin(rule: AlarmRule, before: Watched | undefined): Watched {
    const { ground, assetOf } = this.#options;
    const watch = newWatch(rule.condition, { ground, assetOf, heardSinceMs: () => this.#heardSinceMs });
    const watched = toWatched(rule, watch, before);
    if (before !== undefined) before.ended = true;
    this.#watched.set(rule.id, watched);
    return watched;
  }

  #index(): void {
    for (const kind of assetKinds)
      this.#byKind.set(
        kind,
        [...this.#watched.values()].filter(
          ({ watch }) => watch.changed !== undefined && watch.assetKinds.includes(kind),
        ),
      );
  }

  #take(watched: Watched, finding: Finding, nowMs: number, outcomes: Outcome[]): void {
    const { subjectId, is, askAgainAtMs } = finding;
    this.#seen.add(subjectId);
    if (askAgainAtMs !== undefined) this.#askAgain(watched, subjectId, askAgainAtMs);
    if (is === 'unknown') return;
    const holds = is === 'on';
    let state = watched.states.get(subjectId);
    if (state === undefined) {
      if (!holds) return;
      state = { holds: undefined, raised: false, raisedAtMs: nowMs, dueMs: undefined, tell: finding.tell };
      watched.states.set(subjectId, state);
    }
    if (holds) state.tell = finding.tell;
    if (state.holds === holds) return;
    state.holds = holds;
    if (state.raised !== holds) {
      const delaySeconds = holds ? watched.rule.onDelaySeconds : watched.rule.offDelaySeconds;
      // While the picture may be old, what is seen to begin has begun; nothing returns.
      const atOnce = delaySeconds === 0 && (holds || this.#currentSinceMs !== undefined);
      if (atOnce) this.#turn(watched, subjectId, state, nowMs, outcomes);
      else this.#schedule(watched, subjectId, state, nowMs);
      return;
    }
    state.dueMs = undefined;
    if (!state.raised) watched.states.delete(subjectId);
  }

  #schedule(watched: Watched, subjectId: string, state: State, nowMs: number): void {
    const { onDelaySeconds, offDelaySeconds } = watched.rule;
    // While the picture may be old delays stand still, from when that began: what is added at its end is all of it.
    const fromMs = this.#currentSinceMs === undefined ? (this.#stoppedAtMs ?? nowMs) : nowMs;
    state.dueMs = fromMs + (state.holds ? onDelaySeconds : offDelaySeconds) * 1000;
    this.#due.add({ atMs: state.dueMs, watched, subjectId, what: 'turn' });
  }

  #askAgain(watched: Watched, subjectId: string, atMs: number): void {
    // One that comes earlier asks anew by itself.
    if ((watched.asks.get(subjectId) ?? Number.POSITIVE_INFINITY) <= atMs) return;
    watched.asks.set(subjectId, atMs);
    this.#due.add({ atMs, watched, subjectId, what: 'ask' });
  }

  #turn(watched: Watched, subjectId: string, state: State, atMs: number, outcomes: Outcome[]): void {
    state.dueMs = undefined;
    state.raised = state.holds === true;
    if (state.raised) state.raisedAtMs = atMs;
    else watched.states.delete(subjectId);
    outcomes.push({ what: state.raised ? 'raise' : 'return', rule: watched.rule, ...state.tell(), atMs });
  }
}
