// kill -9 of ingest, of the broker and of everything, in mid-stream: nothing acknowledged is missing, nothing is twice.
import { afterAll, beforeAll, describe, expect, test, type TestContext } from 'vitest';
import { embedded, isFull, outside, type FaultCity } from './fault-city.ts';
import { nothingLost, runFault, type FaultRun } from './fault-run.ts';
import { journalledKeys } from './journalled.ts';
import { fixesOf, toMessage } from './load.ts';
import { startOutsideCity, type OutsideCity } from './outside-city.ts';

const t0 = Date.now() - 3_600_000;
const vehicles = 200;
const kills = isFull ? 10 : 2;
const eachLoad = isFull ? 30_000 : 8_000;
/** A Mosquitto that writes every change takes some thousand messages a second. */
const durableLoad = isFull ? 4_000 : 1_500;

/** A load for each kill, which hits in the middle of it: the first stands until health says so, the others not at all. */
async function killInMidStream(
  { city, load, health, fleet }: FaultRun,
  kill: () => Promise<void>,
  each: number,
): Promise<void> {
  const messages = fixesOf(fleet, vehicles, each * kills, t0).map(toMessage);
  for (let n = 0; n < kills; n++) {
    const half = load.acknowledges(each / 2);
    const published = load.publish(messages.slice(n * each, (n + 1) * each));
    await half;
    if (n === 0) health.faultBegins();
    await kill();
    if (n === 0) await health.degraded();
    if (n === 0) health.faultEnds();
    await city.start();
    await published;
  }
}

const rowOf = (
  context: TestContext,
  city: FaultCity,
  what: string,
  kill: () => Promise<void>,
  each: number,
  remarks = '',
): ReturnType<typeof runFault> =>
  runFault(
    context,
    city,
    `kill-${what.split(' ')[0]}`,
    { fault: `kill -9 of ${what}, ${kills} times`, parts: city.parts, remarks: () => remarks },
    (run) => killInMidStream(run, kill, each),
  );

async function expectNothingLost(...given: Parameters<typeof rowOf>): Promise<void> {
  expect(await rowOf(...given)).toMatchObject({ ...nothingLost, stored: given[4] * kills });
}

/**
 * Mosquitto 2.0 acknowledges before it saves: killed in between it loses some by itself, also where a subscriber that
 * is not ours wrote down every message it got. What ever came into the journal must be stored all the same.
 */
async function expectOnlyTheBrokersLoss(
  context: TestContext,
  city: OutsideCity,
  what: string,
  kill: () => Promise<void>,
): Promise<void> {
  const journalled = new Set<string>();
  const read = async (): Promise<void> => {
    for (const key of await journalledKeys(city.dataFolder)) journalled.add(key);
  };
  const killAndRead = (): Promise<void> => kill().then(read);
  const remarks = 'lost by Mosquitto, which acknowledges before it saves: none of it was in the journal';
  const row = await rowOf(context, city, what, killAndRead, durableLoad, remarks);
  await read();
  expect(journalled.size).toBeGreaterThan(0);
  expect(row.lostKeys.filter((key) => journalled.has(key))).toEqual([]);
  expect(row).toMatchObject({ doubled: 0, liveDiffers: 0 });
}

describe('embedded', () => {
  if (embedded.missing !== undefined) {
    test.skip(embedded.missing);
    return;
  }
  let city: FaultCity;
  beforeAll(async () => {
    city = await embedded.start();
  });
  afterAll(() => city.remove());

  test('kill -9 of everything', (context) =>
    expectNothingLost(context, city, 'everything', () => city.killEverything(), eachLoad));
});

describe.each([
  { broker: 'Mosquitto', durableBroker: false },
  { broker: 'Mosquitto that writes every change', durableBroker: true },
])('$broker', ({ durableBroker }) => {
  if (outside.missing !== undefined) {
    test.skip(outside.missing);
    return;
  }
  let city: OutsideCity;
  beforeAll(async () => {
    city = await startOutsideCity({ durableBroker });
  });
  afterAll(() => city.remove());

  if (!durableBroker) {
    test('kill -9 of ingest', (context) =>
      expectNothingLost(context, city, 'ingest', () => city.killIngest(), eachLoad));

    test('kill -9 of ingest, server and database at once', (context) =>
      expectNothingLost(context, city, 'ours and the database', () => city.killAllButBroker(), eachLoad));
    return;
  }
  test('kill -9 of the broker', (context) =>
    expectOnlyTheBrokersLoss(context, city, 'broker', () => city.broker.kill()));

  test('kill -9 of everything', (context) =>
    expectOnlyTheBrokersLoss(context, city, 'everything', () => city.killEverything()));
});
