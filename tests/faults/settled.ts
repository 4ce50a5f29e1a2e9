// Waits until ingest has stored all it took.
import type { CityClient } from './city-client.ts';

const lookEveryMs = 200;
const within = 600_000;

/** Resolves with the first report made after the call that has nothing unstored. @throws when none comes. */
export async function nothingUnstored(client: CityClient): Promise<void> {
  const from = Date.now();
  let last = 'nothing heard';
  while (Date.now() < from + within) {
    try {
      const report = await client.feeds();
      last = `${report.unstored} unstored, ${report.unreadBytes} bytes unread, ${report.databaseError}`;
      if (Date.parse(report.at) > from && report.unstored === 0 && report.unreadBytes === 0) return;
    } catch (error) {
      last = (error as Error).message;
    }
    await new Promise((resolve) => setTimeout(resolve, lookEveryMs));
  }
  throw new Error(`not all was stored within ${within / 1_000} s: ${last}`);
}

/** Resolves once `count` gives no fewer than `wanted`, or gives the same for `stillMs`: then the rest is lost. */
export async function grownTo(wanted: number, count: () => Promise<number>, stillMs = 10_000): Promise<void> {
  let most = -1;
  let grewAt = Date.now();
  while (Date.now() - grewAt < stillMs) {
    const now = await count();
    if (now >= wanted) return;
    if (now > most) grewAt = Date.now();
    most = now;
    await new Promise((resolve) => setTimeout(resolve, lookEveryMs));
  }
}
