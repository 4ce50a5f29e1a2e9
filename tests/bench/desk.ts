// What hours at the desk cost the page, compressed: how long acts take while 20,000 assets live, and what of it stays in memory.
import type { Browser, CDPSession, Page } from 'playwright-core';
import { openTab, signIn } from '../browser/chromium.ts';
import { adminPassword } from '../city.ts';
import type { BenchCity } from './browser.ts';

const warmUpRounds = 4;
const rounds = 40;

declare global {
  // Of each act the time from the key or click to the next picture, ms, as the browser measures it.
  var simpangActs: Map<number, number>;
}

export interface DeskCost {
  acts: number;
  actP95Ms: number;
  actLongestMs: number;
  /** MiB after collecting garbage. */
  heapBefore: number;
  heapAfter: number;
}

export async function measureDesk(browser: Browser, city: BenchCity, assets: number): Promise<DeskCost> {
  const { page, context } = await openTab(browser, 1280, 720);
  await page.addInitScript(() => {
    globalThis.simpangActs = new Map();
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries() as (PerformanceEntry & { interactionId: number })[]) {
        if (entry.interactionId === 0) continue;
        const longest = Math.max(entry.duration, globalThis.simpangActs.get(entry.interactionId) ?? 0);
        globalThis.simpangActs.set(entry.interactionId, longest);
      }
    }).observe({ type: 'event', durationThreshold: 16, buffered: true } as PerformanceObserverInit);
  });
  await signIn(page, city.address, adminPassword);
  await page.waitForFunction(
    (wanted) =>
      Number(document.querySelector('[data-testid=asset-total]')?.textContent?.replaceAll(/\D/g, '') ?? 0) >=
      wanted,
    assets,
    { timeout: 120_000 },
  );
  const session = await context.newCDPSession(page);
  for (let n = 0; n < warmUpRounds; n++) await round(page);
  const heapBefore = await heapMiB(session);
  await page.evaluate(() => globalThis.simpangActs.clear());
  for (let n = 0; n < rounds; n++) await round(page);
  const acts = (await page.evaluate(() => [...globalThis.simpangActs.values()])).sort((a, b) => a - b);
  const heapAfter = await heapMiB(session);
  await context.close();
  return {
    acts: acts.length,
    actP95Ms: acts[Math.floor(acts.length * 0.95)] ?? Number.NaN,
    actLongestMs: acts.at(-1) ?? Number.NaN,
    heapBefore,
    heapAfter,
  };
}

/** What an operator does in some minutes: panels, an asset with its drawer, the finder, the table, the past and back. */
async function round(page: Page): Promise<void> {
  const press = (...keys: string[]): Promise<void> =>
    keys.reduce((before, key) => before.then(() => page.keyboard.press(key)), Promise.resolve());
  await press('l', 'l', 'e', 'e');
  await press('n');
  await page.locator('.drawer section').first().waitFor();
  await press('n', 'Escape');
  await press('Control+k');
  await page.getByTestId('finder').waitFor();
  await page.keyboard.type('v12');
  await press('Escape');
  await page.getByTestId('finder').waitFor({ state: 'detached' });
  await press('t');
  await page.getByTestId('everything').waitFor();
  await press('Escape');
  await page.getByTestId('everything').waitFor({ state: 'detached' });
  await press('Space');
  await page.getByTestId('past-clock').waitFor();
  await press('0');
  await page.getByTestId('live-mark').waitFor();
}

async function heapMiB(session: CDPSession): Promise<number> {
  await session.send('HeapProfiler.collectGarbage');
  const { usedSize } = await session.send('Runtime.getHeapUsage');
  return usedSize / 2 ** 20;
}
