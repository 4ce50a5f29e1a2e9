// A new user connects The Things Stack and a GTFS-Realtime feed on the screen, as the README says, against real servers.
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import mqtt, { type MqttClient } from 'mqtt';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startBroker, type EmbeddedBroker } from '../../ingest/broker.ts';
import { Devices } from '../../ingest/devices.ts';
import { Routes } from '../../ingest/routes.ts';
import { adminPassword, startTestCity, type TestCity } from '../city.ts';
import { eventually } from '../eventually.ts';
import { encodeFeed } from '../ingest/adapters/encode-feed.ts';
import { chromiumMissing, launchChromium, openTab, signIn } from './chromium.ts';

/** A broker as a LoRaWAN network has one: it knows a user name and an API key, and gives uplinks to whoever subscribes. */
async function startNetwork(): Promise<{ broker: EmbeddedBroker; gateway: MqttClient }> {
  const broker = await startBroker({
    port: 0,
    simulate: false,
    anonymous: false,
    routes: new Routes(),
    devices: new Devices(),
    onMessage: (_topic, _payload, _qos, settled) => settled(true),
    onRefused: () => undefined,
  });
  const { url, ...access } = broker.access;
  return { broker, gateway: await mqtt.connectAsync(url, access) };
}

const apiKey = 'kunci-rahasia-operator';

/** An operator's server: positions of one bus, for whoever has the key. */
async function startOperator(): Promise<{ url: string; close(): void }> {
  const server = createServer((request, response) => {
    if (request.headers['x-api-key'] !== apiKey) return void response.writeHead(401).end();
    const seconds = Math.floor(Date.now() / 1_000);
    const position = { latitude: 2.9601, longitude: 99.0602, bearing: 90, speed: 8 };
    const vehicle = { trip: { routeId: '03' }, vehicle: { id: 'bus-41' }, position, timestamp: seconds };
    response
      .writeHead(200, { 'content-type': 'application/x-protobuf' })
      .end(encodeFeed([{ vehicle }], { timestamp: seconds }));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/vehiclepositions.pb`,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

describe.skipIf(chromiumMissing)('connecting a source', () => {
  let browser: Browser;
  let city: TestCity;
  let network: Awaited<ReturnType<typeof startNetwork>>;
  let operator: Awaited<ReturnType<typeof startOperator>>;

  beforeAll(async () => {
    browser = await launchChromium();
    city = await startTestCity();
    network = await startNetwork();
    operator = await startOperator();
  });
  afterAll(async () => {
    operator.close();
    await network.gateway.endAsync(true);
    await city.remove();
    await network.broker.close();
    await browser.close();
  });

  const open = async (format: string, name: string) => {
    const tab = await openTab(browser);
    await signIn(tab.page, city.address, adminPassword);
    await tab.page.goto(`${city.address}/admin/feeds/new`);
    await tab.page.locator(`[data-testid=formats] input[value="${format}"]`).check();
    await fill(tab.page, 'name', name);
    return tab;
  };
  const fill = (page: Page, field: string, value: string): Promise<void> =>
    page.locator(`[data-field="${field}"]`).fill(value);
  const trialIs = (page: Page, state: string): Promise<unknown> =>
    page.waitForSelector(`[data-testid=trial][data-state=${state}]`);
  const assets = async (kind: string) => {
    const rows = await city.db.query<{ source_id: string }>('SELECT source_id FROM asset WHERE kind = $1', [
      kind,
    ]);
    return rows.map((row) => row.source_id);
  };

  test('The Things Stack: a wrong key is said, names are mapped, the reading is stored in our unit', async () => {
    const uplink = (): string =>
      JSON.stringify({
        end_device_ids: { device_id: 'pdam-t-14' },
        received_at: new Date().toISOString(),
        uplink_message: { f_port: 2, decoded_payload: { tekanan_kpa: 250, battery_voltage: 3.4 } },
      });
    const sending = setInterval(
      () => network.gateway.publish('v3/pdam@ttn/devices/pdam-t-14/up', uplink()),
      500,
    );
    const { page, context, faults } = await open('things-stack', 'LoRa PDAM');
    await fill(page, 'address', network.broker.access.url);
    await fill(page, 'topicFilter', 'v3/pdam@ttn/devices/+/up');
    await fill(page, 'username', network.broker.access.username);
    await fill(page, 'password', 'tebakan');
    await page.click('[data-testid=try-connection]');
    await trialIs(page, 'failed');
    await fill(page, 'password', network.broker.access.password);
    await page.click('[data-testid=try-connection]');
    await trialIs(page, 'connected');

    const row = page.locator('[data-testid=names] tr', { hasText: 'tekanan_kpa' });
    await row.waitFor();
    await row.locator('select').first().selectOption('waterPressure');
    await row.locator('input.unit').fill('kPa');
    await row.locator('input.unit').press('Tab');
    await eventually(async () =>
      expect(await page.locator('[data-testid=trial] ~ .scroll').innerText()).toMatch(/2,5/),
    );
    expect(await assets('sensor')).toEqual([]);
    await page.click('[data-testid=activate]');
    await eventually(async () => expect(await assets('sensor')).toEqual(['tts-pdam-pdam-t-14']));
    await eventually(async () => {
      const readings = await city.db.query<{ value: number }>(
        'SELECT DISTINCT value FROM reading ORDER BY value',
      );
      expect(readings.map((reading) => reading.value)).toEqual([2.5, 3.4]);
    });
    clearInterval(sending);
    expect(await page.content()).not.toContain(network.broker.access.password);
    expect(faults).toEqual([]);
    await context.close();
  });

  test('GTFS-Realtime: an API key in a header; the bus is on the map', async () => {
    const { page, context, faults } = await open('gtfs-realtime', 'Bus Sepakat');
    await fill(page, 'address', operator.url);
    await fill(page, 'headerName', 'x-api-key');
    await fill(page, 'headerValue', 'salah');
    await page.click('[data-testid=try-connection]');
    await trialIs(page, 'failed');
    expect(await page.locator('[data-testid=trial-fault]').innerText()).toMatch(/401/);
    await fill(page, 'headerValue', apiKey);
    await page.click('[data-testid=try-connection]');
    await trialIs(page, 'connected');
    await eventually(async () =>
      expect(await page.locator('[data-testid=trial] ~ .scroll').innerText()).toMatch(/gtfsrt-bus-41/),
    );
    await page.click('[data-testid=activate]');
    await eventually(async () => expect(await assets('vehicle')).toEqual(['gtfsrt-bus-41']));
    await page.goto(`${city.address}/`);
    await page.waitForSelector('[data-testid=map][data-ready=true]');
    await page.keyboard.press('t');
    await eventually(async () => expect(await page.locator('body').innerText()).toContain('bus-41'));
    expect(faults).toEqual([]);
    await context.close();
  });
});
