// The brokers that ingest is tried with: the embedded one, and a Mosquitto of each test's own.
import { startMosquitto } from './mosquitto.ts';
import { tools } from './tools.js';

export interface TestBroker {
  /** For ingest; undefined lets it start the embedded one. */
  url: string | undefined;
  /** Resolves once ingest has subscribed. */
  subscribed(): Promise<void>;
  stop(): Promise<void>;
}

const embedded: TestBroker = {
  url: undefined,
  subscribed: async () => undefined,
  stop: async () => undefined,
};

export const brokers: { name: string; missing: string | undefined; start: () => Promise<TestBroker> }[] = [
  { name: 'embedded', missing: undefined, start: async () => embedded },
  {
    name: 'Mosquitto',
    missing: tools.mosquitto ? undefined : 'Mosquitto is not installed',
    start: startMosquitto,
  },
];
