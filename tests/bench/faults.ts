// The database away at 5,000 messages a second: how fresh the live picture stays, and how fast the journal drains after.
import { startIngest } from '../../ingest/main.ts';
import { openSecrets } from '../../store/secrets.ts';
import type { Database } from '../../store/connect.ts';
import { newTestDatabase } from '../database.ts';
import { watchBus } from '../faults/live-watch.ts';
import { inBackground } from './child.ts';

export interface FaultFigures {
  /** From publishing to the bus while the database is away. */
  liveP99Ms: number;
  drainedRowsPerSecond: number;
}

const awaySeconds = 30;
const vehicles = 1_000;
const everyMs = 200;

/** Stands between ingest and the database, and can take it away. */
function breakable(db: Database): { db: Database; away: (is: boolean) => void } {
  let gone = false;
  const unlessGone = <T>(work: () => Promise<T>): Promise<T> =>
    gone ? Promise.reject(new Error('away')) : work();
  return {
    away: (is) => (gone = is),
    db: {
      ...db,
      query: (...args) => unlessGone(() => db.query(...args)),
      execute: (...args) => unlessGone(() => db.execute(...args)),
      transaction: (work) => unlessGone(() => db.transaction(work)),
      hold: (...given) => unlessGone(() => db.hold(...given)),
      makeDurable: () => unlessGone(() => db.makeDurable()),
    },
  };
}

/** Embedded broker and database; the load is a process of its own. */
export async function measureFaults(): Promise<FaultFigures> {
  const database = await newTestDatabase();
  const whole = await database.open();
  const { db, away } = breakable(whole);
  const ingest = await startIngest({
    db,
    dataFolder: database.dataFolder,
    mqttUrl: undefined,
    mqttPort: 0,
    mqttAnonymous: true,
    secrets: await openSecrets(database.dataFolder),
    simulate: false,
    log: () => undefined,
  });
  await ingest.caughtUp;
  const received = (): number => ingest.report().feeds.reduce((sum, feed) => sum + feed.received, 0);
  const isStored = (): boolean => ingest.report().unstored === 0 && ingest.report().unreadBytes === 0;
  const until = async (is: () => boolean): Promise<void> => {
    while (!is()) await new Promise((resolve) => setTimeout(resolve, 5));
  };
  const driving = inBackground('drive', ingest.bus.url, String(vehicles), String(everyMs));
  await until(() => received() >= vehicles);
  const before = received();
  away(true);
  const live = await watchBus(ingest.bus, 'd');
  await new Promise((resolve) => setTimeout(resolve, awaySeconds * 1_000));
  const liveP99Ms = live.percentile(0.99) ?? Number.NaN;
  await live.stop();
  await driving.stop();
  const gathered = received() - before;
  away(false);
  // The writer looks for the database once in a while: that pause is no draining.
  await until(() => ingest.report().databaseError === null);
  const startedAt = performance.now();
  await until(isStored);
  const drainedRowsPerSecond = gathered / ((performance.now() - startedAt) / 1_000);
  await ingest.stop();
  await whole.close();
  await database.remove();
  return { liveP99Ms, drainedRowsPerSecond };
}
