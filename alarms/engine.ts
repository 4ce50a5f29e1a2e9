// From what the evaluator finds to the store: one process writes, everything in order, and nothing twice.
import { type Alarm, type AlarmAct } from '../model/alarm.ts';
import type { AlarmRule } from '../model/alarm-rule.ts';
import {
  actOnAlarm,
  AlarmRefusedError,
  raiseAlarm,
  selectStandingAlarms,
  selectTakenOutBy,
} from '../store/alarms.ts';
import type { Database } from '../store/connect.ts';
import type { Evaluator } from './evaluator.ts';
import type { Outcome } from './outcome.ts';
import { keyOf, Outbox } from './outbox.ts';
import { alarmsActor, Standing, type Needed } from './standing.ts';
import { explainersBySubject, explanationOf } from './suppression.ts';

export interface EngineOptions {
  db: Database;
  evaluator: Evaluator;
  /** By which feed an asset reports. */
  feedOf: (assetId: string) => string | undefined;
  /** Whether the picture has such an asset; undefined while it is not known. */
  hasAsset: (assetId: string) => boolean | undefined;
  escalateAfterMs: () => number;
  now: () => number;
  log: (message: string) => void;
}

/** `seeking`: nobody is known to write, so what comes about is kept until somebody does. */
export type Duty = 'leading' | 'standing-by' | 'seeking';

/** Acts that follow from acts: suppressed, then escalated, and so on; the rest waits for the next tick. */
const roundsATick = 4;
const assetSubject = /^(vehicle|sensor|camera):/;

export class Engine {
  readonly #options: EngineOptions;
  readonly #outbox = new Outbox();
  readonly #standing = new Standing();
  #rules: ReadonlyMap<string, AlarmRule> = new Map();
  #duty: Duty = 'seeking';
  #writing: Promise<void> | undefined;
  #writingSinceMs: number | undefined;
  /** Something came while there was writing, perhaps after it was looked for. */
  #again = false;
  #fault: string | undefined;

  constructor(options: EngineOptions) {
    this.#options = options;
  }

  get duty(): Duty {
    return this.#duty;
  }

  get standing(): number {
    return this.#standing.size;
  }

  /** What waits to be written. */
  get waiting(): number {
    return this.#outbox.size;
  }

  get dropped(): number {
    return this.#outbox.dropped;
  }

  /** Why nothing is written just now; undefined while all is well. */
  faultAt(nowMs: number): string | undefined {
    const hangs = this.#writingSinceMs !== undefined && nowMs - this.#writingSinceMs > hangsAfterMs;
    return this.#fault ?? (hangs ? 'the database does not answer' : undefined);
  }

  setRules(rules: readonly AlarmRule[]): void {
    this.#rules = new Map(rules.map((rule) => [rule.id, rule]));
  }

  /** What the evaluator found. Another process that leads finds it too. */
  take(outcomes: readonly Outcome[]): void {
    if (this.#duty === 'standing-by' || outcomes.length === 0) return;
    for (const outcome of outcomes) this.#outbox.add(outcome);
    this.write();
  }

  /** An entry of the change log: of people, of this process, or of one that led before. */
  heard(alarm: Alarm, by: string): void {
    this.#standing.take(alarm, by);
  }

  /** What an evaluator that begins a rule anew must know of it. */
  stoodBefore() {
    return this.#standing.alarms
      .filter(({ active, ruleId, subject }) => active && !this.#outbox.has(keyOf(ruleId, subject.id)))
      .map(({ ruleId, subject, evidence, raisedAt }) => ({
        ruleId,
        subject,
        evidence,
        raisedAtMs: Date.parse(raisedAt),
      }));
  }

  /**
   * From now on this process writes. Reads how the alarms stand, and brings store and evaluator together: what holds
   * and was not raised is raised with the time at which it came about; what stands and holds no more returns.
   * @throws when the database is away.
   */
  async lead(): Promise<void> {
    const { db, evaluator, now, hasAsset } = this.#options;
    const [standing, takenOut] = await Promise.all([
      selectStandingAlarms(db),
      selectTakenOutBy(db, alarmsActor),
    ]);
    this.#standing.clear();
    for (const alarm of standing) this.#standing.take(alarm, takenOut.has(alarm.id) ? alarmsActor : '');
    this.#duty = 'leading';
    this.take(evaluator.restore(this.stoodBefore(), now()));
    for (const { subject } of this.stoodBefore())
      if (assetSubject.test(subject.id) && hasAsset(subject.id) === false)
        this.take(evaluator.gone(subject.id, now()));
    this.take(
      evaluator.raised().filter(({ rule, subject }) => {
        const key = keyOf(rule.id, subject.id);
        return !this.#outbox.has(key) && !this.#standing.of(rule.id, subject.id)?.active;
      }),
    );
    this.write();
  }

  /** The lock is lost. Until another process is known to hold it, what comes about is kept. */
  seek(): void {
    this.#duty = 'seeking';
  }

  standBy(): void {
    this.#duty = 'standing-by';
    this.#outbox.clear();
  }

  /** Writes what waits and what is due; never twice at once. */
  write(): void {
    if (this.#duty !== 'leading') return;
    this.#again = this.#writing !== undefined;
    if (this.#writing) return;
    this.#writingSinceMs = this.#options.now();
    this.#writing = this.#writeAll()
      .then(() => {
        this.#fault = undefined;
      })
      .catch((error: unknown) => {
        const { message } = error as Error;
        if (this.#fault === undefined) this.#options.log(`alarms: ${message}; what comes about is kept`);
        this.#fault = message;
        this.#again = false;
      })
      .finally(() => {
        this.#writing = undefined;
        this.#writingSinceMs = undefined;
        if (this.#again) this.write();
      });
  }

  /** Resolves when what is being written is. */
  async settled(): Promise<void> {
    while (this.#writing) await this.#writing;
  }

  async #writeAll(): Promise<void> {
    for (let round = 0; round < roundsATick && this.#duty === 'leading'; round++) {
      for (let next = this.#outbox.first(); next !== undefined; next = this.#outbox.first()) {
        const outcome = next;
        await this.#unlessRefused(() =>
          outcome.what === 'raise' ? this.#raise(outcome) : this.#return(outcome),
        );
        this.#outbox.done(outcome);
        if (this.#duty !== 'leading') return;
      }
      const { feedOf, escalateAfterMs, now } = this.#options;
      const needed = this.#standing.needed(this.#rules, feedOf, escalateAfterMs(), now());
      if (needed.length === 0) return;
      for (const each of needed) await this.#unlessRefused(() => this.#act(each));
    }
  }

  async #raise({ rule, subject, evidence, atMs }: Outcome): Promise<void> {
    const { db, feedOf } = this.#options;
    const explained = { ruleId: rule.id, subject, evidence, raisedAt: new Date(atMs).toISOString() };
    const ruleOf = (id: string): AlarmRule | undefined => this.#rules.get(id);
    const bySubject = explainersBySubject(this.#standing.alarms);
    const suppressedBy = explanationOf(explained, { bySubject, ruleOf, feedOf });
    const act = { act: 'raise', evidence, subject, priority: rule.priority, name: rule.name } as const;
    const raised = await raiseAlarm(
      db,
      rule.id,
      suppressedBy === undefined ? act : { ...act, suppressedBy },
      { by: alarmsActor, atMs },
    );
    this.#standing.take(raised, alarmsActor);
  }

  async #return({ rule, subject, atMs }: Outcome): Promise<void> {
    const alarm = this.#standing.of(rule.id, subject.id);
    if (alarm?.active) await this.#act({ alarm, act: { act: 'return' }, atMs });
  }

  async #act({ alarm, act, atMs }: Needed): Promise<void> {
    // Times of an alarm do not run back: somebody may have acted after this came about.
    const laterMs = Math.max(atMs, Date.parse(alarm.changedAt));
    const acted = await actOnAlarm(this.#options.db, alarm.id, act satisfies AlarmAct, {
      by: alarmsActor,
      atMs: laterMs,
    });
    if (acted !== undefined) this.#standing.take(acted, alarmsActor);
  }

  /** What the store refuses for what it is would be refused again; anything else is tried again later. */
  async #unlessRefused(write: () => Promise<void>): Promise<void> {
    try {
      await write();
    } catch (error) {
      if (error instanceof AlarmRefusedError) return this.#standing.take(error.current, alarmsActor);
      if (!isOfTheData(error)) throw error;
      this.#options.log(`alarms: not written: ${(error as Error).message}`);
    }
  }
}

const hangsAfterMs = 3_000;

/** SQLSTATE classes 22 (data), 23 (constraints) and 42 (names): not the connection's fault. */
const isOfTheData = (error: unknown): boolean => /^(22|23|42)/.test((error as { code?: string }).code ?? '');
