// A city that faults are done to: everything in one process, or Mosquitto, PostgreSQL, ingest and server each alone.
import { tools } from '../tools.js';
import type { CityClient } from './city-client.ts';
import { startEmbeddedCity } from './embedded-city.ts';
import { startOutsideCity } from './outside-city.ts';
import { outsideDatabaseName, withoutOutsideDatabase } from './outside-database.ts';
import type { StoredFleet } from './stored-fleet.ts';
import type { Query } from '../../store/connect.ts';

export interface FaultCity {
  readonly parts: string;
  /** For devices. */
  readonly mqttUrl: string;
  readonly client: CityClient;
  readonly dataFolder: string;
  /** Starts what does not run; resolves once health is ok. */
  start(): Promise<void>;
  killEverything(): Promise<void>;
  databaseGone(): Promise<void>;
  databaseBack(): Promise<void>;
  databaseHangs(): Promise<void>;
  databaseLetGo(): Promise<void>;
  /** Writing to the journal fails as on a full disk, without one. */
  injectDiskFull(full: boolean): Promise<void>;
  /** The process that ingests. */
  readonly pid: number | undefined;
  /** Resolves once what ingest took is in the database, and a fleet has no fewer rows than `keys`. */
  settled(fleet: string, keys: number): Promise<void>;
  /** Hands out the database; the embedded city is stopped first, and `start` brings it back. */
  withDatabase<T>(work: (db: Query) => Promise<T>): Promise<T>;
  stored(fleet: string): Promise<StoredFleet>;
  remove(): Promise<void>;
}

export interface Parts {
  parts: string;
  /** Why it cannot run here. */
  missing: string | undefined;
  start: () => Promise<FaultCity>;
}

export const embedded: Parts = {
  parts: 'embedded',
  missing:
    process.env.DATABASE_URL === undefined ? undefined : 'DATABASE_URL is set: nothing embedded is tried',
  start: startEmbeddedCity,
};

export const outside: Parts = {
  parts: `Mosquitto + ${outsideDatabaseName}`,
  missing: tools.mosquitto === undefined ? 'Mosquitto is not installed' : withoutOutsideDatabase,
  start: () => startOutsideCity(),
};

export const bothParts = [embedded, outside];

/** `FAULTS=full`: as long as it takes; else what fits into every run. */
export const isFull = process.env.FAULTS === 'full';
