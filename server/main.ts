// The server room: from the store and the live picture to people. Starts without a database, and serves when it comes.
import type { AddressInfo } from 'node:net';
import type { Logger } from 'pino';
import type { City } from '../model/city.ts';
import type { Config } from '../model/config.ts';
import { selectAssets } from '../store/assets.ts';
import type { Database } from '../store/connect.ts';
import type { Secrets } from '../store/secrets.ts';
import { buildApp, type App } from './app.ts';
import { BlindnessCount } from './blindness.ts';
import { HealthWatch, type DiskState } from './health.ts';
import { startLive, type Live } from './live/start.ts';
import type { BusOptions } from '../bus/listen.ts';
import { Origins } from './origin.ts';
import { Sessions } from './session.ts';

export interface ServerOptions {
  config: Config;
  db: Database;
  /** Opened once, with the key of the data folder. */
  secrets: Secrets;
  city: City;
  bus: BusOptions;
  /** What vite built: `dist/web`. */
  webFolder: string;
  version: string;
  log: Logger;
  diskOk?: () => Promise<DiskState>;
  /** Addresses and networks (`10.20.0.0/16`) of real cameras. */
  cameraNetworks?: readonly string[];
  /** Requests a minute that one address may make without a session. */
  anonymousPerMinute?: number;
}

export interface RunningServer {
  /** Where it listens, `http://127.0.0.1:8080`. */
  address: string;
  port: number;
  stop(): Promise<void>;
}

const dropExpiredEveryMs = 3_600_000;

/** @throws with a message for people when the port is taken or may not be used. */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const { config, db, version, log } = options;
  const say = (message: string): void => log.warn(message);
  const sessions = new Sessions(db);
  const origins = new Origins(config.publicUrl);
  const live: Live = startLive({
    db,
    bus: options.bus,
    sessions,
    origins,
    select: () => selectAssets(db, config.simulate),
    withSimulated: config.simulate,
    newHealth: (hooks) => new HealthWatch({ db, diskOk: options.diskOk, version, log, ...hooks }),
    log: say,
  });
  const links = () => live.health.toLinkState();
  const blindness = new BlindnessCount(
    { db, city: options.city, picture: live.picture, links, log: say },
    Date.now(),
  );
  blindness.start();
  const cleaning = setInterval(() => void sessions.dropExpired().catch(() => undefined), dropExpiredEveryMs);
  const stopAll = async (): Promise<void> => {
    clearInterval(cleaning);
    await Promise.all([live.stop(), blindness.stop()]);
  };
  let app: App | undefined;
  try {
    app = await buildApp({
      config,
      db,
      secrets: options.secrets,
      city: options.city,
      picture: live.picture,
      health: live.health,
      sessions,
      origins,
      live: live.figures,
      webFolder: options.webFolder,
      version,
      cameraNetworks: options.cameraNetworks ?? [],
      anonymousPerMinute: options.anonymousPerMinute,
      log,
    });
    await app.ready();
    live.open(app.server, (header) => app!.parseCookie(header));
    await listen(app, config);
  } catch (error) {
    await stopAll();
    await app?.close();
    throw error;
  }
  const running = app;
  const { port } = running.server.address() as AddressInfo;
  return {
    address: `http://${shownHost(config.host)}:${port}`,
    port,
    stop: async () => {
      await stopAll();
      await running.close();
    },
  };
}

async function listen(app: App, { host, port }: Config): Promise<void> {
  try {
    await app.listen({ host, port });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EADDRINUSE') {
      throw new Error(
        `Port ${port} on ${host} is taken by another process. Set SIMPANG_PORT to another one (0 takes a free one).`,
        { cause: error },
      );
    }
    if (code === 'EACCES' || code === 'EADDRNOTAVAIL') {
      throw new Error(
        `Cannot listen on ${host}, port ${port} (${code}). Set SIMPANG_HOST and SIMPANG_PORT to what this machine has.`,
        { cause: error },
      );
    }
    throw error;
  }
}

/** An address that a browser on this machine can open. */
function shownHost(host: string): string {
  if (host === '0.0.0.0' || host === '::') return '127.0.0.1';
  return host.includes(':') ? `[${host}]` : host;
}
