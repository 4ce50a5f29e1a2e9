// A part of the benchmark in a process of its own, which prints its result as JSON in its last line.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { root } from '../places.ts';

export async function inChild<T>(...args: string[]): Promise<T> {
  const child = spawn(process.execPath, [...process.execArgv, join(root, 'build.js'), 'bench', ...args], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.on('data', (bytes: Buffer) => (output += bytes.toString()));
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  if (code !== 0) throw new Error(`bench ${args.join(' ')} ended with ${code}`);
  return JSON.parse(output.trim().split('\n').at(-1)!) as T;
}
