// How long a start takes, with an empty data folder and with a used one, and what the simulated city weighs.
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../process.ts';

export interface Starts {
  firstSeconds: number;
  secondSeconds: number;
  residentMegabytes: number;
}

const weighAfterMs = 60_000;

export async function measureStarts(): Promise<Starts> {
  const folder = await mkdtemp(join(tmpdir(), 'simpang-start-'));
  const start = async (weigh: boolean): Promise<{ seconds: number; megabytes: number }> => {
    const startedAt = performance.now();
    const running = run(['start'], { SIMPANG_DATA: folder, SIMPANG_PORT: '0', SIMPANG_MQTT_PORT: '0' });
    await running.printed(/MQTT in: (\S+)/);
    const seconds = (performance.now() - startedAt) / 1_000;
    if (weigh) await new Promise((resolve) => setTimeout(resolve, weighAfterMs));
    const status = readFileSync(`/proc/${running.child.pid}/status`, 'utf8');
    running.child.kill('SIGINT');
    await running.exited;
    return { seconds, megabytes: Number(/VmRSS:\s+(\d+)/.exec(status)![1]) / 1_000 };
  };
  const first = await start(true);
  const second = await start(false);
  await rm(folder, { recursive: true });
  return { firstSeconds: first.seconds, secondSeconds: second.seconds, residentMegabytes: first.megabytes };
}
