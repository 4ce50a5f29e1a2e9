// Loaded into a city's process before its own code: while a file names a fault, its database's worker or its disk has it.
import { readFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { isMainThread } from 'node:worker_threads';

const file = process.env.SIMPANG_TEST_FAULT ?? '';
const lookEveryMs = 20;

function stands(fault) {
  try {
    return readFileSync(file, 'utf8') === fault;
  } catch {
    return false;
  }
}

/** In the embedded database's worker: it ends, or answers nothing more, between two queries. */
function breakWorker() {
  const look = () => {
    if (stands('database gone')) process.exit(1);
    const nothing = new Int32Array(new SharedArrayBuffer(4));
    while (stands('database hangs')) Atomics.wait(nothing, 0, 0, lookEveryMs);
  };
  look();
  setInterval(look, lookEveryMs).unref();
}

/** Writing through a file handle fails as on a full disk: that is how the journal writes, and little else. */
async function breakDisk() {
  const handle = await open(import.meta.filename);
  const methods = Object.getPrototypeOf(handle);
  await handle.close();
  for (const name of ['write', 'writeFile']) {
    const whole = methods[name];
    methods[name] = function (...given) {
      if (!stands('disk full')) return whole.apply(this, given);
      return Promise.reject(
        Object.assign(new Error(`ENOSPC: no space left on device, ${name}`), { code: 'ENOSPC' }),
      );
    };
  }
}

if (file !== '') {
  if (isMainThread) await breakDisk();
  else breakWorker();
}
