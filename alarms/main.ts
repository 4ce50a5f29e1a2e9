// The alarms room: hears the live picture, evaluates the rules, and writes what comes about, as the one process that may.
import { LivePicture } from '../bus/picture.ts';
import { listenToBus, type BusOptions } from '../bus/listen.ts';
import { PictureLoader } from '../bus/load.ts';
import { escalateAfterSeconds, type Alarm } from '../model/alarm.ts';
import type { AlarmReport } from '../model/alarm-report.ts';
import type { City } from '../model/city.ts';
import type { FeedReport } from '../model/feed.ts';
import { busTopics, type Change } from '../model/live.ts';
import { selectAssets } from '../store/assets.ts';
import type { LoggedChange } from '../store/changes.ts';
import type { Database } from '../store/connect.ts';
import { ChangeFollower } from '../store/follow-changes.ts';
import { Engine } from './engine.ts';
import { EvaluatedMinutes } from './evaluated-minutes.ts';
import { Evaluator } from './evaluator.ts';
import type { Outcome } from './outcome.ts';
import { toGround } from './ground.ts';
import { Leadership } from './leadership.ts';
import { RuleBook } from './rule-book.ts';
import { Trials } from './trials.ts';

export interface AlarmsOptions {
  db: Database;
  city: City;
  bus: BusOptions;
  /** Whether invented assets are looked at. */
  simulate: boolean;
  log: (message: string) => void;
  /** How long an alarm may go unanswered; read each time, for a test does not wait for a minute. */
  escalateAfterMs?: () => number;
}

export interface Alarms {
  report(): AlarmReport;
  /** Resolves once this process knows the rules and the picture, and either leads or stands by. */
  ready: Promise<void>;
  stop(): Promise<void>;
}

const tickMs = 1_000;
/** Ingest reports each second. */
const ingestSilentAfterMs = 4_000;

export function startAlarms(options: AlarmsOptions): Alarms {
  const { db, simulate, log } = options;
  const now = (): number => Date.now();
  const picture = new LivePicture();
  const ground = toGround(options.city);
  const trials = new Trials({ db, ground, simulate, log });
  const evaluator = new Evaluator({ ground, assetOf: (id) => picture.get(id) });
  const engine = new Engine({
    db,
    evaluator,
    feedOf: (id) => picture.get(id)?.feedId,
    hasAsset: (id) => (picture.loadedAt === undefined ? undefined : picture.get(id) !== undefined),
    escalateAfterMs: options.escalateAfterMs ?? (() => escalateAfterSeconds * 1000),
    now,
    log,
  });

  let ready = (): void => undefined;
  const isReady = new Promise<void>((resolve) => (ready = resolve));
  let leadership: Leadership | undefined;
  /** Nobody leads before the rules and the picture are known: what stands would seem to be gone. */
  const seekLeadership = (): void => {
    if (leadership !== undefined || rules.known === undefined || picture.loadedAt === undefined) return;
    leadership = new Leadership({
      db,
      lead: async () => {
        await engine.lead();
        await trials.lead();
        ready();
      },
      seek: () => {
        engine.seek();
        trials.rest();
      },
      standBy: () => {
        engine.standBy();
        trials.rest();
        ready();
      },
      log,
    });
  };

  const see = (change: Change): void => {
    const asset = picture.get(change.id);
    engine.take(asset === undefined ? evaluator.gone(change.id, now()) : evaluator.changed(asset, now()));
  };
  const loader = new PictureLoader({
    select: () => selectAssets(db, simulate),
    picture,
    log,
    loaded: (changes) => {
      for (const change of changes) see(change);
      seekLeadership();
    },
  });
  loader.load();

  const rules = new RuleBook({ db, city: options.city, log, now }, (known, pasts) => {
    engine.setRules(known);
    const live = known.filter(({ state }) => state === 'live');
    engine.take(evaluator.setRules(live, picture.all(), now(), pasts));
    if (engine.duty === 'leading') engine.take(evaluator.restore(engine.stoodBefore(), now()));
    seekLeadership();
  });
  rules.load();
  const follower = new ChangeFollower({
    db,
    log,
    changes: (changes) => {
      for (const change of changes) if (change.noun === 'alarm') engine.heard(toAlarm(change), change.actor);
      if (changes.some(({ noun }) => noun === 'rule')) rules.load();
      if (changes.some(({ noun }) => noun === 'rule-trial')) trials.wake();
      engine.write();
    },
  });

  let connected = false;
  let ingest: { report: FeedReport; heardAtMs: number } | undefined;
  let blindSinceMs: number | undefined = now();
  const isCurrent = (): boolean =>
    connected &&
    ingest !== undefined &&
    now() - ingest.heardAtMs <= ingestSilentAfterMs &&
    hears(ingest.report);
  const minutes = new EvaluatedMinutes({ db, log }, now());
  const look = (): Outcome[] => {
    const current = isCurrent();
    if (current) blindSinceMs = undefined;
    else blindSinceMs ??= now();
    return [...evaluator.setCurrent(current, now()), ...evaluator.tick(now())];
  };
  const bus = listenToBus(options.bus, {
    changes: (_, changes) => {
      for (const change of changes) {
        if (!simulate && isSimulated(change, picture)) continue;
        const known = picture.get(change.id) !== undefined;
        if (picture.fold(change) !== undefined) see(change);
        else if (!change.gone && !known) loader.loadSoon();
      }
    },
    feeds: (report) => {
      ingest = { report, heardAtMs: now() };
      engine.take(look());
      engine.take(
        evaluator.heardFeeds(
          report.feeds.filter((feed) => simulate || !feed.simulated),
          now(),
        ),
      );
    },
    connected: () => {
      connected = true;
      // What went by while nobody listened is in the store.
      loader.load();
    },
    disconnected: () => {
      connected = false;
    },
    log,
  });

  const report = (): AlarmReport => ({
    at: new Date(now()).toISOString(),
    leader: engine.duty === 'leading',
    rules: evaluator.rules,
    subjects: evaluator.subjects,
    standing: engine.standing,
    waiting: engine.waiting,
    databaseError: engine.faultAt(now()) ?? rules.fault ?? null,
    blindSince: blindSinceMs === undefined ? null : new Date(blindSinceMs).toISOString(),
  });
  const timer = setInterval(() => {
    engine.take(look());
    engine.write();
    const evaluating = blindSinceMs === undefined && rules.known !== undefined;
    minutes.look(now(), evaluating && engine.duty !== 'standing-by');
    bus.publish(busTopics.alarms, report());
  }, tickMs);

  return {
    report,
    ready: isReady,
    stop: async () => {
      clearInterval(timer);
      rules.stop();
      await trials.stop();
      await Promise.all([bus.stop(), loader.stop(), follower.stop()]);
      await Promise.all([engine.settled(), minutes.settled()]);
      engine.seek();
      await leadership?.stop();
    },
  };
}

/** Ingest lives, and hears what is sent. */
const hears = ({ brokerFault, journalFault }: FeedReport): boolean => !brokerFault && journalFault === null;

const toAlarm = ({ id, version, body }: LoggedChange): Alarm =>
  ({ ...body, id, version }) as unknown as Alarm;

/** Parts of an asset bear no mark, but the ids of everything invented begin alike. */
const isSimulated = (change: Change, picture: LivePicture): boolean =>
  change.simulated ?? picture.get(change.id)?.simulated ?? /^[a-z]+:sim-/.test(change.id);
