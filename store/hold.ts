// An advisory lock on a session of its own: whoever dies, or is cut off, holds it no more.
import pg from 'pg';
import type { Hold } from './connect.ts';

const answersWithinMs = 5_000;
const askEveryMs = 1_000;

/** So that the database notices within seconds when the holder's machine is gone, and gives the lock away. */
const noticeTheDead = `SET tcp_keepalives_idle = 3; SET tcp_keepalives_interval = 1; SET tcp_keepalives_count = 3`;

/** As `Database.hold` says. */
export async function holdOnServer(
  config: pg.ClientConfig,
  lockKey: number,
  lost: (error: Error) => void,
): Promise<Hold | undefined> {
  const client = new pg.Client({
    ...config,
    connectionTimeoutMillis: answersWithinMs,
    query_timeout: answersWithinMs,
  });
  let ended = false;
  const askings: NodeJS.Timeout[] = [];
  const end = async (): Promise<void> => {
    ended = true;
    for (const asking of askings) clearInterval(asking);
    await client.end().catch(() => undefined);
  };
  const fail = (error: Error): void => {
    if (ended) return;
    void end();
    lost(error);
  };
  // Without a listener the error of a broken session would end the process.
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query(noticeTheDead);
    const { rows } = await client.query<{ held: boolean }>('SELECT pg_try_advisory_lock($1) AS held', [
      lockKey,
    ]);
    if (!rows[0]!.held) {
      await end();
      return undefined;
    }
  } catch (error) {
    await end();
    throw error;
  }
  client.on('error', fail);
  client.on('end', () => fail(new Error('the session has ended')));
  askings.push(setInterval(() => void client.query('SELECT 1').catch(fail), askEveryMs));
  return { release: end };
}
