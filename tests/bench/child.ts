// Parts of the benchmark in processes of their own; one that measures prints its result as JSON in its last line.
import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { root } from '../places.ts';

const start = (args: string[]): ChildProcess =>
  spawn(process.execPath, [...process.execArgv, join(root, 'build.js'), 'bench', ...args], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
  });

export async function inChild<T>(...args: string[]): Promise<T> {
  const child = start(args);
  let output = '';
  child.stdout!.on('data', (bytes: Buffer) => (output += bytes.toString()));
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  if (code !== 0) throw new Error(`bench ${args.join(' ')} ended with ${code}`);
  return JSON.parse(output.trim().split('\n').at(-1)!) as T;
}

export interface Background {
  stop(): Promise<void>;
}

export function inBackground(...args: string[]): Background {
  const child = start(args);
  const closed = new Promise<void>((resolve) => child.once('close', () => resolve()));
  return {
    stop: async () => {
      child.kill();
      await closed;
    },
  };
}
