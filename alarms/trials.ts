// Dry runs that somebody asked for, taken one after the other by whichever process leads.
import type { Database } from '../store/connect.ts';
import {
  endTrial,
  failInterruptedTrials,
  takeWaitingTrial,
  updateTrialProgress,
} from '../store/rule-trials.ts';
import type { Ground } from './ground.ts';
import { runTrial } from './trial.ts';

export interface TrialsOptions {
  db: Database;
  ground: Ground;
  simulate: boolean;
  log: (message: string) => void;
}

/** Results are written so often, and at the end. */
const saveEveryMs = 400;

export class Trials {
  readonly #options: TrialsOptions;
  #leads = false;
  #working: Promise<void> | undefined;
  #again = false;

  constructor(options: TrialsOptions) {
    this.#options = options;
  }

  /** This process leads: what another one left half done is said to have failed, and what waits is taken. */
  async lead(): Promise<void> {
    if (this.#working === undefined) await failInterruptedTrials(this.#options.db);
    this.#leads = true;
    this.wake();
  }

  /** Another process leads, or none: what runs stops at its next slice. */
  rest(): void {
    this.#leads = false;
  }

  /** Something was asked for. */
  wake(): void {
    if (!this.#leads) return;
    this.#again = true;
    this.#working ??= this.#work().finally(() => {
      this.#working = undefined;
    });
  }

  async stop(): Promise<void> {
    this.rest();
    await this.#working;
  }

  async #work(): Promise<void> {
    const { db, log } = this.#options;
    while (this.#again && this.#leads) {
      this.#again = false;
      try {
        while (this.#leads) {
          const trial = await takeWaitingTrial(db);
          if (trial === undefined) break;
          await this.#run(trial);
        }
      } catch (error) {
        log(`dry run: ${(error as Error).message}`);
      }
    }
  }

  async #run(trial: Parameters<typeof runTrial>[0]): Promise<void> {
    const { db, ground, simulate, log } = this.#options;
    let savedAtMs = performance.now();
    const progress: Parameters<typeof runTrial>[1]['progress'] = async (share, result) => {
      if (!this.#leads) return false;
      if (performance.now() - savedAtMs < saveEveryMs) return true;
      savedAtMs = performance.now();
      return updateTrialProgress(db, trial.no, share, result);
    };
    try {
      const result = await runTrial(trial, { db, ground, simulate, progress });
      if (result !== undefined) await endTrial(db, trial.no, { result });
      else if (!this.#leads) await endTrial(db, trial.no, { fault: interrupted });
    } catch (error) {
      log(`dry run ${trial.no}: ${(error as Error).message}`);
      await endTrial(db, trial.no, { fault: 'The past could not be read: the database did not answer.' });
    }
  }
}

const interrupted = 'The alarms room was stopped while it tried the rule. Ask once more.';
