import type { Browser, BrowserContext, Locator, Page } from 'playwright-core';
import { emailOf, type PersonaName } from '../../sandbox/personas.js';
import { findViolations, launchChromium, type Violation } from './chromium.js';
import type { EmptyWorld } from './http-world.js';

/** How somebody uses a browser; without scripts it runs none (R7.5). */
export interface Way {
  readonly hand: 'mouse' | 'keyboard';
  readonly script: boolean;
}

/** Everybody's stories hold in each of them: whoever needs less has it easier. */
export const WAYS: readonly (Way & { readonly how: string })[] = [
  { how: 'by keyboard alone', hand: 'keyboard', script: true },
  { how: 'without scripts', hand: 'mouse', script: false },
];
/** More than any page has to tab through. */
const MOST_TABS = 400;
const MOST_CHOICES = 40;

/** Somebody at a browser: a context of its own, signed in or not, and what its console complained of. */
export interface Reader {
  readonly page: Page;
  readonly faults: readonly string[];
  /** Goes to a path of the broker, and waits for the heading of the page. */
  open(path: string, heading?: string | RegExp): Promise<void>;
  /** Uses a link or a button, and waits for the page that it leads to. */
  go(target: Locator): Promise<void>;
  /** The same, of one that leads to no page: a download. */
  use(target: Locator): Promise<void>;
  fill(field: Locator, text: string): Promise<void>;
  check(choice: Locator): Promise<void>;
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
   */
  async reader(
    persona?: PersonaName,
    { script = true, hand = 'mouse' }: Partial<Way> = {},
  ): Promise<Reader> {
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
      ...(hand === 'mouse' ? withMouse(page) : withKeyboard(page)),
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

type Hand = Pick<Reader, 'go' | 'use' | 'fill' | 'check'>;

function withMouse(page: Page): Hand {
  return {
    go: (target) => leading(page, () => target.click()),
    use: (target) => target.click(),
    fill: (field, text) => field.fill(text),
    check: (choice) => choice.check(),
  };
}

function withKeyboard(page: Page): Hand {
  const use = async (target: Locator): Promise<void> => {
    await reach(page, target);
    await page.keyboard.press('Enter');
  };
  return {
    go: (target) => leading(page, () => use(target)),
    use,
    fill: async (field, text) => {
      await reach(page, field);
      await page.keyboard.press('ControlOrMeta+A');
      await page.keyboard.insertText(text);
    },
    check: async (choice) => {
      await reach(page, choice);
      if (!(await choice.isChecked())) {
        await page.keyboard.press('Space');
      }
    },
  };
}

async function leading(page: Page, act: () => Promise<void>): Promise<void> {
  await Promise.all([page.waitForEvent('domcontentloaded'), act()]);
}

/** By tabs, and among radio buttons of one question by arrows. @throws Error for what no key leads to. */
async function reach(page: Page, target: Locator): Promise<void> {
  const one = target.first();
  for (let tabs = 0; tabs < MOST_TABS && !(await isNear(one)); tabs += 1) {
    await page.keyboard.press('Tab');
  }
  for (let steps = 0; steps < MOST_CHOICES; steps += 1) {
    if (await isFocused(one)) {
      return;
    }
    await page.keyboard.press('ArrowDown');
  }
  throw new Error(`No key leads to ${String(target)}`);
}

function isFocused(target: Locator): Promise<boolean> {
  return target.evaluate(
    (element: unknown) => element === (globalThis as unknown as InPage).document.activeElement,
  );
}

/** It is focused, or another answer to the same question is. */
function isNear(target: Locator): Promise<boolean> {
  return target.evaluate((element: unknown) => {
    const focused = (globalThis as unknown as InPage).document.activeElement;
    const { type, name } = element as Focusable;
    return (
      focused === element ||
      (type === 'radio' && focused?.type === 'radio' && focused.name === name)
    );
  });
}

/** What these look at in the page, whose types this project does not have. */
interface InPage {
  readonly document: { readonly activeElement: Focusable | null };
}
interface Focusable {
  readonly type?: string;
  readonly name?: string;
}

async function signIn(page: Page, persona: PersonaName): Promise<void> {
  await page.goto('/');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByLabel('E-mail').fill(emailOf(persona));
  await page.getByLabel('Password').fill(`password of ${persona}`);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('button', { name: 'Sign out' }).waitFor();
}
