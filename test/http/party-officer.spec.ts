import { PageVisitor } from '../../sandbox/page-visitor.js';
import type { PersonaName } from '../../sandbox/personas.js';
import { makeBusy } from '../support/busy-city.js';
import { httpWorld, type HttpWorld } from '../support/http-world.js';
import { NEIGHBOUR, neighbourJoins } from '../support/neighbour.js';

interface Me {
  readonly memberships: readonly { readonly organisationId: string }[];
}
interface Page<T> {
  readonly items: readonly T[];
}

/** An officer of a party reviews what concerns the party: what is others' is absent, by name too (R5.8). */
describe('the pages of review, to an officer of a party', () => {
  let world: HttpWorld;
  let officer: PageVisitor;

  beforeAll(async () => {
    world = await httpWorld({}, [NEIGHBOUR]);
    await makeBusy(world);
    await neighbourJoins(world);
    officer = await PageVisitor.signedIn(
      world.config.publicUrl,
      NEIGHBOUR as PersonaName,
      `password of ${NEIGHBOUR}`,
    );
  }, 180_000);
  afterAll(() => world.close(), 60_000);

  it('their own are there', async () => {
    expect((await officer.get('/review')).status).toBe(200);
  });

  it.each([
    ['datasets', () => world.seeded.datasets[0]],
    ['agreements', () => world.seeded.agreements[0]],
  ] as const)('a story of somebody else’s %s is not', async (kind, of) => {
    const { id, title } = of() ?? { id: '', title: '' };
    const { status, html } = await officer.get(`/review/${kind}/${id}`);
    expect(status).toBe(404);
    expect(html.includes(title)).toBe(false);
  });

  it('a filter by somebody else’s dataset does not name it', async () => {
    const { items } = await world.callers.owner.get<Page<{ id: string; title: string }>>(
      '/api/v1/datasets?q=draft',
    );
    const draft = items.find(({ title }) => title === 'A draft dataset');
    const { status, html } = await officer.get(`/review/events?datasetId=${draft?.id ?? ''}`);
    expect(draft?.id).toBeDefined();
    expect(status).toBe(200);
    expect(html.includes('A draft dataset')).toBe(false);
  });

  it('nor does the accounting of somebody else', async () => {
    const { memberships } = await world.callers.owner.get<Me>('/api/v1/me');
    const path = `/review/organisations/${memberships[0]?.organisationId ?? ''}`;
    for (const page of [path, `${path}/accounting`]) {
      const { status, html } = await officer.get(page);
      expect({ status, named: html.includes('City Police Data Office') }).toEqual({
        status: 404,
        named: false,
      });
    }
  });
});
