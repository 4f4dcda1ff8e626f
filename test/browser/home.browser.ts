import type { Browser, BrowserContext, Page } from 'playwright-core';
import { findViolations, launchChromium } from '../support/chromium.js';
import { startConsoleApp, type ConsoleApp } from '../support/console-app.js';

let app: ConsoleApp;
let browser: Browser;
let context: BrowserContext;
let page: Page;
let faults: string[];

beforeAll(async () => {
  [app, browser] = await Promise.all([startConsoleApp(), launchChromium()]);
});
afterAll(async () => {
  await browser.close();
  await app.close();
});

beforeEach(async () => {
  context = await browser.newContext({ baseURL: app.url });
  page = await context.newPage();
  faults = [];
  page.on('console', (message) => {
    if (message.type() === 'error') {
      faults.push(message.text());
    }
  });
});
afterEach(() => context.close());

async function signIn(subject: 'researcher' | 'outsider' | 'nobody'): Promise<void> {
  const { email, password } = app.credentials(subject);
  await page.goto('/');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
}

async function snap(name: string): Promise<void> {
  const folder = process.env['SCREENSHOTS'];
  if (folder !== undefined) {
    await page.screenshot({ path: `${folder}/${name}.png`, fullPage: true });
  }
}

describe('the first page', () => {
  it('says what the service is to somebody who is not signed in', async () => {
    await page.goto('/');
    expect(await page.title()).toBe('Share data under agreements that hold – Concordat');
    expect(await page.getByRole('button', { name: 'Sign out' }).count()).toBe(0);
    expect(await findViolations(page)).toEqual([]);
    await snap('welcome');
    expect(faults).toEqual([]);
  });

  it('shows a researcher their organisation, its agreements, the catalogue and their grants', async () => {
    await signIn('researcher');
    await page.getByRole('heading', { level: 1, name: 'Your data sharing' }).waitFor();
    const header = page.getByRole('region', { name: 'Your account' });
    expect(await header.innerText()).toContain('City University');
    const agreements = await page.getByRole('region', { name: 'Agreements' }).innerText();
    expect(agreements).toMatch(
      /CON-2026-0001[\s\S]*Safer crossings[\s\S]*31 May 2027[\s\S]*Active/,
    );
    const datasets = await page.getByRole('region', { name: 'Data you can find' }).innerText();
    expect(datasets).toContain('Footfall counts');
    expect(datasets).toContain('School travel <surveys>');
    const grants = await page.getByRole('region', { name: 'Your grants' }).innerText();
    expect(grants).toMatch(/Footfall counts[\s\S]*Where people cross/);
    await snap('home');
    expect(await findViolations(page)).toEqual([]);
    expect(faults).toEqual([]);
  });

  it('never shows where data lies, nor what its visibility hides', async () => {
    await signIn('researcher');
    await page.getByRole('heading', { level: 1, name: 'Your data sharing' }).waitFor();
    const html = await page.content();
    for (const hidden of [
      'Tenancy records',
      'Unfinished air',
      'Parking permits',
      'hidden-bucket',
    ]) {
      expect(html).not.toContain(hidden);
    }
  });

  it('shows a stranger nothing of the agreements of others', async () => {
    await signIn('outsider');
    await page.getByRole('heading', { level: 1, name: 'Your data sharing' }).waitFor();
    const text = await page.getByRole('main').innerText();
    expect(text).toContain('Footfall counts');
    expect(text).toContain('Your organisation has no agreement that you may see.');
    expect(text).toContain('You hold no grant.');
    expect(text).not.toContain('School travel');
    expect(await findViolations(page)).toEqual([]);
  });

  it('ends the session by the button in the header', async () => {
    await signIn('researcher');
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('button', { name: 'Sign in' }).waitFor();
    await page.goto('/');
    expect(await page.getByRole('heading', { name: 'Your data sharing' }).count()).toBe(0);
    expect(faults).toEqual([]);
  });

  it('turns away an account that nobody registered, and says what to do', async () => {
    await signIn('nobody');
    await page.getByRole('heading', { level: 1, name: 'You are not a member yet' }).waitFor();
    expect(await page.getByRole('main').innerText()).toContain('Ask a data owner');
    expect(await findViolations(page)).toEqual([]);
    await snap('not-registered');
  });

  it('is walked by keyboard from the link past the header to the way out (R7.1)', async () => {
    await signIn('researcher');
    await page.getByRole('heading', { level: 1, name: 'Your data sharing' }).waitFor();
    const focused: string[] = [];
    for (let step = 0; step < 4; step += 1) {
      await page.keyboard.press('Tab');
      const focus = page.locator(':focus');
      expect(await focus.isVisible()).toBe(true);
      focused.push((await focus.innerText()).trim().split('\n')[0] ?? '');
    }
    expect(focused).toEqual(['Skip to main content', 'Concordat', 'Sign out', 'Home']);
    await page.keyboard.press('Shift+Tab');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Sign in' }).waitFor();
  });

  it('works on a phone without a scroll bar across the page (R7.1)', async () => {
    await page.setViewportSize({ width: 320, height: 640 });
    await signIn('researcher');
    await page.getByRole('heading', { level: 1, name: 'Your data sharing' }).waitFor();
    // Text, because only Chromium knows `document`.
    const overflow = await page.evaluate<number>(
      'document.documentElement.scrollWidth - document.documentElement.clientWidth',
    );
    expect(overflow).toBeLessThanOrEqual(0);
    expect(await findViolations(page)).toEqual([]);
    await snap('home-phone');
  });

  it('works without JavaScript (R7.5)', async () => {
    await context.close();
    context = await browser.newContext({ baseURL: app.url, javaScriptEnabled: false });
    page = await context.newPage();
    await signIn('researcher');
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('button', { name: 'Sign in' }).waitFor();
  });
});

describe('the process', () => {
  it('is ready once its databases answer', async () => {
    const answer = await fetch(`${app.url}/health/ready`);
    expect(answer.status).toBe(200);
    expect(await answer.json()).toEqual({
      status: 'ok',
      checks: { database: 'up', sessions: 'up' },
    });
  });
});

describe('the other pages of everyone', () => {
  it('are judged by a check that finds a planted fault', async () => {
    await page.goto('/accessibility');
    await page.evaluate('document.querySelector("main").append(document.createElement("img"))');
    expect((await findViolations(page)).map(({ id }) => id)).toContain('image-alt');
  });

  it.each([
    ['/accessibility', 'Accessibility statement'],
    ['/nothing-here', 'Not found'],
  ])('%s has the heading "%s" and no violation', async (path, heading) => {
    await page.goto(path);
    await page.getByRole('heading', { level: 1, name: heading }).waitFor();
    expect(await page.title()).toContain(heading);
    expect(await findViolations(page)).toEqual([]);
    await snap(path.slice(1));
  });

  it('the API reference runs under a policy without inline scripts', async () => {
    await page.goto('/api/docs');
    await page.getByText('/health/live').first().waitFor();
    await snap('api-docs');
    expect(faults).toEqual([]);
  });
});
