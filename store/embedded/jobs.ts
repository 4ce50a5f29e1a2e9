// The background of the embedded database, which has none: checkpoints and TimescaleDB's policies on our clock.
import type { Database } from '../connect.ts';

const tickMs = 60_000;

/**
 * Runs each of TimescaleDB's policies when its own interval has passed, and checkpoints each minute. One at a time:
 * the embedded database is a single session.
 * @returns a function that stops and waits for what is running.
 */
export function startJobs(db: Database, log: (message: string) => void): () => Promise<void> {
  const lastRun = new Map<number, number>();
  let running = Promise.resolve();
  let stopped = false;

  const tick = async (): Promise<void> => {
    const jobs = await db.query<{ job_id: number; every_ms: number }>(
      `SELECT job_id, (extract(epoch FROM schedule_interval) * 1000)::float8 AS every_ms
       FROM timescaledb_information.jobs WHERE proc_name LIKE 'policy_%' AND scheduled ORDER BY job_id`,
    );
    for (const job of jobs) {
      if (stopped) return;
      if (Date.now() - (lastRun.get(job.job_id) ?? 0) < job.every_ms) continue;
      lastRun.set(job.job_id, Date.now());
      await db.query(`CALL run_job(${Number(job.job_id)})`);
    }
  };
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
