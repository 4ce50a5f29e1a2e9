// The admin screens as an admin meets them: a feed mended and replayed, a source connected, devices, assets; axe on each.
import mqtt, { type MqttClient } from 'mqtt';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { adminPassword, startTestCity, type TestCity } from '../city.ts';
import { eventually } from '../eventually.ts';
import { stubAdmin, type StubOptions } from './admin-stub.ts';
import { chromiumMissing, launchChromium, openTab, type Tab } from './chromium.ts';
import { findings } from './findings.ts';

const hourMs = 3_600_000;

describe.skipIf(chromiumMissing)('admin', () => {
  let browser: Browser;
  let city: TestCity;
  let device: MqttClient;

  beforeAll(async () => {
    browser = await launchChromium();
    city = await startTestCity();
    device = await mqtt.connectAsync(city.mqttUrl);
  });
  afterAll(async () => {
    await device?.endAsync(true);
    await browser?.close();
    await city?.remove();
  });

  /** Signed in at an address of the admin screen. */
  async function openAdmin(path: string, tab: Tab): Promise<Page> {
    const { page } = tab;
    await page.goto(`${city.address}${path}`);
    await page.fill('input[autocomplete=username]', 'admin');
    await page.fill('input[type=password]', adminPassword);
    await page.keyboard.press('Enter');
    await page.waitForSelector('[data-testid^=admin-]');
    return page;
  }
  const openStubbed = async (path: string, options: StubOptions = {}, width = 1920, height = 1080) => {
    const tab = await openTab(browser, width, height);
    const stub = await stubAdmin(tab.page, options);
    return { ...tab, stub, page: await openAdmin(path, tab) };
  };
  const publish = (topic: string, payload: object) =>
    device.publishAsync(topic, JSON.stringify(payload), { qos: 1 });

  describe('with the real server', () => {
    test('a clock seven hours ahead is seen, tried, mended and replayed', async () => {
      for (let n = 0; n < 6; n++) {
        await publish(`city/sensor/wib-${n % 3}/reading`, {
          observedAt: new Date(Date.now() + 7 * hourMs - n * 1000).toISOString(),
          readings: { pm25: 10 + n },
        });
      }
      const tab = await openTab(browser);
      const page = await openAdmin('/admin/feeds/city-sensor', tab);
      await eventually(async () => {
        await page.reload();
        await page.waitForSelector('[data-reason=future]', { timeout: 4000 });
      });
      expect(await page.locator('[data-testid=fault-words]').innerText()).toContain('7 jam di depan');
      expect(await page.locator('pre [data-bad=true]').first().innerText()).toContain('observedAt');
      await page.waitForSelector('[data-testid=trial-result]');
      expect(await page.locator('[data-testid=trial-result]').innerText()).toMatch(/6\s*akan diterima/);
      expect(await page.locator('[data-testid=clock-rule]').inputValue()).toBe('-420');
      await page.keyboard.press('Control+Enter');
      await eventually(async () =>
        expect(await page.locator('[data-testid=fix-said]').innerText()).toMatch(/Selesai: 6 diterima/),
      );
      // The rule is in force for what comes after.
      await publish('city/sensor/wib-9/reading', {
        observedAt: new Date(Date.now() + 7 * hourMs).toISOString(),
        readings: { pm25: 33 },
      });
      await eventually(async () => {
        const known = await page.evaluate(async () => (await fetch('/api/assets?kind=sensor')).text());
        expect(known).toContain('sensor:wib-9');
      });
      expect(tab.faults).toEqual([]);
      await tab.context.close();
    });

    test('a source is connected, its first messages seen, then taken in, paused and deleted', async () => {
      const tab = await openTab(browser);
      const page = await openAdmin('/admin/feeds/new', tab);
      await page.locator('[data-testid=formats] label', { hasText: 'OwnTracks' }).click();
      await page.fill('[data-field=name]', 'Angkot uji');
      await page.fill('[data-field=topicFilter]', 'owntracks/uji/+');
      await page.click('[data-testid=try-connection]');
      await page.waitForSelector('[data-testid=trial]');
      await eventually(async () => {
        await publish('owntracks/uji/hp1', {
          _type: 'location',
          lat: 2.961,
          lon: 99.061,
          tst: Math.floor(Date.now() / 1000),
          vel: 20,
        });
        await page.waitForSelector('[data-testid=sample] [data-kind=vehicle]', { timeout: 3000 });
      });
      expect(await page.locator('[data-testid=sample]').first().innerText()).toContain('99.061');
      await page.click('[data-testid=activate]');
      await page.waitForSelector('[data-testid=feed-detail]');
      expect(new URL(page.url()).pathname).toBe('/admin/feeds/angkot-uji');
      await page.goto(`${city.address}/admin/feeds/angkot-uji/source`);
      await page.click('[data-testid=pause]');
      await page.waitForSelector('tr[data-feed=angkot-uji][data-state=paused]');
      await page.click('[data-testid=delete-source]');
      await page.click('[data-testid=confirm-delete]');
      await page.locator('tr[data-feed=angkot-uji]').waitFor({ state: 'detached' });
      expect(tab.faults).toEqual([]);
      await tab.context.close();
    });

    test('whoever leaves the wizard leaves no draft behind', async () => {
      const tab = await openTab(browser);
      const page = await openAdmin('/admin/feeds/new', tab);
      await page.fill('[data-field=name]', 'Sebentar saja');
      await page.fill('[data-field=topicFilter]', 'owntracks/sebentar/+');
      await page.click('[data-testid=try-connection]');
      await page.waitForSelector('[data-testid=trial]');
      const names = () => page.evaluate(async () => (await fetch('/api/sources')).text());
      expect(await names()).toContain('Sebentar saja');
      await page.locator('nav a', { hasText: 'Perangkat' }).click();
      await eventually(async () => expect(await names()).not.toContain('Sebentar saja'));
      await tab.context.close();
    });

    test('a device is made, its password enters the list nowhere, and it is revoked', async () => {
      const tab = await openTab(browser);
      const page = await openAdmin('/admin/devices', tab);
      await page.click('[data-testid=new-device]');
      await page.fill('[data-field=assetId]', 'sensor:air-21');
      await page.click('[data-testid=create-device]');
      const secret = await page.locator('[data-testid=password]').innerText();
      expect(secret.length).toBeGreaterThan(12);
      expect(await page.locator('[data-testid=example]').innerText()).toContain('city/sensor/air-21/reading');
      expect(await findings(page)).toEqual([]);
      await page.click('[data-testid=done]');
      await page.waitForSelector('tr[data-device=air-21]');
      expect(await page.content()).not.toContain(secret);
      await page.locator('tr[data-device=air-21] button').click();
      await page.click('[data-testid=confirm-revoke]');
      await eventually(async () =>
        expect(await page.locator('tr[data-device=air-21]').innerText()).toContain('dicabut'),
      );
      expect(tab.faults).toEqual([]);
      await tab.context.close();
    });

    test('unconfirmed assets are confirmed at once, and one is placed by a click', async () => {
      const at = Date.now();
      await publish('city/sensor/baru-1/reading', { observedAt: at, readings: { pm25: 1 } });
      await publish('city/sensor/baru-2/reading', { observedAt: at, readings: { pm25: 2 } });
      const tab = await openTab(browser);
      const page = await openAdmin('/admin/assets', tab);
      await eventually(async () => {
        await page.reload();
        await page.waitForSelector('tr[data-asset="sensor:baru-2"]', { timeout: 4000 });
      });
      await page.locator('tr[data-asset="sensor:baru-1"] input').check();
      await page.locator('tr[data-asset="sensor:baru-2"] input').check();
      await page.click('[data-testid=confirm-picked]');
      await eventually(async () =>
        expect(await page.locator('[data-testid=assets-said]').innerText()).toContain('2 aset dikonfirmasi'),
      );
      await page.locator('tr[data-asset="sensor:baru-1"] th button').click();
      await page.fill('[data-field=name]', 'Udara Pasar Horas');
      await page.waitForSelector('[data-testid=place-map][data-ready=true]');
      await page.locator('[data-testid=place-map] canvas').click({ position: { x: 120, y: 120 } });
      expect(await page.locator('[data-field=lat]').inputValue()).toMatch(/^2\.\d+/);
      await page.click('[data-testid=save-asset]');
      await eventually(async () =>
        expect(await page.locator('[data-testid=asset-said]').innerText()).toContain('Tersimpan'),
      );
      await eventually(async () => {
        const known = await page.evaluate(async () => (await fetch('/api/assets?kind=sensor')).text());
        expect(known).toContain('Udara Pasar Horas');
      });
      expect(tab.faults).toEqual([]);
      await tab.context.close();
    });
  });

  describe('with invented feeds', () => {
    test.each([
      [1920, 1080, 'night'],
      [1920, 1080, 'day'],
      [390, 844, 'night'],
    ])('axe finds nothing on any page at %d × %d by %s', async (width, height, theme) => {
      const { page, context, faults } = await openStubbed(`/admin/feeds#theme=${theme}`, {}, width, height);
      const visit = async (path: string, ready: string): Promise<void> => {
        await page.evaluate((to) => {
          history.pushState(null, '', to);
          dispatchEvent(new PopStateEvent('popstate'));
        }, path);
        await page.waitForSelector(ready);
        expect(await findings(page), path).toEqual([]);
      };
      await visit('/admin/feeds', 'tr[data-feed=lora-pdam]');
      await visit('/admin/feeds/lora-pdam', '[data-testid=trial-result]');
      await visit('/admin/feeds/gps-angkot-sepakat/source', '[data-testid=names]');
      await visit('/admin/feeds/new', '[data-testid=formats]');
      await visit('/admin/devices', '[data-device=air-9]');
      await visit('/admin/assets', '[data-testid=admin-assets] table');
      await visit('/admin/import', '[data-testid=admin-import]');
      expect(faults).toEqual([]);
      await context.close();
    });

    test('keys alone: filter, walk, open, next payload, replay, close', async () => {
      const { page, context, stub } = await openStubbed('/admin/feeds');
      await page.waitForSelector('tr[data-feed=lora-pdam]');
      await page.keyboard.press('/');
      await page.keyboard.type('lora');
      await page.keyboard.press('Enter');
      expect(await page.locator('tr[data-feed]').count()).toBe(1);
      await page.keyboard.press('j');
      await page.keyboard.press('Enter');
      await page.waitForSelector('[data-testid=trial-result]');
      const place = page.locator('[data-testid=feed-detail] h3').first();
      expect(await place.innerText()).toContain('Muatan 1 dari 60');
      await page.keyboard.press('n');
      expect(await place.innerText()).toContain('Muatan 2 dari 60');
      await page.keyboard.press('Control+Enter');
      await eventually(async () =>
        expect(await page.locator('[data-testid=fix-said]').innerText()).toContain('209 diterima'),
      );
      expect(stub.mapping).toEqual({ clockOffsetMinutes: -420 });
      expect(stub.asked.at(-1)!.method).toBe('GET');
      await page.keyboard.press('Escape');
      await page.locator('[data-testid=feed-detail]').waitFor({ state: 'detached' });
      await page.keyboard.press('?');
      await page.waitForSelector('[data-testid=dialog]');
      await context.close();
    });

    test('what is broken, binary or without a name is shown where it is', async () => {
      const { page, context } = await openStubbed('/admin/feeds/lora-pdam');
      const bad = page.locator('pre [data-bad=true]');
      await page.click('[data-reason=unknown-metric]');
      await eventually(async () => expect(await bad.first().innerText()).toContain('"tekanan": 61.2'));
      await page.click('[data-reason=not-json]');
      await eventually(async () =>
        expect(await page.locator('[data-testid=fault-words]').innerText()).toContain('ends before'),
      );
      await page.click('[data-reason=off-earth]');
      await eventually(async () =>
        expect(await page.locator('[data-testid=payload]').innerText()).toContain('000000  08 01 12 07'),
      );
      await context.close();
    });

    test('the server’s fault is said at its field, and a draft is thrown away', async () => {
      const { page, context, stub } = await openStubbed('/admin/feeds/new');
      await page.locator('[data-testid=formats] label', { hasText: 'BMKG' }).click();
      await page.click('[data-testid=try-connection]');
      expect(await page.locator('[data-field=address]').getAttribute('aria-invalid')).toBe('true');
      await page.fill('[data-field=address]', 'https://wrong.example.id/');
      await page.click('[data-testid=try-connection]');
      await eventually(async () =>
        expect(await page.locator('.f.wrong').innerText()).toContain('not on the list of hosts'),
      );
      await page.fill('[data-field=address]', 'https://data.bmkg.go.id/');
      await page.click('[data-testid=try-connection]');
      await page.waitForSelector('[data-testid=sample]');
      await page.locator('[data-name=tekanan] select').selectOption('waterPressure');
      await eventually(async () =>
        expect(stub.mapping.metrics).toEqual({ tekanan: { metric: 'waterPressure' } }),
      );
      await page.click('[data-testid=discard]');
      await eventually(async () => expect(stub.sources.some((one) => one.id === 'baru')).toBe(false));
      await context.close();
    });

    test('while ingest is silent nothing looks fresh, and it is said', async () => {
      const { page, context } = await openStubbed('/admin/feeds', { ingestSilent: true });
      await page.waitForSelector('[data-banner=unknown]');
      expect(await page.locator('tr[data-state=fresh]').count()).toBe(0);
      await context.close();
    });

    test('of a thousand feeds only what is in sight is drawn, and the last can be reached', async () => {
      const { page, context } = await openStubbed('/admin/feeds', { more: 1000 });
      await page.waitForSelector('tr[data-feed=sumber-1]');
      expect(await page.locator('tr[data-feed]').count()).toBeLessThan(60);
      const scroller = page.locator('[data-testid=feed-table]');
      await scroller.evaluate((box) => box.scrollTo(0, box.scrollHeight));
      await page.waitForSelector('tr[data-feed=sumber-999]');
      await context.close();
    });
  });
});
