// The ear on the bus, for rooms that follow it: newest values and feed counters from the broker, and whether it is there at all.
import mqtt from 'mqtt';
import { Compile } from 'typebox/compile';
import { isAssetKind, type AssetKind } from '../model/asset.ts';
import { AlarmReport } from '../model/alarm-report.ts';
import { FeedReport } from '../model/feed.ts';
import { busTopics, type Change } from '../model/live.ts';
import { isChangeOf } from './picture.ts';

export interface BusOptions {
  url: string;
  username?: string | undefined;
  password?: string | undefined;
}

export interface BusListeners {
  changes(kind: AssetKind, changes: Change[]): void;
  feeds(report: FeedReport): void;
  /** What each process of the alarms room says of itself. */
  alarms?(report: AlarmReport): void;
  /** Subscribed: from now on nothing is missed. Also after every reconnection. */
  connected(): void;
  disconnected(): void;
  log(message: string): void;
}

export interface Bus {
  /** Messages that were not what the topic promises. */
  readonly malformed: number;
  /** At QoS 0, and only while connected: what is said again each second need not wait. */
  publish(topic: string, payload: object): void;
  stop(): Promise<void>;
}

const reconnectMs = 1_000;
const connectTimeoutMs = 5_000;
const keepaliveSeconds = 10;
const changesTopic = /^simpang\/live\/([a-z]+)$/;

const report = Compile(FeedReport);
const alarmReport = Compile(AlarmReport);

/** Connects, and connects again for as long as it takes. */
export function listenToBus(bus: BusOptions, listeners: BusListeners): Bus {
  let malformed = 0;
  const client = mqtt.connect(bus.url, {
    clientId: `simpang-listener-${process.pid}-${Math.random().toString(36).slice(2, 10)}`,
    ...(bus.username === undefined ? {} : { username: bus.username }),
    ...(bus.password === undefined ? {} : { password: bus.password }),
    reconnectPeriod: reconnectMs,
    connectTimeout: connectTimeoutMs,
    keepalive: keepaliveSeconds,
    resubscribe: false,
    reconnectOnConnackError: true,
  });
  client.on('connect', () => {
    const topics = [busTopics.allChanges, busTopics.feeds, ...(listeners.alarms ? [busTopics.alarms] : [])];
    client.subscribe(topics, { qos: 0 }, (error, granted) => {
      const refused = granted?.find((grant) => grant.qos === 128);
      if (error) listeners.log(`bus: ${error.message}`);
      else if (refused) listeners.log(`bus: the broker refuses to subscribe us to ${refused.topic}`);
      else listeners.connected();
    });
  });
  client.on('close', () => listeners.disconnected());
  // Reconnection follows by itself; without a listener the error would end the process.
  client.on('error', (error) => listeners.log(`bus: ${error.message || String(error)}`));
  client.on('message', (topic, payload) => {
    if (!hear(topic, payload, listeners)) malformed++;
  });
  return {
    get malformed() {
      return malformed;
    },
    publish: (topic, payload) => {
      if (client.connected) client.publish(topic, JSON.stringify(payload), { qos: 0 });
    },
    stop: () => client.endAsync(true),
  };
}

/** False when the payload is not what the topic promises. */
function hear(topic: string, payload: Buffer, listeners: BusListeners): boolean {
  let value: unknown;
  try {
    value = JSON.parse(payload.toString('utf8'));
  } catch {
    return false;
  }
  if (topic === busTopics.feeds) {
    if (!report.Check(value)) return false;
    listeners.feeds(value);
    return true;
  }
  if (topic === busTopics.alarms) {
    if (!alarmReport.Check(value)) return false;
    listeners.alarms?.(value);
    return true;
  }
  const kind = changesTopic.exec(topic)?.[1] ?? '';
  if (!isAssetKind(kind) || !Array.isArray(value)) return false;
  const changes = value.filter((change): change is Change => isChangeOf(kind, change));
  if (changes.length > 0) listeners.changes(kind, changes);
  return changes.length === value.length;
}
