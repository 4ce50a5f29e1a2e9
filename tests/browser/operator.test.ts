// The operator's map and the sign-in as their users meet them: keyboard, two themes, two languages, a phone, axe.
import mqtt, { type MqttClient } from 'mqtt';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { adminPassword, startTestCity, type TestCity } from '../city.ts';
import { eventually } from '../eventually.ts';
import { chromiumMissing, launchChromium, openTab, signIn } from './chromium.ts';
import { findings } from './findings.ts';

describe.skipIf(chromiumMissing)('operator', () => {
  let browser: Browser;
  let city: TestCity;
  let device: MqttClient;

  beforeAll(async () => {
    browser = await launchChromium();
    city = await startTestCity({ SIMPANG_SIMULATE: '1' });
    device = await mqtt.connectAsync(city.mqttUrl);
  });
  afterAll(async () => {
    await device.endAsync(true);
    await browser.close();
    await city.remove();
  });

  test.each([
    [1920, 1080, 'night'],
    [1920, 1080, 'day'],
    [390, 844, 'night'],
  ])('axe finds nothing at %d × %d by %s', async (width, height, theme) => {
    const { page, context, faults } = await openTab(browser, width, height);
    await page.goto(`${city.address}/#theme=${theme}`);
    await page.waitForSelector('input[type=password]');
    expect(await findings(page)).toEqual([]);
    await signIn(page, `${city.address}/#theme=${theme}`, adminPassword);
    await page.waitForSelector('[data-testid=map][data-ready=true]');
    expect(await findings(page)).toEqual([]);
    expect(faults).toEqual([]);
    await context.close();
  });

  test('a wrong password is said, and nothing else is', async () => {
    const { page, context } = await openTab(browser);
    await page.goto(city.address);
    await page.fill('input[autocomplete=username]', 'admin');
    await page.fill('input[type=password]', 'not the password');
    await page.keyboard.press('Enter');
    await eventually(async () =>
      expect(await page.locator('[role=alert]').innerText()).toContain('tidak cocok'),
    );
    await context.close();
  });

  test('a selected sensor: values with unit and age, the day as a chart and as a table, all by key', async () => {
    const { page, context, faults } = await openTab(browser);
    await signIn(page, city.address, adminPassword);
    await page.goto('about:blank');
    await device.publishAsync(
      'city/sensor/air-9/reading',
      JSON.stringify({
        observedAt: Date.now(),
        lat: 2.95,
        lon: 99.05,
        readings: { pm25: 41.5, temperature: 27 },
      }),
      { qos: 1 },
    );
    await page.goto(`${city.address}/#sel=sensor:air-9`);
    const drawer = page.locator('[data-testid=drawer]');
    await drawer.waitFor();
    await eventually(async () => expect(await drawer.innerText()).toMatch(/41,5\s*µg\/m³/));
    expect(await drawer.innerText()).toMatch(/dtk/);
    await page.getByRole('tab', { name: /24 jam/ }).click();
    await page.waitForSelector('.uplot canvas');
    await page.keyboard.press('t');
    await page.waitForSelector('[data-testid=day-table]');
    expect(await page.locator('[data-testid=day-table] tbody tr').count()).toBeGreaterThan(0);
    expect(await findings(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await drawer.waitFor({ state: 'detached' });
    expect(faults).toEqual([]);
    await context.close();
  });

  test('a camera plays H.264 through the server, and its own address is nowhere', async () => {
    const { page, context } = await openTab(browser);
    const asked: string[] = [];
    page.on('request', (request) => asked.push(request.url()));
    await signIn(page, city.address, adminPassword);
    const id = await page.evaluate(async () => {
      const answer = (await (await fetch('/api/assets?kind=camera')).json()) as {
        features: { id: string; properties: { state?: string } }[];
      };
      return answer.features.find((feature) => feature.properties.state === 'online')!.id;
    });
    await page.goto('about:blank');
    await page.goto(`${city.address}/#sel=${id}`);
    const seconds = (): Promise<number> =>
      page.evaluate(() => document.querySelector('video')?.currentTime ?? 0);
    const from = await eventually(async () => {
      const at = await seconds();
      expect(at).toBeGreaterThan(0);
      return at;
    });
    await eventually(async () => expect(await seconds()).toBeGreaterThan(from + 1));
    expect(asked.filter((url) => !url.startsWith(city.address) && !/^(blob|data|about):/.test(url))).toEqual(
      [],
    );
    await context.close();
  });

  test('keys: themes, languages, help, panels', async () => {
    const { page, context, faults } = await openTab(browser);
    await signIn(page, city.address, adminPassword);
    await page.waitForSelector('[data-testid=map][data-ready=true]');
    await page.keyboard.press('d');
    await eventually(async () => expect(await page.getAttribute('html', 'data-theme')).toBe('day'));
    await page.keyboard.press('b');
    await eventually(async () => expect(await page.getAttribute('html', 'lang')).toBe('en'));
    await page.keyboard.press('?');
    await page.waitForSelector('[data-testid=keys]');
    await page.keyboard.press('Escape');
    await page.keyboard.press('l');
    await eventually(async () =>
      expect(await page.locator('[data-testid=layers-panel]').isVisible()).toBe(false),
    );
    expect(faults).toEqual([]);
    await context.close();
  });
});
