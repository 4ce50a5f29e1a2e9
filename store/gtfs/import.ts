// The import of a timetable: read whole, written under a number of its own, shown at once, and the old one taken away.
import type { ImportFault, ImportProgress, ImportReport } from '../../model/transit.ts';
import type { Database } from '../connect.ts';
import { Faults } from './faults.ts';
import { countsOf, serviceSpan, type Feed } from './feed.ts';
import { beginImport, dropUnread, endImport, publishImport, touchImport } from './imports.ts';
import { readFeed } from './read.ts';
import { writeFeed } from './write.ts';
import { GtfsZip } from './zip.ts';

export interface GtfsImportOptions {
  /** A path, or the whole file. */
  source: string | Buffer;
  fileName: string;
  /** As the change log has it: `user:3`, or `import` for the command. */
  actor: string;
  progress?: (progress: ImportProgress) => void;
  signal?: AbortSignal;
}

const touchEveryMs = 1000;

const reportOf = (feed: Feed, faults: Faults): ImportReport => {
  const { from, until } = serviceSpan(feed);
  return { counts: countsOf(feed), serviceFrom: from, serviceUntil: until, ...faultsOf(faults) };
};

const faultsOf = ({ errorCount, errors, warningCount, warnings }: Faults) => ({
  errorCount,
  errors: byPlace(errors),
  warningCount,
  warnings: byPlace(warnings),
});

/** Files in the order they were read, for one fault makes others further on; within each by line. */
function byPlace(faults: readonly ImportFault[]): ImportFault[] {
  const files = [...new Set(faults.map(({ file }) => file))];
  return [...faults].sort((a, b) => files.indexOf(a.file) - files.indexOf(b.file) || a.line - b.line);
}

const nothing: ImportReport['counts'] = {
  agencies: 0,
  routes: 0,
  stops: 0,
  trips: 0,
  stopTimes: 0,
  shapes: 0,
  services: 0,
  serviceExceptions: 0,
  frequencies: 0,
};

/**
 * Runs an import that `beginImport` opened to its end. Readers see the old timetable until the new one is whole.
 * @throws {GtfsRefused} when the feed cannot be used; AbortError when it was stopped; then nothing of it is left.
 */
export async function runImport(
  db: Database,
  importNo: number,
  { source, fileName, actor, progress, signal }: GtfsImportOptions,
): Promise<ImportReport> {
  const faults = new Faults();
  let feed: Feed | undefined;
  const say = heartbeat(db, importNo, progress);
  try {
    // What an import that died has left behind.
    await dropUnread(db);
    const zip = await GtfsZip.open(source);
    try {
      feed = await readFeed(zip, faults, { progress: (at) => void say.later(at), signal });
    } finally {
      zip.close();
    }
    await say.settled();
    await writeFeed(db, importNo, feed, { progress: say.now, signal });
    const report = reportOf(feed, faults);
    const timeZone = feed.agencies.list[0]!.timeZone;
    const { lastSecond } = feed.stopTimes;
    await publishImport(db, importNo, { report, timeZone, lastSecond, fileName, actor });
    await dropUnread(db);
    return report;
  } catch (error) {
    const stopped = signal?.aborted === true;
    const report = { counts: nothing, serviceFrom: null, serviceUntil: null, ...faultsOf(faults) };
    const fault = stopped ? 'It was stopped.' : (error as Error).message;
    await say.settled().catch(() => undefined);
    await endImport(db, importNo, { state: stopped ? 'stopped' : 'failed', fault, report });
    await dropUnread(db);
    throw error;
  }
}

/** Opens an import and runs it: for whoever has nothing else to do meanwhile. */
export async function importGtfs(db: Database, options: GtfsImportOptions): Promise<ImportReport> {
  return runImport(db, await beginImport(db, options.fileName), options);
}

/** Tells whoever watches of each step, and the database once a second, so that others know it lives. */
function heartbeat(db: Database, importNo: number, progress: GtfsImportOptions['progress']) {
  let touchedAt = 0;
  let underway: Promise<void> | undefined;
  const due = (): boolean => Date.now() - touchedAt >= touchEveryMs;
  const touch = (at: ImportProgress): Promise<void> => {
    touchedAt = Date.now();
    return touchImport(db, importNo, at);
  };
  return {
    later(at: ImportProgress): void {
      progress?.(at);
      // One at a time, and a fault of it is told at the next chance.
      if (due() && underway === undefined) {
        underway = touch(at).then(() => {
          underway = undefined;
        });
        underway.catch(() => undefined);
      }
    },
    async now(at: ImportProgress): Promise<void> {
      progress?.(at);
      if (due()) await touch(at);
    },
    settled: async (): Promise<void> => underway,
  };
}
