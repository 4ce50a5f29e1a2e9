// The keeper of the embedded database's worker against workers that misbehave: who waits is never left waiting.
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { EmbeddedDatabase } from '../../store/embedded/database.ts';

let folder: string;
let database: EmbeddedDatabase;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'simpang-worker-'));
});

afterEach(async () => {
  await database.close();
  await rm(folder, { recursive: true, force: true });
});

/** A worker that writes a line when it starts, then runs `code`. */
async function keep(code: string, overdueMs: number): Promise<void> {
  const workerFile = join(folder, 'worker.mjs');
  const head = `import { parentPort, workerData } from 'node:worker_threads';
    import { appendFileSync } from 'node:fs';
    appendFileSync(workerData.folder + '/starts', 'x');
    const say = (message) => parentPort.postMessage(message);`;
  await writeFile(workerFile, `${head}\n${code}`);
  database = new EmbeddedDatabase({ folder, workerFile, overdueMs, log: () => undefined });
}

const starts = async (): Promise<number> => (await readFile(join(folder, 'starts'), 'utf8')).length;

/** Sends one query; resolves with its answer, rejects with what its session broke of. */
async function ask(): Promise<string> {
  const session = database.session();
  try {
    session.write(Buffer.from('Q'));
    const [answer] = (await once(session, 'data')) as [Buffer];
    return answer.toString('latin1');
  } finally {
    session.destroy();
  }
}

const ready = `new Uint8Array([0x5a, 0, 0, 0, 5, 0x49])`;
const answering = (bytes: string): string =>
  `parentPort.on('message', ({ kind }) => {
     if (kind === 'close') { say({ kind: 'closed' }); parentPort.close(); }
     else say({ kind: 'answer', bytes: ${bytes} });
   });
   say({ kind: 'open' });`;

test('a database that never opens fails those who wait for it', async () => {
  await keep(`setInterval(() => undefined, 1_000);`, 500);
  await expect(ask()).rejects.toThrow(/not open in 500 ms/);
});

test('one that cannot be opened is left alone for a while, and those who ask hear why at once', async () => {
  await keep(`process.exit(3);`, 60_000);
  for (let i = 0; i < 20; i++) await expect(ask()).rejects.toThrow(/ended with code 3/);
  expect(await starts()).toBe(1);
});

test('an answer without its end fails its query', async () => {
  await keep(answering(`new Uint8Array([1])`), 60_000);
  await expect(ask()).rejects.toThrow(/without its end/);
});

test('what came instead of an end is said without what it holds', async () => {
  const error = 'SERROR\0C57014\0Msecret\0\0';
  const bytes = Buffer.concat([
    Buffer.from([0x31, 0, 0, 0, 4, 0x45, 0, 0, 0, 4 + error.length]),
    Buffer.from(error),
  ]);
  await keep(answering(`Uint8Array.from([${[...bytes].join()}])`), 60_000);
  await expect(ask()).rejects.toThrow(/\(1 E\(57014\), \d+ bytes, to nothing\)$/);
});

test('a start that ends before it is ready fails', async () => {
  // AuthenticationOk alone: a client would wait for the rest for ever.
  await keep(answering(`new Uint8Array([0x52, 0, 0, 0, 8, 0, 0, 0, 0])`), 60_000);
  await expect(ask()).rejects.toThrow(/without its end \(R, 9 bytes, to nothing\)/);
});

test('one that ends while it works is opened again for the next query', async () => {
  await keep(
    `import { existsSync, writeFileSync } from 'node:fs';
     const second = existsSync(workerData.folder + '/second');
     writeFileSync(workerData.folder + '/second', '');
     parentPort.on('message', () => { if (!second) process.exit(4); });
     ${answering(ready)}`,
    60_000,
  );
  await expect(ask()).rejects.toThrow(/ended with code 4/);
  expect(await ask()).toBe('Z\0\0\0\x05I');
  expect(await starts()).toBe(2);
});
