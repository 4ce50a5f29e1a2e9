// The background of the embedded database, which has none: TimescaleDB's policies on our clock.
import type { Database } from '../connect.ts';

const tickMs = 60_000;

/**
 * Runs each of TimescaleDB's policies whose own interval has passed since `lastRun`, which is brought up to date. One
 * at a time: the embedded database is a single session. Checkpoints are ingest's: the journal waits for them.
 */
export async function runDueJobs(
  db: Database,
  lastRun: Map<number, number>,
  nowMs: number,
  mayGoOn: () => boolean = () => true,
): Promise<void> {
  const jobs = await db.query<{ job_id: number; every_ms: number }>(
    `SELECT job_id, (extract(epoch FROM schedule_interval) * 1000)::float8 AS every_ms
       FROM timescaledb_information.jobs WHERE proc_name LIKE 'policy_%' AND scheduled ORDER BY job_id`,
  );
  for (const job of jobs) {
    if (!mayGoOn()) return;
    if (nowMs - (lastRun.get(job.job_id) ?? 0) < job.every_ms) continue;
    lastRun.set(job.job_id, nowMs);
    await db.query(`CALL run_job(${Number(job.job_id)})`);
  }
}

/** @returns a function that stops and waits for what is running. */
export function startJobs(db: Database, log: (message: string) => void): () => Promise<void> {
  const lastRun = new Map<number, number>();
  let running = Promise.resolve();
  let stopped = false;
  const tick = (): Promise<void> => runDueJobs(db, lastRun, Date.now(), () => !stopped);
  const timer = setInterval(() => {
    running = running.then(tick).catch((error: unknown) => log(`database job: ${String(error)}`));
  }, tickMs);
  timer.unref();
  return async () => {
    stopped = true;
    clearInterval(timer);
    await running;
  };
}
