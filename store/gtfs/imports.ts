// SQL of the imports themselves: one runs at a time, the flip that readers see, and the end of rows nobody reads.
import type { ImportProgress, ImportReport } from '../../model/transit.ts';
import { appendChange } from '../changes.ts';
import type { Database, Query } from '../connect.ts';

export class ImportBusy extends Error {
  override name = 'ImportBusy';
}

/** A process that does not move its import for so long has died. */
const deadAfterSeconds = 60;
const uniqueViolation = '23505';
const died = 'It was broken off: the process that ran it ended.';

/** What an import leaves behind when it is over. */
interface Ending {
  state: 'failed' | 'stopped';
  fault: string;
  report: ImportReport | undefined;
}

/**
 * Opens an import; nobody sees it until `publishImport`.
 * @returns its number.
 * @throws {ImportBusy} while another runs, in this process or another.
 */
export async function beginImport(db: Database, fileName: string): Promise<number> {
  // The embedded database has one process: whatever it says is running, is not. The caller sees to its own.
  await db.execute(
    `UPDATE gtfs_import SET state = 'failed', ended_at = now(), progress = progress || jsonb_build_object('fault', $2::text)
     WHERE state = 'running' AND ($1 OR heard_at < now() - make_interval(secs => ${deadAfterSeconds}))`,
    [db.home === 'embedded', died],
  );
  try {
    const [row] = await db.query<{ gtfs_import_no: number }>(
      `INSERT INTO gtfs_import (file_name, state) VALUES ($1, 'running') RETURNING gtfs_import_no`,
      [fileName.replaceAll('\0', '').slice(0, 200)],
    );
    return row!.gtfs_import_no;
  } catch (error) {
    if ((error as { code?: string }).code !== uniqueViolation) throw error;
    throw new ImportBusy('Another import is running.');
  }
}

/** @throws when the import was ended from elsewhere. */
export async function touchImport(db: Database, importNo: number, progress: ImportProgress): Promise<void> {
  const running = await db.execute(
    `UPDATE gtfs_import SET heard_at = now(), progress = $2 WHERE gtfs_import_no = $1 AND state = 'running'`,
    [importNo, JSON.stringify(progress)],
  );
  if (running === 0) throw new Error('The import was ended from elsewhere.');
}

export interface Publication {
  report: ImportReport;
  timeZone: string;
  lastSecond: number;
  fileName: string;
  /** As the change log has it: `user:3`. */
  actor: string;
}

/** From here on readers see it, and only it. */
export async function publishImport(
  db: Database,
  importNo: number,
  { report, timeZone, lastSecond, fileName, actor }: Publication,
): Promise<void> {
  await db.transaction(async (tx) => {
    await tx.execute(`UPDATE gtfs_import SET state = 'replaced' WHERE state = 'current'`);
    const flipped = await tx.execute(
      `UPDATE gtfs_import SET state = 'current', ended_at = now(), report = $2, time_zone = $3, last_second = $4
       WHERE gtfs_import_no = $1 AND state = 'running'`,
      [importNo, JSON.stringify(report), timeZone, lastSecond],
    );
    if (flipped === 0) throw new Error('The import was ended from elsewhere.');
    const { counts, errorCount, warningCount } = report;
    await appendChange(tx, {
      noun: 'timetable',
      id: String(importNo),
      version: 1,
      actor,
      body: { fileName, counts, errorCount, warningCount },
    });
  });
}

/** @returns false when it does not run. */
export async function endImport(
  db: Database,
  importNo: number,
  { state, fault, report }: Ending,
): Promise<boolean> {
  const ended = await db.execute(
    `UPDATE gtfs_import SET state = $2, ended_at = now(), report = $3, progress = progress || jsonb_build_object('fault', $4::text)
     WHERE gtfs_import_no = $1 AND state = 'running'`,
    [importNo, state, report === undefined ? null : JSON.stringify(report), fault],
  );
  return ended > 0;
}

export interface ImportRow {
  id: number;
  fileName: string;
  state: 'running' | 'current' | 'replaced' | 'failed' | 'stopped';
  startedAt: Date;
  endedAt: Date | null;
  /** Nothing was heard of it for so long that whoever ran it is gone. */
  dead: boolean;
  progress: Partial<ImportProgress> & { fault?: string };
  report: ImportReport | null;
}

const importColumns = `gtfs_import_no AS id, file_name AS "fileName", state, started_at AS "startedAt",
  ended_at AS "endedAt", heard_at < now() - make_interval(secs => ${deadAfterSeconds}) AS dead, progress, report`;

/** Newest first. */
export const selectImports = (db: Query, limit: number): Promise<ImportRow[]> =>
  db.query<ImportRow>(`SELECT ${importColumns} FROM gtfs_import ORDER BY gtfs_import_no DESC LIMIT $1`, [
    limit,
  ]);

export async function selectImport(db: Query, importNo: number): Promise<ImportRow | undefined> {
  const [row] = await db.query<ImportRow>(
    `SELECT ${importColumns} FROM gtfs_import WHERE gtfs_import_no = $1`,
    [importNo],
  );
  return row;
}

const tables = [
  'gtfs_stop_time',
  'gtfs_trip',
  'gtfs_stop',
  'gtfs_route',
  'gtfs_agency',
  'gtfs_calendar',
  'gtfs_calendar_date',
  'gtfs_frequency',
  'gtfs_shape',
] as const;
const deleteRows = 10_000;
/** Imports that can still be asked about. */
const keptImports = 50;

/** Takes away, batch by batch, the rows of every import that is neither read nor running. */
export async function dropUnread(db: Database): Promise<void> {
  let dropped = 0;
  for (const table of tables) {
    for (;;) {
      const batch = await db.execute(
        `DELETE FROM ${table} WHERE ctid = ANY (ARRAY (SELECT ctid FROM ${table}
           WHERE gtfs_import_no NOT IN (SELECT gtfs_import_no FROM gtfs_import WHERE state IN ('current', 'running'))
           LIMIT ${deleteRows}))`,
      );
      dropped += batch;
      if (batch < deleteRows) break;
    }
  }
  await db.execute(
    `DELETE FROM gtfs_import WHERE state NOT IN ('current', 'running') AND gtfs_import_no NOT IN
       (SELECT gtfs_import_no FROM gtfs_import ORDER BY gtfs_import_no DESC LIMIT ${keptImports})`,
  );
  // Nothing does it by itself in the embedded database: room is used again, and the planner knows the sizes.
  for (const table of tables) await db.execute(`${dropped > 0 ? 'VACUUM (ANALYZE)' : 'ANALYZE'} ${table}`);
}
