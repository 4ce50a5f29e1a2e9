// A hundred thousand poison messages with good ones in between: the good ones are all stored, and nothing falls over.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bothParts, type FaultCity, type Parts } from './fault-city.ts';
import { nothingLost, runFault } from './fault-run.ts';
import { fixesOf, seeded, toMessage, type Message } from './load.ts';
import { poison } from './poison.ts';

const poisoned = 100_000;
const goodEvery = 10;
const t0 = Date.now() - 3_600_000;

function* mixed(fleet: string): Generator<Message> {
  const random = seeded(42);
  const good = fixesOf(fleet, 100, poisoned / goodEvery, t0);
  for (let n = 0; n < poisoned; n++) {
    yield poison(n, random);
    if (n % goodEvery === 0) yield toMessage(good[n / goodEvery]!);
  }
}

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

  test('poison', async (context) => {
    let remarks = '';
    const row = await runFault(
      context,
      city,
      'good',
      { fault: `${poisoned} poison messages`, parts, healthIsSilent: true, remarks: () => remarks },
      async ({ load, fleet }) => {
        await load.publish(mixed(fleet));
        await city.settled(fleet, poisoned / goodEvery);
        const { feeds } = await city.client.feeds();
        for (const { id, received, accepted, rejected, duplicates } of feeds)
          expect(received, id).toBe(accepted + rejected + duplicates);
        const rejected = feeds.reduce((sum, feed) => sum + feed.rejected, 0);
        const internal = feeds.reduce((sum, feed) => sum + (feed.rejectedByReason.internal ?? 0), 0);
        remarks = `${rejected} rejected, ${internal} of them by a fault of ours`;
        expect(rejected).toBeGreaterThan(poisoned * 0.9);
      },
    );
    expect(row).toMatchObject(nothingLost);
    expect(row.stored).toBe(poisoned / goodEvery);
  });
});
