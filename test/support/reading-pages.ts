import type { Browser, BrowserContext, Page } from 'playwright-core';
import { emailOf, type PersonaName } from '../../sandbox/personas.js';
import { findViolations, launchChromium, type Violation } from './chromium.js';
import type { EmptyWorld } from './http-world.js';

/** Somebody at a browser: a context of its own, signed in or not, and what its console complained of. */
export interface Reader {
  readonly page: Page;
  readonly faults: readonly string[];
  /** Goes to a path of the broker, and waits for the heading of the page. */
  open(path: string, heading?: string | RegExp): Promise<void>;
  /** The words of the page's main part. */
  words(): Promise<string>;
  violations(): Promise<readonly Violation[]>;
  /** Into the folder that SCREENSHOTS names, when it names one. */
  snap(name: string): Promise<void>;
}

/** People at browsers before one world: `npm run test:browser`. */
export class ReadingPages {
  private readonly contexts: BrowserContext[] = [];

  private constructor(
    private readonly browser: Browser,
    private readonly world: EmptyWorld,
  ) {}

  static async of(world: EmptyWorld): Promise<ReadingPages> {
    return new ReadingPages(await launchChromium(), world);
  }

  /**
   * @param persona signs in by the provider's own pages; absent: nobody does.
   * @param script false: the browser runs none (R7.5).
   */
  async reader(persona?: PersonaName, { script = true } = {}): Promise<Reader> {
    const context = await this.browser.newContext({
      baseURL: this.world.config.publicUrl,
      javaScriptEnabled: script,
    });
    this.contexts.push(context);
    const page = await context.newPage();
    const faults: string[] = [];
    page.on('console', (message) => {
      if (message.type() === 'error') {
        faults.push(message.text());
      }
    });
    if (persona !== undefined) {
      await signIn(page, persona);
    }
    return {
      page,
      faults,
      open: async (path, heading) => {
        await page.goto(path);
        await page.getByRole('heading', { level: 1, ...(heading && { name: heading }) }).waitFor();
      },
      words: () => page.getByRole('main').innerText(),
      violations: () => findViolations(page),
      snap: async (name) => {
        const folder = process.env['SCREENSHOTS'];
        if (folder !== undefined) {
          await page.screenshot({ path: `${folder}/${name}.png`, fullPage: true });
        }
      },
    };
  }

  async close(): Promise<void> {
    await Promise.all(this.contexts.map((context) => context.close()));
    await this.browser.close();
  }
}

async function signIn(page: Page, persona: PersonaName): Promise<void> {
  await page.goto('/');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByLabel('E-mail').fill(emailOf(persona));
  await page.getByLabel('Password').fill(`password of ${persona}`);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('button', { name: 'Sign out' }).waitFor();
}
