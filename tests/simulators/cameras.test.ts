// The cameras' pictures: a playlist, segments of MPEG-TS, and nothing where a camera is offline or unknown.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { BufferSource, EncodedPacketSink, Input, MPEG_TS } from 'mediabunny';
import { openChannel, toPlaylist, type Segment } from '../../simulators/cameras/channel.ts';
import { startCameraServer, type CameraServer } from '../../simulators/cameras/server.ts';
import { pictureFaultsAt } from '../../simulators/faults.ts';
import type { Scene } from '../../simulators/picture/scene.ts';
import { createWorld, type World } from '../../simulators/simulation.ts';
import { moveVehicle } from '../../simulators/vehicles/fixes.ts';
import { eventually } from '../eventually.ts';
import { distFolder } from '../places.ts';
import { city } from './city-of-tests.ts';

const encoderFile = join(distFolder, 'simulators/camera-encoder.js');

describe('over HTTP', () => {
  let world: World;
  let server: CameraServer;
  let timer: NodeJS.Timeout;
  beforeAll(async () => {
    expect(existsSync(encoderFile), `${encoderFile} is not built`).toBe(true);
    world = createWorld(city, 7, Date.now());
    for (const vehicle of world.vehicles) moveVehicle(vehicle, city, Date.now());
    server = await startCameraServer({ world, encoderFile, log: console.error });
    timer = setInterval(() => server.tick(Date.now()), 100);
  });
  afterAll(async () => {
    clearInterval(timer);
    await server.stop();
  });

  const faultsNow = () =>
    pictureFaultsAt(
      7,
      world.cameras.map((camera) => camera.id),
      Date.now(),
    );
  const camera = (): string => world.cameras.find(({ id }) => !faultsNow().has(id))!.id;

  test('a playlist whose segments are H.264 in MPEG-TS, with times that go on', async () => {
    const id = camera();
    const response = await fetch(`${server.address}/${id}/index.m3u8`);
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('application/vnd.apple.mpegurl');
    const playlist = await response.text();
    expect(playlist).toMatch(/^#EXTM3U\n/);
    expect(playlist).toMatch(/#EXT-X-PROGRAM-DATE-TIME:\d{4}-\d\d-\d\dT/);
    const names = playlist.match(/^\d+\.ts$/gm)!;
    expect(names.length).toBeGreaterThanOrEqual(3);
    const ends: number[] = [];
    for (const name of names) {
      const bytes = new Uint8Array(await (await fetch(`${server.address}/${id}/${name}`)).arrayBuffer());
      expect(bytes.length % 188).toBe(0);
      for (let at = 0; at < bytes.length; at += 188) expect(bytes[at]).toBe(0x47);
      const track = await new Input({
        source: new BufferSource(bytes),
        formats: [MPEG_TS],
      }).getPrimaryVideoTrack();
      expect(await track!.getCodec()).toBe('avc');
      const times: number[] = [];
      for await (const packet of new EncodedPacketSink(track!).packets()) times.push(packet.timestamp);
      expect(times.length).toBe(16);
      if (ends.length > 0) expect(times[0]).toBeCloseTo(ends.at(-1)! + 1 / 8, 3);
      ends.push(times.at(-1)!);
    }
  });

  test('goes on while somebody watches', async () => {
    const id = camera();
    const last = async (): Promise<string> =>
      (await (await fetch(`${server.address}/${id}/index.m3u8`)).text()).match(/^\d+\.ts$/gm)!.at(-1)!;
    const first = await last();
    await eventually(async () => expect(await last()).not.toBe(first));
  });

  test.each([
    ['/sim-camera-nowhere-1/index.m3u8', 404],
    ['/', 404],
    ['/../../etc/passwd', 404],
    ['/sim-camera-smd-1/index.m3u8/more', 404],
  ])('%s: %i', async (path, status) => {
    expect((await fetch(server.address + path)).status).toBe(status);
  });

  test('an offline camera has no picture', async () => {
    const offline = [...faultsNow()].find(([, fault]) => fault === 'offline')![0];
    expect((await fetch(`${server.address}/${offline}/index.m3u8`)).status).toBe(503);
  });
});

test('a discontinuity counts only once its tag has left the playlist', () => {
  const segment = (sequence: number, afterGap: boolean): Segment => ({
    sequence,
    fromMs: sequence * 2000,
    afterGap,
    bytes: new Uint8Array(),
  });
  const playlist = toPlaylist([segment(8, false), segment(9, true)], 3);
  expect(playlist).toContain('#EXT-X-MEDIA-SEQUENCE:8\n#EXT-X-DISCONTINUITY-SEQUENCE:3\n');
  expect(playlist).toContain(
    '8.ts\n#EXT-X-DISCONTINUITY\n#EXT-X-PROGRAM-DATE-TIME:1970-01-01T00:00:18.000Z\n',
  );
});

test('an encoder that fails leaves a gap, marked as one, and the channel goes on', async () => {
  let calls = 0;
  const channel = openChannel(
    {
      sceneAt: (fromMs) => ({ fromMs }) as Scene,
      encode: () =>
        ++calls === 4 ? Promise.reject(new Error('no')) : Promise.resolve(new Uint8Array([calls])),
      log: () => undefined,
    },
    1_000_000,
  );
  let nowMs = 1_000_000;
  await eventually(() => {
    channel.advance((nowMs += 2000));
    expect(channel.playlist()).toContain('#EXT-X-DISCONTINUITY\n');
  });
  await eventually(() => {
    channel.advance((nowMs += 2000));
    expect(channel.playlist()).toContain('#EXT-X-DISCONTINUITY-SEQUENCE:1\n');
  });
  expect(channel.playlist()).not.toContain('#EXT-X-DISCONTINUITY\n');
});
