// Drafts of sources are tried: connected, their first messages read and shown, and nothing of them stored.
import mqtt from 'mqtt';
import type { Trial } from '../model/source.ts';
import { matchesFilter } from '../model/topics.ts';
import type { Database } from '../store/connect.ts';
import { upsertTrial, type SourceForIngest } from '../store/sources.ts';
import type { Message } from './journal-record.ts';
import { startPoller } from './poller.ts';
import type { Readers } from './readers.ts';
import type { Routes } from './routes.ts';
import { toSamples, type Names } from './sample.ts';
import { connectionFault } from './subscriber.ts';

export interface TrialsOptions {
  db: Database;
  routes: Routes;
  readers: Readers;
  /** The house's broker, for drafts that listen there. */
  bus: { url: string; username?: string; password?: string };
  log: (message: string) => void;
}

const maxSamples = 12;
const maxKeptBytes = 4 * 1024 * 1024;
const saveEveryMs = 500;
/** A draft that nobody comes back for must not be connected for ever. */
const tryForMs = 15 * 60_000;
const leastPollSeconds = 5;

class RunningTrial {
  readonly version: number;
  readonly source: SourceForIngest;
  mapping: string;
  readonly #options: TrialsOptions;
  readonly #messages: Message[] = [];
  #keptBytes = 0;
  #state: Trial['state'] = 'waiting';
  #fault: string | null = null;
  #dirty = true;
  #saving: Promise<void> | undefined;
  readonly #timer: NodeJS.Timeout;
  readonly #end: NodeJS.Timeout;
  #disconnect: () => Promise<void>;

  constructor(source: SourceForIngest, options: TrialsOptions) {
    this.source = source;
    this.version = source.version;
    this.#options = options;
    this.mapping = this.#mappingNow();
    this.#disconnect = this.#connect();
    this.#timer = setInterval(() => this.#save(), saveEveryMs);
    this.#end = setTimeout(() => {
      void this.#disconnect();
      this.#say('failed', 'the trial ended after 15 minutes: connect again to go on');
    }, tryForMs);
  }

  #mappingNow(): string {
    return JSON.stringify(this.#options.routes.mappingOf(this.source.id));
  }

  /** Reads the samples again when another mapping was saved. */
  mappingChanged(): void {
    const mapping = this.#mappingNow();
    if (mapping === this.mapping) return;
    this.mapping = mapping;
    this.#dirty = true;
  }

  take(topic: string, payload: Buffer): void {
    if (this.#messages.length >= maxSamples || this.#keptBytes + payload.length > maxKeptBytes) return;
    this.#keptBytes += payload.length;
    this.#messages.push({ topic, payload: Buffer.from(payload), receivedAt: Date.now() });
    this.#say('connected', null);
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    clearTimeout(this.#end);
    await this.#disconnect();
    await this.#saving;
  }

  #say(state: Trial['state'], fault: string | null): void {
    if (this.#state === state && this.#fault === fault && state !== 'connected') return;
    this.#state = state;
    this.#fault = fault;
    this.#dirty = true;
  }

  #connect(): () => Promise<void> {
    const { source } = this;
    if (source.fault !== undefined) {
      this.#say('failed', source.fault);
      return async () => undefined;
    }
    if (source.transport !== 'http') return this.#listen();
    const poller = startPoller({
      source: {
        id: source.id,
        address: source.address ?? '',
        pollEverySeconds: Math.max(leastPollSeconds, source.pollEverySeconds ?? leastPollSeconds),
        credentials: source.credentials,
      },
      format: source.format,
      onBody: async (body) => this.take('poll', body),
      onState: (fault) => this.#say(fault === undefined ? 'connected' : 'failed', fault ?? null),
    });
    return () => poller.stop();
  }

  /** QoS 0 and no session: what is looked at here is not taken from whoever it is meant for. */
  #listen(): () => Promise<void> {
    const { source } = this;
    const { bus } = this.#options;
    const own = source.transport === 'broker';
    const username = own ? bus.username : source.credentials?.username;
    const password = own ? bus.password : source.credentials?.password;
    const client = mqtt.connect(own ? bus.url : (source.address ?? ''), {
      ...(username === undefined ? {} : { username }),
      ...(password === undefined ? {} : { password }),
      clean: true,
      connectTimeout: 10_000,
      reconnectPeriod: 3_000,
      reconnectOnConnackError: true,
    });
    client.on('connect', () => {
      client.subscribe(source.topicFilter ?? '#', { qos: 0 }, (error, granted) => {
        const refused = granted?.some((grant) => grant.qos === 128) ?? false;
        if (error) this.#say('failed', `subscribing failed: ${error.message}`);
        else if (refused) this.#say('failed', `the broker refuses to show ${source.topicFilter ?? '#'}`);
        else if (this.#messages.length === 0) this.#say('connected', null);
      });
    });
    client.on('message', (topic, payload) => this.take(topic, payload));
    client.on('error', (error) => this.#say('failed', connectionFault(error)));
    return () => client.endAsync(true);
  }

  #save(): void {
    if (!this.#dirty || this.#saving !== undefined) return;
    this.#dirty = false;
    const names: Names = new Map();
    const { id, format } = this.source;
    const { db, readers, routes, log } = this.#options;
    let trial: Trial;
    try {
      const route = { feedId: id, format, simulated: false, topic: '' };
      const samples = toSamples(readers, route, routes.mappingOf(id), this.#messages, names);
      trial = {
        state: this.#state,
        fault: this.#fault,
        at: new Date().toISOString(),
        samples,
        names: [...names.values()],
      };
    } catch (error) {
      log(`trial of ${id}: ${String(error)}`);
      return;
    }
    this.#saving = upsertTrial(db, id, trial)
      .catch((error: Error) => {
        this.#dirty = true;
        log(`trial of ${id}: ${error.message}`);
      })
      .finally(() => {
        this.#saving = undefined;
      });
  }
}

export class Trials {
  readonly #options: TrialsOptions;
  readonly #trials = new Map<string, RunningTrial>();

  constructor(options: TrialsOptions) {
    this.#options = options;
  }

  async set(drafts: readonly SourceForIngest[]): Promise<void> {
    const wanted = new Map(drafts.map((draft) => [draft.id, draft]));
    for (const [id, trial] of this.#trials) {
      if (wanted.get(id)?.version === trial.version) trial.mappingChanged();
      else {
        this.#trials.delete(id);
        await trial.stop();
      }
    }
    for (const draft of wanted.values()) {
      if (!this.#trials.has(draft.id)) this.#trials.set(draft.id, new RunningTrial(draft, this.#options));
    }
  }

  /** The embedded broker refuses what no feed claims: a draft that would claim it may look at it. */
  offer(topic: string, payload: Buffer): void {
    for (const trial of this.#trials.values()) {
      const { transport, topicFilter } = trial.source;
      if (transport === 'broker' && matchesFilter(topicFilter ?? '', topic)) trial.take(topic, payload);
    }
  }

  async stop(): Promise<void> {
    for (const trial of this.#trials.values()) await trial.stop();
    this.#trials.clear();
  }
}
