// A server that hangs, its connection still open: the screen says so, and takes it back when the server goes on.
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { chromiumMissing, launchChromium, openTab, signIn } from '../browser/chromium.ts';
import { adminPassword } from '../city.ts';
import { newTestDatabase, type TestDatabase } from '../database.ts';
import { eventually } from '../eventually.ts';
import { run, type Running } from '../process.ts';

describe.skipIf(chromiumMissing)('a frozen server', () => {
  let browser: Browser;
  let database: TestDatabase;
  let running: Running;

  beforeAll(async () => {
    browser = await launchChromium();
    database = await newTestDatabase();
    running = run(['start'], {
      SIMPANG_DATA: database.dataFolder,
      SIMPANG_PORT: '0',
      SIMPANG_MQTT_PORT: '0',
      SIMPANG_SIMULATE: '0',
      SIMPANG_ADMIN_PASSWORD: adminPassword,
      ...(database.databaseUrl ? { DATABASE_URL: database.databaseUrl } : {}),
    });
  });
  afterAll(async () => {
    running.child.kill('SIGKILL');
    await running.exited;
    await browser.close();
    await database.remove();
  });

  test('never looks like all-clear', async () => {
    const [, address] = await running.printed(/Simpang: (\S+)/);
    await running.printed(/Ctrl-C stops/);
    const { page, context } = await openTab(browser);
    await signIn(page, address!, adminPassword);
    await page.waitForSelector('[data-testid=map][data-ready=true]');
    const banner = page.locator('[data-banner=server]');
    expect(await banner.count()).toBe(0);
    running.child.kill('SIGSTOP');
    await banner.waitFor();
    expect(await banner.innerText()).toMatch(/sejak \d\d[.:]\d\d/);
    expect(await page.locator('[data-link=database]').first().getAttribute('data-ok')).not.toBe('true');
    running.child.kill('SIGCONT');
    await eventually(async () => expect(await banner.count()).toBe(0));
    await eventually(async () =>
      expect(await page.locator('[data-link=database]').first().getAttribute('data-ok')).toBe('true'),
    );
    await context.close();
  });
});
