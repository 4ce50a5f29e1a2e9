// The database gone, and hanging, while devices go on: live all the while, acknowledged by the journal, then stored, once.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bothParts, embedded, isFull, type FaultCity, type Parts } from './fault-city.ts';
import { nothingLost, runFault, type FaultRun } from './fault-run.ts';
import { watchBus, watchSocket, type LiveWatch } from './live-watch.ts';
import { liveFixes, toMessage, type Fix, type Message } from './load.ts';
import { nothingUnstored } from './settled.ts';

const perSecond = 5_000;
const vehicles = 500;
const goneSeconds = isFull ? 600 : 8;
const hangSeconds = isFull ? 150 : 5;
const withinMs = (goneSeconds + hangSeconds) * 1_000 + 900_000;

function* messagesOf(fixes: Iterable<Fix>): Generator<Message> {
  for (const fix of fixes) yield toMessage(fix);
}

const seconds = (n: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, n * 1_000));

describe.each(bothParts)('$parts', ({ parts, missing, start }: Parts) => {
  if (missing !== undefined) {
    test.skip(missing);
    return;
  }
  let city: FaultCity;
  beforeAll(async () => {
    city = await start();
  });
  afterAll(() => city.remove());

  const watch = (fleet: string): Promise<LiveWatch> =>
    parts === embedded.parts ? watchSocket(city, fleet) : watchBus({ url: city.mqttUrl }, fleet);

  /** Load before, during and after; then how fast what had gathered was stored. */
  async function without(
    { load, health, fleet }: FaultRun,
    length: number,
    away: () => Promise<void>,
    back: () => Promise<void>,
  ): Promise<string> {
    const published = load.publish(messagesOf(liveFixes(fleet, vehicles)), perSecond);
    await load.acknowledges(perSecond);
    const live = await watch(fleet);
    const before = load.acknowledgedMessages;
    health.faultBegins();
    await away();
    await Promise.all([seconds(length), health.degraded()]);
    health.faultEnds();
    const [p99, seen] = [live.percentile(0.99), live.seen()];
    await live.stop();
    load.halt();
    await published;
    const gathered = load.acknowledgedMessages - before;
    await back();
    const backAt = performance.now();
    await nothingUnstored(city.client);
    const drained = Math.round(gathered / ((performance.now() - backAt) / 1_000));
    expect(seen, 'changes seen live while the database was away').toBeGreaterThan(vehicles);
    return `${length} s at ${perSecond} msg/s; live p99 ${p99} ms; drained ${gathered} at ${drained} rows/s, retries included`;
  }

  test(
    'gone',
    async (context) => {
      let remarks = '';
      const row = await runFault(
        context,
        city,
        'gone',
        { fault: 'database gone', parts, remarks: () => remarks },
        async (run) => {
          remarks = await without(
            run,
            goneSeconds,
            () => city.databaseGone(),
            () => city.databaseBack(),
          );
        },
      );
      expect(row).toMatchObject(nothingLost);
    },
    withinMs,
  );

  test(
    'hanging',
    async (context) => {
      let remarks = '';
      const row = await runFault(
        context,
        city,
        'hang',
        { fault: 'database hanging', parts, remarks: () => remarks },
        async (run) => {
          remarks = await without(
            run,
            hangSeconds,
            () => city.databaseHangs(),
            () => city.databaseLetGo(),
          );
        },
      );
      expect(row).toMatchObject(nothingLost);
    },
    withinMs,
  );
});
