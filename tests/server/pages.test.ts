// The built pages and the base map: what browsers may keep, and for how long.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { toBasemap } from '../../server/routes/city.ts';
import { startWorld, type World } from './world.ts';

let world: World;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'simpang-pages-'));
  await mkdir(join(folder, 'web/assets'), { recursive: true });
  await writeFile(join(folder, 'secret.txt'), 'not a page');
  await writeFile(join(folder, 'web/index.html'), '<!doctype html><title>Simpang</title>');
  await writeFile(join(folder, 'web/icon.svg'), '<svg xmlns="http://www.w3.org/2000/svg"/>');
  await writeFile(join(folder, 'web/assets/main-1a2b.js'), `/* ${'x'.repeat(4000)} */`);
  await writeFile(join(folder, 'map.pmtiles'), Buffer.from(Array.from({ length: 1000 }, (_, i) => i % 256)));
  world = await startWorld({
    env: { SIMPANG_BASEMAP: join(folder, 'map.pmtiles') },
    server: { webFolder: join(folder, 'web') },
  });
});
afterAll(async () => {
  await world?.stop();
  await rm(folder, { recursive: true, force: true });
});

test('the shell is asked for each time', async () => {
  const response = await world.fetch('/');
  expect(response.status).toBe(200);
  expect(response.headers.get('cache-control')).toBe('no-store');
  expect(response.headers.get('content-type')).toMatch(/^text\/html/);
  expect(await response.text()).toContain('<title>Simpang</title>');
});

test('hashed parts are kept for a year, and travel compressed', async () => {
  const response = await world.fetch('/assets/main-1a2b.js', { headers: { 'accept-encoding': 'gzip' } });
  expect(response.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
  expect(response.headers.get('content-encoding')).toBe('gzip');
  expect((await world.fetch('/icon.svg')).headers.get('cache-control')).toBe('public, max-age=3600');
  expect((await world.fetch('/assets/main-0000.js')).status).toBe(404);
});

test.each([
  '/secret.txt',
  '/assets/../../secret.txt',
  '/assets/..%2f..%2fsecret.txt',
  '/..%5csecret.txt',
  '/index.html',
])('%s is no page', async (path) => {
  expect([400, 403, 404]).toContain((await world.fetch(path)).status);
});

test('the base map is read by ranges, by whoever is signed in', async () => {
  expect(await (await world.fetch('/basemap.json')).json()).toEqual({
    kind: 'pmtiles',
    url: '/basemap.pmtiles',
  });
  expect((await world.fetch('/basemap.pmtiles')).status).toBe(401);
  const cookie = await world.signIn('display');
  const part = await world.fetch('/basemap.pmtiles', {
    cookie,
    headers: { range: 'bytes=10-13', 'accept-encoding': 'gzip' },
  });
  expect(part.status).toBe(206);
  expect(part.headers.get('content-range')).toBe('bytes 10-13/1000');
  expect([...new Uint8Array(await part.arrayBuffer())]).toEqual([10, 11, 12, 13]);
  const beyond = await world.fetch('/basemap.pmtiles', { cookie, headers: { range: 'bytes=5000-' } });
  expect(beyond.status).toBe(416);
});

test('a style of somebody else is named, and may be fetched by the page', async () => {
  expect(toBasemap('https://tiles.example/style.json')).toEqual({
    kind: 'style',
    url: 'https://tiles.example/style.json',
  });
  const styled = await startWorld({ env: { SIMPANG_BASEMAP: 'https://tiles.example/style.json' } });
  try {
    const policy = (await styled.fetch('/')).headers.get('content-security-policy')!;
    expect(policy).toMatch(/connect-src [^;]* https:\/\/tiles\.example;/);
    expect(policy).toMatch(/img-src [^;]* https:\/\/tiles\.example;/);
    expect(policy).not.toMatch(/script-src [^;]*tiles/);
  } finally {
    await styled.stop();
  }
});
