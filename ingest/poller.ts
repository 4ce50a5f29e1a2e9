// Polls one address of a source: again and again, never twice at once, slower while it fails, and follows an index of alerts.
import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Credentials, FormatId } from '../model/source.ts';
import { maxPolledBytes } from '../model/topics.ts';
import { capLinks } from './adapters/cap-index.ts';
import { parseAddress, PollFault } from './poll-fault.ts';
import { requestBody, type PolledBody, type Validators } from './poll-request.ts';

export interface PolledSource {
  id: string;
  address: string;
  pollEverySeconds: number;
  credentials?: Credentials | undefined;
}

export interface PollerOptions {
  source: PolledSource;
  /** Says whether bodies may be an index. */
  format?: FormatId;
  /** Resolves once the body is on disk; a body that was not kept is asked for again. */
  onBody(body: Buffer, contentType: string): Promise<void>;
  /** After every poll: undefined when the source answered, be it that nothing changed; else the fault, for people. */
  onState(fault: string | undefined): void;
  /** The links of a body that is an index; undefined for any other body. By default what the format has. */
  links?: (body: Buffer) => string[] | undefined;
  fetch?: typeof globalThis.fetch;
  limits?: Partial<PollLimits>;
}

export interface PollLimits {
  timeoutMs: number;
  maxBytes: number;
  maxBackoffMs: number;
  /** Between two linked bodies: authorities count requests a minute. */
  linkPauseMs: number;
  linksPerPoll: number;
}

export interface Poller {
  /** Ends a request that is under way; resolves when nothing of it goes on. */
  stop(): Promise<void>;
}

const standardLimits: PollLimits = {
  timeoutMs: 10_000,
  maxBytes: maxPolledBytes,
  maxBackoffMs: 10 * 60_000,
  linkPauseMs: 1_100,
  linksPerPoll: 100,
};
const jitter = 0.1;
/** Linked bodies that cannot be had before the rest waits for the next poll. */
const maxLinkFaults = 3;

const indexLinks: Partial<Record<FormatId, (body: Buffer) => string[] | undefined>> = { cap: capLinks };

/** Begins at once. Nothing is thrown; what goes wrong is said by `onState`. */
export function startPoller(options: PollerOptions): Poller {
  const poller = new RunningPoller(options);
  const running = poller.run();
  return {
    stop: async () => {
      poller.abort.abort();
      await running;
    },
  };
}

/** How long to wait after so many failures in a row: the interval, doubled each time, up to the bound. */
export const backoffMs = (failures: number, everyMs: number, maxMs = standardLimits.maxBackoffMs): number =>
  Math.min(Math.max(maxMs, everyMs), everyMs * 2 ** Math.min(failures - 1, 30));

class RunningPoller {
  readonly abort = new AbortController();
  readonly #options: PollerOptions;
  readonly #limits: PollLimits;
  readonly #links: ((body: Buffer) => string[] | undefined) | undefined;
  #validators: Validators = {};
  #lastHash: string | undefined;
  /** Of the newest index; those that were followed are remembered for as long as it names them. */
  #linked: URL[] = [];
  #followed = new Set<string>();
  #failures = 0;

  constructor(options: PollerOptions) {
    this.#options = options;
    this.#limits = { ...standardLimits, ...options.limits };
    this.#links = options.links ?? (options.format && indexLinks[options.format]);
  }

  async run(): Promise<void> {
    while (!this.abort.signal.aborted) {
      const waitMs = await this.#poll();
      await sleep(waitMs, undefined, { signal: this.abort.signal }).catch(() => undefined);
    }
  }

  /** @returns how long to wait until the next one. */
  async #poll(): Promise<number> {
    const everyMs = this.#options.source.pollEverySeconds * 1000;
    try {
      await this.#askOnce();
      const fault = await this.#followLinks();
      this.#failures = 0;
      this.#say(fault);
      return jittered(everyMs);
    } catch (error) {
      const { message, retryAfterMs = 0 } = toPollFault(error);
      this.#say(message);
      const backoff = backoffMs(++this.#failures, everyMs, this.#limits.maxBackoffMs);
      return Math.max(jittered(backoff), retryAfterMs);
    }
  }

  /** Not after the stop, when nobody is there to hear it. */
  #say(fault: string | undefined): void {
    if (!this.abort.signal.aborted) this.#options.onState(fault);
  }

  async #askOnce(): Promise<void> {
    const answer = await this.#request(this.#options.source.address, this.#validators);
    if (answer === undefined) return;
    const hash = createHash('sha256').update(answer.body).digest('base64');
    if (hash !== this.#lastHash) await this.#take(answer);
    // Only what was kept is not asked for again.
    this.#lastHash = hash;
    this.#validators = answer.validators;
  }

  async #take(answer: PolledBody): Promise<void> {
    const links = this.#links?.(answer.body);
    if (links === undefined) return this.#options.onBody(answer.body, answer.contentType);
    this.#linked = links.flatMap((link) =>
      URL.canParse(link, answer.url.href) ? new URL(link, answer.url) : [],
    );
    const named = new Set(this.#linked.map((link) => link.href));
    this.#followed = new Set([...this.#followed].filter((link) => named.has(link)));
  }

  /** @returns what could not be had: the index itself was, so its polls go on at their pace. */
  async #followLinks(): Promise<string | undefined> {
    const base = parseAddress(this.#options.source.address);
    const foreign = this.#linked.find((link) => !isOfSameSite(link, base));
    const fresh = this.#linked.filter((link) => isOfSameSite(link, base) && !this.#followed.has(link.href));
    const faults: string[] = [];
    for (const link of fresh.slice(0, this.#limits.linksPerPoll)) {
      await sleep(this.#limits.linkPauseMs, undefined, { signal: this.abort.signal });
      try {
        await this.#followLink(link);
      } catch (error) {
        const fault = toPollFault(error);
        if (fault.retryAfterMs !== undefined || this.abort.signal.aborted) throw fault;
        faults.push(fault.message);
        if (faults.length >= maxLinkFaults) break;
      }
    }
    if (faults.length > 0) return `of the alerts in the index some could not be had: ${faults[0]}`;
    return (
      foreign &&
      `the index names alerts at ${foreign.host.slice(0, 100)}, another site, which are not followed`
    );
  }

  async #followLink(link: URL): Promise<void> {
    const answer = await this.#request(link.href, {});
    // One index does not lead to the next.
    if (answer !== undefined && this.#links?.(answer.body) === undefined)
      await this.#options.onBody(answer.body, answer.contentType);
    this.#followed.add(link.href);
  }

  #request(address: string, validators: Validators): Promise<PolledBody | undefined> {
    const { source, fetch = globalThis.fetch } = this.#options;
    return requestBody({
      address,
      validators,
      origin: parseAddress(source.address).origin,
      credentials: source.credentials,
      timeoutMs: this.#limits.timeoutMs,
      maxBytes: this.#limits.maxBytes,
      fetch,
      stop: this.abort.signal,
    });
  }
}

/** Many sources that are polled each minute are not all polled at its beginning. */
const jittered = (ms: number): number => ms * (1 - jitter + 2 * jitter * Math.random());

/** An index may not send us to whoever else it likes; only that its own site is reached by https is taken. */
const isOfSameSite = (link: URL, base: URL): boolean =>
  link.username === '' &&
  (link.origin === base.origin ||
    (link.protocol === 'https:' && link.hostname === base.hostname && link.port === ''));

const toPollFault = (error: unknown): PollFault =>
  error instanceof PollFault
    ? error
    : new PollFault('what was answered could not be kept; it is asked for again');
