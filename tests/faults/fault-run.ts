// One fault from its load to its row: what was acknowledged against what is stored, and the live picture against both.
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { TestContext } from 'vitest';
import type { Place } from './city-client.ts';
import type { FaultCity } from './fault-city.ts';
import { HealthLog } from './health-log.ts';
import { keyOf, Load } from './load.ts';
import { forgetPeak, peakMiB } from './processes.ts';
import { nothingUnstored } from './settled.ts';
import type { StoredFleet } from './stored-fleet.ts';
import { addRow, type FaultRow } from './table.ts';

type Acknowledged = ReadonlyMap<string, ReadonlySet<number>>;

/** Of acknowledged and stored: how many rows, how many keys, and what is missing or twice. */
export function compare(
  acknowledged: Acknowledged,
  { times }: StoredFleet,
): Pick<FaultRow, 'stored' | 'distinct' | 'lost' | 'doubled'> {
  let [stored, distinct] = [0, 0];
  const held = new Map<string, Set<number>>();
  for (const [vehicle, each] of times) {
    const keys = new Set(each);
    held.set(vehicle, keys);
    stored += each.length;
    distinct += keys.size;
  }
  return { stored, distinct, lost: missingFrom(held, acknowledged).length, doubled: stored - distinct };
}

/** The keys of `wanted` that `held` has not. */
const missingFrom = (held: Acknowledged, wanted: Acknowledged): string[] =>
  [...wanted].flatMap(([vehicle, times]) =>
    [...times]
      .filter((time) => held.get(vehicle)?.has(time) !== true)
      .map((observedAt) => keyOf({ vehicle, observedAt })),
  );

export function countDiffering(live: ReadonlyMap<string, Place>, stored: ReadonlyMap<string, Place>): number {
  const same = (a: Place | undefined, b: Place | undefined): boolean =>
    a?.observedAt === b?.observedAt && a?.latE6 === b?.latE6 && a?.lonE6 === b?.lonE6;
  const ids = new Set([...live.keys(), ...stored.keys()]);
  return [...ids].filter((id) => !same(live.get(id), stored.get(id))).length;
}

export const keysOf = (acknowledged: Acknowledged): number =>
  [...acknowledged.values()].reduce((sum, times) => sum + times.size, 0);

const bytesUnder = (folder: string): number =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.journal'))
    .reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);

const liveWithinMs = 10_000;

/** The live picture once it shows the newest of what was acknowledged, or what it is after a while. */
async function liveOf(
  city: FaultCity,
  fleet: string,
  acknowledged: Acknowledged,
): Promise<Map<string, Place>> {
  const endsAt = Date.now() + liveWithinMs;
  const newest = new Map([...acknowledged].map(([vehicle, times]) => [vehicle, lastOf(times)]));
  for (;;) {
    const live = await city.client.fleet(fleet);
    const isNewest = [...newest].every(([vehicle, at]) => live.get(vehicle)?.observedAt === at);
    if (isNewest || Date.now() > endsAt) return live;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

function lastOf(times: ReadonlySet<number>): number {
  let last = Number.NEGATIVE_INFINITY;
  for (const time of times) last = Math.max(last, time);
  return last;
}

export interface FaultRun {
  city: FaultCity;
  load: Load;
  health: HealthLog;
  fleet: string;
}

export interface Faulted {
  fault: string;
  parts: string;
  /** Health has nothing to say to this fault. */
  healthIsSilent?: boolean;
  /**
   * What ingest itself acknowledged, where the broker may lose what it acknowledged to devices; read at the end. The
   * broker's own loss is said in the remarks.
   */
  acknowledgedByIngest?: () => Promise<Acknowledged>;
  remarks?: () => string;
}

/**
 * Starts the city where it does not run, lets `work` load it and break it, and hands in the row.
 * @returns the row, whose losses and doubles the test judges.
 */
export async function runFault(
  context: TestContext,
  city: FaultCity,
  fleet: string,
  { fault, parts, healthIsSilent = false, acknowledgedByIngest, remarks }: Faulted,
  work: (run: FaultRun) => Promise<void>,
): Promise<FaultRow & { lostByBroker: string[] }> {
  await city.start();
  // What a start reads back is counted anew: not into this fault's figures.
  await nothingUnstored(city.client);
  forgetPeak(city.pid);
  let peak = 0;
  const measuring = setInterval(() => (peak = Math.max(peak, peakMiB(city.pid))), 250);
  const load = new Load(city.mqttUrl);
  const health = new HealthLog(city.client.address);
  try {
    await work({ city, load, health, fleet });
    await city.settled(fleet, keysOf(load.acknowledged));
    const acknowledged = (await acknowledgedByIngest?.()) ?? load.acknowledged;
    const lostByBroker = missingFrom(acknowledged, load.acknowledged);
    const live = await liveOf(city, fleet, acknowledged);
    peak = Math.max(peak, peakMiB(city.pid));
    await health.stop();
    await load.close();
    const stored = await city.stored(fleet);
    const row: FaultRow = {
      fault,
      parts,
      sent: load.sent,
      acknowledged: load.acknowledgedMessages,
      ...compare(acknowledged, stored),
      liveDiffers: countDiffering(live, stored.newest),
      peakMiB: peak,
      journalBytes: bytesUnder(join(city.dataFolder, 'journal')),
      healthSeconds: healthIsSilent ? null : health.degradedAfterSeconds,
      remarks: [
        remarks?.(),
        acknowledgedByIngest && `${lostByBroker.length} more lost by the broker itself`,
        !healthIsSilent && saidBy(health),
      ]
        .filter(Boolean)
        .join('; '),
    };
    addRow(context, row);
    if (!healthIsSilent) {
      expect(row.healthSeconds, 'health became degraded while the fault stood').not.toBeNull();
      expect(health.okWhileBlind, 'answers that said ok while the fault stood').toBe(0);
    }
    return { ...row, lostByBroker };
  } finally {
    clearInterval(measuring);
    await health.stop();
    await load.close();
  }
}

const saidBy = ({ failed }: HealthLog): string =>
  failed.length === 0 ? 'health said nothing' : `health: ${failed.join(', ')}`;

/** What every fault must come to. */
export const nothingLost = { lost: 0, doubled: 0, liveDiffers: 0 };
