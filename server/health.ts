// How the server is: what it depends on, looked at in the background, so that asking costs nothing and never waits.
import type { FastifyBaseLogger } from 'fastify';
import type { Check, Health } from '../model/http.ts';
import type { Evaluated } from '../model/alarm-http.ts';
import type { AlarmReport } from '../model/alarm-report.ts';
import type { FeedReport } from '../model/feed.ts';
import type { LinkState } from '../model/live.ts';
import type { Query } from '../store/connect.ts';
import { within } from './deadline.ts';

export type CheckName = keyof Health['checks'];

export interface DiskState {
  ok: boolean;
  detail?: string;
}

export interface HealthOptions {
  db: Query;
  diskOk?: (() => Promise<DiskState>) | undefined;
  /** Whether there is a picture to serve. */
  canServe: () => boolean;
  version: string;
  /** One of the links is in another state than before. */
  changed: () => void;
  log: Pick<FastifyBaseLogger, 'info' | 'warn'>;
}

const lookEveryMs = 2_000;
const databaseWithinMs = 2_000;
const diskWithinMs = 2_000;
/** Ingest reports each second. */
const ingestSilentAfterMs = 3_500;
/** So does the alarms room. */
const alarmsSilentAfterMs = 3_500;
const roomsLookEveryMs = 500;

const notStored = 'what comes is kept in the journal; the database does not take it';

/** What the screens tell apart and health does not: taken in, and stored. */
type Stage = 'hearing' | 'storing';

export class HealthWatch {
  readonly #options: HealthOptions;
  readonly #checks: Record<CheckName, Check>;
  readonly #known = new Set<CheckName>();
  readonly #timers: NodeJS.Timeout[];
  #looking: Promise<unknown> | undefined;
  #asking = false;
  #report: FeedReport | undefined;
  #reportHeardAt = Number.NEGATIVE_INFINITY;
  #alarms: AlarmReport | undefined;
  #alarmsHeardAt = Number.NEGATIVE_INFINITY;
  readonly #stages: Record<Stage, { ok: boolean; since: string }>;

  constructor(options: HealthOptions) {
    this.#options = options;
    const since = new Date().toISOString();
    const notKnown: Check = { ok: false, since, detail: 'not known yet' };
    this.#checks = {
      database: notKnown,
      broker: notKnown,
      ingest: notKnown,
      alarms: notKnown,
      disk: notKnown,
    };
    this.#stages = { hearing: { ok: false, since }, storing: { ok: false, since } };
    this.#timers = [
      setInterval(() => this.#look(), lookEveryMs),
      setInterval(() => {
        this.#lookAtIngest();
        this.#lookAtAlarms();
      }, roomsLookEveryMs),
    ];
    this.#look();
  }

  async stop(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer);
    await this.#looking;
  }

  brokerIs(ok: boolean): void {
    this.#set('broker', ok, 'not connected');
  }

  heardFeeds(report: FeedReport): void {
    this.#report = report;
    this.#reportHeardAt = Date.now();
    this.#lookAtIngest();
  }

  /** Of several processes only the one that writes counts: those that stand by change nothing. */
  heardAlarms(report: AlarmReport): void {
    if (!report.leader) return;
    this.#alarms = report;
    this.#alarmsHeardAt = Date.now();
    this.#lookAtAlarms();
  }

  /** The newest report of the alarms room, and whether it is young enough to speak for now. */
  get alarms(): { report: AlarmReport | undefined; current: boolean } {
    return { report: this.#alarms, current: Date.now() - this.#alarmsHeardAt <= alarmsSilentAfterMs };
  }

  /** What the alarms room looks at, and until when it did: while it is blind, until that began. */
  get evaluated(): Evaluated {
    const report = this.#alarms;
    return {
      rules: report?.rules ?? 0,
      subjects: report?.subjects ?? 0,
      at: report?.blindSince ?? report?.at ?? null,
    };
  }

  /** The newest report of ingest, and whether it is young enough to speak for now. */
  get feeds(): { report: FeedReport | undefined; current: boolean } {
    return { report: this.#report, current: Date.now() - this.#reportHeardAt <= ingestSilentAfterMs };
  }

  get canServe(): boolean {
    return this.#options.canServe();
  }

  toHealth(): Health {
    const checks = structuredClone(this.#checks);
    const ok = Object.values(checks).every((check) => check.ok);
    return { status: ok ? 'ok' : 'degraded', checks };
  }

  toLinkState(): LinkState {
    const link = ({ ok, since }: Check): { ok: boolean; since: string } => ({ ok, since });
    const { database, broker, alarms } = this.#checks;
    return {
      serverTime: new Date().toISOString(),
      version: this.#options.version,
      database: link(database),
      broker: link(broker),
      ingest: { ...this.#stages.hearing },
      storing: { ...this.#stages.storing },
      alarms: link(alarms),
    };
  }

  #look(): void {
    if (this.#looking) return;
    this.#looking = Promise.allSettled([this.#lookAtDatabase(), this.#lookAtDisk()]).then(() => {
      this.#looking = undefined;
    });
  }

  /** A question that was never answered is waited for before the next is put, late as its answer may be. */
  async #lookAtDatabase(): Promise<void> {
    if (this.#asking) return;
    this.#asking = true;
    const askedAt = new Date().toISOString();
    const asked = this.#options.db.query('SELECT 1').finally(() => {
      this.#asking = false;
    });
    try {
      await within(databaseWithinMs, asked);
      this.#set('database', true);
    } catch (error) {
      this.#set('database', false, 'no answer', error, askedAt);
    }
  }

  async #lookAtDisk(): Promise<void> {
    try {
      const asked = this.#options.diskOk?.() ?? Promise.resolve<DiskState>({ ok: true });
      const state = await within(diskWithinMs, asked);
      this.#set('disk', state.ok, state.detail);
    } catch (error) {
      this.#set('disk', false, 'the state of the disk cannot be read', error);
    }
  }

  #lookAtIngest(): void {
    this.#lookAtStages();
    if (this.#report === undefined) return this.#set('ingest', false, 'not heard of yet');
    if (!this.feeds.current) return this.#set('ingest', false, `last heard of at ${this.#report.at}`);
    const { journalFault, databaseError, brokerFault } = this.#report;
    // It lives, and acknowledges nothing: what devices send now is not kept.
    if (brokerFault) return this.#set('ingest', false, 'ingest hears nothing from the broker');
    if (journalFault !== null) return this.#set('ingest', false, withoutPaths(journalFault));
    // Kept, and seen live, but not stored: what is asked of the store is not the whole truth.
    if (databaseError !== null) return this.#set('ingest', false, notStored, new Error(databaseError));
    this.#set('ingest', true);
  }

  #lookAtAlarms(): void {
    if (this.#alarms === undefined) return this.#set('alarms', false, 'not heard of yet');
    if (!this.alarms.current) return this.#set('alarms', false, `last heard of at ${this.#alarms.at}`);
    const { databaseError, blindSince } = this.#alarms;
    // It evaluates, and nothing of it reaches anybody.
    if (databaseError !== null)
      return this.#set('alarms', false, 'what comes about is not written', new Error(databaseError));
    if (blindSince !== null)
      return this.#set('alarms', false, `the picture is not known to be current since ${blindSince}`);
    this.#set('alarms', true);
  }

  #lookAtStages(): void {
    const { report, current } = this.feeds;
    const hears = report !== undefined && current && !report.brokerFault && report.journalFault === null;
    // Silence began when it spoke last, not when it was noticed.
    const since = report === undefined || current ? undefined : new Date(this.#reportHeardAt).toISOString();
    this.#setStage('hearing', hears, since);
    this.#setStage('storing', hears && report.databaseError === null, since);
  }

  #setStage(name: Stage, ok: boolean, since = new Date().toISOString()): void {
    if (this.#stages[name].ok === ok) return;
    this.#stages[name] = { ok, since };
    this.#options.changed();
  }

  /** @param detail shown to everyone while it is not ok: nothing of hosts, names or paths; `error` is for the log. */
  #set(
    name: CheckName,
    ok: boolean,
    detail?: string,
    error?: unknown,
    since = new Date().toISOString(),
  ): void {
    const check = this.#checks[name];
    const shown = ok || detail === undefined ? {} : { detail };
    const known = this.#known.has(name);
    const same = known && check.ok === ok;
    this.#known.add(name);
    this.#checks[name] = { ok, since: same ? check.since : since, ...shown };
    if (same) return;
    const cause = error === undefined ? '' : ` (${(error as Error).message})`;
    const said = `${name}: ${ok ? 'ok' : `${detail ?? 'not ok'}${cause}`}`;
    // At the start everything is on its way.
    if (ok || !known) this.#options.log.info(said);
    else this.#options.log.warn(said);
    this.#options.changed();
  }
}

/** An error of the file system names its file; everyone may read health. */
const withoutPaths = (message: string): string => message.replace(/ '[^']*'/g, '');
