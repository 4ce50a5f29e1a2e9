// What a browser sees: delay from publish to page, frames while the map is dragged, time to the first live map.
import { createServer } from 'node:http';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import type { Browser, Page } from 'playwright-core';
import { launchChromium, openTab, signIn } from '../browser/chromium.ts';
import { adminPassword } from '../city.ts';
import { newTestDatabase } from '../database.ts';
import { root } from '../places.ts';
import { run } from '../process.ts';
import { inBackground, type Background } from './child.ts';

export interface BenchCity {
  address: string;
  mqttUrl: string;
  stop(): Promise<void>;
}

export async function startBenchCity(): Promise<BenchCity> {
  const database = await newTestDatabase();
  const running = run(['start'], {
    SIMPANG_DATA: database.dataFolder,
    SIMPANG_PORT: '0',
    SIMPANG_MQTT_PORT: '0',
    SIMPANG_SIMULATE: '0',
    SIMPANG_ADMIN_PASSWORD: adminPassword,
  });
  const [, address] = await running.printed(/Simpang: (\S+)/);
  const [, mqttUrl] = await running.printed(/MQTT in: (\S+)/);
  return {
    address: address!,
    mqttUrl: mqttUrl!,
    stop: async () => {
      running.child.kill('SIGINT');
      await running.exited;
      await database.remove();
    },
  };
}

/** Vehicles that drive, each heard `everyMs`, from a process of their own. */
export const driveVehicles = (
  mqttUrl: string,
  vehicles: number,
  everyMs: number,
  mixed = false,
): Background => inBackground('drive', mqttUrl, String(vehicles), String(everyMs), mixed ? 'mixed' : '');

declare global {
  // Filled by the page: see `watchDelays`.
  var simpangDelays: number[];
}

/** Notes, for every change that reaches the page, how long ago it was published. */
async function watchDelays(page: Page): Promise<void> {
  await page.addInitScript(() => {
    globalThis.simpangDelays = [];
    const Native = globalThis.WebSocket;
    globalThis.WebSocket = class extends Native {
      constructor(url: string | URL, protocols?: string | string[]) {
        super(url, protocols);
        this.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
          const now = Date.now();
          if (typeof data !== 'string' || !data.startsWith('42["changes"')) return;
          const [, changes] = JSON.parse(data.slice(2)) as [string, { observedAt?: string }[]];
          for (const change of changes) {
            if (change.observedAt) globalThis.simpangDelays.push(now - Date.parse(change.observedAt));
          }
        });
      }
    };
  });
}

export interface Delays {
  p50: number;
  p99: number;
  changes: number;
}

/** Delay in milliseconds over `seconds`, after the page has settled. */
export async function measureDelays(browser: Browser, city: BenchCity, seconds: number): Promise<Delays> {
  const { page, context } = await openTab(browser, 1280, 720);
  await watchDelays(page);
  await signIn(page, city.address, adminPassword);
  await page.waitForSelector('[data-testid=map][data-ready=true]');
  await page.waitForTimeout(5_000);
  await page.evaluate(() => (globalThis.simpangDelays = []));
  await page.waitForTimeout(seconds * 1_000);
  const delays = (await page.evaluate(() => globalThis.simpangDelays)).sort((a, b) => a - b);
  await context.close();
  const at = (share: number): number => delays[Math.floor(delays.length * share)] ?? Number.NaN;
  return { p50: at(0.5), p99: at(0.99), changes: delays.length };
}

/** Frames a second while the map is dragged to and fro: with all layers, then with those of the assets switched off. */
export async function measureFrames(
  browser: Browser,
  city: BenchCity,
  assets: number,
): Promise<{ shown: number; hidden: number }> {
  const { page, context } = await openTab(browser, 1280, 720);
  await signIn(page, city.address, adminPassword);
  await page.waitForFunction(
    (wanted) =>
      Number(document.querySelector('[data-testid=asset-total]')?.textContent?.replaceAll(/\D/g, '') ?? 0) >=
      wanted,
    assets,
    { timeout: 120_000 },
  );
  await page.waitForTimeout(4_000);
  const shown = await countFrames(page);
  for (const layer of ['service', 'angkot', 'sensor', 'camera'])
    await page.locator(`[data-layer=${layer}] [role=switch], [data-layer=${layer}] input`).first().click();
  const hidden = await countFrames(page);
  await context.close();
  return { shown, hidden };
}

async function countFrames(page: Page): Promise<number> {
  const frames = page.evaluate(
    () =>
      new Promise<number>((resolve) => {
        let count = 0;
        const startedAt = performance.now();
        const tick = (): void => {
          const elapsed = performance.now() - startedAt;
          if (elapsed > 8_000) resolve((count * 1_000) / elapsed);
          else {
            count++;
            requestAnimationFrame(tick);
          }
        };
        requestAnimationFrame(tick);
      }),
  );
  await page.mouse.move(640, 400);
  await page.mouse.down();
  let done = false;
  void frames.then(() => (done = true));
  for (let step = 0; !done; step++)
    await page.mouse.move(640 + 100 * Math.sin(step / 10), 400 + 60 * Math.cos(step / 10));
  await page.mouse.up();
  return frames;
}

/** Milliseconds from asking for the page to the first picture with everything on it, signed in, nothing cached. */
export async function measureFirstMap(browser: Browser, city: BenchCity): Promise<number> {
  const { page, context } = await openTab(browser, 1280, 720);
  await signIn(page, city.address, adminPassword);
  await page.goto('about:blank');
  const startedAt = performance.now();
  await page.goto(city.address);
  await page.waitForSelector('[data-testid=map][data-ready=true]');
  const ms = performance.now() - startedAt;
  await context.close();
  return ms;
}

/** The same of a page that holds MapLibre and an empty style, and nothing else. */
export async function measureBareMap(browser: Browser): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'simpang-bare-'));
  await build({
    stdin: {
      contents: `import { Map, setWorkerUrl } from 'maplibre-gl';
        setWorkerUrl('/worker.mjs');
        const map = new Map({ container: 'map', style: { version: 8, sources: {}, layers: [{ id: 'ground', type: 'background' }] } });
        map.once('idle', () => document.body.dataset.ready = 'true');`,
      resolveDir: root,
    },
    bundle: true,
    minify: true,
    format: 'esm',
    outfile: join(folder, 'page.js'),
    logLevel: 'error',
  });
  const files: Record<string, [string, string | Buffer]> = {
    '/': [
      'text/html',
      '<!doctype html><style>#map{position:absolute;inset:0}</style><body><div id=map></div><script type=module src=/page.js></script>',
    ],
    '/page.js': ['text/javascript', await readFile(join(folder, 'page.js'))],
    '/worker.mjs': [
      'text/javascript',
      await readFile(join(root, 'node_modules/maplibre-gl/dist/maplibre-gl-worker.mjs')),
    ],
  };
  const server = createServer((request, response) => {
    const file = files[request.url ?? ''] ?? ['text/plain', ''];
    response.writeHead(200, { 'content-type': file[0] }).end(file[1]);
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { page, context } = await openTab(browser, 1280, 720);
  const startedAt = performance.now();
  await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  await page.waitForSelector('[data-ready=true]', { state: 'attached' });
  const ms = performance.now() - startedAt;
  await context.close();
  server.close();
  await rm(folder, { recursive: true });
  return ms;
}

export const withBrowser = async <T>(work: (browser: Browser) => Promise<T>): Promise<T> => {
  const browser = await launchChromium();
  try {
    return await work(browser);
  } finally {
    await browser.close();
  }
};
