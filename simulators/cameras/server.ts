// Serves the cameras' pictures as HLS on the loopback: a camera is drawn and encoded only while somebody watches.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pictureFaultsAt } from '../faults.ts';
import type { World } from '../simulation.ts';
import { openChannel, type Channel } from './channel.ts';
import { createEncoder } from './encoder.ts';
import { sceneOf } from './scenes.ts';

export interface CameraServer {
  /** `http://127.0.0.1:port` */
  address: string;
  /** Fills the channels; to be called some times a second. */
  tick(nowMs: number): void;
  stop(): Promise<void>;
}

export interface CameraServerOptions {
  world: World;
  encoderFile: string;
  log: (message: string) => void;
}

const idleMs = 15_000;
/** One thread encodes about so many at once. */
const mostChannels = 16;

export async function startCameraServer({
  world,
  encoderFile,
  log,
}: CameraServerOptions): Promise<CameraServer> {
  const encoder = createEncoder(encoderFile, log);
  const channels = new Map<string, Channel>();
  const ids = world.cameras.map((camera) => camera.id);
  const isOffline = (id: string, ms: number): boolean =>
    pictureFaultsAt(world.seed, ids, ms).get(id) === 'offline';

  const watch = (id: string): Channel | undefined => {
    const site = world.cameras.find((camera) => camera.id === id)!;
    const nowMs = Date.now();
    let channel = channels.get(id);
    if (!channel && channels.size < mostChannels) {
      const sceneAt = (fromMs: number, atSeconds: number) => sceneOf(world, site, fromMs, atSeconds);
      // What was under way when the last watcher left is nobody's loss.
      const say = (message: string): void => {
        if (channels.has(id)) log(message);
      };
      channel = openChannel({ sceneAt, encode: (scene) => encoder.encode(scene), log: say }, nowMs);
      channels.set(id, channel);
    }
    if (channel) channel.askedMs = nowMs;
    return channel;
  };

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const [, id = '', file = ''] = /^\/([\w-]+)\/(index\.m3u8|\d+\.ts)$/.exec(request.url ?? '') ?? [];
    if (request.method !== 'GET' && request.method !== 'HEAD') return refuse(response, 405);
    if (!ids.includes(id)) return refuse(response, 404);
    if (isOffline(id, Date.now())) return refuse(response, 503);
    const channel = watch(id);
    if (!channel) return refuse(response, 503);
    if (file === 'index.m3u8') {
      if (!(await channel.ready())) return refuse(response, 503);
      return send(response, 'application/vnd.apple.mpegurl', channel.playlist());
    }
    const segment = channel.segment(Number.parseInt(file, 10));
    return segment ? send(response, 'video/mp2t', segment) : refuse(response, 404);
  };

  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      log(`simulator: ${error instanceof Error ? error.message : String(error)}`);
      if (!response.headersSent) refuse(response, 500);
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });

  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    tick(nowMs) {
      if (channels.size === 0) return;
      for (const [id, channel] of channels) {
        if (nowMs - channel.askedMs > idleMs || isOffline(id, nowMs)) channels.delete(id);
        else channel.advance(nowMs);
      }
      if (channels.size === 0) void encoder.close();
    },
    async stop() {
      channels.clear();
      server.closeAllConnections();
      await Promise.all([new Promise((resolve) => server.close(resolve)), encoder.close()]);
    },
  };
}

function send(response: ServerResponse, type: string, body: string | Uint8Array): void {
  response.writeHead(200, {
    'content-type': type,
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
  });
  response.end(body);
}

function refuse(response: ServerResponse, status: number): void {
  response.writeHead(status, { 'cache-control': 'no-store' }).end();
}
