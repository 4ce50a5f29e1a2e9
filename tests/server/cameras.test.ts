// A camera's picture through the server: parts of its own stream from where cameras are, and nothing else.
import fc from 'fast-check';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  CameraNetworks,
  maxSegmentBytes,
  relativePlaylist,
  toStreamPart,
} from '../../server/camera-source.ts';
import { eventually } from '../eventually.ts';
import { problemOf, startWorld, type World } from './world.ts';

const playlist = `#EXTM3U
#EXT-X-VERSION:3
#EXT-X-TARGETDURATION:2
#EXT-X-MAP:URI="init.mp4"
#EXTINF:2.0,
seg-1.ts
`;

let world: World;
let cookie: string;
let base: string;
const asked: string[] = [];
const camera = createServer((request: IncomingMessage, response: ServerResponse) => {
  asked.push(`${request.url}`);
  const answers: Record<string, () => void> = {
    '/cams/1/live.m3u8?key=s3cret': () => response.end(playlist),
    '/cams/1/leaks.m3u8': () => response.end(`#EXTM3U\nhttp://10.0.0.7/other.ts\n`),
    '/cams/1/own.m3u8': () => response.end(`#EXTM3U\n${base}/cams/1/seg-1.ts\n`),
    '/cams/1/seg-1.ts': () => response.end(Buffer.from([0x47, 1, 2, 3])),
    '/cams/1/large.ts': () => response.end(Buffer.alloc(maxSegmentBytes + 1)),
    '/cams/1/moved.ts': () => response.writeHead(302, { location: 'http://10.0.0.7/secret' }).end(),
    '/cams/1/hangs.ts': () => undefined,
    '/cams/1/hangs-a-little.ts': () => setTimeout(() => response.end('x'), 300),
  };
  const answer = answers[request.url ?? ''];
  if (answer) answer();
  else response.writeHead(404).end();
});

beforeAll(async () => {
  camera.listen(0, '127.0.0.1');
  await once(camera, 'listening');
  base = `http://127.0.0.1:${(camera.address() as AddressInfo).port}`;
  world = await startWorld();
  cookie = await world.signIn('viewer');
  await world.db.execute(
    `INSERT INTO asset (kind, source_id, name, simulated, unconfirmed, expected_every_seconds) VALUES
       ('camera', 'real-1', 'Real', false, false, 60), ('camera', 'blind', 'Blind', true, false, 60)`,
  );
  const frame = { kind: 'camera', unconfirmed: false, expectedEverySeconds: 60 };
  await world.publish('camera', [
    { id: 'camera:real-1', name: 'Real', simulated: false, ...frame },
    { id: 'camera:blind', name: 'Blind', simulated: true, ...frame },
  ]);
  await eventually(async () => {
    const assets = await (await world.fetch('/api/assets?kind=camera', { cookie })).text();
    expect(assets).toMatch(/camera:blind/);
  });
});
afterAll(async () => {
  camera.closeAllConnections();
  camera.close();
  await world?.stop();
});
beforeEach(() => {
  asked.length = 0;
});

/** At most three seconds old when the server asks. */
async function streamOf(sourceId: string, url: string): Promise<void> {
  await world.db.execute(
    `UPDATE asset SET attributes = jsonb_build_object('streamUrl', $2::text) WHERE kind = 'camera' AND source_id = $1`,
    [sourceId, url],
  );
}
const live = (id: string, path: string): Promise<Response> =>
  world.fetch(`/api/cameras/${id}/live/${path}`, { cookie });

describe('a simulated camera', () => {
  beforeAll(async () => {
    await streamOf('sim-cam-1', `${base}/cams/1/live.m3u8?key=s3cret`);
    await eventually(async () => expect((await live('camera:sim-cam-1', 'index.m3u8')).status).toBe(200));
  });

  test('its playlist, by either id, and its segments', async () => {
    for (const id of ['camera:sim-cam-1', 'sim-cam-1']) {
      const response = await live(id, 'index.m3u8');
      expect(response.headers.get('content-type')).toBe('application/vnd.apple.mpegurl');
      expect(await response.text()).toBe(playlist);
    }
    const segment = await live('sim-cam-1', 'seg-1.ts');
    expect(segment.headers.get('content-type')).toBe('video/mp2t');
    expect(Buffer.from(await segment.arrayBuffer())).toEqual(Buffer.from([0x47, 1, 2, 3]));
    expect(asked).toContain('/cams/1/live.m3u8?key=s3cret');
  });

  test.each([
    ['..%2f..%2fadmin.ts'],
    ['%2e%2e/x.ts'],
    ['../x.ts'],
    ['%2fetc%2fpasswd'],
    ['http:%2f%2f10.0.0.7%2fx.ts'],
    ['%2f%2f10.0.0.7%2fx.ts'],
    ['seg-1.ts%3fa=b'],
    ['seg-1.ts%23'],
    ['config.json'],
    ['.ts'],
    ['seg%5c..%5cx.ts'],
    ['a'.repeat(300) + '.ts'],
  ])('%s is no part of its stream', async (path) => {
    expect([404, 414]).toContain((await live('sim-cam-1', path)).status);
    expect(asked).toEqual([]);
  });

  test.each([
    ['missing.ts', 404],
    ['moved.ts', 502],
    ['large.ts', 502],
    ['leaks.m3u8', 502],
    ['hangs.ts', 504],
  ])('%s answers %i and names no address', async (path, status) => {
    const response = await live('sim-cam-1', path);
    expect(response.status).toBe(status);
    const problem = JSON.stringify(await problemOf(response));
    expect(problem).not.toMatch(/127\.0\.0\.1|10\.0\.0\.7|s3cret|cams/);
  });

  test('many who ask at once ask it once', async () => {
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => live('sim-cam-1', 'hangs-a-little.ts')),
    );
    expect(new Set(answers.map((response) => response.status))).toEqual(new Set([200]));
    expect(asked.length).toBeLessThan(20);
  });

  test('its own address in a playlist becomes relative', async () => {
    expect(await (await live('sim-cam-1', 'own.m3u8')).text()).toBe('#EXTM3U\nseg-1.ts\n');
  });

  test('an unknown one, one without a picture, and one for whom it is not', async () => {
    expect((await live('sim-cam-9', 'index.m3u8')).status).toBe(404);
    expect((await live('__proto__', 'index.m3u8')).status).toBe(404);
    expect((await live('blind', 'index.m3u8')).status).toBe(404);
    const crew = await world.signIn('crew');
    expect((await world.fetch('/api/cameras/sim-cam-1/live/index.m3u8', { cookie: crew })).status).toBe(403);
  });
});

test('a real camera on this machine, or anywhere no network of cameras is, is not fetched', async () => {
  await streamOf('real-1', `${base}/cams/1/live.m3u8?key=s3cret`);
  await eventually(async () => expect((await live('real-1', 'index.m3u8')).status).toBe(502));
  expect(asked).toEqual([]);
});

test.each([
  ['10.20.3.4', false, true],
  ['10.21.0.1', false, false],
  ['192.0.2.1', false, true],
  ['127.0.0.1', false, false],
  ['169.254.169.254', false, false],
  ['::1', false, false],
  ['::ffff:127.0.0.1', false, false],
  ['::ffff:10.20.3.4', false, true],
  ['2001:db8::5', false, true],
  ['127.0.0.1', true, true],
  ['::1', true, true],
  ['10.20.3.4', true, false],
])('%s (simulated: %s): %s', (address, simulated, allowed) => {
  expect(new CameraNetworks(['10.20.0.0/16', '192.0.2.1', '2001:db8::/32']).allows(address, simulated)).toBe(
    allowed,
  );
});

test('names are checked by where they lead', async () => {
  const { lookup } = { lookup: new CameraNetworks([]).lookup(false) };
  const error = await new Promise((resolve) => lookup('localhost', {}, resolve));
  expect(String(error)).toMatch(/not in a network of cameras/);
  expect(() => new CameraNetworks(['cameras.example'])).toThrow(/cameras\.example/);
});

test('whatever path is asked for, only the stream’s own folder of its own host is', () => {
  const piece = fc.constantFrom(
    '..',
    '.',
    '/',
    '\\',
    '%2e',
    '%2f',
    '@',
    ':',
    '?',
    '#',
    'http://',
    'x',
    '.ts',
    '.m3u8',
    '\0',
  );
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.array(piece).map((pieces) => pieces.join('')),
      ),
      (path) => {
        const part = toStreamPart('http://10.20.0.1:8000/cams/1/live.m3u8?key=1', path);
        if (part === undefined) return;
        expect(part.url.origin).toBe('http://10.20.0.1:8000');
        expect(part.url.pathname.startsWith('/cams/1/')).toBe(true);
      },
    ),
    { numRuns: 2000 },
  );
  for (const url of ['file:///etc/passwd', 'rtsp://10.20.0.1/x', 'javascript:1', '', 'x']) {
    expect(toStreamPart(url, 'index.m3u8')).toBeUndefined();
  }
});

test('playlists of any text keep within the folder', () => {
  const part = toStreamPart('http://10.20.0.1/cams/1/live.m3u8', 'index.m3u8')!;
  const line = fc.oneof(
    fc.string(),
    fc.constantFrom(
      'seg.ts',
      '../x.ts',
      '/x.ts',
      'http://a/x.ts',
      '//a/x',
      '#EXT-X-KEY:URI="http://a"',
      'http://10.20.0.1/cams/1/y.ts',
    ),
  );
  fc.assert(
    fc.property(fc.array(line), (lines) => {
      const text = relativePlaylist(lines.join('\n'), part, 'http://10.20.0.1/cams/1/live.m3u8');
      for (const shown of text?.split('\n') ?? []) {
        if (shown.startsWith('#') || shown.trim() === '') continue;
        expect(new URL(shown, 'http://here/live/').href).toMatch(/^http:\/\/here\/live\//);
      }
    }),
  );
});
