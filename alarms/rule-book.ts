// The rules as the store has them: taken over from the city once, read for as often as it takes, and again when edited.
import type { AlarmRule } from '../model/alarm-rule.ts';
import type { City } from '../model/city.ts';
import { selectAlarmRules } from '../store/alarm-rules.ts';
import type { Database } from '../store/connect.ts';
import { selectReadingsSince } from '../store/recent-readings.ts';
import { adoptCityRules } from './city-rules.ts';
import type { Pasts } from './outcome.ts';

export interface RuleBookOptions {
  db: Database;
  city: City;
  now: () => number;
  log: (message: string) => void;
}

export type TellRules = (rules: readonly AlarmRule[], pasts: Pasts) => void;

const retryMs = 2_000;

/** With what those rules that look back must know. */
export class RuleBook {
  known: readonly AlarmRule[] | undefined;
  fault: string | undefined;
  readonly #options: RuleBookOptions;
  readonly #tell: TellRules;
  #adopted = false;
  #loading = false;
  #again = false;
  #retry: NodeJS.Timeout | undefined;
  #stopped = false;

  /** @param tell is told at each reading. */
  constructor(options: RuleBookOptions, tell: TellRules) {
    this.#options = options;
    this.#tell = tell;
  }

  load(): void {
    if (this.#stopped) return;
    if (this.#loading) {
      this.#again = true;
      return;
    }
    clearTimeout(this.#retry);
    this.#loading = true;
    void this.#loadOnce().finally(() => {
      this.#loading = false;
      if (!this.#again) return;
      this.#again = false;
      this.load();
    });
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#retry);
  }

  async #loadOnce(): Promise<void> {
    const { db, city, log } = this.#options;
    try {
      if (!this.#adopted) await adoptCityRules(db, city);
      this.#adopted = true;
      const rules = await selectAlarmRules(db);
      const pasts = await this.#pastsOf(rules);
      if (this.#stopped) return;
      this.known = rules;
      this.fault = undefined;
      this.#tell(rules, pasts);
    } catch (error) {
      const { message } = error as Error;
      if (this.fault === undefined) log(`alarms: the rules cannot be read: ${message}`);
      this.fault = message;
      if (!this.#stopped) this.#retry = setTimeout(() => this.load(), retryMs);
    }
  }

  /** Without them a rule would be blind for as long as it looks back. */
  async #pastsOf(rules: readonly AlarmRule[]): Promise<Pasts> {
    const { db, now } = this.#options;
    const pasts = new Map<string, Map<string, [number, number][]>>();
    for (const { id, condition, state } of rules) {
      if (state !== 'live' || condition.kind !== 'rate-of-change') continue;
      const sinceMs = now() - condition.withinSeconds * 1000;
      pasts.set(id, await selectReadingsSince(db, condition.metric, sinceMs));
    }
    return pasts;
  }
}
