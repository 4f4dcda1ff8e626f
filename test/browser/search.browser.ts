import { httpWorld, type HttpWorld } from '../support/http-world.js';
import { ReadingPages, type Reader } from '../support/reading-pages.js';

describe('finding data', () => {
  let world: HttpWorld;
  let pages: ReadingPages;
  let researcher: Reader;
  let anybody: Reader;

  beforeAll(async () => {
    world = await httpWorld();
    pages = await ReadingPages.of(world);
    researcher = await pages.reader('researcher');
    anybody = await pages.reader(undefined, { script: false });
  }, 120_000);
  afterAll(async () => {
    await pages.close();
    await world.close();
  }, 30_000);

  it('is reached from every page, and leads to a dataset', async () => {
    const { page } = researcher;
    await researcher.open('/');
    await page.getByRole('link', { name: 'Find data' }).click();
    await page.getByLabel('Words').fill('stop search');
    await page.getByRole('button', { name: 'Search' }).click();
    await page.getByRole('heading', { level: 2, name: '1 dataset' }).waitFor();
    expect(await page.locator('mark').allInnerTexts()).toContain('Stop');
    expect(await researcher.violations()).toEqual([]);
    await researcher.snap('search');
    await page.getByRole('link', { name: 'Stop and search' }).click();
    await page.getByRole('heading', { level: 2, name: 'How to get it' }).waitFor();
    expect(researcher.faults).toEqual([]);
  });

  it('is narrowed by what is counted beside it, and widened again', async () => {
    const { page } = anybody;
    await anybody.open('/datasets', 'Find data');
    const all = await page.locator('#found').innerText();
    await page.getByRole('navigation', { name: 'Narrow' }).getByRole('link').first().click();
    expect(new URL(page.url()).searchParams.size).toBe(1);
    await page.getByRole('link', { name: /^Without / }).click();
    expect(await page.locator('#found').innerText()).toBe(all);
    await anybody.snap('search-anybody');
    const signedInAll = await (async () => {
      await researcher.open('/datasets', 'Find data');
      return researcher.page.locator('#found').innerText();
    })();
    expect(Number.parseInt(all, 10)).toBeLessThanOrEqual(Number.parseInt(signedInAll, 10));
  });

  it('says what may have been meant where nothing is found', async () => {
    await researcher.open('/datasets?q=serch', /./);
    expect(await researcher.words()).toContain('Nothing that you may see fits.');
    await researcher.page.getByRole('link', { name: 'search' }).first().click();
    expect(await researcher.page.locator('mark').count()).toBeGreaterThan(0);
  });

  it.each([
    ['from=yesterday', 'First day'],
    [`q=${'a'.repeat(201)}`, 'Words'],
    ['sort=%3Cscript%3E', 'Order'],
    ['q=the', 'Words'],
  ])('keeps what was typed and says what is wrong with %s', async (query, label) => {
    await anybody.open(`/datasets?${query}`, 'Find data');
    const summary = anybody.page.getByRole('alert');
    expect(await summary.innerText()).toMatch(new RegExp(`There is a problem\\s+${label}`));
    expect(await anybody.page.title()).toMatch(/^Error: /);
    const [name = '', value] = query.split('=');
    if (name !== 'sort') {
      expect(await anybody.page.locator(`[name=${name}]`).inputValue()).toBe(value);
    }
  });

  it('shows markup as text', async () => {
    await researcher.open('/datasets?q=%3Cb%3Ebold%3C%2Fb%3E%27%3B%20DROP', /./);
    expect(await researcher.page.locator('main b').count()).toBe(0);
    expect(await researcher.violations()).toEqual([]);
  });
});
