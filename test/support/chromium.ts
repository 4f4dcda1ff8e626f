import { createRequire } from 'node:module';
import { chromium, type Browser, type Page } from 'playwright-core';

const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

/** What axe-core found: a rule, and the elements that break it. */
export interface Violation {
  readonly id: string;
  readonly nodes: readonly string[];
}

/** Debian's Chromium, or the one that CHROMIUM_PATH names; nothing is downloaded. */
export async function launchChromium(): Promise<Browser> {
  return chromium.launch({
    executablePath: process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

/** Every rule of axe-core, not only those of WCAG. Run in the page's own world: the strict policy stays on. */
export async function findViolations(page: Page): Promise<readonly Violation[]> {
  const { readFile } = await import('node:fs/promises');
  await page.evaluate(await readFile(AXE, 'utf8'));
  return page.evaluate(async () => {
    const axe = (globalThis as unknown as { axe: AxeCore }).axe;
    const { violations } = await axe.run();
    return violations.map(({ id, nodes }) => ({ id, nodes: nodes.map(({ html }) => html) }));
  });
}

interface AxeCore {
  run(): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }>;
}
