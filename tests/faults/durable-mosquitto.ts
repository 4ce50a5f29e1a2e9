// A Mosquitto that can be killed and comes back on its port with what it kept; durable where the fault asks for it.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { tools } from '../tools.js';
import { freePort } from './free-port.ts';

export interface Mosquitto {
  url: string;
  port: number;
  start(): Promise<void>;
  kill(): Promise<void>;
  remove(): Promise<void>;
}

/** What Mosquitto 2.0 needs so that a kill loses nothing it acknowledged: every change is written at once. */
const durable = ['autosave_on_changes true', 'autosave_interval 1'];

export async function startMosquittoServer(isDurable: boolean): Promise<Mosquitto> {
  const folder = await mkdtemp(join(tmpdir(), 'simpang-faults-mosquitto-'));
  const port = await freePort();
  const config = join(folder, 'mosquitto.conf');
  await writeFile(
    config,
    [
      `listener ${port} 127.0.0.1`,
      'allow_anonymous true',
      'persistence true',
      `persistence_location ${folder}/`,
      ...(isDurable ? durable : []),
      'max_queued_messages 1000000',
      'max_inflight_messages 8000',
      'log_type error',
      'user root',
    ].join('\n'),
  );
  let running: ChildProcess | undefined;
  const end = async (): Promise<void> => {
    const child = running;
    running = undefined;
    if (child === undefined) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  };
  const atExit = (): void => void running?.kill('SIGKILL');
  process.once('exit', atExit);
  const start = async (): Promise<void> => {
    if (running !== undefined) return;
    running = spawn(tools.mosquitto!, ['-c', config], { stdio: 'ignore' });
    while (!(await accepts(port))) await new Promise((resolve) => setTimeout(resolve, 20));
  };
  await start();
  return {
    url: `mqtt://127.0.0.1:${port}`,
    port,
    start,
    kill: end,
    remove: async () => {
      await end();
      process.removeListener('exit', atExit);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function accepts(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  const answer = await new Promise<boolean>((resolve) => {
    socket.once('connect', () => resolve(true));
    socket.once('error', () => resolve(false));
  });
  socket.destroy();
  return answer;
}
