// What GET /api/health said during a fault: when it was degraded first, and whether it said ok again too early.

interface Said {
  /** On the clock of `performance.now()`. */
  at: number;
  state: 'ok' | 'degraded' | 'unreachable';
  checks: Record<string, { ok: boolean; detail?: string }>;
}

const everyMs = 100;
const answerWithinMs = 2_000;
const degradedWithinMs = 15_000;

export class HealthLog {
  readonly #address: string;
  readonly #said: Said[] = [];
  readonly #hear = new Set<(said: Said) => void>();
  readonly #asking: Promise<void>;
  #beganAt = Number.POSITIVE_INFINITY;
  #endedAt = Number.POSITIVE_INFINITY;
  #stopped = false;

  /** @param address of the server, `http://127.0.0.1:8080`. */
  constructor(address: string) {
    this.#address = address;
    this.#asking = this.#ask();
  }

  faultBegins(): void {
    this.#beganAt = performance.now();
  }

  faultEnds(): void {
    this.#endedAt = performance.now();
  }

  /** Resolves once health is other than ok during the fault, by the check where one is named. */
  degraded(check?: string): Promise<void> {
    const is = ({ at, state, checks }: Said): boolean =>
      at > this.#beganAt && state !== 'ok' && (check === undefined || checks[check]?.ok === false);
    return this.#until(is, degradedWithinMs, `degraded${check === undefined ? '' : ` by ${check}`}`);
  }

  ok(withinMs = 90_000): Promise<void> {
    const from = performance.now();
    return this.#until((said) => said.at > from && said.state === 'ok', withinMs, 'ok');
  }

  /** Seconds from the beginning of the fault; null when it stayed ok throughout. */
  get degradedAfterSeconds(): number | null {
    const first = this.#during().find((said) => said.state !== 'ok');
    return first === undefined ? null : (first.at - this.#beganAt) / 1_000;
  }

  /** Answers that said ok between the first that did not and the end of the fault. */
  get okWhileBlind(): number {
    const during = this.#during();
    const first = during.findIndex((said) => said.state !== 'ok');
    return first < 0 ? 0 : during.slice(first).filter((said) => said.state === 'ok').length;
  }

  /** The checks that were not ok at any time of the fault. */
  get failed(): string[] {
    const names = this.#during().flatMap(({ state, checks }) =>
      state === 'unreachable' ? ['server'] : Object.keys(checks).filter((name) => !checks[name]!.ok),
    );
    return [...new Set(names)];
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#asking;
  }

  #during(): Said[] {
    return this.#said.filter(({ at }) => at > this.#beganAt && at < this.#endedAt);
  }

  #until(is: (said: Said) => boolean, withinMs: number, wanted: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const hear = (said: Said): void => {
        if (!is(said)) return;
        clearTimeout(timer);
        this.#hear.delete(hear);
        resolve();
      };
      const timer = setTimeout(() => {
        this.#hear.delete(hear);
        reject(new Error(`health was not ${wanted} within ${withinMs} ms; last ${this.#last()}`));
      }, withinMs);
      this.#hear.add(hear);
    });
  }

  #last(): string {
    return JSON.stringify(this.#said.at(-1) ?? 'nothing');
  }

  async #ask(): Promise<void> {
    while (!this.#stopped) {
      const said = await this.#once();
      this.#said.push(said);
      for (const hear of [...this.#hear]) hear(said);
      await new Promise((resolve) => setTimeout(resolve, everyMs));
    }
  }

  async #once(): Promise<Said> {
    try {
      const response = await fetch(`${this.#address}/api/health`, {
        signal: AbortSignal.timeout(answerWithinMs),
      });
      const answer = (await response.json()) as { checks: Said['checks'] };
      // No alarms room runs in this suite.
      const { alarms: _, ...checks } = answer.checks;
      const isOk = Object.values(checks).every(({ ok }) => ok);
      // Judged by when the answer came: it speaks for then.
      return { at: performance.now(), state: isOk ? 'ok' : 'degraded', checks };
    } catch {
      return { at: performance.now(), state: 'unreachable', checks: {} };
    }
  }
}
