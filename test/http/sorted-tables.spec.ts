import { PageVisitor } from '../../sandbox/page-visitor.js';
import { FoundPage } from '../support/forms-of-pages.js';
import { httpWorld, type HttpWorld } from '../support/http-world.js';

describe('a table in the order that its reader asks for', () => {
  let world: HttpWorld;
  let visitor: PageVisitor;

  beforeAll(async () => {
    world = await httpWorld();
    visitor = await PageVisitor.signedIn(world.config.publicUrl, 'admin', 'password of admin');
  }, 120_000);
  afterAll(() => world.close(), 30_000);

  const namesOn = async (path: string): Promise<readonly string[]> => {
    const { html, status } = await visitor.get(path);
    expect(status).toBe(200);
    return [...html.matchAll(/<th scope="row"[^>]*><a[^>]*>([^<]*)/g)].map(([, name = '']) => name);
  };

  it('is by the column whose name was followed, and by the same once more the other way round', async () => {
    const names = await namesOn('/organisations?by=organisations.0');
    expect(names.length).toBeGreaterThan(2);
    expect(names).toEqual(names.toSorted((a, b) => a.localeCompare(b, 'en-GB')));
    expect(await namesOn('/organisations?by=-organisations.0')).toEqual(names.toReversed());
  });

  it('says how it is ordered, to whoever sees it and whoever hears it', async () => {
    const { html } = await visitor.get('/organisations?by=-organisations.0');
    expect(html).toContain('Organisations, by name, the other way round</caption>');
    expect(html).toContain('aria-sort="descending"');
    const { links } = new FoundPage(html, '/organisations');
    expect(links).toContain('/organisations?by=organisations.0');
  });

  it.each(['junk', 'organisations.99', '', '-', '<script>', 'a'.repeat(4_000)])(
    'is as it comes when the order is %p',
    async (sort) => {
      const names = await namesOn(`/organisations?by=${encodeURIComponent(sort)}`);
      expect(names).toEqual(await namesOn('/organisations'));
    },
  );

  it('is nothing that a page which knows its query refuses', async () => {
    const owner = await PageVisitor.signedIn(world.config.publicUrl, 'owner', 'password of owner');
    const [{ id } = { id: '' }] = world.seeded.agreements;
    for (const path of [`/agreements/${id}/signatures`, `/agreements/${id}`, '/agreements']) {
      expect((await owner.get(`${path}?by=agreements.1`)).status).toBe(
        (await owner.get(path)).status,
      );
    }
  });
});
