import type { Locator } from 'playwright-core';
import type { PersonaName } from '../../sandbox/personas.js';
import { systemClock } from '../../src/kernel/clock.js';
import { addDays, londonDay } from '../../src/kernel/london-day.js';
import { httpWorld, type HttpWorld } from './http-world.js';
import { ReadingPages, type Reader, type Way } from './reading-pages.js';

/** People of one world at their browsers, each of whom uses one in several ways. */
export class Stories {
  private readonly readers = new Map<string, Reader>();

  private constructor(
    readonly world: HttpWorld,
    private readonly pages: ReadingPages,
  ) {}

  static async begin(): Promise<Stories> {
    const world = await httpWorld();
    return new Stories(world, await ReadingPages.of(world));
  }

  /** @throws Error for what the browsers' consoles complained of: a form that was refused comes back with 422. */
  async end(): Promise<void> {
    await this.pages.close();
    await this.world.close();
    const faults = [...this.readers.values()]
      .flatMap((reader) => reader.faults)
      .filter((text) => !text.includes('status of 422'));
    if (faults.length > 0) {
      throw new Error(faults.join('\n'));
    }
  }

  async as(persona: PersonaName, way: Way): Promise<Reader> {
    const key = `${persona} ${way.hand} ${String(way.script)}`;
    const reader = this.readers.get(key) ?? (await this.pages.reader(persona, way));
    this.readers.set(key, reader);
    return reader;
  }
}

export async function press(reader: Reader, name: string): Promise<void> {
  await reader.go(reader.page.getByRole('button', { name, exact: true }));
}

/** A link that looks like a button has that role. */
export function linkOf({ page }: Reader, name: string | RegExp): Locator {
  return page.getByRole('main').locator('a').filter({ hasText: name }).first();
}

export async function follow(reader: Reader, name: string | RegExp): Promise<void> {
  await reader.go(linkOf(reader, name));
}

/** Fills in the field of that name. */
export async function answer(reader: Reader, label: string, text: string): Promise<void> {
  await reader.fill(reader.page.getByLabel(label, { exact: true }), text);
}

export async function choose(reader: Reader, label: string | RegExp): Promise<void> {
  await reader.check(reader.page.getByLabel(label, { exact: typeof label === 'string' }));
}

/** Fills in a date, so many days from today. */
export async function answerDay(reader: Reader, legend: string, days: number): Promise<void> {
  const group = reader.page.getByRole('group', { name: legend });
  const [year = '', month, day] = addDays(londonDay(systemClock.now()), days).split('-');
  await reader.fill(group.getByLabel('Day'), String(Number(day)));
  await reader.fill(group.getByLabel('Month'), String(Number(month)));
  await reader.fill(group.getByLabel('Year'), year);
}

export function notice({ page }: Reader): Promise<string> {
  return page.getByRole('alert').first().innerText();
}
