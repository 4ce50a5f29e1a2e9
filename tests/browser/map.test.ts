// The tools of the map as their users meet them: clusters, finder, areas, measuring, trail, views, filter, districts, the list.
import mqtt, { type MqttClient } from 'mqtt';
import type { Browser, Locator } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { adminPassword, startTestCity, type TestCity } from '../city.ts';
import { eventually } from '../eventually.ts';
import { chromiumMissing, launchChromium, openTab, signIn, type Tab } from './chromium.ts';
import { findings } from './findings.ts';

const heap = { lat: 2.9612, lon: 99.0622 };
const parked = 30;

describe.skipIf(chromiumMissing)('map', () => {
  let browser: Browser;
  let city: TestCity;
  let device: MqttClient;
  let tab: Tab;

  const say = (topic: string, payload: object): Promise<unknown> =>
    device.publishAsync(topic, JSON.stringify({ observedAt: Date.now(), ...payload }), { qos: 1 });

  beforeAll(async () => {
    browser = await launchChromium();
    // Still: what is on the map is what is published here.
    city = await startTestCity({ SIMPANG_SIMULATE: '0' });
    device = await mqtt.connectAsync(city.mqttUrl);
    for (let n = 0; n < parked; n++) {
      const lon = heap.lon + (n % 6) * 4e-5;
      await say(`city/vehicle/depot-${n}/position`, { lat: heap.lat, lon });
    }
    await say('city/sensor/air-1/reading', { lat: 2.9, lon: 99.03, readings: { pm25: 12 } });
    await say('city/camera/cam-1/status', { state: 'online', ...heap, bearingDeg: 40, fieldOfViewDeg: 70 });
    // Ten minutes of driving with a silence of five in it.
    for (let n = 0; n <= 20; n++) {
      const observedAt = Date.now() - (n <= 10 ? 600_000 - n * 10_000 : (20 - n) * 10_000);
      await say('city/vehicle/crew-7/position', {
        observedAt,
        lat: 2.955 + n * 5e-4,
        lon: 99.07 + (n % 2) * 3e-4,
      });
    }
    tab = await openTab(browser);
    await signIn(
      tab.page,
      `${city.address}/#z=14&lat=${heap.lat}&lon=${heap.lon}&theme=night`,
      adminPassword,
    );
    await ready(tab);
  });
  afterAll(async () => {
    await device.endAsync(true);
    await browser.close();
    await city.remove();
  });

  const ready = ({ page }: Tab): Promise<unknown> =>
    page.waitForSelector('[data-testid=map][data-ready=true]');
  const by = (id: string): Locator => tab.page.locator(`[data-testid="${id}"]`);
  const press = (...keys: string[]): Promise<void> =>
    keys.reduce((before, key) => before.then(() => tab.page.keyboard.press(key)), Promise.resolve());
  const hash = (): string => new URL(tab.page.url()).hash;
  const go = (to: string): Promise<void> =>
    tab.page.evaluate((address) => void (location.hash = address), to);
  const clusters = async (): Promise<number> => Number(await by('map').getAttribute('data-clusters'));

  test('what lies on one spot is one box, until one is near enough', async () => {
    await eventually(async () => expect(await clusters()).toBe(1));
    await tab.page.locator('.maplibregl-canvas').focus();
    for (const _ of [1, 2]) {
      const before = hash();
      await press('Enter');
      await eventually(() => expect(hash()).not.toBe(before));
    }
    await eventually(async () => expect(await clusters()).toBe(0));
  });

  test('the finder goes to a street, and to a vehicle, by some letters', async () => {
    await press('Control+k');
    await by('finder').waitFor();
    await tab.page.keyboard.type('crew 7');
    await tab.page.locator('[data-found="vehicle:crew-7"]').waitFor();
    expect(await findings(tab.page)).toEqual([]);
    await press('Enter');
    await tab.page.locator('[data-testid=drawer][data-asset="vehicle:crew-7"]').waitFor();
    await press('Escape', 'Control+k');
    await tab.page.keyboard.type('sutmo');
    await tab.page.locator('[data-found="street:Jl. Sutomo"]').waitFor();
    const before = hash();
    await press('Enter');
    await eventually(() => expect(hash()).not.toBe(before));
  });

  test('what the keys do is what ? lists and the finder offers', async () => {
    await press('?');
    expect(await by('keys').innerText()).toContain('lingkaran');
    await press('Escape', 'Control+k');
    await tab.page.keyboard.type('lingkaran');
    await press('Enter');
    await tab.page.locator('[data-testid=draw-bar][data-tool=circle]').waitFor();
    await press('Escape');
    await by('draw-bar').waitFor({ state: 'detached' });
  });

  test('a vehicle is followed, and its trail does not bridge a silence', async () => {
    await go('#z=15&lat=2.96&lon=99.07&sel=vehicle:crew-7');
    await by('trail').waitFor();
    await press('Shift+J');
    await eventually(async () => expect(await by('trail-says').innerText()).toContain('21 titik, 1 celah'));
    await press('Shift+F');
    await eventually(async () => expect(await by('follow').getAttribute('aria-pressed')).toBe('true'));
    await eventually(() => expect(hash()).toContain('lat=2.965'));
    expect(await findings(tab.page)).toEqual([]);
    await press('Shift+J', 'Escape');
    await by('drawer').waitFor({ state: 'detached' });
  });

  test('a circle by keys lists what is in it; the address holds it', async () => {
    await go(`#z=15&lat=${heap.lat}&lon=${heap.lon}`);
    // As the map writes it, once it is there.
    await eventually(() => expect(hash()).toContain('lat=2.96120'));
    await press('c', '+', 'Enter');
    await by('area-panel').waitFor();
    const table = by('area-panel').locator('table');
    await eventually(async () =>
      expect(Number(await table.getAttribute('aria-rowcount'))).toBeGreaterThan(parked + 1),
    );
    await by('mosaic').locator('[data-camera="camera:cam-1"]').waitFor();
    expect(hash()).toContain('area=2.96120,99.06220,380');
    expect(await findings(tab.page)).toEqual([]);
    await press('Escape');
    await by('area-panel').waitFor({ state: 'detached' });
    expect(hash()).not.toContain('area=');
  });

  test('a path is measured by clicks', async () => {
    await press('m');
    for (const [x, y] of [
      [700, 400],
      [900, 400],
      [900, 600],
    ] as const)
      await tab.page.mouse.click(x, y);
    await press('Enter');
    expect(await by('draw-bar').innerText()).toMatch(/Jarak .*m, 2 ruas/);
    await press('Escape');
    await by('draw-bar').waitFor({ state: 'detached' });
  });

  test('views are saved, gone to with Alt and a digit, deleted and brought back', async () => {
    const open = by('new-view');
    await open.focus();
    await press('Enter');
    await tab.page.keyboard.type('Depo');
    await press('Enter');
    const saved = by('views').locator('[data-view="1"]');
    await saved.waitFor();
    const there = hash();
    await press('Shift+Digit0');
    await eventually(() => expect(hash()).not.toBe(there));
    await press('Alt+1');
    await eventually(() => expect(hash()).toBe(there));
    await tab.page.getByRole('button', { name: 'Sunting' }).focus();
    await press('Enter');
    await tab.page.getByRole('button', { name: 'Hapus Depo' }).focus();
    await press('Enter');
    await saved.waitFor({ state: 'detached' });
    await by('undo-view').focus();
    await press('Enter');
    await saved.waitFor();
  });

  test('a kecamatan in numbers, and the map and the list filtered by it', async () => {
    await go('#sel=district:12.72.02');
    const panel = by('district-panel');
    await panel.waitFor();
    expect(await panel.innerText()).toMatch(/≈ 37\.600\s*perkiraan/);
    await panel.getByRole('button', { name: 'Hanya ini di peta' }).click();
    await by('filter-badge').waitFor();
    await eventually(() => expect(hash()).toContain('kec=12.72.02'));
    await press('Escape', 't');
    await eventually(async () =>
      expect(await by('everything').locator('[data-asset-id="sensor:air-1"]').count()).toBe(0),
    );
    await press('Escape');
    await by('filter-badge').getByRole('button').click();
    await by('filter-badge').waitFor({ state: 'detached' });
  });

  test('the list holds everything; keys walk it to its end and back to the map', async () => {
    await press('t');
    const table = by('everything').locator('table');
    await table.waitFor();
    const count = Number(await table.getAttribute('aria-rowcount'));
    expect(count).toBeGreaterThan(parked + 50);
    await press('ArrowDown', 'End');
    await eventually(async () =>
      expect(await table.locator('tr:focus-within').getAttribute('aria-rowindex')).toBe(String(count)),
    );
    expect(await table.locator('tr').count()).toBeLessThan(count);
    expect(await findings(tab.page)).toEqual([]);
    await press('Enter');
    await by('everything').waitFor({ state: 'detached' });
    expect(tab.faults.filter((fault) => !/status of (404|502|503)/.test(fault))).toEqual([]);
  });

  test('on a phone by day: the tools are there, and axe finds nothing', async () => {
    await go('#z=14&lat=2.96&lon=99.07');
    await tab.page.setViewportSize({ width: 390, height: 844 });
    await tab.page.locator('.sheets').waitFor();
    // The window became narrow, the place stayed.
    await eventually(() => {
      const place = new URLSearchParams(hash().slice(1));
      expect(Number(place.get('lat'))).toBeCloseTo(2.96, 2);
      expect(Number(place.get('lon'))).toBeCloseTo(99.07, 2);
    });
    await press('d');
    const layers = tab.page.locator('.sheets button').first();
    if ((await layers.getAttribute('aria-expanded')) === 'false') await layers.click();
    await by('layers-panel').waitFor();
    expect(await findings(tab.page)).toEqual([]);
    await tab.page.locator('[data-tool=polygon]').click();
    await by('draw-bar').waitFor();
    expect(await findings(tab.page)).toEqual([]);
    await tab.page.locator('[data-testid=draw-bar]').getByRole('button', { name: 'Batal' }).click();
    await by('find').click();
    await by('finder').waitFor();
    expect(await findings(tab.page)).toEqual([]);
  });
});
