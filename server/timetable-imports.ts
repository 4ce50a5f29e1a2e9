// Imports of timetables that admins start from the page: one at a time, watched, and stopped with the server.
import type { FastifyBaseLogger } from 'fastify';
import type { GtfsImport, ImportProgress } from '../model/transit.ts';
import type { Database } from '../store/connect.ts';
import { GtfsRefused } from '../store/gtfs/faults.ts';
import { runImport } from '../store/gtfs/import.ts';
import {
  beginImport,
  endImport,
  selectImport,
  selectImports,
  type ImportRow,
} from '../store/gtfs/imports.ts';

interface Running {
  id: number;
  stop: AbortController;
  progress: ImportProgress | undefined;
  ended: Promise<void>;
}

export class TimetableImports {
  readonly #db: Database;
  readonly #log: FastifyBaseLogger;
  #running: Running | undefined;
  /** Between the question whether one runs and the answer. */
  #starting = false;

  constructor(db: Database, log: FastifyBaseLogger) {
    this.#db = db;
    this.#log = log;
  }

  /** Whether one runs in this process; another process is found when an import begins. */
  get busy(): boolean {
    return this.#starting || this.#running !== undefined;
  }

  /**
   * Begins an import and lets it run.
   * @returns its id.
   * @throws {ImportBusy} while another runs.
   */
  async start(source: Buffer, fileName: string, actor: string): Promise<number> {
    this.#starting = true;
    try {
      const id = await beginImport(this.#db, fileName);
      const running: Running = {
        id,
        stop: new AbortController(),
        progress: undefined,
        ended: Promise.resolve(),
      };
      this.#running = running;
      running.ended = this.#run(running, source, fileName, actor);
      return id;
    } finally {
      this.#starting = false;
    }
  }

  async #run(running: Running, source: Buffer, fileName: string, actor: string): Promise<void> {
    try {
      await runImport(this.#db, running.id, {
        source,
        fileName,
        actor,
        signal: running.stop.signal,
        progress: (progress) => (running.progress = progress),
      });
    } catch (error) {
      // What is wrong with a feed is told to whoever imports it; the rest is ours.
      if (!running.stop.signal.aborted && !(error instanceof GtfsRefused))
        this.#log.error({ err: error }, 'the import of a timetable failed');
    } finally {
      this.#running = undefined;
    }
  }

  /** Newest first. */
  async list(limit: number): Promise<GtfsImport[]> {
    return (await selectImports(this.#db, limit)).map((row) => this.#toImport(row));
  }

  async find(id: number): Promise<GtfsImport | undefined> {
    const row = await selectImport(this.#db, id);
    return row && this.#toImport(row);
  }

  /**
   * Stops an import and waits until nothing of it is left.
   * @returns false when it does not run.
   */
  async stop(id: number): Promise<boolean> {
    const running = this.#running;
    if (running?.id === id) {
      running.stop.abort();
      await running.ended;
      // It may have come to its end first.
      return (await selectImport(this.#db, id))?.state === 'stopped';
    }
    // In another process: it ends when it next tells how far it is.
    return endImport(this.#db, id, { state: 'stopped', fault: 'It was stopped.', report: undefined });
  }

  async close(): Promise<void> {
    this.#running?.stop.abort();
    await this.#running?.ended;
  }

  #toImport(row: ImportRow): GtfsImport {
    const running = this.#running?.id === row.id ? this.#running : undefined;
    const { fault, ...progress } = row.progress;
    const dead =
      row.state === 'running' && running === undefined && (row.dead || this.#db.home === 'embedded');
    return {
      id: row.id,
      fileName: row.fileName,
      state: stateOf(row, { running: running !== undefined, dead }),
      current: row.state === 'current',
      startedAt: row.startedAt.toISOString(),
      endedAt: row.endedAt?.toISOString() ?? null,
      progress: running?.progress ?? ('file' in progress ? (progress as ImportProgress) : null),
      fault: dead ? 'It was broken off: the process that ran it ended.' : (fault ?? null),
      report: row.report,
    };
  }
}

function stateOf({ state }: ImportRow, here: { running: boolean; dead: boolean }): GtfsImport['state'] {
  // Also while what it replaced is being taken away: until then no other can begin.
  if (here.running) return 'running';
  if (here.dead) return 'failed';
  return state === 'current' || state === 'replaced' ? 'done' : state;
}
