// The embedded broker: loopback, MQTT 3.1.1; a device's message is on disk before the device hears that it arrived.
import { createServer, type Server, type Socket } from 'node:net';
import type { EventEmitter } from 'node:events';
import { randomBytes, timingSafeEqual } from 'node:crypto';
import { Aedes, type Client } from 'aedes';
import { ownPrefix, routeOf } from '../model/topics.ts';
import type { Settled } from './door.ts';

export interface BrokerOptions {
  port: number;
  simulate: boolean;
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
  const mayPublish = (client: Client | null, topic: string): boolean => {
    if (client !== null && own.has(client))
      return topic.startsWith(ownPrefix) || routeOf(topic) !== undefined;
    const route = routeOf(topic);
    return route !== undefined && (options.simulate || !route.simulated);
  };

  const aedes = await Aedes.createBroker({
    authenticate: (client, username, given, done) => {
      if (username === undefined) return done(null, true);
      const isOwn = username === ownUsername && given !== undefined && equal(given, password);
      if (isOwn) own.add(client);
      done(null, isOwn);
    },
    authorizePublish: (client, packet, done) => {
      const { topic, qos } = packet;
      const payload = typeof packet.payload === 'string' ? Buffer.from(packet.payload) : packet.payload;
      if (!mayPublish(client, topic)) {
        options.onRefused(topic, payload);
        return done(new Error('not a topic for devices'));
      }
      if (topic.startsWith(ownPrefix)) return done(null);
      // Nobody subscribes to feeds here: what is retained would only fill the memory.
      packet.retain = false;
      // Aedes acknowledges after this answers, and reads nothing more from this client until then.
      options.onMessage(topic, payload, qos, (taken) =>
        done(taken ? null : new Error('the journal is full')),
      );
    },
    authorizeSubscribe: (client, subscription, done) => done(null, own.has(client) ? subscription : null),
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
