// One dry run: a rule over the past in slices, by the evaluator that runs it live, never in its way.
import type { AlarmRule } from '../model/alarm-rule.ts';
import type { RuleTrial, TrialResult } from '../model/alarm-rule-http.ts';
import { TrialTally } from '../model/trial-tally.ts';
import type { Query } from '../store/connect.ts';
import { Evaluator } from './evaluator.ts';
import type { Ground } from './ground.ts';
import type { Outcome } from './outcome.ts';
import { observe, Past, type PastEvent } from './past.ts';

export interface TrialOptions {
  db: Query;
  ground: Ground;
  /** Whether invented assets are looked at. */
  simulate: boolean;
  /** Told after each slice; false stops the run. */
  progress: (share: number, result: TrialResult) => Promise<boolean>;
}

const sliceBounds = { leastMs: 60_000, mostMs: 3_600_000 } as const;
/** More of a slice are not read at once, unless it is the shortest there is. */
const mostRows = 100_000;
/** A slice should be read and evaluated within about this: the embedded database answers one question at a time. */
const sliceTakesMs = { least: 60, most: 150 } as const;
/** So many observations are evaluated before others have their turn. */
const atOnce = 1_000;
const leastPauseMs = 5;

/**
 * Runs a rule over its span.
 * @returns what came of it; undefined when it was stopped.
 * @throws when the database is away.
 */
export async function runTrial(trial: RuleTrial, options: TrialOptions): Promise<TrialResult | undefined> {
  const { db, ground, simulate, progress } = options;
  const [fromMs, toMs] = [Date.parse(trial.from), Date.parse(trial.to)];
  const { condition } = trial.rule;
  const past = await Past.open(db, condition, simulate);
  const evaluator = new Evaluator({ ground, assetOf: (id) => past.assets.get(id) });
  const tally = new TrialTally(fromMs);
  const take = (outcomes: readonly Outcome[]): void => {
    for (const { what, subject, evidence, atMs } of outcomes)
      if (what === 'raise') tally.raise({ subject, atMs, value: evidence.value });
      else tally.return(subject.id, atMs);
  };
  const metric = 'metric' in condition ? condition.metric : undefined;
  const happen = (event: PastEvent): void => {
    if (event.what === 'current') return take(evaluator.setCurrent(event.current, event.atMs));
    if (event.what === 'feeds') return take(evaluator.heardFeeds(event.feeds, event.atMs));
    // What was due before it was observed comes first.
    take(evaluator.tick(event.atMs));
    observe(event.asset, event.row, metric);
    take(evaluator.changed(event.asset, event.atMs));
  };

  take(evaluator.setCurrent(true, fromMs));
  const rule: AlarmRule = { ...trial.rule, id: trial.ruleId ?? 'trial', state: 'live', version: 1 };
  take(evaluator.setRules([rule], past.assets.values(), fromMs));
  let rows = 0;
  let sliceMs: number = sliceBounds.leastMs;
  const resultAt = (atMs: number): TrialResult =>
    tally.toResult(atMs, {
      rows,
      subjects: evaluator.subjects,
      resolutionSeconds: past.resolutionSeconds,
    });
  for (let atMs = fromMs; atMs < toMs;) {
    const untilMs = Math.min(toMs, atMs + sliceMs);
    const startedMs = performance.now();
    const limit = sliceMs > sliceBounds.leastMs ? mostRows : undefined;
    const events = await past.read({ fromMs: atMs, toMs: untilMs }, limit);
    if (events === undefined) {
      // After quiet days comes a busy hour: slices begin anew.
      sliceMs = sliceBounds.leastMs;
      continue;
    }
    for (let n = 0; n < events.length; n++) {
      happen(events[n]!);
      if (events[n]!.what !== 'current') rows++;
      if (n % atOnce === atOnce - 1) await pause(0);
    }
    take(evaluator.tick(untilMs));
    const tookMs = performance.now() - startedMs;
    sliceMs = nextSliceMs(sliceMs, tookMs);
    atMs = untilMs;
    if (!(await progress((atMs - fromMs) / (toMs - fromMs), resultAt(atMs)))) return undefined;
    // As long as it worked it leaves the database to others.
    await pause(Math.max(leastPauseMs, tookMs));
  }
  return resultAt(toMs);
}

function nextSliceMs(sliceMs: number, tookMs: number): number {
  if (tookMs > sliceTakesMs.most) return Math.max(sliceBounds.leastMs, sliceMs / 2);
  if (tookMs < sliceTakesMs.least) return Math.min(sliceBounds.mostMs, sliceMs * 2);
  return sliceMs;
}

const pause = (ms: number): Promise<void> =>
  new Promise((resolve) => (ms === 0 ? setImmediate(resolve) : setTimeout(resolve, ms)));
