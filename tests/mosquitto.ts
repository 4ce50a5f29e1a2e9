// A Mosquitto of its own for one test: a free port, an empty folder, ended with the test.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestBroker } from './broker.ts';
import { tools } from './tools.js';

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** @param access lines of the configuration that say who may do what. */
export async function startMosquitto(access: string[] = ['allow_anonymous true']): Promise<TestBroker> {
  const folder = await mkdtemp(join(tmpdir(), 'simpang-mosquitto-'));
  const port = await freePort();
  const config = join(folder, 'mosquitto.conf');
  await writeFile(
    config,
    [
      `listener ${port} 127.0.0.1`,
      ...access,
      'max_queued_messages 1000000',
      'max_inflight_messages 8000',
      'log_type subscribe',
      'log_type error',
      'log_dest stderr',
      'user root',
    ].join('\n'),
  );
  const broker = spawn(tools.mosquitto!, ['-c', config], { stdio: ['ignore', 'ignore', 'pipe'] });
  const exited = once(broker, 'exit');
  let said = '';
  const hear = new Set<() => void>();
  broker.stderr.on('data', (bytes: Buffer) => {
    said += bytes.toString();
    for (const each of hear) each();
  });
  await connectable(port);
  return {
    url: `mqtt://127.0.0.1:${port}`,
    subscribed: () =>
      new Promise((resolve) => {
        const look = (): void => {
          // The last filter of one SUBSCRIBE.
          if (!/simpang-ingest-\w+ \d (sim\/)?traccar\/positions/.test(said)) return;
          said = '';
          hear.delete(look);
          resolve();
        };
        hear.add(look);
        look();
      }),
    stop: async () => {
      broker.kill();
      await exited;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function connectable(port: number): Promise<void> {
  const { connect } = await import('node:net');
  for (;;) {
    const socket = connect(port, '127.0.0.1');
    const open = await new Promise<boolean>((resolve) => {
      socket.once('connect', () => resolve(true));
      socket.once('error', () => resolve(false));
    });
    socket.destroy();
    if (open) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
