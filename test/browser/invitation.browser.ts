import type { Browser, BrowserContext, Page } from 'playwright-core';
import { systemClock } from '../../src/kernel/clock.js';
import { londonDay } from '../../src/kernel/london-day.js';
import { MailDelivery } from '../../src/platform/mail/mail-delivery.service.js';
import { findViolations, launchChromium } from '../support/chromium.js';
import { emptyWorld, type EmptyWorld } from '../support/http-world.js';
import { mailServer, type MailServer } from '../support/mail-server.js';

describe('an invitation', () => {
  let mail: MailServer;
  let world: EmptyWorld;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  let link: string;

  beforeAll(async () => {
    mail = await mailServer();
    const smtp = { url: mail.url, from: 'concordat@sandbox.example' };
    world = await emptyWorld({ smtp }, ['guest']);
    browser = await launchChromium();
    const { id } = await world.callers.admin.post<{ id: string }>('/api/v1/organisations', {
      name: 'A council',
      kind: 'borough',
      publicAuthority: true,
    });
    await world.callers.admin.post(`/api/v1/organisations/${id}/invitations`, {
      email: 'guest@sandbox.example',
      position: 'Keeper of counts',
      startsOn: londonDay(systemClock.now()),
      roles: ['data_owner'],
    });
    await world.app.get(MailDelivery, { strict: false }).deliverDue();
    link = await linkSent();
  }, 120_000);
  afterAll(async () => {
    await browser.close();
    await world.close();
    await mail.close();
  }, 30_000);

  beforeEach(async () => {
    // R7.5: every journey works without JavaScript.
    context = await browser.newContext({ javaScriptEnabled: false });
    page = await context.newPage();
  });
  afterEach(() => context.close());

  // The worker sends too, and may have it in hand.
  async function linkSent(): Promise<string> {
    for (let tries = 0; tries < 100; tries += 1) {
      const source = mail.received.map((one) => one.source.replaceAll('=\r\n', '')).join('\n');
      const found = /http:\S+\/invitations\/cdi_[\w-]{43}/.exec(source)?.[0];
      if (found !== undefined) {
        return found;
      }
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new Error('No mail');
  }

  it('is a page that anybody can use', async () => {
    const reader = await browser.newContext();
    const shown = await reader.newPage();
    await shown.goto(link);
    await shown.getByRole('heading', { level: 1, name: 'Join A council' }).waitFor();
    expect(await findViolations(shown)).toEqual([]);
    await reader.close();
  });

  it('says what is to be done without one', async () => {
    await page.goto(`${world.config.publicUrl}/invitations`);
    expect(await page.getByRole('main').innerText()).toContain('Open the link of its mail');
  });

  it('is accepted without JavaScript, and its token is in no address that is left', async () => {
    await page.goto(link);
    const { publicUrl } = world.config;
    expect(page.url()).toBe(`${publicUrl}/invitations`);
    expect(await page.getByRole('main').innerText()).toMatch(
      /Keeper of counts[\s\S]*data owner[\s\S]*g…@sandbox\.example/,
    );
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByLabel('E-mail').fill('guest@sandbox.example');
    await page.getByLabel('Password').fill('password of guest');
    await page.getByRole('button', { name: 'Sign in' }).click();
    expect(page.url()).toBe(`${publicUrl}/invitations`);
    expect(await page.getByRole('main').innerText()).toContain(
      'You are signed in as guest, guest@sandbox.example',
    );
    await page.getByRole('button', { name: 'Join' }).click();
    await page.getByRole('heading', { level: 1, name: 'Your data sharing' }).waitFor();
    expect(await page.getByRole('main').innerText()).toContain('Keeper of counts');
    await page.goto(link);
    await page.getByRole('heading', { level: 1, name: 'Invitation has ended' }).waitFor();
  });
});
