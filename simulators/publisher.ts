// The simulator's line to the broker: outlives restarts of it, and never holds more than a bounded number of messages.
import { connect, type IClientOptions } from 'mqtt';
import type { Message } from './message.ts';

export interface PublisherOptions {
  mqttUrl: string;
  username?: string | undefined;
  password?: string | undefined;
  log: (message: string) => void;
  /** At each connection, the first one and those after a break. */
  onConnect: () => void;
}

export interface Publisher {
  /** QoS 0: lost while the broker is away, as a moving thing's position may be. QoS 1: held and sent later. */
  send(message: Message): void;
  /** Sends until it is acknowledged; false when the publisher was closed before. */
  deliver(message: Message): Promise<boolean>;
  close(): Promise<void>;
}

const mostWaiting = 2000;
const mostUnacknowledged = 500;
const retryMs = 500;

export function createPublisher({
  mqttUrl,
  username,
  password,
  log,
  onConnect,
}: PublisherOptions): Publisher {
  const options: IClientOptions = { queueQoSZero: false, reconnectPeriod: 1000, connectTimeout: 10_000 };
  if (username !== undefined) options.username = username;
  if (password !== undefined) options.password = password;
  const client = connect(mqttUrl, options);
  const waiting: Message[] = [];
  let unacknowledged = 0;
  let closed = false;
  let told = false;

  client.on('connect', () => {
    told = false;
    onConnect();
    for (const message of waiting.splice(0)) publish(message);
  });
  client.on('error', (error) => {
    // Each attempt to connect again fails anew: one line for all of them.
    if (!told && !closed) log(`simulator: ${error.message || String(error)}`);
    told = true;
  });

  const hold = (message: Message): void => {
    waiting.push(message);
    if (waiting.length > mostWaiting) waiting.shift();
  };

  const publish = (message: Message): void => {
    const { topic, payload, qos, retain } = message;
    if (qos === 1) unacknowledged++;
    client.publish(topic, JSON.stringify(payload), { qos, retain }, (error) => {
      if (qos === 0) return;
      unacknowledged--;
      // A reconnection that breaks fails what was under way; states that are retained are sent again anyway.
      if (error && !retain && !closed) hold(message);
    });
  };

  const isOpen = (): boolean => client.connected && unacknowledged < mostUnacknowledged;

  return {
    send(message) {
      if (isOpen()) publish(message);
      else if (message.qos === 1 && !message.retain) hold(message);
    },
    async deliver({ topic, payload, qos, retain }) {
      while (!closed) {
        if (client.connected) {
          try {
            await client.publishAsync(topic, JSON.stringify(payload), { qos, retain });
            return true;
          } catch {
            // The connection broke: again once it is back.
          }
        }
        await new Promise((resolve) => setTimeout(resolve, retryMs));
      }
      return false;
    },
    async close() {
      closed = true;
      await client.endAsync(true);
    },
  };
}
