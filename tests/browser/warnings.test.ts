// A warning from its authority's server to the operator's eyes, and away again: by its cancel, by the clock, never by a failure.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { upsertWarnings } from '../../store/warnings.ts';
import { adminPassword, startTestCity, type TestCity } from '../city.ts';
import { eventually } from '../eventually.ts';
import { newWarningRow } from '../warnings.ts';
import { chromiumMissing, launchChromium, openTab, signIn, type Tab } from './chromium.ts';
import { findings } from './findings.ts';
import { findColour } from './pixels.ts';

/** --p2-edge by night: nothing else on a quiet map is orange. */
const severe: [number, number, number] = [0xff, 0x9d, 0x42];
const clip = { x: 300, y: 60, width: 1200, height: 900 };
const ring = '2.93,99.03 2.93,99.09 2.99,99.09 2.99,99.03 2.93,99.03';
const isoWithOffset = (ms: number): string => new Date(ms).toISOString().replace(/\.\d+Z$/, '+00:00');

const capOf = (id: string, msgType: string, references = ''): string =>
  `<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2"><identifier>${id}</identifier><sender>cuaca@example.id</sender>
  <sent>${isoWithOffset(Date.now() - 5000)}</sent><status>Actual</status><msgType>${msgType}</msgType><scope>Public</scope>
  ${references && `<references>cuaca@example.id,${references},${isoWithOffset(Date.now())}</references>`}
  ${['id', 'en']
    .map(
      (language) => `<info><language>${language}</language><category>Met</category><event>Hujan</event>
      <urgency>Immediate</urgency><severity>Severe</severity><certainty>Observed</certainty>
      <expires>${isoWithOffset(Date.now() + 3_600_000)}</expires><senderName>BMKG Sumatera Utara</senderName>
      <headline>${language === 'id' ? 'Hujan lebat di Pematangsiantar' : 'Heavy rain in Pematangsiantar'}</headline>
      <instruction>${language === 'id' ? 'Jauhi sungai' : 'Keep away from rivers'}</instruction>
      <area><areaDesc>Siantar</areaDesc><polygon>${ring}</polygon></area></info>`,
    )
    .join('')}</alert>`;

describe.skipIf(chromiumMissing)('warnings', () => {
  let browser: Browser;
  let city: TestCity;
  let authority: Server;
  const published = new Map<string, string>();
  let tab: Tab;
  let page: Page;

  beforeAll(async () => {
    authority = createServer((request, response) => {
      const items = [...published.keys()].map((id) => `<item><link>/${id}</link></item>`).join('');
      const body =
        request.url === '/rss'
          ? `<rss><channel>${items}</channel></rss>`
          : published.get(request.url!.slice(1));
      response.writeHead(body === undefined ? 404 : 200).end(body);
    });
    await new Promise<void>((resolve) => authority.listen(0, '127.0.0.1', resolve));
    browser = await launchChromium();
    city = await startTestCity();
  });
  afterAll(async () => {
    await browser?.close();
    await city?.remove();
    authority.closeAllConnections();
    authority.close();
  });
  afterEach(async () => {
    expect(tab.faults.filter((fault) => !/status of 503/.test(fault))).toEqual([]);
    await tab.context.close();
    await city.db.execute('TRUNCATE warning');
  });

  async function open(): Promise<void> {
    tab = await openTab(browser);
    ({ page } = tab);
    await signIn(page, city.address, adminPassword);
    await page.waitForSelector('[data-testid=map][data-ready=true]');
  }
  const put = (...rows: Parameters<typeof newWarningRow>[]): Promise<Set<string>> =>
    city.db.transaction((tx) =>
      upsertWarnings(
        tx,
        rows.map((row) => newWarningRow(...row)),
      ),
    );
  const soon = (ms: number): string => new Date(Date.now() + ms).toISOString();
  const panel = (): Promise<string> => page.locator('[data-testid=warnings]').innerText();
  const onMap = async (): Promise<number> => (await findColour(page, tab.context, clip, severe, 40)).pixels;
  const drawn = (n: number): Promise<unknown> =>
    page.waitForSelector(`[data-testid=map][data-warnings="${n}"]`);

  async function pollAuthority(): Promise<void> {
    const send = (method: string, path: string, data: object): Promise<{ id: string; version: number }> =>
      page.evaluate(
        async ([method, path, body]) => {
          const response = await fetch(path!, {
            method: method!,
            body: body!,
            headers: { 'content-type': 'application/json' },
          });
          if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
          return (await response.json()) as { id: string; version: number };
        },
        [method, path, JSON.stringify(data)],
      );
    const address = `http://127.0.0.1:${(authority.address() as AddressInfo).port}/rss`;
    const draft = { name: 'BMKG uji', format: 'cap', transport: 'http', address, pollEverySeconds: 5 };
    const { id, version } = await send('POST', '/api/sources', draft);
    await send('PATCH', `/api/sources/${id}`, { version, state: 'active' });
  }

  test('from the index of an authority to the map, read in both languages, gone with its cancel', async () => {
    await open();
    await eventually(async () =>
      expect(await panel()).toMatch(/Belum ada sumber peringatan yang tersambung\.\s+Diperiksa \d\d:/),
    );
    expect(await onMap()).toBe(0);
    published.set('alert-1', capOf('1', 'Alert'));
    await pollAuthority();
    await drawn(1);
    await eventually(async () => expect(await onMap()).toBeGreaterThan(200));
    expect(await panel()).toContain('1 berlaku · 1 di kota');
    const row = page.locator('[data-warning] > button');
    await row.focus();
    await page.keyboard.press('Enter');
    await eventually(async () =>
      expect(await panel()).toMatch(/Jauhi sungai[^]*Berat[^]*BMKG Sumatera Utara[^]*Berlaku sampai/),
    );
    await page.keyboard.press('b');
    await eventually(async () =>
      expect(await panel()).toMatch(/Heavy rain in Pematangsiantar[^]*Keep away from rivers[^]*Severe/),
    );
    await page.keyboard.press('b');
    published.set('cancel-1', capOf('2', 'Cancel', '1'));
    await drawn(0);
    await eventually(async () => expect(await onMap()).toBe(0));
    await eventually(async () =>
      expect(await panel()).toMatch(
        /Tidak ada peringatan yang berlaku: 1 dari 1 sumber menjawab, terakhir \d+ (dtk|mnt) lalu\./,
      ),
    );
  });

  test('an expired one leaves with the clock; an earthquake elsewhere is folded away, with its distance', async () => {
    await open();
    const circles = [{ lon: 98.27, lat: 2.51, radiusKm: 0 }];
    await put(
      [{ id: 'short', sentAt: soon(-1000), expiresAt: soon(8000), texts: [] }],
      [
        {
          id: 'quake',
          kind: 'earthquake',
          severity: 'unknown',
          magnitude: 5.2,
          depthKm: 10,
          sentAt: soon(-1000),
          areas: [{ name: 'Sibolga', polygons: [], circles }],
        },
        { simulated: true },
      ],
    );
    await drawn(2);
    await page.locator('[data-testid=warnings-elsewhere]').click();
    await eventually(async () =>
      expect(await panel()).toMatch(/Gempa bumi M 5,2, kedalaman 10 km[^]*101 km dari pusat kota[^]*SIM/),
    );
    await drawn(1);
    expect(await panel()).not.toContain('Hujan Lebat');
  });

  test('while it cannot be checked, it says so, and what was known stays', async () => {
    await open();
    await put([{ id: 'known', sentAt: soon(-1000) }]);
    await drawn(1);
    await page.route('**/api/warnings', (route) => route.fulfill({ status: 503, body: '{}' }));
    await put([{ id: 'another', sentAt: soon(-1000) }]);
    await eventually(async () =>
      expect(await panel()).toMatch(/terakhir diketahui\.\s+Keadaan tidak diketahui sejak/),
    );
    expect(await page.locator('[data-count=warnings]').innerText()).toBe('–');
    expect(await page.getAttribute('[data-testid=map]', 'data-warnings')).toBe('1');
    await page.unroute('**/api/warnings');
    await drawn(2);
    expect(await panel()).not.toContain('tidak diketahui');
  });

  test('the layer can be switched off and stays off, while the list stays; axe finds nothing', async () => {
    await open();
    const polygons = [
      ring.split(' ').map((pair) => pair.split(',').map(Number).reverse() as [number, number]),
    ];
    await put([
      {
        id: 'area',
        severity: 'severe',
        sentAt: soon(-1000),
        areas: [{ name: 'Siantar', polygons, circles: [] }],
      },
    ]);
    await drawn(1);
    await page.locator('[data-warning] > button').click();
    expect(await findings(page)).toEqual([]);
    await eventually(async () => expect(await onMap()).toBeGreaterThan(200));
    await page.locator('[data-layer=warning]').click();
    await drawn(0);
    await eventually(async () => expect(await onMap()).toBe(0));
    await page.reload();
    await page.waitForSelector('[data-testid=map][data-ready=true]');
    await eventually(async () => expect(await page.locator('[data-count=warnings]').innerText()).toBe('1'));
    await drawn(0);
    await page.locator('[data-layer=warning]').click();
    await drawn(1);
  });
});
