// A real browser, headless, with software graphics; its console must stay clean.
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';
import { tools } from '../tools.js';

export const chromiumMissing = tools.chromium === undefined ? 'Chromium is not installed' : undefined;

export const launchChromium = (): Promise<Browser> =>
  chromium.launch({
    executablePath: tools.chromium!,
    args: [
      '--headless',
      '--no-sandbox',
      '--use-angle=swiftshader',
      '--enable-unsafe-swiftshader',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });

export interface Tab {
  page: Page;
  context: BrowserContext;
  /** Errors of the console, violations of the content policy, uncaught exceptions. */
  faults: string[];
}

export async function openTab(browser: Browser, width = 1920, height = 1080): Promise<Tab> {
  const context = await browser.newContext({ viewport: { width, height }, locale: 'id-ID' });
  const page = await context.newPage();
  page.setDefaultTimeout(40_000);
  const faults: string[] = [];
  page.on('console', (message) => {
    // Asking who is signed in, before anybody is, is answered with 401.
    if (message.type() === 'error' && !/status of 401/.test(message.text())) faults.push(message.text());
  });
  page.on('pageerror', (error) => faults.push(error.message));
  return { page, context, faults };
}

export async function signIn(page: Page, address: string, password: string): Promise<void> {
  await page.goto(address);
  await page.fill('input[autocomplete=username]', 'admin');
  await page.fill('input[type=password]', password);
  await page.keyboard.press('Enter');
  await page.waitForSelector('[data-testid=map]');
}
