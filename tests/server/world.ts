// A whole server room for tests: a real broker, a real database that can be sent away, and the server on a free port.
import { Aedes } from 'aedes';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type AddressInfo, type Socket as TcpSocket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { io, type Socket } from 'socket.io-client';
import { readCity } from '../../cities/read-city.ts';
import { parseConfig } from '../../model/config.ts';
import type { AlarmReport } from '../../model/alarm-report.ts';
import type { FeedReport } from '../../model/feed.ts';
import { busTopics, type ClientToServer, type ServerToClient } from '../../model/live.ts';
import type { Role } from '../../model/roles.ts';
import { startServer, type RunningServer, type ServerOptions } from '../../server/main.ts';
import { hashPassword } from '../../server/passwords.ts';
import { registerAssets } from '../../store/assets.ts';
import type { Database } from '../../store/connect.ts';
import { openSecrets, type Secrets } from '../../store/secrets.ts';
import { insertUser } from '../../store/users.ts';
import { citiesFolder } from '../places.ts';
import { eventually } from '../eventually.ts';
import { startDatabase, type TestDatabase } from './postgres.ts';

export type Client = Socket<ServerToClient, ClientToServer>;

/** A broker that can be taken away and brought back on the same port. */
export class TestBroker {
  #aedes: Aedes | undefined;
  #server: ReturnType<typeof createServer> | undefined;
  readonly #sockets = new Set<TcpSocket>();
  #port = 0;

  get url(): string {
    return `mqtt://127.0.0.1:${this.#port}`;
  }

  get clients(): number {
    return this.#aedes?.connectedClients ?? 0;
  }

  async start(): Promise<void> {
    const aedes = await Aedes.createBroker();
    const server = createServer((socket) => {
      this.#sockets.add(socket);
      aedes.handle(socket);
    });
    server.listen(this.#port, '127.0.0.1');
    await once(server, 'listening');
    this.#port = (server.address() as AddressInfo).port;
    this.#aedes = aedes;
    this.#server = server;
  }

  async stop(): Promise<void> {
    const [aedes, server] = [this.#aedes, this.#server];
    this.#aedes = this.#server = undefined;
    if (server === undefined || aedes === undefined) return;
    const closed = once(server, 'close');
    server.close();
    await new Promise<void>((resolve) => aedes.close(() => resolve()));
    for (const socket of this.#sockets) socket.destroy();
    this.#sockets.clear();
    await closed;
  }

  publish(topic: string, payload: unknown): Promise<void> {
    const text = typeof payload === 'string' ? payload : JSON.stringify(payload);
    return new Promise((resolve, reject) => {
      const packet = {
        cmd: 'publish',
        topic,
        payload: Buffer.from(text),
        qos: 0,
        dup: false,
        retain: false,
      } as const;
      this.#aedes!.publish(packet, (error?: Error | null) => (error ? reject(error) : resolve()));
    });
  }
}

/** The database as the server sees it, which can be sent away. */
export interface AwayableDatabase extends Database {
  away: boolean;
}

export function awayable(db: Database): AwayableDatabase {
  const refused = (): Error =>
    Object.assign(new Error('connect ECONNREFUSED 10.9.8.7:5432'), { code: 'ECONNREFUSED' });
  const guarded: AwayableDatabase = {
    home: db.home,
    away: false,
    query: async (...given) => {
      if (guarded.away) throw refused();
      return db.query(...given);
    },
    execute: async (...given) => {
      if (guarded.away) throw refused();
      return db.execute(...given);
    },
    transaction: async (work) => {
      if (guarded.away) throw refused();
      return db.transaction(work);
    },
    listen: (channel, heard) => db.listen(channel, heard),
    hold: (...given) => (guarded.away ? Promise.reject(refused()) : db.hold(...given)),
    makeDurable: () => db.makeDurable(),
    close: () => db.close(),
  };
  return guarded;
}

export const password = 'a password of tests';

export interface World {
  broker: TestBroker;
  /** As the server sees it. */
  db: AwayableDatabase;
  server: RunningServer;
  url: string;
  /** Signs in as a user of the role, made when it is first asked for, and returns the cookie. */
  signIn(role: Role): Promise<string>;
  fetch(path: string, init?: RequestInit & { cookie?: string }): Promise<Response>;
  connect(cookie: string | undefined, extraHeaders?: Record<string, string>): Client;
  publish(kind: 'vehicle' | 'sensor' | 'camera', changes: unknown): Promise<void>;
  publishFeeds(): Promise<void>;
  stop(): Promise<void>;
}

export interface WorldOptions {
  env?: Record<string, string>;
  server?: Partial<ServerOptions>;
  away?: boolean;
  /** Of one's own; else PostgreSQL where it is installed. */
  database?: TestDatabase;
}

/** Of a data folder of its own. */
export async function testSecrets(): Promise<Secrets> {
  const folder = await mkdtemp(join(tmpdir(), 'simpang-secrets-'));
  try {
    return await openSecrets(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

export const testCity = () => readCity('pematangsiantar', citiesFolder);

/** Cheap enough to be made once a file. */
const passwordHash = hashPassword(password);

export async function startWorld(options: WorldOptions = {}): Promise<World> {
  const [{ db: whole, close }, city] = await Promise.all([options.database ?? startDatabase(), testCity()]);
  const broker = new TestBroker();
  await broker.start();
  await registerAssets(whole, [
    { kind: 'vehicle', sourceId: 'bus-1', name: 'Angkot 1', simulated: false, lat: 2.96, lon: 99.06 },
    { kind: 'sensor', sourceId: 'sim-air-1', name: 'Udara 1', simulated: true, lat: 2.95, lon: 99.05 },
    { kind: 'camera', sourceId: 'sim-cam-1', name: 'Kamera 1', simulated: true, lat: 2.97, lon: 99.07 },
  ]);
  const db = awayable(whole);
  db.away = options.away ?? false;
  const env = { SIMPANG_PORT: '0', SIMPANG_SIMULATE: '1', ...options.env };
  const server = await startServer({
    config: parseConfig(env, true),
    db,
    secrets: await testSecrets(),
    city,
    bus: { url: broker.url },
    webFolder: join(tmpdir(), 'simpang-has-no-pages'),
    version: '1.2.3-test',
    log: pino({ level: process.env.TEST_LOG ?? 'silent' }),
    ...options.server,
  });
  const clients: Client[] = [];
  const users = new Set<Role>();
  const world: World = {
    broker,
    db,
    server,
    url: server.address,
    fetch: (path, { cookie, ...init } = {}) =>
      fetch(`${server.address}${path}`, {
        ...init,
        headers: { ...(cookie === undefined ? {} : { cookie }), ...(init.headers as Record<string, string>) },
      }),
    signIn: async (role) => {
      if (!users.has(role)) {
        users.add(role);
        const user = { username: role, displayName: `Ibu ${role}`, role, passwordHash: await passwordHash };
        await insertUser(whole, user, 'test');
      }
      const response = await world.fetch('/api/session', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ username: role, password }),
      });
      if (response.status !== 200)
        throw new Error(`signing in as ${role}: ${response.status} ${await response.text()}`);
      return response.headers.get('set-cookie')!.split(';')[0]!;
    },
    connect: (cookie, extraHeaders = {}) => {
      const client: Client = io(server.address, {
        transports: ['websocket'],
        forceNew: true,
        reconnection: false,
        extraHeaders: { ...(cookie === undefined ? {} : { cookie }), ...extraHeaders },
      });
      clients.push(client);
      return client;
    },
    publish: (kind, changes) => broker.publish(busTopics.changes(kind), changes),
    publishFeeds: async () => {
      await broker.publish(busTopics.feeds, feedReport());
      await broker.publish(busTopics.alarms, alarmReport());
    },
    stop: async () => {
      for (const client of clients) client.close();
      await server.stop();
      await broker.stop();
      await close();
    },
  };
  await eventually(async () => {
    if (broker.clients === 0) throw new Error('the server does not listen to the bus yet');
    const response = await world.fetch('/api/health');
    const { checks } = (await response.json()) as { checks: { broker: { ok: boolean } } };
    if (!checks.broker.ok || (response.status !== 200 && !db.away))
      throw new Error('the server is not ready yet');
  });
  return world;
}

export const alarmReport = (): AlarmReport => ({
  at: new Date().toISOString(),
  leader: true,
  rules: 12,
  subjects: 240,
  standing: 0,
  waiting: 0,
  databaseError: null,
  blindSince: null,
});

export const feedReport = (): FeedReport => ({
  at: new Date().toISOString(),
  startedAt: new Date(Date.now() - 60_000).toISOString(),
  journalBytes: 0,
  journalLimitBytes: 2 ** 31,
  journalFault: null,
  unstored: 0,
  unreadBytes: 0,
  databaseError: null,
  feeds: [
    {
      id: 'city-vehicle',
      name: null,
      format: 'native',
      transport: 'broker',
      address: 'city/vehicle/+/position',
      simulated: false,
      expectedEverySeconds: 60,
      fault: null,
      ratePerSecond: 0.5,
      waiting: 0,
      received: 3,
      accepted: 2,
      rejected: 1,
      rejectedByReason: { schema: 1 },
      duplicates: 0,
      late: 0,
      dropped: 0,
      lastMessageAt: new Date().toISOString(),
      lagMs: 12,
      lagP50Ms: 10,
      lagP99Ms: 14,
    },
  ],
});

/** What a problem document says. */
export async function problemOf(response: Response): Promise<Record<string, unknown>> {
  const type = response.headers.get('content-type') ?? '';
  if (!type.startsWith('application/problem+json'))
    throw new Error(`${response.status} is ${type}: ${await response.text()}`);
  return (await response.json()) as Record<string, unknown>;
}
