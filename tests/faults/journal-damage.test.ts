// A journal torn or flipped at a thousand places, one at a time and many at once: what is whole is read, damage is told.
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, type TestContext } from 'vitest';
import { Journal } from '../../ingest/journal.ts';
import { recordBytes, writeRecord, type Message } from '../../ingest/journal-record.ts';
import { seeded } from './load.ts';
import { addRow } from './table.ts';

const records = 3_000;
const places = 1_000;

const message = (n: number): Message => ({
  topic: `city/vehicle/v${n % 90}/position`,
  payload: Buffer.from(JSON.stringify({ n, text: 'x'.repeat(n % 60), foul: 'SJ\u0000'.repeat(n % 3) })),
  receivedAt: 1_795_000_000_000 + n,
});

interface Whole {
  bytes: Buffer;
  /** Where each record begins; one more for the end. */
  starts: number[];
}

function writeWhole(): Whole {
  const messages = Array.from({ length: records }, (_, n) => message(n));
  const bytes = Buffer.alloc(messages.reduce((sum, each) => sum + recordBytes(each), 0));
  const starts = [0];
  for (const each of messages) starts.push(writeRecord(bytes, starts.at(-1)!, each));
  return { bytes, starts };
}

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'simpang-damage-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Starts on a file of such bytes: what is read, and how much of it is told as damaged. */
async function startOn(bytes: Buffer): Promise<{ read: Set<number>; damaged: number }> {
  await writeFile(join(folder, '0000000000000000.journal'), bytes);
  const journal = await openJournal();
  const read = new Set<number>();
  let damaged = 0;
  for await (const chunk of journal.read(0, (_at, length) => (damaged += length)))
    for (const each of chunk.messages) read.add(each.receivedAt - message(0).receivedAt);
  await journal.close();
  return { read, damaged };
}

const openJournal = (): Promise<Journal> =>
  Journal.open({ folder, gatherMs: 0, onSynced: () => undefined, onError: () => undefined });

/** A start on a damaged file goes on: what comes is taken, and is read behind the damage. */
async function goesOn(): Promise<void> {
  const journal = await openJournal();
  const from = journal.end;
  expect(await new Promise((resolve) => journal.append(message(1), false, resolve))).toBe(true);
  let read = 0;
  for await (const chunk of journal.read(from, () => undefined)) read += chunk.messages.length;
  expect(read).toBe(1);
  await journal.close();
  for (const name of await readdir(folder)) await rm(join(folder, name));
}

const hitBy = ({ starts }: Whole, at: number): number => {
  let [low, high] = [0, starts.length - 1];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (starts[middle]! <= at) low = middle;
    else high = middle;
  }
  return low;
};

/** Lost is what was whole and not read; what was hit is told beside it. */
function hand(context: TestContext, fault: string, all: number, read: number, hit: number): void {
  addRow(context, {
    fault: `journal: ${fault}`,
    parts: 'journal alone',
    sent: all,
    acknowledged: all,
    stored: read,
    distinct: read,
    lost: all - hit - read,
    doubled: 0,
    liveDiffers: null,
    peakMiB: null,
    journalBytes: null,
    healthSeconds: null,
    remarks: `${hit} records were hit, each told`,
  });
}

describe('damage', () => {
  const whole = writeWhole();
  const random = seeded(7);
  const place = (): number => Math.floor(random() * whole.bytes.length);

  test(`a byte flipped, at ${places} places one at a time, costs the record it is in`, async (context) => {
    let readInAll = 0;
    for (let n = 0; n < places; n++) {
      const at = place();
      const bytes = Buffer.from(whole.bytes);
      bytes[at]! ^= 1 + Math.floor(random() * 255);
      const { read, damaged } = await startOn(bytes);
      const hit = hitBy(whole, at);
      expect(damaged, `damage at ${at} is told`).toBe(whole.starts[hit + 1]! - whole.starts[hit]!);
      expect(read.has(hit)).toBe(false);
      expect(read.size, `damage at ${at} costs one record`).toBe(records - 1);
      readInAll += read.size;
    }
    await goesOn();
    hand(context, `a byte flipped, ${places} times`, records * places, readInAll, places);
  });

  test(`${places} bytes flipped at once cost the records they are in`, async (context) => {
    const bytes = Buffer.from(whole.bytes);
    const hit = new Set<number>();
    for (let n = 0; n < places; n++) {
      const at = place();
      bytes[at]! ^= 0xff;
      hit.add(hitBy(whole, at));
    }
    const { read, damaged } = await startOn(bytes);
    const undamaged = Array.from({ length: records }, (_, n) => n).filter((n) => !hit.has(n));
    expect(undamaged.filter((n) => !read.has(n))).toEqual([]);
    expect([...read].filter((n) => hit.has(n))).toEqual([]);
    expect(damaged).toBe([...hit].reduce((sum, n) => sum + whole.starts[n + 1]! - whole.starts[n]!, 0));
    await goesOn();
    hand(context, `${places} bytes flipped at once`, records, read.size, hit.size);
  });

  test('torn at any place, holed with zeros, or with foreign bytes put in: what is whole is read', async (context) => {
    let [readInAll, hitInAll] = [0, 0];
    const turns = 300;
    for (let n = 0; n < turns; n++) {
      const at = place();
      const hit = hitBy(whole, at);
      const torn = await startOn(whole.bytes.subarray(0, at));
      expect(torn.read.size, `torn at ${at}`).toBe(hit);
      const end = Math.min(whole.bytes.length, at + Math.floor(random() * 4_096));
      const holed = Buffer.from(whole.bytes).fill(0, at, end);
      const withHole = await startOn(holed);
      const lastHit = end > at ? hitBy(whole, end - 1) : hit - 1;
      expect(withHole.read.size, `zeros from ${at} to ${end}`).toBe(records - (lastHit - hit + 1));
      const foreign = Buffer.from(Array.from({ length: 200 }, () => Math.floor(random() * 256)));
      const put = whole.starts[hit]!;
      const longer = Buffer.concat([whole.bytes.subarray(0, put), foreign, whole.bytes.subarray(put)]);
      const withForeign = await startOn(longer);
      expect(withForeign.read.size, `foreign bytes at ${put}`).toBe(records);
      expect(withForeign.damaged).toBe(foreign.length);
      readInAll += torn.read.size + withHole.read.size + withForeign.read.size;
      hitInAll += records - hit + (lastHit - hit + 1);
    }
    await goesOn();
    hand(
      context,
      `torn, holed, foreign bytes, ${turns} times each`,
      3 * records * turns,
      readInAll,
      hitInAll,
    );
  });
});
