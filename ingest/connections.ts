// The connections to sources of their own: pollers and other brokers, started and stopped as their rows change.
import { toSourceTopic } from '../model/topics.ts';
import type { SourceForIngest } from '../store/sources.ts';
import type { Door } from './door.ts';
import type { Feeds } from './feeds.ts';
import { startPoller } from './poller.ts';
import { startSubscriber } from './subscriber.ts';

interface Connection {
  version: number;
  send(topic: string, payload: Buffer): void;
  stop(forget: boolean): Promise<void>;
}

export interface ConnectionsOptions {
  door: Door;
  feeds: Feeds;
  /** Of this system: at each broker its sessions are told apart by it. */
  clientId: string;
}

const defaultPollSeconds = 30;
const journalRetryMs = 1_000;
const pollTopic = 'poll';

export class Connections {
  readonly #options: ConnectionsOptions;
  readonly #connections = new Map<string, Connection>();
  #stopped = false;

  constructor(options: ConnectionsOptions) {
    this.#options = options;
  }

  /** These sources and no others are connected from now on. */
  async set(sources: readonly SourceForIngest[]): Promise<void> {
    const wanted = new Map(
      sources.filter((each) => each.transport !== 'broker').map((each) => [each.id, each]),
    );
    const stopping: Promise<void>[] = [];
    for (const [id, connection] of this.#connections) {
      if (wanted.get(id)?.version === connection.version) continue;
      this.#connections.delete(id);
      // Nobody comes back for what another broker would keep for a source that was paused or taken away.
      stopping.push(connection.stop(!wanted.has(id)));
    }
    await Promise.all(stopping);
    for (const source of wanted.values()) {
      if (!this.#connections.has(source.id) && !this.#stopped)
        this.#connections.set(source.id, this.#connect(source));
    }
  }

  /** False when the source has no connection of its own. */
  send(sourceId: string, topic: string, payload: Buffer): boolean {
    const connection = this.#connections.get(sourceId);
    connection?.send(topic, payload);
    return connection !== undefined;
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await Promise.all([...this.#connections.values()].map((connection) => connection.stop(false)));
    this.#connections.clear();
  }

  #connect(source: SourceForIngest): Connection {
    const feed = this.#options.feeds.of(source.id, false);
    if (source.fault !== undefined) {
      feed.fault = source.fault;
      return { version: source.version, send: () => undefined, stop: async () => undefined };
    }
    return source.transport === 'http' ? this.#poll(source) : this.#subscribe(source);
  }

  #subscribe(source: SourceForIngest): Connection {
    const feed = this.#options.feeds.of(source.id, false);
    const subscriber = startSubscriber({
      url: source.address ?? '',
      clientId: `${this.#options.clientId}-${source.id}`,
      username: source.credentials?.username,
      password: source.credentials?.password,
      filters: [source.topicFilter ?? '#'],
      unwanted: [],
      onMessage: (topic, payload, qos, settled) =>
        this.#options.door.admit(toSourceTopic(source.id, topic), payload, qos, settled),
      onState: (fault) => (feed.fault = fault ?? null),
    });
    return { version: source.version, send: subscriber.send, stop: subscriber.stop };
  }

  #poll(source: SourceForIngest): Connection {
    const { door, feeds } = this.#options;
    const feed = feeds.of(source.id, false);
    const topic = toSourceTopic(source.id, pollTopic);
    let stopped = false;
    const poller = startPoller({
      source: {
        id: source.id,
        address: source.address ?? '',
        pollEverySeconds: source.pollEverySeconds ?? defaultPollSeconds,
        credentials: source.credentials,
      },
      format: source.format,
      // What was polled can be polled again, but not as it is now: it waits for room in the journal.
      onBody: async (body) => {
        const taken = (): Promise<boolean> => new Promise((resolve) => door.admit(topic, body, 1, resolve));
        while (!(await taken()) && !stopped)
          await new Promise((resolve) => setTimeout(resolve, journalRetryMs));
      },
      onState: (fault) => {
        feed.fault = fault ?? null;
        // That nothing changed is an answer too.
        if (fault === undefined) feed.lastMessageAt = Date.now();
      },
    });
    return {
      version: source.version,
      send: () => undefined,
      stop: async () => {
        stopped = true;
        await poller.stop();
      },
    };
  }
}
