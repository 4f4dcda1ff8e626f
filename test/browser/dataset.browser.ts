import { httpWorld, type HttpWorld } from '../support/http-world.js';
import { ReadingPages, type Reader } from '../support/reading-pages.js';

describe('the page of a dataset', () => {
  let world: HttpWorld;
  let pages: ReadingPages;
  let researcher: Reader;
  let path: string;

  beforeAll(async () => {
    world = await httpWorld();
    pages = await ReadingPages.of(world);
    researcher = await pages.reader('researcher');
    path = `/datasets/${world.seeded.datasets[0]?.id ?? ''}`;
  }, 120_000);
  afterAll(async () => {
    await pages.close();
    await world.close();
  }, 30_000);

  it('says what is in it, and that an agreement covers the reader', async () => {
    await researcher.open(path, /./);
    const words = await researcher.words();
    expect(words).toContain('How to get it');
    expect(words).toContain('Covers your organisation');
    expect(await researcher.violations()).toEqual([]);
    expect(researcher.faults).toEqual([]);
    await researcher.snap('dataset');
  });

  it('is there for anybody when it is public, with what search engines read, and never says where it lies (R8.7)', async () => {
    const anybody = await pages.reader(undefined, { script: false });
    await anybody.open(path, /./);
    expect(await anybody.words()).toContain('Sign in to see');
    const html = await anybody.page.content();
    const [, text = ''] = /<script type="application\/ld\+json">(.*?)<\/script>/s.exec(html) ?? [];
    const publicUrl = world.config.publicUrl;
    expect(JSON.parse(text)).toMatchObject({ '@type': 'Dataset', url: `${publicUrl}${path}` });
    for (const { bucket, endpoint } of world.stores) {
      expect(html).not.toContain(bucket);
      expect(html).not.toContain(endpoint);
    }
  });

  it('leads to its owner, once that says what it is', async () => {
    const { callers } = world;
    const { organisationId } = await callers.owner.get<{ organisationId: string }>(
      `/api/v1${path}`,
    );
    await researcher.open(path, /./);
    expect(await researcher.page.locator('a[href^="/organisations/"]').count()).toBe(0);
    await callers.owner.try('PATCH', `/api/v1/organisations/${organisationId}/profile`, {
      summary: 'Keeps the <b>records</b> of the police.',
      website: 'https://police.example/',
      contact: 'data@police.example',
    });
    await callers.owner.post(`/api/v1/organisations/${organisationId}/teams`, {
      name: 'Data desk',
      purpose: 'Answers questions',
      contact: 'desk@police.example',
      isPublic: true,
    });
    await researcher.open(path, /./);
    await researcher.page.locator('a[href^="/organisations/"]').click();
    await researcher.page.getByRole('heading', { level: 2, name: 'Datasets' }).waitFor();
    const words = await researcher.words();
    expect(words).toContain('Keeps the <b>records</b> of the police.');
    expect(words).toContain('desk@police.example');
    expect(words).toMatch(/\d shared/);
    expect(await researcher.violations()).toEqual([]);
    await researcher.snap('organisation');
    await researcher.page.getByRole('link', { name: 'shared' }).click();
    await researcher.page.locator('#found').waitFor();
  });

  it('is absent when it may not be known of', async () => {
    const anybody = await pages.reader();
    await anybody.page.goto('/datasets/01990000-0000-7000-8000-00000000dead');
    await anybody.page.getByRole('heading', { level: 1, name: 'Not found' }).waitFor();
  });
});
