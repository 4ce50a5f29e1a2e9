// Alarms as the desk meets them: raised by readings, heard, answered by keys, kept apart by two people, read in a flood.
import mqtt, { type MqttClient } from 'mqtt';
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hashPassword } from '../../server/passwords.ts';
import { insertAlarmRule } from '../../store/alarm-rules.ts';
import { insertUser } from '../../store/users.ts';
import { ruleText } from '../alarm-samples.ts';
import { adminPassword, startTestCity, type TestCity } from '../city.ts';
import { eventually } from '../eventually.ts';
import { chromiumMissing, launchChromium, openTab, type Tab } from './chromium.ts';
import { findings } from './findings.ts';

const operator = { username: 'sari', password: 'sandi operator uji', displayName: 'S. Purba' } as const;
const supervisor = { username: 'tiur', password: 'sandi penyelia uji', displayName: 'T. Saragih' } as const;

describe.skipIf(chromiumMissing)('alarms', () => {
  let browser: Browser;
  let city: TestCity;
  let device: MqttClient;
  let tab: Tab;
  let page: Page;
  let escalateAfterMs = 60_000;

  beforeAll(async () => {
    browser = await launchChromium();
    city = await startTestCity({}, { escalateAfterMs: () => escalateAfterMs });
    device = await mqtt.connectAsync(city.mqttUrl);
    for (const [role, { username, displayName, password }] of [
      ['operator', operator],
      ['supervisor', supervisor],
    ] as const) {
      const passwordHash = await hashPassword(password);
      await insertUser(city.db, { username, displayName, role, passwordHash }, 'user:1');
    }
    const rule = ruleText({ onDelaySeconds: 0, offDelaySeconds: 0 });
    await insertAlarmRule(city.db, 'uji-pm25', rule, 'live', 'user:1');
    tab = await openTab(browser);
    page = tab.page;
    await enter(page, 'admin', adminPassword);
  });
  afterAll(async () => {
    await device?.endAsync(true);
    await browser?.close();
    await city?.remove();
  });

  async function enter(to: Page, username: string, password: string): Promise<void> {
    await to.goto(`${city.address}/#theme=night`);
    await to.fill('input[autocomplete=username]', username);
    await to.fill('input[type=password]', password);
    await to.keyboard.press('Enter');
    await to.waitForSelector('[data-testid=map][data-ready=true]');
  }
  let second = 0;
  const read = (sensor: string, pm25: number): Promise<unknown> =>
    device.publishAsync(
      `city/sensor/${sensor}/reading`,
      // Each a little later than the last, whatever the clock does.
      JSON.stringify({ observedAt: Date.now() + ++second, lat: 2.95, lon: 99.05, readings: { pm25 } }),
      { qos: 1 },
    );
  const stream = (of = page): Locator => of.getByTestId('stream');
  const rowIn = (state: string, of = page): Locator =>
    stream(of).locator(`[data-alarm][data-state=${state}]`);
  const drawer = (of = page): Locator => of.getByTestId('alarm-drawer');
  const attached = (selector: string): Promise<unknown> =>
    page.waitForSelector(selector, { state: 'attached' });
  /** A key, again while it has not led there: on a busy machine the page may just have lost its server. */
  const pressUntil = (key: string, selector: string): Promise<void> =>
    eventually(async () => {
      const there = (): Promise<boolean | undefined> =>
        page.evaluate((wanted) => document.activeElement?.matches(wanted), selector);
      if (await there()) return;
      await page.keyboard.press(key);
      await page.waitForFunction((wanted) => document.activeElement?.matches(wanted), selector, {
        timeout: 2000,
      });
    });
  const says = (where: Locator, text: string | RegExp): Promise<void> =>
    eventually(async () => expect(await where.innerText()).toMatch(text));

  test('silence is qualified; readings raise an alarm that is seen and heard; silencing does not acknowledge, A does', async () => {
    await says(
      page.getByTestId('alarm-state'),
      /Tidak ada alarm: \d+ aturan atas \d+ subjek, diperiksa \d+ dtk lalu/,
    );
    await read('air-1', 171.5);
    await rowIn('unacknowledged').waitFor();
    await says(stream(), /PM2\.5 tinggi\s+air-1 · 171,5 µg\/m³ · ambang 150 µg\/m³/);
    await says(page.locator('[data-testid=alarm-counts] [data-priority="2"]'), /1/);
    await page.waitForSelector('[data-testid=map][data-alarms="1"]');
    await attached('[data-testid=sound][data-can=play]:not([data-played="0"])');
    await page.keyboard.press('q');
    await attached('[data-testid=sound][data-silent=true]');
    expect(await rowIn('unacknowledged').count()).toBe(1);
    await pressUntil('a', '[data-alarm]');
    expect(await rowIn('unacknowledged').count()).toBe(1);
    await page.keyboard.press('a');
    await rowIn('acknowledged').waitFor();
    await page.keyboard.press('q');
    await attached('[data-testid=sound][data-silent=false]');
  });

  test('its life by keys: comment, checklist with a skip, shelved with an end, returned, all in its history', async () => {
    await page.keyboard.press('j');
    await page.keyboard.press('Enter');
    await drawer().waitFor();
    await says(
      page.getByTestId('alarm-facts'),
      /171,5 µg\/m³[\s\S]*sisa 1\d mnt dari 15 mnt[\s\S]*Kabari Dinas Lingkungan Hidup/,
    );
    await page.waitForSelector('[data-testid=alarm-chart][data-metric=pm25] .uplot canvas');
    await pressUntil('k', '[data-testid=comment]');
    await page.keyboard.type('asap dari arah pasar');
    await page.keyboard.press('Enter');
    await says(page.getByTestId('comments'), /asap dari arah pasar/);
    await page.keyboard.press('Escape');
    const steps = page.getByTestId('procedure');
    await steps.locator('[data-step="0"] [data-testid=step-done]').focus();
    await page.keyboard.press('Enter');
    await steps.locator('[data-step="0"][data-outcome=done]').waitFor();
    await steps.locator('[data-step="1"] [data-testid=step-skip]').click();
    await page.getByTestId('skip-reason').press('Enter');
    await says(steps, /Isi alasannya/);
    await page.getByTestId('skip-reason').fill('telepon mati');
    await page.getByTestId('skip-reason').press('Enter');
    await says(steps, /2 dari 2 langkah[\s\S]*dilewati: telepon mati/);
    await pressUntil('s', '[data-testid=shelve-form] input');
    await says(page.getByTestId('shelve-form'), /Akhir regu, (06|14|22):00 \(perkiraan\)/);
    await page.keyboard.type('pembakaran terjadwal');
    await page.keyboard.press('Enter');
    await rowIn('shelved').waitFor();
    await says(page.getByTestId('alarm-shelved'), /ditunda s\.d\. \d\d:\d\d[\s\S]*pembakaran terjadwal/);
    await page.getByTestId('unshelve').click();
    // What was kept from the desk calls anew (ISA-18.2 figure 2).
    await rowIn('unacknowledged').waitFor();
    await page.getByTestId('acknowledge').click();
    await rowIn('acknowledged').waitFor();
    await read('air-1', 90);
    await rowIn('normal').waitFor();
    await page.getByTestId('history-tab').click();
    const acts = page.locator('[data-testid=history] [data-act]');
    await eventually(async () =>
      expect(
        await acts.evaluateAll((each) => each.map((one) => (one as HTMLElement).dataset['act'])),
      ).toEqual([
        'return',
        'acknowledge',
        'unshelve',
        'shelve',
        'step',
        'step',
        'comment',
        'acknowledge',
        'raise',
      ]),
    );
    await page.keyboard.press('Escape');
    await drawer().waitFor({ state: 'detached' });
  });

  test('two desks on one alarm: both see what either does, and who comes second is told what changed', async () => {
    const other = await openTab(browser, 1280, 800);
    await enter(other.page, operator.username, operator.password);
    await read('air-2', 190);
    for (const one of [page, other.page]) {
      await rowIn('unacknowledged', one).click();
      await drawer(one).waitFor();
    }
    await says(drawer().getByTestId('lookers'), /S\. Purba juga melihat/);
    await says(drawer(other.page).getByTestId('lookers'), /Admin juga melihat/);
    expect(await drawer(other.page).getByTestId('shelve').isDisabled()).toBe(true);
    await says(drawer(other.page), /Hanya penyelia dan admin/);
    // The admin's act is under way when the operator's arrives.
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    await page.route('**/acknowledge', async (route) => {
      await held;
      await route.continue();
    });
    await page.getByTestId('acknowledge').click();
    await other.page.getByTestId('acknowledge').click();
    await says(drawer(other.page).getByTestId('alarm-state-word'), /^diakui/);
    await says(drawer().getByTestId('alarm-state-word'), /^diakui/);
    release();
    await says(page.getByTestId('act-notice'), /baru saja berubah: belum diakui → diakui · oleh S\. Purba/);
    await says(page.getByTestId('alarm-owner'), /S\. Purba/);
    await page.unroute('**/acknowledge');
    await page.keyboard.press('Escape');
    await read('air-2', 90);
    await stream().locator('[data-alarm][data-state=normal]', { hasText: '190' }).waitFor();
    expect(other.faults).toEqual([]);
    await other.context.close();
  });

  test('nobody answers: the supervisor hears it again, takes it out of service and back, and hands it over', async () => {
    const boss = await openTab(browser, 1280, 800);
    await enter(boss.page, supervisor.username, supervisor.password);
    const played = (times: number): Promise<unknown> =>
      boss.page.waitForSelector(`[data-testid=sound][data-can=play][data-played="${times}"]`, {
        state: 'attached',
      });
    await played(0);
    // What a page finds when it opens does not sound: it must know the alarms before another comes.
    await boss.page.waitForSelector('[data-testid=alarm-counts][data-known=true]');
    await read('air-4', 195);
    await played(1);
    const row = rowIn('unacknowledged', boss.page);
    expect(await row.innerText()).not.toMatch(/dinaikkan/i);
    escalateAfterMs = 0;
    await says(row, /dinaikkan/i);
    await played(2);
    escalateAfterMs = 60_000;

    await row.click();
    await drawer(boss.page).waitFor();
    await says(drawer(boss.page), /dinaikkan ke penyelia \d\d/);
    const byReason = async (reason: string, state: string): Promise<void> => {
      await boss.page.keyboard.press('x');
      const field = boss.page.getByTestId('reason-form').getByRole('textbox');
      await field.fill(reason);
      // A form stays while the server does not take it, as on a busy machine.
      await eventually(async () => {
        if (await field.isVisible()) await field.press('Enter', { timeout: 1_000 });
        expect(await rowIn(state, boss.page).count()).toBe(1);
      });
    };
    await byReason('sensor dibersihkan', 'out-of-service');
    await rowIn('out-of-service').waitFor();
    // It was kept from the desk: back in service it calls anew.
    await byReason('sensor terpasang lagi', 'unacknowledged');

    // The shift ends: from one desk to the other, where it is seen at once.
    await rowIn('unacknowledged').click();
    await boss.page.keyboard.press('h');
    const hand = boss.page.getByTestId('hand-form');
    await hand.getByRole('combobox').selectOption({ label: 'S. Purba · Operator' });
    await hand.getByRole('button').first().click();
    await says(page.getByTestId('alarm-owner'), /S\. Purba/);
    await page.getByTestId('history-tab').click();
    await says(page.getByTestId('history'), /T\. Saragih/);
    await page.getByTestId('acknowledge').click();
    await drawer().getByTestId('alarm-state-word').waitFor();
    await page.keyboard.press('Escape');
    await read('air-4', 90);
    await stream().locator('[data-alarm][data-state=normal]', { hasText: '195' }).waitFor();
    expect(boss.faults).toEqual([]);
    await boss.context.close();
  });

  test('a flood is said and put together; a group is acknowledged under the list of what is in it', async () => {
    for (let n = 0; n < 30; n++) await read(`banjir-${n}`, 200 + n);
    await says(page.getByTestId('flood'), /Banjir alarm: 3\d dalam/);
    const group = stream().locator('[data-group=rule]');
    await says(group, /30 × PM2\.5 tinggi/);
    await page.getByTestId('acknowledge-group').click();
    await eventually(async () => expect(await page.locator('[data-testid=group-list] li').count()).toBe(30));
    await page.getByTestId('acknowledge-listed').click();
    await eventually(async () => expect(await rowIn('acknowledged').count()).toBeGreaterThan(10));
    await group.waitFor({ state: 'detached' });
  });

  test.each([
    [1920, 1080, 'night'],
    [1920, 1080, 'day'],
    [390, 844, 'night'],
    [390, 844, 'day'],
  ])('axe finds nothing on stream and drawer at %d × %d by %s', async (width, height, theme) => {
    await page.setViewportSize({ width, height });
    await page.evaluate((to) => (location.hash = `#theme=${to}`), theme);
    // A window that is a phone's closes its panels: opened before that, the stream would go again.
    if (width < 720) await stream().waitFor({ state: 'hidden' });
    if (!(await stream().isVisible())) await page.keyboard.press('e');
    await rowIn('acknowledged').first().waitFor();
    expect(await findings(page)).toEqual([]);
    await rowIn('acknowledged').first().click();
    await drawer().waitFor();
    await page.waitForSelector('[data-testid=procedure] li');
    expect(await findings(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await drawer().waitFor({ state: 'detached' });
  });

  test('ten thousand rows: few are drawn, and what one reads stays where it is', async () => {
    const { page: long, context, faults } = await openTab(browser);
    await long.route('**/api/changes?*', (route) =>
      route.fulfill({
        json: {
          next: 1,
          changes: Array.from({ length: 10_000 }, (_, n) => ({
            seq: 1_000_000 + n,
            at: new Date(Date.now() - 86_400_000 - n * 1000).toISOString(),
            noun: 'feed',
            id: `umpan-${n}`,
            version: 1,
            actor: 'ingest',
            state: n % 2 === 0 ? 'silent' : 'returned',
          })),
        },
      }),
    );
    await enter(long, 'admin', adminPassword);
    await long.waitForSelector('[data-testid=stream][data-rows="10000"]');
    const list = stream(long);
    await list.hover();
    await list.evaluate((box) => (box.scrollTop = 200_000));
    const inSight = (): Promise<{ key: string; top: number }> =>
      list.evaluate((box) => {
        const top = box.getBoundingClientRect().top;
        const row = [...box.querySelectorAll('[data-key]')].find(
          (each) => each.getBoundingClientRect().top >= top,
        )!;
        return { key: row.getAttribute('data-key')!, top: row.getBoundingClientRect().top };
      });
    await eventually(async () => expect((await inSight()).key).toMatch(/^e/));
    const before = await eventually(inSight);
    await read('air-3', 199);
    await long.getByTestId('stream-news').waitFor();
    expect(await inSight()).toEqual(before);
    expect(await list.locator('[data-key]').count()).toBeLessThan(60);
    await long.getByTestId('stream-news').click();
    await eventually(async () => expect(await list.evaluate((box) => box.scrollTop)).toBe(0));
    await rowIn('unacknowledged', long).waitFor();
    expect(faults).toEqual([]);
    await context.close();
    expect(tab.faults.filter((fault) => !/status of 409/.test(fault))).toEqual([]);
  });
});
