// The past as an operator turns to it: stop the clock, go to a moment, play it forward and back, and back to live.
import mqtt from 'mqtt';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { actOnAlarm, raiseAlarm } from '../../store/alarms.ts';
import type { Database } from '../../store/connect.ts';
import { adminPassword, startTestCity, type TestCity } from '../city.ts';
import { eventually } from '../eventually.ts';
import { chromiumMissing, launchChromium, openTab, signIn } from './chromium.ts';
import { findings } from './findings.ts';

const second = 1000;
const fixEveryMs = 10 * second;
const start = Math.floor((Date.now() - 600 * second) / fixEveryMs) * fixEveryMs;
const iso = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}Z`;

describe.skipIf(chromiumMissing)('time', () => {
  let browser: Browser;
  let city: TestCity;

  /** Ten minutes of a vehicle whose speed tells which fix is shown: 36 km/h and 3.6 more with each. */
  beforeAll(async () => {
    [browser, city] = await Promise.all([launchChromium(), startTestCity()]);
    const device = await mqtt.connectAsync(city.mqttUrl);
    for (let n = 0; n < 60; n++) {
      const fix = {
        observedAt: start + n * fixEveryMs,
        lat: 2.95 + n / 10_000,
        lon: 99.06,
        speedMps: 10 + n,
        headingDeg: 0,
      };
      await device.publishAsync('city/vehicle/time-1/position', JSON.stringify(fix), { qos: 1 });
    }
    await device.endAsync();
    await eventually(async () =>
      expect(await city.db.query('SELECT FROM vehicle_position')).toHaveLength(60),
    );
    await raiseAndReturn();
    await city.db.execute(`UPDATE asset SET created_at = created_at - INTERVAL '1 hour'`);
  });
  afterAll(async () => {
    await browser.close();
    await city.remove();
  });

  /** An alarm that stood from the 200th second to the 300th. */
  async function raiseAndReturn(): Promise<void> {
    await city.db.execute(
      `INSERT INTO alarm_rule (rule_id, state, body) VALUES ('test-speed', 'out-of-service', '{}')`,
    );
    const subject = { id: 'vehicle:time-1', name: 'time-1', lat: 2.95, lon: 99.06, simulated: false };
    const evidence = { value: 30, limit: 20, unit: 'm/s', assetIds: [] };
    const raise = {
      act: 'raise',
      subject,
      evidence,
      priority: 2,
      name: { id: 'Terlalu cepat', en: 'Too fast' },
    } as const;
    const by = 'alarms';
    // At once: in between, the alarms room of this city would return what no live rule asks for.
    await city.db.transaction(async (tx) => {
      const db: Database = { ...city.db, transaction: (work) => work(tx) };
      const raised = await raiseAlarm(db, 'test-speed', raise, { by, atMs: start + 200 * second });
      for (const act of ['acknowledge', 'return'] as const)
        await actOnAlarm(db, raised!.id, { act }, { by, atMs: start + 300 * second });
    });
  }

  /** A tab on a moment, by its link, with the vehicle's drawer open. */
  async function openAt(ms: number | undefined, theme = 'night', width = 1920, height = 1080) {
    const tab = await openTab(browser, width, height);
    const at = ms === undefined ? '' : `&at=${iso(ms)}`;
    await signIn(tab.page, `${city.address}/#theme=${theme}&sel=vehicle:time-1${at}`, adminPassword);
    if (ms !== undefined) await tab.page.waitForSelector('[data-testid=past-moment]');
    return tab;
  }

  const shownAt = async (page: Page): Promise<number> =>
    Number(await page.locator('[data-testid=past]').getAttribute('data-at'));
  const speed = async (page: Page): Promise<number> => {
    const text = await page.locator('[data-testid=values] [data-value=speedMps] .val').innerText();
    return Number(text.replace(',', '.'));
  };
  const speedAt = (ms: number): number =>
    Math.round(3.6 * (10 + Math.min(59, Math.floor((ms - start) / fixEveryMs))));

  const expectMoment = (page: Page): Promise<void> =>
    eventually(async () => {
      const at = await shownAt(page);
      expect(Math.round(await speed(page))).toBe(speedAt(at));
    });

  test('a link to a moment; played forward, backwards, by steps; the values are those of the moment', async () => {
    const { page, context, faults } = await openAt(start + 125 * second);
    expect(await shownAt(page)).toBe(start + 125 * second);
    await expectMoment(page);
    await page.locator('[data-speed="20"]').click();
    await page.keyboard.press('Space');
    await eventually(async () => expect(await shownAt(page)).toBeGreaterThan(start + 200 * second));
    await page.keyboard.press('Space');
    await expectMoment(page);
    const turned = await shownAt(page);
    expect(decodeURIComponent(page.url())).toContain(`at=${iso(turned)}`);
    await page.keyboard.press('Shift+Space');
    await eventually(async () => expect(await shownAt(page)).toBeLessThan(start + 60 * second));
    await page.keyboard.press('Space');
    await expectMoment(page);
    expect(await page.locator('[data-testid=resolution]').innerText()).toBe('tiap titik');
    await page.locator('[data-speed="1"]').click();
    const before = await shownAt(page);
    await page.keyboard.press('.');
    await eventually(async () => expect(await shownAt(page)).toBe(before + 10 * second));
    await expectMoment(page);
    // Of a silent vehicle the last is said, with its time: it is never left out.
    await page.keyboard.press('0');
    await page.waitForSelector('[data-testid=live-mark]');
    await eventually(async () => expect(Math.round(await speed(page))).toBe(speedAt(Date.now())));
    expect(page.url()).not.toMatch(/[#&]at=/);
    expect(faults).toEqual([]);
    await context.close();
  });

  test('the slider by keys and pointer, a typed time, what was known then, and a past that cannot be read', async () => {
    const { page, context } = await openAt(undefined);
    await page.waitForSelector('[data-testid=live-mark]');
    await page.keyboard.press('g');
    const form = page.locator('[data-testid=go-to-time]');
    await form.locator('input').fill('kemarin');
    await page.keyboard.press('Enter');
    expect(await form.locator('[role=alert]').innerText()).toContain('tidak terbaca');
    await form.locator('input').fill('-5');
    await page.keyboard.press('Enter');
    await page.waitForSelector('[data-testid=past-moment]');
    await expectMoment(page);
    // All of it came just now: five minutes ago nothing was known.
    await page.keyboard.press('y');
    await eventually(async () =>
      expect(await page.locator('[data-testid=past]').innerText()).toContain('diketahui saat itu'),
    );
    await eventually(async () => expect(await page.locator('[data-value=speedMps]').count()).toBe(0));
    await page.keyboard.press('y');
    await expectMoment(page);

    await page.locator('[data-range="1h"]').click();
    const slider = page.locator('[role=slider]');
    const before = await shownAt(page);
    await slider.focus();
    await page.keyboard.press('ArrowLeft');
    await eventually(async () => expect(await shownAt(page)).toBe(before - 10 * second));
    expect(await slider.getAttribute('aria-valuetext')).toMatch(/\d\d:\d\d:\d\d WIB, .* lalu/);
    const box = (await slider.boundingBox())!;
    await page.mouse.click(box.x + box.width * 0.9, box.y + 30);
    await eventually(async () => expect(await shownAt(page)).not.toBe(before - 10 * second));
    await page.keyboard.press('End');
    await page.waitForSelector('[data-testid=live-mark]');

    await page.route('**/api/moments?**', (route) => route.fulfill({ status: 503, body: '{}' }));
    await page.keyboard.press('Space');
    expect(await page.locator('[data-testid=past-failed]').innerText()).toMatch(
      /tidak terbaca sejak \d\d:\d\d/,
    );
    // The clock has not moved without the picture.
    expect(await page.locator('[data-testid=live-mark]').count()).toBe(1);
    await page.unroute('**/api/moments?**');
    await page.waitForSelector('[data-testid=past-moment]');
    await eventually(async () => expect(await page.locator('[data-testid=past-failed]').count()).toBe(0));
    await context.close();
  });

  test('an alarm of the past: its mark on the bar, a key to its beginning, its row while it stood', async () => {
    const { page, context } = await openAt(start + 350 * second);
    await page.locator('[data-range="1h"]').click();
    await page.waitForSelector('[data-testid=time-track] [data-alarm]');
    const standing = page.locator('[data-testid=stream] >> text=Terlalu cepat');
    expect(await standing.count()).toBe(0);
    await page.keyboard.press('{');
    await eventually(async () => expect(await shownAt(page)).toBe(start + 200 * second));
    await standing.first().waitFor();
    // Now nothing of it stands.
    await page.keyboard.press('0');
    await page.waitForSelector('[data-testid=live-mark]');
    await context.close();
  });

  test.each([
    [1920, 1080, 'night'],
    [1920, 1080, 'day'],
    [390, 844, 'day'],
  ])('axe finds nothing in the past at %d × %d by %s', async (width, height, theme) => {
    const { page, context, faults } = await openAt(start + 60 * second, theme, width, height);
    await page.waitForSelector('[data-testid=map][data-ready=true]');
    expect(await findings(page)).toEqual([]);
    await page.locator('[data-testid=go-to]').click();
    await page.waitForSelector('[data-testid=go-to-time]');
    expect(await findings(page)).toEqual([]);
    expect(faults).toEqual([]);
    await context.close();
  });
});
