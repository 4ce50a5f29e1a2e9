// A broker's messages: subscribed at QoS 1, acknowledged only once the journal has synced them.
import mqtt, { type MqttClient, type Packet } from 'mqtt';
import type { Settled } from './door.ts';

export interface SubscriberOptions {
  url: string;
  clientId: string;
  username?: string | undefined;
  password?: string | undefined;
  filters: readonly string[];
  /** What the session may hold from an earlier start, and is not wanted now. */
  unwanted: readonly string[];
  onMessage: (topic: string, payload: Buffer, qos: number, settled: Settled) => void;
  /** Why nothing comes, in words for people; undefined once it is subscribed. */
  onState: (fault: string | undefined) => void;
}

export interface Subscriber {
  /** Other filters from now on. */
  setFilters(filters: readonly string[]): void;
  send(topic: string, payload: Buffer): void;
  /** Ends the connection; the broker keeps what comes meanwhile, unless nobody will come for it. */
  stop(forget?: boolean): Promise<void>;
}

type WritePacket = (packet: Packet, done?: () => void) => void;

/** Messages that may wait for their acknowledgement; at the bound the parser waits, and so does the broker. */
const maxUnacknowledged = 10_000;

const endWithinMs = 2_000;
const listenEveryMs = 1_000;
/** A broker that was silent for so many looks is asked for a sign of life, at every further one. */
const askAfterLooks = 2;
const deadAfterLooks = 5;

/**
 * Subscribes with a session that outlives the connection. MQTT.js would acknowledge on receipt, one message after
 * another: its PUBACKs are held here, in order, until what they acknowledge is on disk.
 */
export function startSubscriber(options: SubscriberOptions): Subscriber {
  const { username, password } = options;
  const client = mqtt.connect(options.url, {
    clientId: options.clientId,
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
    clean: false,
    reconnectPeriod: 1_000,
    connectTimeout: 10_000,
    keepalive: 30,
    resubscribe: false,
    // A broker that is starting refuses; MQTT.js would then never try again.
    reconnectOnConnackError: true,
  });
  const isHeldBack = holdAcknowledgements(client, options.onMessage);
  const stopListening = endWhenDead(client, isHeldBack, options.onState);
  let filters = options.filters;
  let unwanted = options.unwanted;
  const subscribe = (): void => {
    if (unwanted.length > 0) client.unsubscribe([...unwanted], { properties: {} }, () => undefined);
    client.subscribe([...filters], { qos: 1 }, (error, granted) => {
      const refused = granted?.filter((grant) => grant.qos === 128).map((grant) => grant.topic) ?? [];
      if (error) options.onState(`subscribing failed: ${error.message}`);
      else if (refused.length > 0) options.onState(`the broker refuses to show ${refused.join(', ')}`);
      else options.onState(undefined);
    });
  };
  // An error says more than the closing that follows it.
  let fault: string | undefined;
  client.on('connect', () => {
    fault = undefined;
    subscribe();
  });
  client.on('error', (error) => options.onState((fault = connectionFault(error))));
  client.on('close', () => options.onState(fault ?? 'the connection is closed; trying again'));
  return {
    setFilters: (wanted) => {
      unwanted = filters.filter((filter) => !wanted.includes(filter));
      filters = wanted;
      if (client.connected) subscribe();
    },
    send: (topic, payload) => {
      if (client.connected) client.publish(topic, payload, { qos: 0 });
    },
    stop: async (forget = false) => {
      stopListening();
      if (forget && client.connected) {
        await Promise.race([
          client.unsubscribeAsync([...filters]).catch(() => undefined),
          new Promise((resolve) => setTimeout(resolve, endWithinMs)),
        ]);
      }
      client.removeAllListeners('close');
      await client.endAsync(!client.connected);
    },
  };
}

/**
 * Ends a connection that hangs open, so that another is made. MQTT.js would wait for the answer to its own ping, which
 * may stand behind thousands of messages: here any byte is a sign of life. Looks are counted, not time, for a process
 * that was busy has not looked.
 * @param isHeldBack whether we ourselves read nothing just now.
 * @returns what stops it.
 */
function endWhenDead(
  client: MqttClient,
  isHeldBack: () => boolean,
  onState: SubscriberOptions['onState'],
): () => void {
  let silentLooks = 0;
  let bytesHeard: number | undefined;
  let packetsHeard = 0;
  client.on('packetreceive', () => packetsHeard++);
  const timer = setInterval(() => {
    const { bytesRead } = client.stream as { bytesRead?: number };
    if (!client.connected || isHeldBack() || packetsHeard > 0 || bytesRead !== bytesHeard) {
      // It was asked whether it lives, and does.
      if (silentLooks > askAfterLooks && client.connected) onState(undefined);
      silentLooks = 0;
    } else silentLooks++;
    packetsHeard = 0;
    bytesHeard = bytesRead;
    if (silentLooks >= deadAfterLooks) client.stream.destroy();
    else if (silentLooks >= askAfterLooks) {
      // A broker with nothing to say is asked, and has until the next look to answer.
      if (silentLooks > askAfterLooks) onState('the broker does not answer');
      client.sendPing();
    }
  }, listenEveryMs);
  return () => clearInterval(timer);
}

/** What a broker's or a socket's error says to who connects a feed. */
export function connectionFault(error: Error & { code?: number | string }): string {
  const known: Record<string, string> = {
    ENOTFOUND: 'there is no such host: is the address right?',
    EAI_AGAIN: 'the name of the host cannot be looked up just now',
    ECONNREFUSED: 'nobody listens at this address and port',
    ETIMEDOUT: 'no answer: is a firewall in between?',
    ECONNRESET: 'the other side ended the connection: is it mqtts:// that is spoken there?',
    '4': 'the broker refuses user name and password',
    '5': 'the broker refuses: not authorised',
    '134': 'the broker refuses user name and password',
    '135': 'the broker refuses: not authorised',
  };
  const { code } = error;
  return (code !== undefined && known[String(code)]) || error.message || String(code ?? 'no connection');
}

interface Held {
  /** The message is on disk, or was refused for good. */
  settled: boolean;
  /** Its PUBACK, once MQTT.js wrote it: at once, or later while it still restores a session. */
  packet: Packet | undefined;
  /** Kept while the bound is reached: calling it lets the parser go on. */
  release: (() => void) | undefined;
}

/** @returns whether the bound is reached, at which nothing more is read. */
function holdAcknowledgements(client: MqttClient, onMessage: SubscriberOptions['onMessage']): () => boolean {
  const inner = client as unknown as { _writePacket: WritePacket };
  const write = inner._writePacket.bind(client);
  /** By message id, in the order of arrival, which is the order PUBACKs must keep (MQTT 3.1.1, 4.6). */
  let held = new Map<number, Held>();

  const writeSettled = (): void => {
    for (const [id, each] of held) {
      if (!each.settled || each.packet === undefined) break;
      held.delete(id);
      write(each.packet);
      each.release?.();
    }
  };
  let scheduled = false;
  const schedule = (): void => {
    // A whole group settles at once: its acknowledgements leave together.
    if (scheduled) return;
    scheduled = true;
    queueMicrotask(() => {
      scheduled = false;
      writeSettled();
    });
  };

  client.on('message', (topic, payload, { qos, messageId }) => {
    const current: Held = { settled: false, packet: undefined, release: undefined };
    if (qos > 0 && messageId !== undefined) held.set(messageId, current);
    onMessage(topic, payload, qos, (taken) => {
      // Not taken: the broker keeps it, and sends it again with the next connection.
      if (!taken) return void client.stream.destroy();
      current.settled = true;
      schedule();
    });
  });
  inner._writePacket = (packet, done) => {
    const current = packet.cmd === 'puback' ? held.get(packet.messageId ?? -1) : undefined;
    if (current === undefined) return write(packet, done);
    current.packet = packet;
    if (current.settled) schedule();
    if (held.size < maxUnacknowledged) done?.();
    else current.release = done;
  };
  // Whatever was not acknowledged comes again with the next connection.
  client.on('close', () => {
    held = new Map();
  });
  return () => held.size >= maxUnacknowledged;
}
