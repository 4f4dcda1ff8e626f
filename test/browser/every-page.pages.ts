import type { PersonaName } from '../../sandbox/personas.js';
import { httpWorld, type HttpWorld } from '../support/http-world.js';
import { ReadingPages, type Reader } from '../support/reading-pages.js';

/** A page, its style sheet, scripts and pictures, as they come over the wire (architecture.md, Budgets). */
const MAX_BYTES = 100 * 1024;
/** Every kind of page once or twice; the rest are the same with other things in them. */
const OF_A_KIND = 2;
const MAX_PAGES = 120;
const READERS: readonly PersonaName[] = [
  'owner',
  'researcher',
  'officer',
  'admin',
  'ownerSignatory',
  'dpo',
];
const ID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;

describe('every page', () => {
  let world: HttpWorld;
  let pages: ReadingPages;

  beforeAll(async () => {
    world = await httpWorld({}, [], undefined, true);
    pages = await ReadingPages.of(world);
  }, 180_000);
  afterAll(async () => {
    await pages.close();
    await world.close();
  });

  it.each(READERS)(
    'that the %s reaches from the first one is there, sound, light and for everybody',
    async (persona) => {
      const reader = await pages.reader(persona);
      const visited = new Map<string, number>();
      const waiting = ['/'];
      const faults: object[] = [];
      for (let path = waiting.shift(); path !== undefined; path = waiting.shift()) {
        const kind = kindOf(path);
        const seen = visited.get(kind) ?? 0;
        if (seen >= OF_A_KIND || visited.size >= MAX_PAGES) {
          continue;
        }
        visited.set(kind, seen + 1);
        const look = await lookAt(reader, path);
        if (look.faults.length > 0) {
          faults.push({ path, faults: look.faults });
        }
        waiting.push(...look.links);
      }
      if (process.env['PAGES_SEEN'] !== undefined) {
        process.stdout.write(`${persona}: ${[...visited.keys()].join(' ')}\n`);
      }
      expect(faults).toEqual([]);
      expect(reader.faults).toEqual([]);
    },
    600_000,
  );

  interface Look {
    readonly faults: readonly unknown[];
    readonly links: readonly string[];
  }

  async function lookAt(reader: Reader, path: string): Promise<Look> {
    const { page } = reader;
    const answer = await page.goto(path);
    const faults: unknown[] = [];
    if (answer?.status() !== 200) {
      faults.push(`answered ${String(answer?.status())}`);
      return { faults, links: [] };
    }
    faults.push(...(await reader.violations()));
    const bytes = await page.evaluate<number>(WEIGHT);
    if (bytes > MAX_BYTES) {
      faults.push(`weighs ${String(bytes)} bytes`);
    }
    const headings = await page.getByRole('heading', { level: 1 }).count();
    if (headings !== 1) {
      faults.push(`has ${String(headings)} first headings`);
    }
    const hrefs = await page.evaluate<string[]>(LINKS);
    const { origin } = new URL(world.config.publicUrl);
    const links = hrefs
      .filter((href) => href.startsWith(`${origin}/`))
      .map((href) => href.slice(origin.length).replace(/#.*/, ''))
      .filter((href) => !NO_PAGES.test(href));
    return { faults, links: [...new Set(links)] };
  }
});

/** Run in the page, whose types this project does not have. */
const WEIGHT = `[...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')]
  .reduce((sum, { encodedBodySize }) => sum + encodedBodySize, 0)`;
const LINKS = `[...document.querySelectorAll('a[href]')].map(({ href }) => href)`;

/** What a link leads to that is no page: programs' answers, downloads, and what leaves the console. */
const NO_PAGES =
  /[?&]by=|^\/(api|my|auth|log|assets|catalog\.jsonld)\b|\/(odrl|receipt|content|disclosure|export\.csv)(\?|$)/;

/** Filters and pages of a list are one kind. */
function kindOf(path: string): string {
  const { pathname, search } = new URL(path, 'https://console.example');
  return `${pathname.replaceAll(ID, ':id')}${search === '' ? '' : '?'}`;
}
