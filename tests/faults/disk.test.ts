// The journal's disk full: nothing more is acknowledged, health says so, and all goes on when there is room.
import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, statfsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bothParts, type FaultCity, type Parts } from './fault-city.ts';
import { nothingLost, runFault, type FaultRun } from './fault-run.ts';
import { fixesOf, toMessage } from './load.ts';

const t0 = Date.now() - 3_600_000;
const vehicles = 200;
const before = 10_000;
/** Many more than what is left can hold. */
const most = 200_000;
/** Health calls a disk full below 512 MiB: so much must be free before the fault. */
const diskMiB = 768;
const leftBytes = 256 * 1024;
const fillEveryMs = 250;

const isDone = (command: string, ...args: string[]): boolean => spawnSync(command, args).status === 0;

/** A real disk of its own for the journal, where this user may mount one. */
class SmallDisk {
  readonly #folder: string;
  readonly #ballast: string[] = [];
  readonly isMounted: boolean;

  constructor(dataFolder: string) {
    this.#folder = join(dataFolder, 'journal');
    mkdirSync(this.#folder, { recursive: true });
    this.isMounted = isDone('mount', '-t', 'tmpfs', '-o', `size=${diskMiB}m`, 'tmpfs', this.#folder);
  }

  /** Called again while it is to stay full, and then to the last byte: segments of what is stored are given back. */
  fill(): void {
    const { bavail, bsize } = statfsSync(this.#folder);
    const bytes = bavail * bsize - (this.#ballast.length === 0 ? leftBytes : 0);
    if (bytes <= 0) return;
    const ballast = join(this.#folder, `ballast-${this.#ballast.length}`);
    if (isDone('fallocate', '-l', String(bytes), ballast)) this.#ballast.push(ballast);
  }

  empty(): void {
    for (const ballast of this.#ballast.splice(0)) rmSync(ballast, { force: true });
  }

  unmount(): void {
    if (this.isMounted) isDone('umount', '-l', this.#folder);
  }
}

describe.each(bothParts)('$parts', ({ parts, missing, start }: Parts) => {
  if (missing !== undefined) {
    test.skip(missing);
    return;
  }
  let city: FaultCity;
  let disk: SmallDisk | undefined;
  beforeAll(async () => {
    city = await start();
  });
  afterAll(async () => {
    await city.killEverything();
    disk?.unmount();
    await city.remove();
  });

  async function fillInMidStream(
    { load, health, fleet }: FaultRun,
    full: (is: boolean) => Promise<void>,
  ): Promise<void> {
    const fixes = fixesOf(fleet, vehicles, before + most, t0).map(toMessage);
    await load.publish(fixes.slice(0, before));
    health.faultBegins();
    await full(true);
    const published = load.publish(fixes.slice(before));
    const filling = setInterval(() => void full(true), fillEveryMs);
    // The disk's own check may say so first: the journal must have met it too.
    await health.degraded('ingest').finally(() => clearInterval(filling));
    health.faultEnds();
    load.halt();
    await full(false);
    await published;
  }

  test('a full disk', async (context) => {
    await city.killEverything();
    disk = new SmallDisk(city.dataFolder);
    const { isMounted } = disk;
    const full = async (is: boolean): Promise<void> => {
      if (!isMounted) await city.injectDiskFull(is);
      else if (is) disk!.fill();
      else disk!.empty();
    };
    const remarks = isMounted
      ? 'a real one: tmpfs mounted by root'
      : 'ENOSPC injected where the journal writes, for this user may mount none';
    const row = await runFault(
      context,
      city,
      'full',
      { fault: 'disk full', parts, remarks: () => remarks },
      (run) => fillInMidStream(run, full),
    );
    expect(row).toMatchObject(nothingLost);
    expect(row.stored).toBe(row.acknowledged);
    expect(row.stored).toBeGreaterThan(before);
  });
});
