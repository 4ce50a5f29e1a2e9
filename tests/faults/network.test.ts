// Cables cut without a word, and a broker that restarts: ingest's connections hang open, health says so, nothing is lost.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isFull, outside } from './fault-city.ts';
import { nothingLost, runFault, type FaultRun } from './fault-run.ts';
import { fixesOf, toMessage } from './load.ts';
import { startOutsideCity, type OutsideCity } from './outside-city.ts';

const t0 = Date.now() - 3_600_000;
const vehicles = 200;
const messages = 10_000;
const { parts } = outside;

const isSubscriber = (opening: Buffer): boolean => /simpang-ingest-/.test(opening.toString('latin1'));

describe.skipIf(outside.missing !== undefined)(`${parts} ${outside.missing ?? ''}`, () => {
  let city: OutsideCity;
  beforeAll(async () => {
    city = await startOutsideCity({ proxied: true });
  });
  afterAll(() => city.remove());

  /** Half of the load before the fault, half of it while it stands until health has noticed. */
  async function duringHalf(
    { load, health, fleet }: FaultRun,
    begin: () => Promise<void> | void,
    end: () => Promise<void> | void,
  ): Promise<void> {
    const fixes = fixesOf(fleet, vehicles, messages, t0).map(toMessage);
    await load.publish(fixes.slice(0, messages / 2));
    health.faultBegins();
    await begin();
    const rest = load.publish(fixes.slice(messages / 2));
    // That it did not is judged by the row.
    await health.degraded().catch(() => undefined);
    health.faultEnds();
    await end();
    await rest;
  }

  test('ingest and the broker half-open, then whole again', async (context) => {
    const row = await runFault(
      context,
      city,
      'halfopen',
      { fault: 'ingest ↔ broker half-open, whole again', parts },
      (run) =>
        duringHalf(
          run,
          () => city.proxies!.broker.swallow(),
          () => city.proxies!.broker.letGo(),
        ),
    );
    expect(row).toMatchObject(nothingLost);
    expect(row.stored).toBe(messages);
  });

  test('only the subscriber half-open: what speaks to the server is well', async (context) => {
    const row = await runFault(
      context,
      city,
      'subscriber',
      { fault: 'subscriber ↔ broker half-open, connection forgotten', parts },
      (run) =>
        duringHalf(
          run,
          () => city.proxies!.broker.swallow(isSubscriber),
          () => city.proxies!.broker.forget(),
        ),
    );
    expect(row).toMatchObject(nothingLost);
    expect(row.stored).toBe(messages);
  });

  test('ingest and the database half-open, then whole again', async (context) => {
    const row = await runFault(
      context,
      city,
      'halfdb',
      { fault: 'ingest ↔ database half-open, whole again', parts },
      (run) =>
        duringHalf(
          run,
          () => city.proxies!.database.swallow(),
          () => city.proxies!.database.letGo(),
        ),
    );
    expect(row).toMatchObject(nothingLost);
    expect(row.stored).toBe(messages);
  });

  test.skipIf(!isFull)('ingest and the broker half-open, connections forgotten', async (context) => {
    const row = await runFault(
      context,
      city,
      'forgotten',
      { fault: 'ingest ↔ broker half-open, connections forgotten', parts },
      (run) =>
        duringHalf(
          run,
          () => city.proxies!.broker.swallow(),
          () => city.proxies!.broker.forget(),
        ),
    );
    expect(row).toMatchObject(nothingLost);
    expect(row.stored).toBe(messages);
  });

  test('the broker turns everybody away, then is back', async (context) => {
    const row = await runFault(
      context,
      city,
      'restart',
      { fault: 'broker refuses ingest, then takes it again', parts },
      (run) =>
        duringHalf(
          run,
          () => city.proxies!.broker.refuse(),
          () => city.proxies!.broker.admit(),
        ),
    );
    expect(row).toMatchObject(nothingLost);
    expect(row.stored).toBe(messages);
  });
});
