// Every fault that the operator's screen must say, done to a real city: the words asserted, the seconds printed in a table.
import mqtt, { type MqttClient } from 'mqtt';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test, type TestContext } from 'vitest';
import { eventually } from '../eventually.ts';
import { adminPassword } from '../faults/city-client.ts';
import { outside } from '../faults/fault-city.ts';
import { signalAll } from '../faults/processes.ts';
import { startOutsideCity, type OutsideCity } from '../faults/outside-city.ts';
import { addScreenRow } from '../faults/screen-table.ts';
import { chromiumMissing, launchChromium, openTab, signIn, type Tab } from './chromium.ts';
import { findings } from './findings.ts';

const missing = chromiumMissing ?? outside.missing;
const hourMs = 3_600_000;
const unknownSince = /tidak diketahui sejak \d\d:\d\d/;

/** The clock of the browser alone, which can be set while the page lives. */
const settableClock = `(() => {
  const RealDate = Date;
  const now = () => RealDate.now() + (globalThis.clockSetBy ?? 0);
  globalThis.Date = class extends RealDate {
    constructor(...given) { if (given.length === 0) super(now()); else super(...given); }
    static now() { return now(); }
  };
})();`;
const setClock = (page: Page, byMs: number): Promise<unknown> =>
  page.evaluate(`globalThis.clockSetBy = ${byMs}`);

/** The processes that run a browser's pages, as they stand still while a machine sleeps. */
async function signalPages(browser: Browser, signal: NodeJS.Signals): Promise<void> {
  const cdp = await browser.newBrowserCDPSession();
  const { processInfo } = await cdp.send('SystemInfo.getProcessInfo');
  await cdp.detach();
  signalAll(
    processInfo.filter(({ type }) => type === 'renderer').map(({ id }) => id),
    signal,
  );
}

type Words = [selector: string, words: RegExp];
const banner = (kind: string, words: RegExp): Words => [`[data-banner=${kind}]`, words];
/** The alarms say theirs in the same place as that there is none. */
const allDoubts = '[data-testid=banner], [data-doubt]:not([data-doubt=none])';
const doubt = (panel: string): Words => [`[data-doubt=${panel}]`, unknownSince];

describe.skipIf(missing)('faults on the screen', () => {
  let browser: Browser;
  let city: OutsideCity;
  let device: MqttClient;
  let page: Page;
  /** Left to sleep while the other is looked at. */
  let sleeper: Tab;
  let sleepers: Browser;
  let publishing: NodeJS.Timeout;
  let pumpRuns = true;

  function publish(topic: string, body: object): void {
    const message = JSON.stringify({ observedAt: Date.now(), ...body });
    // Not kept for later while the broker is gone.
    if (device.connected) device.publish(topic, message);
  }

  async function open(tab: Tab, hash = ''): Promise<void> {
    await tab.context.addInitScript(settableClock);
    await signIn(tab.page, `${city.client.address}/${hash}`, adminPassword);
    await tab.page.waitForSelector('[data-testid=map][data-ready=true]');
  }

  /** A feed of the city's own that is expected every two seconds. */
  async function connectPump(): Promise<void> {
    const send = async (
      method: string,
      path: string,
      body: object,
    ): Promise<{ id: string; version: number }> => {
      const response = await fetch(`${city.client.address}${path}`, {
        method,
        headers: { 'content-type': 'application/json', cookie: await city.client.cookie() },
        body: JSON.stringify(body),
      });
      expect(response.ok, path).toBe(true);
      return (await response.json()) as { id: string; version: number };
    };
    const draft = { name: 'Pompa', format: 'native', transport: 'broker', topicFilter: 'pump/#' };
    const { id, version } = await send('POST', '/api/sources', { ...draft, expectedEverySeconds: 2 });
    await send('PATCH', `/api/sources/${id}`, { version, state: 'active' });
  }

  beforeAll(async () => {
    [browser, sleepers, city] = await Promise.all([
      launchChromium(),
      launchChromium(),
      startOutsideCity({ alarms: true }),
    ]);
    device = await mqtt.connectAsync(city.mqttUrl, { reconnectPeriod: 200 });
    publishing = setInterval(() => {
      publish('city/vehicle/bus-1/position', { lat: 2.96, lon: 99.06, speedMps: 4, headingDeg: 90 });
      publish('city/sensor/air-1/reading', { lat: 2.9602, lon: 99.0602, readings: { pm25: 21.5 } });
      if (pumpRuns) publish('pump/sensor/pump-1/reading', { lat: 2.95, lon: 99.07, readings: { pm25: 8 } });
    }, 400);
    await connectPump();
    const tab = await openTab(browser);
    page = tab.page;
    await open(tab);
    await allWell();
    sleeper = await openTab(sleepers, 1280, 720);
    await open(sleeper);
    await sleeper.page.waitForSelector('[data-layer=sensor] [data-count=fresh]');
    await signalPages(sleepers, 'SIGSTOP');
  });
  afterAll(async () => {
    clearInterval(publishing);
    await device?.endAsync(true);
    if (sleepers) await signalPages(sleepers, 'SIGCONT');
    await sleepers?.close();
    await browser?.close();
    await city?.remove();
  });

  // Whatever a case broke is whole again for the next one.
  afterEach(async () => {
    await page.unrouteAll({ behavior: 'ignoreErrors' });
    await page.setViewportSize({ width: 1920, height: 1080 });
    await city.databaseLetGo();
    city.thawServer();
    await city.start();
  });

  const textOf = async (selector: string, of = page): Promise<string> =>
    (await of.locator(selector).allInnerTexts()).join(' / ');

  /** Nothing is in doubt, and values come. */
  const allWell = (): Promise<void> =>
    eventually(async () => {
      expect(await textOf(allDoubts)).toBe('');
      expect(await textOf('[data-layer=sensor] [data-count=fresh]')).toMatch(/^[1-9]/);
      expect(await textOf('[data-testid=feeds]')).toMatch(/^(\d+) dari \1 umpan segar, \d dtk/);
    });

  /** Does it, waits for all of the words, and hands in a row for each place of the screen that says them. */
  async function says(
    context: TestContext,
    fault: string,
    begin: () => unknown,
    wanted: readonly Words[],
    of = page,
  ): Promise<void> {
    await begin();
    const from = performance.now();
    await Promise.all(
      wanted.map(async ([selector, words]) => {
        const found = await eventually(async () => {
          const text = await textOf(selector, of);
          expect(text, selector).toMatch(words);
          return text;
        });
        const where = selector.replaceAll(/\[data-|testid=|\]/g, '').replace('=', ': ');
        addScreenRow(context, { fault, where, says: found, seconds: (performance.now() - from) / 1_000 });
      }),
    );
  }

  test.for([
    ['3 h ahead', 3, /Jam komputer ini 3 jam terlalu maju/],
    ['3 h behind', -3, /Jam komputer ini 3 jam terlambat/],
  ] as const)('the clock of the browser wrong, %s', async ([how, hours, words], context) => {
    const set = (): Promise<unknown> => setClock(page, hours * hourMs);
    await says(context, `clock of the browser ${how}`, set, [['[data-testid=computer-clock]', words]]);
    // Ages go by the server's clock, and so does the clock on the screen.
    await allWell();
    const [h, m] = (await textOf('[data-testid=clock]')).split(':').map(Number) as [number, number];
    const now = new Date(Date.now() + 7 * hourMs);
    const apart = Math.abs(h * 60 + m - now.getUTCHours() * 60 - now.getUTCMinutes());
    expect(Math.min(apart, 1_440 - apart)).toBeLessThanOrEqual(1);
    expect(await textOf('[data-testid=newest-age]')).toMatch(/ \d dtk/);
    await setClock(page, 0);
    await eventually(async () => expect(await textOf('[data-testid=computer-clock]')).toBe(''));
  });

  test('one feed silent, the others not', async (context) => {
    await says(context, 'one feed silent', () => (pumpRuns = false), [
      ['[data-testid=feeds]', /2 dari 3 umpan segar, diam: Pompa/],
      ['[data-testid=stream] [data-entry=feed]', /Umpan diam: Pompa/],
    ]);
    pumpRuns = true;
    await allWell();
  });

  test('a query failing in one panel, the others live', async (context) => {
    const rename = (from: string, to: string): Promise<number> =>
      city.withDatabase((db) => db.execute(`ALTER TABLE ${from} RENAME TO ${to}`));
    await says(
      context,
      'query of the warnings failing',
      async () => {
        await rename('warning', 'warning_away');
        await page.waitForRequest('**/api/warnings');
      },
      [doubt('warnings')],
    );
    expect(await textOf('[data-testid=banner]')).toBe('');
    expect(await page.locator(allDoubts).count()).toBe(1);
    expect(await textOf('[data-count=warnings]')).toBe('–');
    await rename('warning_away', 'warning');
    await page.locator('[data-doubt=warnings]').getByRole('button').click();
    await allWell();
  });

  test('each panel whose question fails or hangs says so for itself', async (context) => {
    const refuse = ['**/api/feeds', '**/api/changes?*', '**/departures?*'];
    for (const path of refuse) await page.route(path, (route) => route.fulfill({ status: 500, body: '{}' }));
    let hangs = true;
    const held: (() => Promise<void>)[] = [];
    await page.route('**/series?*', (route) => {
      if (!hangs) return route.continue();
      held.push(() => route.abort());
      return undefined;
    });
    await page.evaluate(`location.hash = '#sel=sensor:air-1'`);
    await page.reload();
    await page.locator('[data-testid=drawer]').waitFor();
    await says(context, 'queries failing', () => undefined, [
      ['[data-testid=feeds]', unknownSince],
      doubt('warning-sources'),
      doubt('earlier-events'),
    ]);
    await page.getByRole('tab', { name: /24 jam/ }).click();
    await says(context, 'query hanging', () => undefined, [doubt('chart')]);
    hangs = false;
    await says(context, 'query failing', () => Promise.all(held.map((let_) => let_())), [doubt('air')]);
    // The map and its counts live on.
    expect(await textOf('[data-testid=banner]')).toBe('');
    expect(await textOf('[data-layer=sensor] [data-count=fresh]')).toMatch(/^[1-9]/);
    await page.locator('[data-doubt=chart]').getByRole('button').click();
    await page.waitForSelector('.uplot canvas');
    // It asks again by itself after a while: on a busy machine perhaps before the button is reached.
    const askAgain = page.locator('[data-doubt=air]').getByRole('button');
    await eventually(async () => {
      if ((await askAgain.count()) > 0) await askAgain.click({ timeout: 1_000 });
      expect(await page.locator('[data-doubt=air]').count()).toBe(0);
    });
    await page.evaluate(`location.hash = '#sel=stop:x'`);
    await says(context, 'query failing', () => undefined, [doubt('departures')]);
    for (const path of refuse) await page.unroute(path);
    await page.keyboard.press('Escape');
    await allWell();
  });

  test('ingest dead, at the desk and on a phone', async (context) => {
    await page.evaluate(`location.hash = '#sel=sensor:air-1'`);
    await says(context, 'ingest dead', () => city.killIngest(), [
      banner('ingest', /Penerima data tidak bekerja sejak \d\d:/),
      doubt('layers'),
      doubt('events'),
      doubt('asset'),
      doubt('neighbours'),
    ]);
    expect(await page.getAttribute('[data-link=ingest]', 'data-ok')).toBe('false');
    expect(await textOf('[data-testid=change-rate]')).toBe('perubahan tidak diketahui');
    await page.setViewportSize({ width: 390, height: 844 });
    await page.evaluate(`location.hash = '#theme=day'`);
    await eventually(async () => expect(await page.locator('[data-banner=ingest]').isVisible()).toBe(true));
    expect(await findings(page)).toEqual([]);
    await page.setViewportSize({ width: 1920, height: 1080 });
    await page.evaluate(`location.hash = '#theme=night'`);
    // A phone shut the panels; a desk that is opened has them.
    await page.reload();
    await city.start();
    await allWell();
  });

  test('the alarms room dead, the others live', async (context) => {
    await says(context, 'alarms dead', () => city.killAlarms(), [
      banner('alarms', /Alarm tidak dievaluasi sejak \d\d:/),
    ]);
    expect(await page.locator('[data-doubt=layers]').count()).toBe(0);
    await city.start();
    await allWell();
  });

  test('the broker gone', async (context) => {
    await says(context, 'broker gone', () => city.broker.kill(), [
      banner('broker', /Broker putus sejak \d\d:/),
      doubt('layers'),
    ]);
    await city.start();
    await allWell();
  });

  test('the database hanging', async (context) => {
    await says(context, 'database hanging', () => city.databaseHangs(), [
      banner('database', /Basis data putus sejak \d\d:/),
      doubt('warnings'),
      doubt('air'),
      doubt('events'),
    ]);
    // Live values are live all the same.
    expect(await page.locator('[data-doubt=layers]').count()).toBe(0);
    expect(await textOf('[data-testid=newest-age]')).toMatch(/ \d dtk/);
    await city.databaseLetGo();
    await allWell();
  });

  test('the server frozen, its connection open', async (context) => {
    await says(context, 'server frozen', () => city.freezeServer(), [
      banner('silent', /Peladen diam sejak \d\d:/),
      doubt('layers'),
      doubt('warnings'),
      doubt('air'),
      doubt('events'),
    ]);
    expect(await findings(page)).toEqual([]);
    city.thawServer();
    await allWell();
  });

  test('the server gone', async (context) => {
    await says(context, 'server gone', () => city.killServer(), [
      banner('server', /Sambungan ke peladen putus sejak \d\d:/),
      doubt('layers'),
      doubt('warnings'),
      doubt('air'),
      doubt('events'),
    ]);
    expect(await page.getAttribute('[data-link=database]', 'data-ok')).toBe('unknown');
    await city.start();
    await allWell();
  });

  test('a browser that slept: old until it is told otherwise, then it says how long it saw nothing', async (context) => {
    const { page: slept } = sleeper;
    await city.killServer();
    await signalPages(sleepers, 'SIGCONT');
    // Eight hours went by on its clock: what the first second after waking looks like, held while nobody answers.
    await says(
      context,
      'browser asleep for 8 h, awake before the server answers',
      () => setClock(slept, 8 * hourMs),
      [
        banner('server', /Sambungan ke peladen putus sejak[^]*Gambar di layar berumur 8 jam/),
        ['[data-layer=sensor] [data-count=fresh]', /^0$/],
        doubt('layers'),
      ],
      slept,
    );
    await says(
      context,
      'the server answers it',
      () => city.start(),
      [['[data-entry=slept]', /Layar ini tertidur \d+ (dtk|mnt)/]],
      slept,
    );
    await eventually(async () => {
      expect(await textOf(allDoubts, slept)).toBe('');
      expect(await textOf('[data-layer=sensor] [data-count=fresh]', slept)).toMatch(/^[1-9]/);
    });
  });
});
