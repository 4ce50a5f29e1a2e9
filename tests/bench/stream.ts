// Frames of the operator's page while ten thousand rows stand in the stream and fifty a second arrive, beside the page at rest.
import type { Browser, Page } from 'playwright-core';
import { firstAlarm } from '../../model/alarm.ts';
import { raising } from '../alarm-samples.ts';
import { openTab, signIn } from '../browser/chromium.ts';
import { adminPassword } from '../city.ts';
import type { BenchCity } from './browser.ts';

const rowsBefore = 10_000;
const perSecond = 50;
const batchesPerSecond = 10;
const seconds = 8;

declare global {
  // The page's own connection, so that events come to it as from the server, and cost the server nothing.
  var simpangSocket: WebSocket | undefined;
}

export interface StreamFrames {
  /** Frames a second with an empty stream and nothing arriving. */
  idle: number;
  /** With ten thousand rows and nothing arriving. */
  full: number;
  /** With fifty a second arriving, read from the top. */
  arriving: number;
  /** The same, read in the middle. */
  away: number;
  /** The longest time between two frames while they arrived, ms. */
  longestMs: number;
}

export async function measureStream(browser: Browser, city: BenchCity): Promise<StreamFrames> {
  const idle = (await withPage(browser, city, 0, countFrames)).perSecond;
  return withPage(browser, city, rowsBefore, async (page) => {
    const full = (await countFrames(page)).perSecond;
    const top = await whileArriving(page, 1);
    await page.getByTestId('stream').evaluate((box) => (box.scrollTop = 100_000));
    const away = await whileArriving(page, 2);
    const longestMs = Math.max(top.longestMs, away.longestMs);
    return { idle, full, arriving: top.perSecond, away: away.perSecond, longestMs };
  });
}

async function withPage<T>(
  browser: Browser,
  city: BenchCity,
  rows: number,
  work: (page: Page) => Promise<T>,
): Promise<T> {
  const { page, context } = await openTab(browser, 1280, 720);
  await page.addInitScript(() => {
    const Native = globalThis.WebSocket;
    globalThis.WebSocket = class extends Native {
      constructor(url: string | URL, protocols?: string | string[]) {
        super(url, protocols);
        globalThis.simpangSocket = this;
      }
    };
  });
  await page.route('**/api/changes?*', (route) =>
    route.fulfill({ json: { changes: Array.from({ length: rows }, (_, n) => feedEvent(n, n)), next: 1 } }),
  );
  await signIn(page, city.address, adminPassword);
  await page.waitForSelector('[data-testid=map][data-ready=true]');
  if (rows > 0) await page.waitForSelector(`[data-testid=stream][data-rows="${rows}"]`);
  await page.waitForTimeout(3_000);
  const result = await work(page);
  await context.close();
  return result;
}

const feedEvent = (n: number, agoSeconds: number): object => ({
  seq: 1_000_000 + n,
  at: new Date(Date.now() - agoSeconds * 1000).toISOString(),
  noun: 'feed',
  id: `umpan-${n}`,
  version: 1,
  actor: 'ingest',
  state: n % 2 === 0 ? 'silent' : 'returned',
});

function alarmEvent(n: number): object {
  const at = new Date().toISOString();
  const alarm = firstAlarm(String(n), 'udara', raising(`sensor:${n}`, { priority: 4 }), at);
  return { ...alarm, seq: 2_000_000 + n, at, noun: 'alarm', actor: 'alarms' };
}

/** Half of them alarms, half feeds. */
async function whileArriving(page: Page, run: number): Promise<Frames> {
  const frames = countFrames(page);
  let done = false;
  void frames.then(() => (done = true));
  for (let batch = 0; !done; batch++) {
    const events = Array.from({ length: perSecond / batchesPerSecond }, (_, nth) => {
      const n = run * 100_000 + batch * 10 + nth;
      return n % 2 === 0 ? alarmEvent(n) : feedEvent(n, 0);
    });
    await page.evaluate(
      (data) => globalThis.simpangSocket?.dispatchEvent(new MessageEvent('message', { data })),
      `42${JSON.stringify(['events', events])}`,
    );
    await page.waitForTimeout(1000 / batchesPerSecond);
  }
  return frames;
}

interface Frames {
  perSecond: number;
  longestMs: number;
}

const countFrames = (page: Page): Promise<Frames> =>
  page.evaluate(
    (forMs) =>
      new Promise<Frames>((resolve) => {
        const startedAt = performance.now();
        let last = startedAt;
        let count = 0;
        let longestMs = 0;
        const tick = (): void => {
          const now = performance.now();
          longestMs = Math.max(longestMs, now - last);
          last = now;
          if (now - startedAt > forMs) resolve({ perSecond: (count * 1000) / (now - startedAt), longestMs });
          else {
            count++;
            requestAnimationFrame(tick);
          }
        };
        requestAnimationFrame(tick);
      }),
    seconds * 1000,
  );
