// What hours at the desk cost the page, compressed: how long acts take while 20,000 assets live, and what of it stays in memory.
import type { Browser, CDPSession, Page } from 'playwright-core';
import { openTab, signIn } from '../browser/chromium.ts';
import { adminPassword } from '../city.ts';
import type { BenchCity } from './browser.ts';

const warmUpRounds = 4;
const rounds = 20;
/** Pressed before the finder's letter, and bound to nothing: what any key waits for the next picture. */
const idleKey = 'Control';

interface Act {
  key: string;
  /** From the key until the page had done all that it does for it, ms. */
  workMs: number;
  /** From the key to the next picture, ms. */
  pictureMs: number;
}

declare global {
  // Filled by the page: each key as the browser times it; those under 16 ms are not told.
  var simpangActs: Act[];
}

export interface DeskCost {
  acts: number;
  workP95Ms: number;
  workLongestMs: number;
  /** Medians: of keys that do something, and of one that does nothing. */
  pictureMs: number;
  idlePictureMs: number;
  /** MiB after collecting garbage. */
  heapBefore: number;
  heapAfter: number;
}

export async function measureDesk(browser: Browser, city: BenchCity, assets: number): Promise<DeskCost> {
  const { page, context } = await openTab(browser, 1280, 720);
  await page.addInitScript(() => {
    globalThis.simpangActs = [];
    const keys = new Map<number, string>();
    addEventListener('keydown', ({ timeStamp, key }) => keys.set(timeStamp, key), true);
    new PerformanceObserver((list) => {
      for (const {
        name,
        startTime,
        processingEnd,
        duration,
      } of list.getEntries() as PerformanceEventTiming[]) {
        const key = keys.get(startTime);
        if (name !== 'keydown' || key === undefined) continue;
        globalThis.simpangActs.push({ key, workMs: processingEnd - startTime, pictureMs: duration });
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
  await page.evaluate(() => (globalThis.simpangActs = []));
  for (let n = 0; n < rounds; n++) await round(page);
  const all = await page.evaluate(() => globalThis.simpangActs);
  const acts = all.filter(({ key }) => key !== idleKey);
  const sorted = (list: readonly Act[], of: 'workMs' | 'pictureMs'): number[] =>
    list.map((each) => each[of]).sort((a, b) => a - b);
  const at = (list: readonly number[], share: number): number => list[Math.floor(list.length * share)] ?? NaN;
  const heapAfter = await heapMiB(session);
  await context.close();
  return {
    acts: acts.length,
    workP95Ms: at(sorted(acts, 'workMs'), 0.95),
    workLongestMs: sorted(acts, 'workMs').at(-1) ?? NaN,
    pictureMs: at(sorted(acts, 'pictureMs'), 0.5),
    idlePictureMs: at(
      sorted(
        all.filter(({ key }) => key === idleKey),
        'pictureMs',
      ),
      0.5,
    ),
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
