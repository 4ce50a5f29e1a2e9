// An outside broker's messages: subscribed at QoS 1, acknowledged only once the journal has synced them.
import mqtt, { type MqttClient, type Packet } from 'mqtt';
import { subscriptions } from '../model/topics.ts';

export interface SubscriberOptions {
  url: string;
  clientId: string;
  simulate: boolean;
  onMessage: (topic: string, payload: Buffer, qos: number, settled: () => void) => void;
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
  });
  holdAcknowledgements(client, options.onMessage);
  client.on('connect', () => {
    client.subscribe(subscriptions(options.simulate), { qos: 1 }, (error) => {
      if (error) options.log(`broker: ${error.message}`);
    });
  });
  client.on('error', (error) => options.log(`broker: ${error.message}`));
  return client;
}

interface Held {
  packet: Packet;
  settled: boolean;
  /** Kept while the bound is reached: calling it lets the parser go on. */
  release: (() => void) | undefined;
}

function holdAcknowledgements(client: MqttClient, onMessage: SubscriberOptions['onMessage']): void {
  const inner = client as unknown as { _writePacket: WritePacket };
  const write = inner._writePacket.bind(client);
  let held: Held[] = [];
  /** The PUBACK of the message just handed over comes right after it; this tells it whether it may go. */
  let arriving: { settled: boolean; held: Held | undefined } | undefined;

  const writeSettled = (): void => {
    let count = 0;
    while (count < held.length && held[count]!.settled) write(held[count++]!.packet);
    if (count === 0) return;
    held = held.slice(count);
    for (const each of held) {
      if (each.release === undefined) continue;
      const { release } = each;
      each.release = undefined;
      release();
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

  client.on('message', (topic, payload, packet) => {
    const current: NonNullable<typeof arriving> = { settled: false, held: undefined };
    arriving = current;
    onMessage(topic, payload, packet.qos, () => {
      current.settled = true;
      if (current.held !== undefined) {
        current.held.settled = true;
        schedule();
      }
    });
  });
  inner._writePacket = (packet, done) => {
    if (packet.cmd !== 'puback') return write(packet, done);
    const entry: Held = { packet, settled: arriving?.settled ?? true, release: undefined };
    if (arriving !== undefined) arriving.held = entry;
    held.push(entry);
    if (entry.settled) schedule();
    if (held.length < maxUnacknowledged) done?.();
    else entry.release = done;
  };
  // Whatever was not acknowledged comes again with the next connection.
  client.on('close', () => {
    held = [];
  });
}
