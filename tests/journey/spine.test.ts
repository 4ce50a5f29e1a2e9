// The spine, end to end on real parts: MQTT bytes in, TimescaleDB, socket, pixels that move in Chromium.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import mqtt, { type MqttClient } from 'mqtt';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { chromiumMissing, launchChromium, openTab, signIn, type Tab } from '../browser/chromium.ts';
import { brokers, type TestBroker } from '../broker.ts';
import { findColour, type Spot } from '../browser/pixels.ts';
import { adminPassword, startTestCity, type TestCity } from '../city.ts';
import { eventually } from '../eventually.ts';
import { recordingsFolder } from '../places.ts';

/** --vehicle and --angkot of the night. */
const vehicleColour: [number, number, number] = [0x9d, 0xb6, 0xcf];
const plateColour: [number, number, number] = [0xc9, 0xbd, 0x8b];

describe.skipIf(chromiumMissing)('the spine', () => {
  let browser: Browser;
  let city: TestCity;
  let tab: Tab;
  let device: MqttClient;
  let outside: TestBroker | undefined;

  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterAll(() => browser.close());
  afterEach(async () => {
    expect(tab.faults.filter((fault) => !/ERR_CONNECTION|WebSocket/.test(fault))).toEqual([]);
    await device.endAsync(true);
    await tab.context.close();
    await city.remove();
    await outside?.stop();
    outside = undefined;
  });

  async function begin(env: Record<string, string> = {}): Promise<void> {
    city = await startTestCity(env);
    tab = await openTab(browser);
    device = await mqtt.connectAsync(city.mqttUrl);
    await signIn(tab.page, city.address, adminPassword);
  }

  /** A page of its own at a place: the address bar holds the view. */
  async function lookAt(lat: number, lon: number, zoom: number): Promise<Page> {
    await tab.page.goto('about:blank');
    await tab.page.goto(`${city.address}/#z=${zoom}&lat=${lat}&lon=${lon}&theme=night`);
    await tab.page.waitForSelector('[data-testid=map]');
    return tab.page;
  }

  /** Round the middle of what the panels leave of the map, which is where the address bar's place stands. */
  async function spot(page: Page, colour: [number, number, number], size = 300): Promise<Spot> {
    const edges = async (part: string) => (await page.locator(`[data-testid=${part}]`).boundingBox())!;
    const [map, layers, stream] = [
      await edges('map'),
      await edges('layers-panel'),
      await edges('stream-panel'),
    ];
    const x = (layers.x + layers.width + stream.x) / 2;
    const y = map.y + map.height / 2;
    return findColour(
      page,
      tab.context,
      { x: x - size / 2, y: y - size / 2, width: size, height: size },
      colour,
    );
  }

  test.for(brokers)(
    'from an MQTT publish to a pixel, and from the next to one that moved ($name)',
    async (broker, { skip }) => {
      if (broker.missing) skip(broker.missing);
      outside = await broker.start();
      await begin(outside.url === undefined ? {} : { MQTT_URL: outside.url });
      await outside.subscribed();
      const [lat, lon] = [2.9302, 99.0311];
      const publish = (atLat: number): Promise<unknown> =>
        device.publishAsync(
          'city/vehicle/bus-7/position',
          JSON.stringify({ observedAt: Date.now(), lat: atLat, lon, speedMps: 8, headingDeg: 0 }),
          { qos: 1 },
        );
      const page = await lookAt(lat, lon, 17);
      await page.waitForSelector('[data-testid=map] canvas');
      expect((await spot(page, vehicleColour)).pixels).toBe(0);
      await publish(lat);
      const first = await eventually(async () => {
        const found = await spot(page, vehicleColour);
        expect(found.pixels).toBeGreaterThan(20);
        return found;
      });
      expect(Math.abs(first.x - 150)).toBeLessThan(12);
      expect(Math.abs(first.y - 150)).toBeLessThan(12);
      // 50 m to the north, 0.597 m a pixel at this zoom near the equator.
      await publish(lat + 50 / 111_320);
      await eventually(async () => {
        const found = await spot(page, vehicleColour);
        expect(found.pixels).toBeGreaterThan(20);
        expect(Math.abs(first.y - found.y - 84)).toBeLessThan(8);
      });
      const [row] = await city.db.query<{ n: number }>('SELECT count(*)::int AS n FROM vehicle_position');
      expect(row!.n).toBe(2);
    },
  );

  test.skipIf(!existsSync(recordingsFolder))(
    'a recording of HFP: its vehicles stand on the map where they last were',
    async () => {
      await begin();
      const lines = readFileSync(join(recordingsFolder, 'hfp-v2/currentStopNull.hfp.dump'), 'utf8')
        .split('\n')
        .filter(Boolean);
      const shift = Date.now() - Date.parse(lines.at(-1)!.slice(0, lines.at(-1)!.indexOf(' ')));
      const last = new Map<string, { at: number; lat: number; lon: number }>();
      let fixes = 0;
      for (const line of lines) {
        const [, topic, json] = /^\S+ (\S.*?) (\{.*)$/.exec(line)!;
        const body = JSON.parse(json!) as Record<
          string,
          { tst: string; lat: number | null; long: number | null }
        >;
        const event = Object.values(body)[0]!;
        const at = Date.parse(event.tst) + shift;
        event.tst = new Date(at).toISOString();
        await device.publishAsync(topic!, JSON.stringify(body), { qos: 1 });
        if (event.lat === null || event.long === null) continue;
        fixes++;
        const [operator, vehicle] = topic!.split('/').slice(7, 9).map(Number);
        const id = `vehicle:hfp-${operator}-${vehicle}`;
        if (at >= (last.get(id)?.at ?? 0)) last.set(id, { at, lat: event.lat, lon: event.long });
      }
      expect(last.size).toBeGreaterThan(0);
      await eventually(() => {
        const feed = city.ingest.report().feeds.find((each) => each.id === 'hfp')!;
        expect(feed.received).toBe(lines.length);
        expect(feed.accepted + feed.duplicates).toBe(fixes);
        expect(feed.received).toBe(feed.accepted + feed.rejected + feed.duplicates);
      });
      const [id, { lat, lon }] = [...last][0]!;
      const page = await lookAt(lat, lon, 17);
      // HFP buses bear a line, so they are plates.
      await eventually(async () => expect((await spot(page, plateColour)).pixels).toBeGreaterThan(20));
      await page.keyboard.press('t');
      for (const each of last.keys()) {
        const row = page.locator(`[data-asset-id="${each}"]`);
        await row.waitFor();
        expect(Number(await row.getAttribute('data-lat'))).toBe(last.get(each)!.lat);
        expect(Number(await row.getAttribute('data-lon'))).toBe(last.get(each)!.lon);
      }
      expect(id).toMatch(/^vehicle:hfp-/);
    },
  );

  test('the simulated city: 160 vehicles whose places change, sensors, cameras, all marked', async () => {
    await begin({ SIMPANG_SIMULATE: '1' });
    const { page } = tab;
    await page.waitForSelector('[data-testid=map][data-ready=true]');
    const places = (): Promise<Record<string, string>> =>
      page.evaluate(async () => {
        const answer = (await (await fetch('/api/assets?kind=vehicle')).json()) as {
          features: {
            id: string;
            geometry: { coordinates: number[] } | null;
            properties: { simulated: boolean };
          }[];
        };
        return Object.fromEntries(
          answer.features
            .filter((feature) => feature.properties.simulated)
            .map((feature) => [feature.id, String(feature.geometry?.coordinates)]),
        );
      });
    const before = await places();
    expect(Object.keys(before)).toHaveLength(160);
    // One in a hundred is silent or frozen on purpose.
    await eventually(async () => {
      const now = await places();
      expect(Object.keys(before).filter((id) => now[id] !== before[id]).length).toBeGreaterThan(145);
    });
    for (const [layer, n] of [
      ['sensor', 60],
      ['camera', 51],
    ] as const) {
      const counts = await page.locator(`[data-layer=${layer}] [data-count]`).allInnerTexts();
      expect(counts.reduce((sum, text) => sum + Number(text.replace(/\D/g, '')), 0)).toBe(n);
    }
    expect(await page.locator('[data-testid=layers-panel]').innerText()).toContain('SIM');
  });

  test('the server gone: said on the screen with its time, and taken back when it returns', async () => {
    await begin();
    const { page } = tab;
    await page.waitForSelector('[data-testid=map][data-ready=true]');
    const port = String(city.server.port);
    await city.server.stop();
    const banner = page.locator('[data-testid=banner]').first();
    await banner.waitFor();
    expect(await banner.innerText()).toMatch(/sejak \d\d[.:]\d\d/);
    await device.endAsync(true);
    await city.remove();
    city = await startTestCity({ SIMPANG_PORT: port });
    device = await mqtt.connectAsync(city.mqttUrl);
    await signIn(page, city.address, adminPassword);
    await eventually(async () => expect(await page.locator('[data-testid=banner]').count()).toBe(0));
  });
});
