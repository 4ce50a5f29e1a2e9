// The blind map as its users meet it: a camera falls silent and its junction is hatched and counted; keys, links, the past, axe.
import mqtt, { type MqttClient } from 'mqtt';
import type { Browser, Locator } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { adminPassword, startTestCity, type TestCity } from '../city.ts';
import { eventually } from '../eventually.ts';
import { chromiumMissing, launchChromium, openTab, signIn, type Tab } from './chromium.ts';
import { findings } from './findings.ts';
import { findColour } from './pixels.ts';

/** Simpang BRI, in Siantar Barat. */
const junction = { lat: 2.9565, lon: 99.0603 };
const mast = { lat: junction.lat + 2e-4, lon: junction.lon };
/** --silent by night: the ring and the hatch of a blind junction. */
const silent: [number, number, number] = [0x95, 0xa0, 0xa8];
const markReach = 10;

describe.skipIf(chromiumMissing)('blind', () => {
  let browser: Browser;
  let city: TestCity;
  let device: MqttClient;
  let tab: Tab;

  const camera = (state: 'online' | 'offline'): Promise<unknown> =>
    device.publishAsync(
      'city/camera/bri-1/status',
      // It looks away from Balai Kota, a hundred metres to the east.
      JSON.stringify({ observedAt: Date.now(), state, ...mast, bearingDeg: 200, fieldOfViewDeg: 60 }),
      { qos: 1 },
    );
  const by = (id: string): Locator => tab.page.locator(`[data-testid="${id}"]`);
  const hash = (): string => new URL(tab.page.url()).hash;
  const blind = async (): Promise<string | null> => by('map').getAttribute('data-blind');
  /** Pixels of the mark of a blind junction in the middle of the free map. */
  async function marked(): Promise<number> {
    const at = await tab.page.evaluate(() => {
      const [main, panel] = [
        document.querySelector('main')!,
        document.querySelector('[data-testid=blind-panel]'),
      ];
      const { left, right, top, bottom } = main.getBoundingClientRect();
      const foot = panel?.getBoundingClientRect().top ?? bottom;
      const side = (selector: string): number =>
        document.querySelector(selector)?.getBoundingClientRect().width ?? 0;
      return {
        x: (left + side('.panel.left') + right - side('.panel.right')) / 2,
        y: (top + foot) / 2,
      };
    });
    const clip = { x: at.x - markReach, y: at.y - markReach, width: 2 * markReach, height: 2 * markReach };
    return (await findColour(tab.page, tab.context, clip, silent)).pixels;
  }

  beforeAll(async () => {
    browser = await launchChromium();
    // Nothing invented: all is blind but for what is published here.
    city = await startTestCity({ SIMPANG_SIMULATE: '0' });
    device = await mqtt.connectAsync(city.mqttUrl);
    tab = await openTab(browser);
    await signIn(
      tab.page,
      `${city.address}/#z=17&lat=${junction.lat}&lon=${junction.lon}&theme=night`,
      adminPassword,
    );
    await tab.page.waitForSelector('[data-testid=map][data-ready=true]');
    // Nobody answers for the minutes until a test says so.
    await tab.page.route('**/api/blindness', (route) => route.fulfill({ status: 503, body: '{}' }));
  });
  afterAll(async () => {
    await device.endAsync(true);
    await browser.close();
    await city.remove();
  });

  test('is off until a key switches it on; the address holds it', async () => {
    expect(await blind()).toBe('');
    await tab.page.keyboard.press('w');
    await eventually(async () => expect(await blind()).toBe('60'));
    expect(hash()).toContain('on=blind');
  });

  test('a camera that speaks opens its junction, one that falls silent shuts it', async () => {
    await camera('online');
    await eventually(async () => expect(await blind()).toBe('59'));
    await eventually(async () => expect(await marked()).toBeLessThan(20));
    await camera('offline');
    await eventually(async () => expect(await blind()).toBe('60'));
    await eventually(async () => expect(await marked()).toBeGreaterThan(60));
    await camera('online');
    await eventually(async () => expect(await blind()).toBe('59'));
  });

  test('its table counts the same by kecamatan, and leads to the worst junction', async () => {
    await tab.page.keyboard.press('Shift+W');
    await by('blind-panel').waitFor();
    expect(hash()).toContain('sel=blind');
    const barat = by('blind-panel').locator('[data-blind-district="12.72.02"]');
    await eventually(async () =>
      expect(await barat.locator('[data-count=blind]').innerText()).toBe('10 / 11'),
    );
    expect(await by('blind-sum').innerText()).toContain(
      '59 dari 60 simpang buta · 1 kamera dan 0 sensor segar',
    );
    expect(await by('blind-counted').innerText()).toMatch(/Jangkauan perkiraan: kamera 150 m/);
    expect(await findings(tab.page)).toEqual([]);
    const before = hash();
    await barat.getByRole('button').focus();
    await tab.page.keyboard.press('Enter');
    await eventually(() => expect(hash()).not.toBe(before));
    await tab.page.locator('[data-selected=marked]').waitFor({ state: 'attached' });
    expect(await by('blind-panel').count()).toBe(1);
  });

  test('the minutes say when they are not known, and never look like none', async () => {
    await tab.page.locator('[data-doubt=blind-minutes]').waitFor();
    expect(await tab.page.locator('[data-doubt=blind-minutes]').innerText()).toContain(
      'Keadaan tidak diketahui sejak',
    );
    // It asks again by itself.
    await tab.page.unroute('**/api/blindness');
    await tab.page.locator('[data-doubt=blind-minutes]').waitFor({ state: 'detached' });
  });

  test('the past has its own sight, and no minutes of today', async () => {
    const at = new Date(Date.now() - 3600_000).toISOString().slice(0, 19);
    await tab.page.evaluate((to) => void (location.hash = to), `#sel=blind&on=blind&at=${at}Z`);
    await eventually(async () => expect(await blind()).toBe('60'));
    await eventually(async () =>
      expect(await by('blind-counted').innerText()).toContain('hanya ada untuk hari ini'),
    );
    await tab.page.keyboard.press('0');
    await eventually(async () => expect(await blind()).toBe('59'));
  });

  test('on a phone by day: the table fits, and axe finds nothing', async () => {
    await tab.page.keyboard.press('d');
    await tab.page.setViewportSize({ width: 390, height: 844 });
    await by('blind-panel').waitFor();
    expect(await findings(tab.page)).toEqual([]);
    const width = await by('blind-panel').evaluate((panel) => panel.scrollWidth);
    expect(width).toBeLessThanOrEqual(390);
    expect(tab.faults.filter((fault) => !/status of 503/.test(fault))).toEqual([]);
  });
});
