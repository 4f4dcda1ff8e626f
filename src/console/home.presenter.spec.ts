import type { Principal } from '../identity/principal.js';
import { presentHome } from './home.presenter.js';
import { FIRST_PAGE, type DatasetRow } from './home.repository.js';

const SOMEBODY: Principal = {
  kind: 'person',
  personId: 'p',
  pseudonym: 'P-aaaaaaaa',
  name: null,
  issuer: 'https://id.example',
  subject: 'p',
  memberships: [],
  authLevel: 1,
  acr: null,
  amr: [],
  authenticatedAt: null,
  via: 'session',
  ip: null,
  country: null,
};

function present(datasets: readonly DatasetRow[]) {
  const readAt = new Date('2026-11-24T12:00:00Z');
  return presentHome(SOMEBODY, { agreements: [], datasets, grants: [], readAt });
}

const dataset = (description: string): DatasetRow => ({
  id: '01990000-0000-7000-8000-0000000000d1',
  title: 'Footfall',
  description,
  organisation: 'A borough',
  access: 'open',
  kind: 'feed',
  status: 'published',
});

describe('the model of the first page', () => {
  it('names somebody whose provider gives no name by what is known', () => {
    expect(present([]).you).toEqual([
      { key: 'Name', value: 'Not given by the sign-in service' },
      { key: 'Known to others as', value: 'P-aaaaaaaa' },
      { key: 'Signed in with', value: 'One factor' },
    ]);
  });

  it.each([
    ['one that fits', 'a'.repeat(160), 'a'.repeat(160)],
    ['one between two words', `${'a'.repeat(155)} and more`, `${'a'.repeat(155)} and…`],
    ['one without a space', 'a'.repeat(161), `${'a'.repeat(160)}…`],
    ['a family of four as one character', '👨‍👩‍👧‍👦'.repeat(160), '👨‍👩‍👧‍👦'.repeat(160)],
  ])('shortens a description, %s', (_what, given, shown) => {
    expect(present([dataset(given)]).datasets.rows[0]?.description).toBe(shown);
  });

  it.each([
    [FIRST_PAGE, FIRST_PAGE, false],
    [FIRST_PAGE + 1, FIRST_PAGE, true],
  ])('of %d rows shows %d and says whether there are more', (given, shown, hasMore) => {
    const { datasets } = present(Array.from({ length: given }, () => dataset('Counts')));
    expect(datasets.rows).toHaveLength(shown);
    expect(datasets.hasMore).toBe(hasMore);
  });
});
