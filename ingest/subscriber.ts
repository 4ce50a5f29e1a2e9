// An outside broker's messages: subscribed at QoS 1, acknowledged only once the journal has synced them.
import mqtt, { type MqttClient, type Packet } from 'mqtt';
import { simulatedPrefix, subscriptions } from '../model/topics.ts';
import type { Settled } from './door.ts';

export interface SubscriberOptions {
  url: string;
  clientId: string;
  simulate: boolean;
  onMessage: (topic: string, payload: Buffer, qos: number, settled: Settled) => void;
  log: (message: string) => void;
}

type WritePacket = (packet: Packet, done?: () => void) => void;

/** Messages that may wait for their acknowledgement; at the bound the parser waits, and so does the broker. */
const maxUnacknowledged = 10_000;

/**
 * Subscribes every feed with a session that outlives the connection. MQTT.js would acknowledge on receipt, one message
 * after another: its PUBACKs are held here, in order, until what they acknowledge is on disk.
 */
export function startSubscriber(options: SubscriberOptions): MqttClient {
  const client = mqtt.connect(options.url, {
    clientId: options.clientId,
    clean: false,
    reconnectPeriod: 1_000,
    connectTimeout: 10_000,
    keepalive: 30,
    resubscribe: false,
    // A broker that is starting refuses; MQTT.js would then never try again.
    reconnectOnConnackError: true,
  });
  holdAcknowledgements(client, options.onMessage);
  client.on('connect', () => {
    // The session remembers what an earlier start subscribed.
    if (!options.simulate)
      client.unsubscribe(subscriptions(true).filter((each) => each.startsWith(simulatedPrefix)));
    client.subscribe(subscriptions(options.simulate), { qos: 1 }, (error) => {
      if (error) options.log(`broker: ${error.message}`);
    });
  });
  client.on('error', (error) => options.log(`broker: ${error.message}`));
  return client;
}

interface Held {
  /** The message is on disk, or was refused for good. */
  settled: boolean;
  /** Its PUBACK, once MQTT.js wrote it: at once, or later while it still restores a session. */
  packet: Packet | undefined;
  /** Kept while the bound is reached: calling it lets the parser go on. */
  release: (() => void) | undefined;
}

function holdAcknowledgements(client: MqttClient, onMessage: SubscriberOptions['onMessage']): void {
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
}
