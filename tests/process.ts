// A command of ours as a process of its own, as a user starts it: told by its environment, heard by what it prints.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { root } from './places.ts';

export interface Running {
  child: ChildProcess;
  /** All it printed so far, both ways. */
  output(): string;
  /** Resolves with the match once what it printed matches; rejects when it ends before. */
  printed(pattern: RegExp): Promise<RegExpExecArray>;
  exited: Promise<{ code: number | null; signal: string | null }>;
}

export function run(command: string[], env: Record<string, string>): Running {
  const child = spawn(process.execPath, [join(root, 'build.js'), 'run', ...command], {
    cwd: root,
    env: { PATH: process.env.PATH, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const listeners = new Set<() => void>();
  const hear = (bytes: Buffer): void => {
    output += bytes.toString();
    for (const listener of listeners) listener();
  };
  child.stdout.on('data', hear);
  child.stderr.on('data', hear);
  const exited = once(child, 'close').then(([code, signal]) => ({
    code: code as number | null,
    signal: signal as string | null,
  }));
  return {
    child,
    output: () => output,
    printed: (pattern) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          const match = pattern.exec(output);
          if (match === null) return;
          listeners.delete(look);
          resolve(match);
        };
        listeners.add(look);
        void exited.then(() => reject(new Error(`it ended before it printed ${pattern}:\n${output}`)));
        look();
      }),
    exited,
  };
}
