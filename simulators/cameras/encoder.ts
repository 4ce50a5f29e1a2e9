// The encoder's thread as seen from the main one: started by the first scene, ended when nobody watches any more.
import { Worker } from 'node:worker_threads';
import type { Encoded, Scene } from '../picture/scene.ts';

export interface Encoder {
  /** @throws {Error} when the thread fails or is closed meanwhile. */
  encode(scene: Scene): Promise<Uint8Array>;
  /** Ends the thread; the next scene starts another. */
  close(): Promise<void>;
}

interface Job {
  resolve(segment: Uint8Array): void;
  reject(error: Error): void;
}

/** @param file the bundled worker, for threads cannot run TypeScript. */
export function createEncoder(file: string, log: (message: string) => void): Encoder {
  let worker: Worker | undefined;
  let lastJobNo = 0;
  const jobs = new Map<number, Job>();

  const abandon = (error: Error): void => {
    worker = undefined;
    for (const job of jobs.values()) job.reject(error);
    jobs.clear();
  };

  const start = (): Worker => {
    const started = new Worker(file);
    started.on('message', (answer: Encoded) => {
      const job = jobs.get(answer.jobNo);
      jobs.delete(answer.jobNo);
      if ('segment' in answer) job?.resolve(answer.segment);
      else job?.reject(new Error(answer.error));
    });
    started.on('error', (error) => {
      log(`simulator: the camera encoder failed: ${error.message}`);
      if (worker === started) abandon(error);
    });
    started.on('exit', () => {
      if (worker === started) abandon(new Error('The camera encoder ended'));
    });
    return started;
  };

  return {
    encode(scene) {
      worker ??= start();
      const jobNo = ++lastJobNo;
      return new Promise((resolve, reject) => {
        jobs.set(jobNo, { resolve, reject });
        worker!.postMessage({ jobNo, scene });
      });
    },
    async close() {
      const ended = worker;
      abandon(new Error('The camera encoder was closed'));
      await ended?.terminate();
    },
  };
}
