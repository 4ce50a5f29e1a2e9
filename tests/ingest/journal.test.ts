// The journal keeps what it acknowledged: through restarts, torn ends, flipped bits, and a limit that is reached.
import { mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Journal, type JournalOptions } from '../../ingest/journal.ts';
import { readRecord, recordBytes, writeRecord, type Message } from '../../ingest/journal-record.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'simpang-journal-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const open = (options: Partial<JournalOptions> = {}): Promise<Journal> =>
  Journal.open({ folder, gatherMs: 0, onSynced: () => undefined, onError: () => undefined, ...options });

const message = (n: number): Message => ({
  topic: `city/vehicle/v${n}/position`,
  payload: Buffer.from(`payload ${n} ${'x'.repeat(n % 50)}`),
  receivedAt: 1_795_000_000_000 + n,
});

const append = (journal: Journal, each: Message, mayDrop = false): Promise<boolean> =>
  new Promise((resolve) => journal.append(each, mayDrop, resolve));

async function readAll(journal: Journal, from = 0): Promise<{ messages: Message[]; damagedBytes: number }> {
  const messages: Message[] = [];
  let damagedBytes = 0;
  for await (const chunk of journal.read(from, (_at, bytes) => (damagedBytes += bytes)))
    messages.push(...chunk.messages);
  return { messages, damagedBytes };
}

const shown = (messages: Message[]): string[] =>
  messages.map((each) => `${each.topic} ${each.receivedAt} ${each.payload.toString('base64')}`);

test('what was acknowledged is read back, in order, after a restart', async () => {
  const journal = await open();
  const sent = Array.from({ length: 500 }, (_, n) => message(n));
  expect(await Promise.all(sent.map((each) => append(journal, each)))).not.toContain(false);
  await journal.close();
  expect(shown((await readAll(await open())).messages)).toEqual(shown(sent));
});

test('an acknowledgement follows the bytes on the disk', async () => {
  const journal = await open();
  await append(journal, message(1));
  const [name] = (await readdir(folder)).filter((each) => each.endsWith('.journal'));
  expect((await readFile(join(folder, name!))).includes('payload 1')).toBe(true);
  await journal.close();
});

test('any message survives being written and read', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'grapheme', maxLength: 60 }),
      fc.uint8Array({ maxLength: 300 }),
      fc.nat(2 ** 47),
      (topic, payload, receivedAt) => {
        const each = { topic, payload: Buffer.from(payload), receivedAt };
        const bytes = Buffer.alloc(recordBytes(each) + 7);
        const end = writeRecord(bytes, 3, each);
        expect(end).toBe(recordBytes(each) + 3);
        expect(readRecord(bytes, 3)).toEqual({ kind: 'record', message: each, end });
      },
    ),
  );
});

test('reading any bytes never throws', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      const magic = Buffer.concat([Buffer.from([0x53, 0x4a]), Buffer.from(bytes)]);
      expect(['short', 'damaged', 'record']).toContain(readRecord(magic, 0).kind);
    }),
  );
});

test('damage costs the record it hits and no other', async () => {
  const journal = await open();
  const sent = Array.from({ length: 60 }, (_, n) => message(n));
  for (const each of sent) journal.append(each, false);
  await append(journal, message(60));
  await journal.close();
  const [name] = (await readdir(folder)).filter((each) => each.endsWith('.journal'));
  const path = join(folder, name!);
  const whole = await readFile(path);
  const all = shown([...sent, message(60)]);
  await fc.assert(
    fc.asyncProperty(fc.nat(whole.length - 1), fc.integer({ min: 1, max: 255 }), async (at, mask) => {
      const bytes = Buffer.from(whole);
      bytes[at]! ^= mask;
      await writeFile(path, bytes);
      const { messages, damagedBytes } = await readAll(await open());
      const read = shown(messages);
      expect(read.length).toBe(all.length - 1);
      expect(all.filter((each) => read.includes(each))).toEqual(read);
      expect(damagedBytes).toBeGreaterThan(0);
    }),
    { numRuns: 100 },
  );
});

test('a torn end loses only what was not whole, and nothing is written behind it', async () => {
  const journal = await open();
  for (let n = 0; n < 20; n++) await append(journal, message(n));
  await journal.close();
  const [name] = (await readdir(folder)).filter((each) => each.endsWith('.journal'));
  const path = join(folder, name!);
  await truncate(path, (await readFile(path)).length - 5);
  const again = await open();
  await append(again, message(99));
  const { messages } = await readAll(again);
  expect(shown(messages)).toEqual(shown([...Array.from({ length: 19 }, (_, n) => message(n)), message(99)]));
  await again.close();
});

test('segments go once the checkpoint has passed them, and the checkpoint survives', async () => {
  const journal = await open({ segmentBytes: 1_000 });
  for (let n = 0; n < 200; n++) await append(journal, message(n));
  const before = (await readdir(folder)).length;
  await journal.release(journal.end);
  expect((await readdir(folder)).length).toBeLessThan(before / 4);
  const { end } = journal;
  await journal.close();
  const again = await open();
  expect(again.checkpoint).toBe(end);
  expect((await readAll(again, again.checkpoint)).messages).toEqual([]);
  await append(again, message(500));
  expect(shown((await readAll(again, again.checkpoint)).messages)).toEqual(shown([message(500)]));
  await again.close();
});

test('full: what may be dropped is refused, the rest waits until there is room', async () => {
  const journal = await open({ segmentBytes: 1_000, limitBytes: 3_000 });
  let n = 0;
  while (!journal.full) await append(journal, message(n++));
  expect(await append(journal, message(1_000), true)).toBe(false);
  let taken = false;
  const waiting = append(journal, message(1_001)).then((answer) => (taken = answer));
  expect(await append(journal, message(1_002), true)).toBe(false);
  expect(taken).toBe(false);
  await journal.release(journal.end);
  await waiting;
  expect(taken).toBe(true);
  await journal.close();
});
