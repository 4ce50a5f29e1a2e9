// An admin writes a rule, sees what is wrong with it, tries it on the past, puts it into service, and reads what it asks.
import mqtt, { type MqttClient } from 'mqtt';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { AlarmRule } from '../../model/alarm-rule.ts';
import { hashPassword } from '../../server/passwords.ts';
import { insertUser } from '../../store/users.ts';
import { adminPassword, startTestCity, type TestCity } from '../city.ts';
import { eventually } from '../eventually.ts';
import { chromiumMissing, launchChromium, openTab, type Tab } from './chromium.ts';
import { findings } from './findings.ts';

const minuteMs = 60_000;

describe.skipIf(chromiumMissing)('alarm rules', () => {
  let browser: Browser;
  let city: TestCity;
  let device: MqttClient;

  beforeAll(async () => {
    [browser, city] = await Promise.all([launchChromium(), startTestCity()]);
    device = await mqtt.connectAsync(city.mqttUrl);
    // Two hours in which the air was bad twice, for ten minutes each.
    const now = Date.now();
    for (let minute = 120; minute >= 1; minute--) {
      const bad = (minute > 80 && minute <= 90) || (minute > 20 && minute <= 30);
      await publish(now - minute * minuteMs, bad ? 311 : 21);
    }
  });
  afterAll(async () => {
    await device?.endAsync(true);
    await browser?.close();
    await city?.remove();
  });

  const publish = (observedAtMs: number, pm25: number) =>
    device.publishAsync(
      'city/sensor/pasar-horas/reading',
      JSON.stringify({
        observedAt: new Date(observedAtMs).toISOString(),
        lat: 2.96,
        lon: 99.06,
        readings: { pm25 },
      }),
      { qos: 1 },
    );

  async function openAt(path: string, tab: Tab, username = 'admin'): Promise<Page> {
    const { page } = tab;
    await page.goto(`${city.address}${path}`);
    await page.fill('input[autocomplete=username]', username);
    await page.fill('input[type=password]', adminPassword);
    await page.keyboard.press('Enter');
    await page.waitForSelector('[data-testid^=admin-]');
    return page;
  }
  const rules = (page: Page): Promise<AlarmRule[]> =>
    page.evaluate(async () => (await (await fetch('/api/rules')).json()) as AlarmRule[]);

  test('from an empty form to an alarm', async () => {
    const tab = await openTab(browser);
    const page = await openAt('/admin/rules', tab);
    await page.waitForSelector('[data-testid=rule-table]');
    await page.keyboard.press('n');
    await page.waitForSelector('[data-testid=save-rule]');

    // What is empty is said at its field, and the first of them has the focus.
    await page.keyboard.press('Control+s');
    await page.waitForSelector('[data-field="name.id"][aria-invalid=true]');
    expect(await page.evaluate(() => document.activeElement?.getAttribute('data-field'))).toBe('name.id');

    const fill = async (fields: Record<string, string>): Promise<void> => {
      for (const [field, value] of Object.entries(fields)) await page.fill(`[data-field="${field}"]`, value);
    };
    await fill({ 'name.id': 'Udara buruk Pasar Horas', 'name.en': 'Bad air at Pasar Horas' });
    for (const field of ['cause', 'consequence', 'action'])
      await fill({ [`rationalisation.${field}.id`]: 'Asap', [`rationalisation.${field}.en`]: 'Smoke' });
    await page.selectOption('[data-field="rationalisation.owner"]', 'dlh');
    await page.click('[data-testid=add-step]');
    await fill({ 'procedure.0.id': 'Lihat kamera', 'procedure.0.en': 'Look at the camera' });
    await fill({ 'condition.limit': '5000', 'condition.deadband': '10' });
    await fill({ onDelaySeconds: '0', offDelaySeconds: '0' });

    // What the server refuses is said at its field too.
    await page.keyboard.press('Control+s');
    await page.waitForSelector('[data-field="condition.limit"][aria-invalid=true]');
    expect(
      await page.locator('.f', { has: page.locator('[data-field="condition.limit"]') }).innerText(),
    ).toContain('PM2.5 wajar antara 0 dan 2.000: batas ini tidak pernah terlewati.');
    expect(await findings(page)).toEqual([]);
    await fill({ 'condition.limit': '150,4' });

    // Of one sensor only, found by a part of its name, taken by a key; taken out again by its button.
    await page.locator('summary', { hasText: 'Aset yang dilihat' }).click();
    await fill({ 'condition.assets.ids': 'horas' });
    await page.waitForSelector('[data-testid=found-assets] [data-asset="sensor:pasar-horas"]');
    expect(await findings(page)).toEqual([]);
    await page.press('[data-field="condition.assets.ids"]', 'Enter');
    await page.locator('[data-testid=chosen-assets] [data-asset="sensor:pasar-horas"]').click();
    await page.waitForSelector('[data-testid=chosen-assets]', { state: 'detached' });
    await fill({ 'condition.assets.ids': 'pasar' });
    await page.click('[data-asset="sensor:pasar-horas"]');
    await page.click('[data-testid=save-rule]');
    await page.waitForURL(/\/admin\/rules\/bad-air-at-pasar-horas/);
    expect(await rules(page)).toContainEqual(
      expect.objectContaining({
        id: 'bad-air-at-pasar-horas',
        state: 'draft',
        condition: expect.objectContaining({
          metric: 'pm25',
          limit: 150.4,
          assets: { ids: ['sensor:pasar-horas'] },
        }) as unknown,
      }),
    );

    // Tried on the past.
    await page.click('[data-span=day]');
    const tryOnce = async (): Promise<string> => {
      await page.click('[data-testid=run-trial]');
      await page.waitForSelector('[data-load=raised]');
      await page.waitForSelector('[data-testid=run-trial]:enabled');
      return page.locator('[data-load=raised]').innerText();
    };
    // Until the last reading has come into the store.
    await eventually(async () => expect(await tryOnce()).toBe('2'));
    const occurrences = await page.locator('tr[data-occurrence]').allInnerTexts();
    expect(occurrences).toHaveLength(2);
    expect(occurrences[0]).toMatch(/10 mnt\s+pasar-horas\s+311/);
    expect(await findings(page)).toEqual([]);

    // Into service: from now on it is an alarm.
    await page.click('[data-testid=activate-rule]');
    await page.waitForSelector('[data-testid=retire]');
    expect(await page.locator('[data-testid=rule-said]').innerText()).toContain('berlaku');
    await eventually(async () => {
      await publish(Date.now(), 333);
      const alarms = await page.evaluate(async () => (await fetch('/api/alarms')).text());
      expect(alarms).toContain('bad-air-at-pasar-horas');
    });
    await page.locator('nav a', { hasText: 'Aturan alarm' }).click();
    const row = page.locator('tr[data-rule=bad-air-at-pasar-horas]');
    await eventually(async () =>
      expect(await row.innerText()).toMatch(/PM2\.5 di atas 150,4[\s\S]*berlaku\s+1\s+1/),
    );
    expect(await findings(page)).toEqual([]);

    // And it is counted.
    await page.keyboard.press('6');
    await page.waitForSelector('[data-figure=per-10-min]');
    expect(await page.locator('[data-testid=admin-alarm-metrics]').innerText()).toContain(
      'Udara buruk Pasar Horas',
    );
    await page.click('[data-testid=more-positions]');
    const download = page.waitForEvent('download');
    await page.click('[data-testid=metrics-csv]');
    expect((await download).suggestedFilename()).toMatch(/^simpang-alarm-load-.*\.csv$/);
    expect(await findings(page)).toEqual([]);
    // The refusal that was asked for is all that the console saw.
    expect(tab.faults.filter((fault) => !/status of 400/.test(fault))).toEqual([]);
    await tab.context.close();
  });

  test('somebody else was quicker: what was typed stays', async () => {
    const tab = await openTab(browser);
    const page = await openAt('/admin/rules', tab);
    const made = await page.evaluate(async () => {
      const [first] = (await (await fetch('/api/rules')).json()) as Record<string, unknown>[];
      const { id: _, state: _s, version: _v, raisedLastWeek: _r, standing: _st, ...rule } = first!;
      const body = JSON.stringify({ id: 'shared', rule });
      const headers = { 'content-type': 'application/json' };
      return (await fetch('/api/rules', { method: 'POST', headers, body })).status;
    });
    expect(made).toBe(201);
    await page.goto(`${city.address}/admin/rules/shared`);
    await page.fill('[data-field="name.id"]', 'Nama saya');
    await page.evaluate(async () => {
      const headers = { 'content-type': 'application/json' };
      const body = JSON.stringify({ state: 'out-of-service', version: 1 });
      await fetch('/api/rules/shared/state', { method: 'POST', headers, body });
    });
    await page.keyboard.press('Control+s');
    await eventually(async () =>
      expect(await page.locator('[data-testid=rule-said]').innerText()).toContain('Orang lain'),
    );
    expect(await page.inputValue('[data-field="name.id"]')).toBe('Nama saya');
    await page.keyboard.press('Control+s');
    await eventually(async () => {
      const shared = (await rules(page)).find(({ id }) => id === 'shared');
      expect(shared).toMatchObject({ version: 3, state: 'out-of-service', name: { id: 'Nama saya' } });
    });

    // Away for good, with a reason; the row stays, and can be wanted back.
    await page.click('[data-testid=withdraw]');
    await page.keyboard.press('Enter');
    const form = page.getByTestId('reason-form');
    await form.getByRole('alert').waitFor();
    expect(await findings(page)).toEqual([]);
    await form.getByRole('textbox').fill('sensornya dibongkar');
    await form.getByRole('button', { name: 'Tarik' }).click();
    await form.waitFor({ state: 'detached' });
    await eventually(async () =>
      expect((await rules(page)).find(({ id }) => id === 'shared')).toMatchObject({ state: 'retired' }),
    );
    expect(await page.locator('[data-testid=activate-rule]').count()).toBe(0);
    await page.click('[data-testid=to-draft]');
    await page.waitForSelector('[data-testid=activate-rule]');
    await tab.context.close();
  });

  test('an operator sees how the alarms do, and no more of the admin screen', async () => {
    const passwordHash = await hashPassword(adminPassword);
    const user = { username: 'rini', displayName: 'Rini', role: 'operator', passwordHash } as const;
    await insertUser(city.db, user, 'test');
    const tab = await openTab(browser);
    const page = await openAt('/admin/rules', tab, 'rini');
    await page.waitForSelector('[data-testid=admin-refused]');
    await page.locator('header a', { hasText: 'Beban alarm' }).click();
    await page.waitForSelector('[data-figure=flood]');
    expect(await page.locator('nav[aria-label="Bagian admin"] a').allInnerTexts()).toEqual(['Beban alarm']);
    expect(await findings(page)).toEqual([]);
    expect(tab.faults).toEqual([]);
    await tab.context.close();
  });

  test('on a phone, by day: nothing is cut off, and axe finds nothing', async () => {
    const tab = await openTab(browser, 390, 844);
    const page = await openAt('/admin/rules#theme=day', tab);
    for (const [path, shown] of [
      ['/admin/rules', 'tr[data-rule]'],
      ['/admin/rules/bad-air-at-pasar-horas', '[data-testid=run-trial]'],
      ['/admin/alarm-metrics', '[data-figure]'],
    ] as const) {
      await page.goto(`${city.address}${path}#theme=day`);
      await page.waitForSelector(shown);
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
      expect(await findings(page)).toEqual([]);
    }
    await tab.context.close();
  });
});
