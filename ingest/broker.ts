// The embedded broker: loopback, MQTT 3.1.1; a device's message is on disk before the device hears that it arrived.
import { createServer, type Server, type Socket } from 'node:net';
import type { EventEmitter } from 'node:events';
import { randomBytes, timingSafeEqual } from 'node:crypto';
import { Aedes, type Client } from 'aedes';
import { ownPrefix } from '../model/topics.ts';
import type { DeviceRights, Devices } from './devices.ts';
import type { Settled } from './door.ts';
import type { Routes } from './routes.ts';

export interface BrokerOptions {
  port: number;
  simulate: boolean;
  /** Whether clients without a user name may publish feeds. */
  anonymous: boolean;
  routes: Routes;
  devices: Devices;
  /** A message of a feed; `settled` lets the broker acknowledge it, or tells it to send the device away with it. */
  onMessage: (topic: string, payload: Buffer, qos: number, settled: Settled) => void;
  onRefused: (topic: string, payload: Buffer) => void;
}

export interface BrokerAccess {
  url: string;
  username: string;
  password: string;
}

export interface EmbeddedBroker {
  access: BrokerAccess;
  close(): Promise<void>;
}

const ownUsername = 'simpang';
const host = '127.0.0.1';

/** @throws when the port is taken, naming it and SIMPANG_MQTT_PORT. */
export async function startBroker(options: BrokerOptions): Promise<EmbeddedBroker> {
  const password = randomBytes(24).toString('base64url');
  const own = new WeakSet<Client>();
  // A device's last will is published after it is gone, with its rights.
  const rights = new WeakMap<Client, DeviceRights>();
  const connected = new Set<Client>();
  const mayPublish = (client: Client | null, topic: string): boolean => {
    if (client !== null && own.has(client)) return mayOwnPublish(topic, options.routes);
    const route = options.routes.of(topic);
    if (route === undefined || topic.startsWith(ownPrefix) || (route.simulated && !options.simulate))
      return false;
    const right = client === null ? undefined : rights.get(client);
    return right === undefined ? options.anonymous : right.mayPublish(topic);
  };

  const aedes = await Aedes.createBroker({
    authenticate: (client, username, given, done) => {
      if (username === undefined) return done(null, options.anonymous);
      if (username === ownUsername) {
        const isOwn = given !== undefined && equal(given, password);
        if (isOwn) own.add(client);
        return done(null, isOwn);
      }
      options.devices.authenticate(username, given?.toString('utf8') ?? '').then(
        (right) => {
          if (right !== undefined) {
            rights.set(client, right);
            connected.add(client);
          }
          done(null, right !== undefined);
        },
        () => done(null, false),
      );
    },
    authorizePublish: (client, packet, done) => {
      const { topic, qos } = packet;
      const payload = typeof packet.payload === 'string' ? Buffer.from(packet.payload) : packet.payload;
      if (!mayPublish(client, topic)) {
        options.onRefused(topic, payload);
        return done(new Error('not a topic for devices'));
      }
      if (client !== null && own.has(client) && options.routes.of(topic) === undefined) return done(null);
      // Nobody subscribes to feeds here: what is retained would only fill the memory.
      packet.retain = false;
      // Aedes acknowledges after this answers, and reads nothing more from this client until then.
      options.onMessage(topic, payload, qos, (taken) =>
        done(taken ? null : new Error('the journal is full')),
      );
    },
    authorizeSubscribe: (client, subscription, done) => {
      const may = own.has(client) || rights.get(client)?.maySubscribe(subscription.topic) === true;
      done(null, may ? subscription : null);
    },
  });
  aedes.on('clientDisconnect', (client: Client) => connected.delete(client));
  // Revoked, or with other rights: it is sent away, and comes back with what it may now.
  options.devices.onChange((username) => {
    for (const client of connected) if (rights.get(client)?.username === username) client.close();
  });
  // A device's broken connection is its own affair; without listeners it would end the process.
  aedes.on('clientError', () => undefined);
  aedes.on('connectionError', () => undefined);
  // A will that may not be published ends up here.
  (aedes as EventEmitter).on('error', () => undefined);

  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.setNoDelay(true);
    aedes.handle(socket);
  });
  const port = await listen(server, options.port);
  return {
    access: { url: `mqtt://${host}:${port}`, username: ownUsername, password },
    close: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      await new Promise<void>((resolve) => aedes.close(() => resolve()));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

/** Commands to Sparkplug's edge nodes are the one thing we say to devices (Sparkplug 3.0, 6.4.21 and 6.4.22). */
const commandTopic = /^spBv1\.0\/[^/]+\/[ND]CMD\//;

const mayOwnPublish = (topic: string, routes: Routes): boolean =>
  topic.startsWith(ownPrefix) || commandTopic.test(topic) || routes.of(topic) !== undefined;

function equal(given: Buffer, expected: string): boolean {
  const wanted = Buffer.from(expected);
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      reject(
        error.code === 'EADDRINUSE'
          ? new Error(
              `The MQTT port ${port} on ${host} is taken. Stop what holds it, or set SIMPANG_MQTT_PORT.`,
            )
          : error,
      );
    });
    server.listen(port, host, () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
  });
}
