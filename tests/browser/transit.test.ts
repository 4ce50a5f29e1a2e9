// A timetable from its ZIP to pixels: imported through the route, drawn, and read at a stop, by pointer and by key.
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readCity } from '../../cities/read-city.ts';
import type { City } from '../../model/city.ts';
import type { GtfsImport, StopCollection } from '../../model/transit.ts';
import { addDays, dateAt, startOfServiceDay } from '../../model/transit-times.ts';
import { upsertTripUpdates } from '../../store/trip-updates.ts';
import { adminPassword, startTestCity, type TestCity } from '../city.ts';
import { eventually } from '../eventually.ts';
import { citiesFolder } from '../places.ts';
import { zipOf } from '../store/zip-of.ts';
import { cityFeed, everyMinutes } from '../transit-feed.ts';
import { chromiumMissing, launchChromium, openTab, signIn } from './chromium.ts';
import { findings } from './findings.ts';

const zone = 'Asia/Jakarta';

describe.skipIf(chromiumMissing)('transit', () => {
  let browser: Browser;
  let city: TestCity;
  let facts: City;
  let zip: Buffer;
  let stopId: string;

  beforeAll(async () => {
    facts = await readCity('pematangsiantar', citiesFolder);
    zip = zipOf(cityFeed(facts));
    stopId = facts.lines.lines[0]!.junctions[1]!;
    browser = await launchChromium();
    city = await startTestCity();
  });
  afterAll(async () => {
    await browser.close();
    await city.remove();
  });

  /** Some of the next trips late, one of them cancelled, as a feed of live times would have it. */
  async function tellDelays(): Promise<void> {
    const now = Date.now();
    const line = facts.lines.lines[0]!.id;
    const today = dateAt(now, zone);
    const minutes = Math.floor((now - startOfServiceDay(today, zone)) / 60_000);
    const next = Math.ceil(minutes / everyMinutes) * everyMinutes;
    // Near midnight the next trips are those of tomorrow.
    const run = (minute: number) => ({
      tripId: `${line}-${minute % 1440}`,
      startDate: addDays(today, Math.floor(minute / 1440)),
    });
    const told = { sourceId: 'rt', observedAt: now, receivedAt: now };
    await upsertTripUpdates(city.db, [
      {
        ...told,
        ...run(next),
        updates: [{ stopSequence: 0, departureDelaySeconds: 300 }],
        cancelled: false,
      },
      { ...told, ...run(next + everyMinutes), updates: [], cancelled: true },
    ]);
  }

  test('imported through the route, then lines and stops are in the layers, with a switch each', async () => {
    const { page, context, faults } = await openTab(browser);
    await signIn(page, city.address, adminPassword);
    await page.waitForSelector('[data-testid=map][data-ready=true]');
    expect(await page.locator('[data-transit]').count()).toBe(0);
    const id = await page.evaluate(async (bytes) => {
      const response = await fetch('/api/imports/gtfs?name=siantar.zip', {
        method: 'POST',
        headers: { 'content-type': 'application/zip' },
        body: Uint8Array.from(atob(bytes), (letter) => letter.charCodeAt(0)),
      });
      return ((await response.json()) as { id: number }).id;
    }, zip.toString('base64'));
    await eventually(async () => {
      const state = await page.evaluate(
        async (of) => (await (await fetch(`/api/imports/${of}`)).json()) as unknown,
        id,
      );
      expect((state as GtfsImport).state).toBe('done');
    });
    await page.reload();
    await page.waitForSelector('[data-testid=map][data-ready=true]');
    const lines = page.locator('[data-transit=lines]');
    await eventually(async () =>
      expect(await lines.locator('[data-count]').innerText()).toBe(String(facts.lines.lines.length)),
    );
    await lines.click();
    expect(await lines.getAttribute('aria-checked')).toBe('false');
    await page.reload();
    await page.waitForSelector('[data-transit=lines]');
    expect(await page.locator('[data-transit=lines]').getAttribute('aria-checked')).toBe('false');
    await page.locator('[data-transit=lines]').click();
    expect(faults).toEqual([]);
    await context.close();
  });

  test("a stop's drawer shows what leaves next, what is late, what is cancelled", async () => {
    await tellDelays();
    const { page, context, faults } = await openTab(browser);
    await signIn(page, city.address, adminPassword);
    await page.goto('about:blank');
    await page.goto(`${city.address}/#sel=stop:${encodeURIComponent(stopId)}`);
    const drawer = page.locator('[data-testid=stop-drawer]');
    await drawer.locator('[data-testid=departures] tbody tr').first().waitFor();
    const text = await drawer.innerText();
    expect(text).toContain('menurut jadwal');
    expect(text).toMatch(/terlambat 5 mnt/);
    expect(await drawer.locator('tr[data-how=cancelled]').first().innerText()).toContain('batal');
    await eventually(async () =>
      expect(await page.locator('[data-selected]').getAttribute('data-selected')).toBe(`stop:${stopId}`),
    );
    expect(await findings(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await drawer.waitFor({ state: 'detached' });
    expect(faults).toEqual([]);
    await context.close();
  });

  test('by keys alone: the table of stops, a stop, its departures, and back', async () => {
    const { page, context, faults } = await openTab(browser);
    await signIn(page, city.address, adminPassword);
    await page.locator('[data-testid=open-stops]').focus();
    await page.keyboard.press('Enter');
    const table = page.locator('[data-testid=everything]');
    await table.waitFor();
    const all = (await (
      await page.request.get(`${city.address}/api/transit/stops`)
    ).json()) as StopCollection;
    await eventually(async () =>
      expect(await table.locator('table').getAttribute('aria-rowcount')).toBe(
        String(all.features.length + 1),
      ),
    );
    expect(await findings(page)).toEqual([]);
    const { name } = all.features[0]!.properties;
    await page.keyboard.type(name);
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.waitForSelector('[data-testid=stop-drawer]');
    await page.keyboard.press('t');
    await table.waitFor();
    await page.keyboard.press('Escape');
    await page.keyboard.press('Escape');
    await page.locator('[data-testid=stop-drawer]').waitFor({ state: 'detached' });
    expect(faults).toEqual([]);
    await context.close();
  });

  test('a click on the map selects the stop that is drawn there', async () => {
    const { page, context } = await openTab(browser);
    await signIn(page, city.address, adminPassword);
    const [lon, lat] = facts.streets.junctions.find(({ id }) => id === stopId)!.position as [number, number];
    await page.goto('about:blank');
    await page.goto(`${city.address}/#z=16&lat=${lat}&lon=${lon}`);
    await page.waitForSelector('[data-testid=map][data-ready=true]');
    await page.waitForSelector('[data-transit=stops]');
    const box = (await page.locator('[data-testid=map]').boundingBox())!;
    const [left, right] = [280, 372];
    const at = { x: box.x + (left + box.width - right) / 2, y: box.y + box.height / 2 };
    await eventually(async () => {
      await page.mouse.click(at.x, at.y);
      expect(await page.locator(`[data-stop="${stopId}"]`).count()).toBe(1);
    });
    await context.close();
  });
});
