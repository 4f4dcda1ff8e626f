import { randomUUID } from 'node:crypto';
import { ApiClient } from '../../sandbox/api-client.js';
import { PageVisitor } from '../../sandbox/page-visitor.js';
import { httpWorld, type HttpWorld } from '../support/http-world.js';

interface Me {
  readonly personId: string;
  readonly memberships: readonly {
    readonly membershipId: string;
    readonly organisationId: string;
  }[];
}
interface Team {
  readonly id: string;
  readonly name: string;
  readonly isPublic?: boolean;
  readonly members?: readonly { readonly personId: string; readonly name: string | null }[];
}
interface Page {
  readonly id: string;
  readonly summary: string | null;
  readonly teams: readonly Team[];
  readonly datasets: { readonly open: number; readonly shared: number; readonly closed: number };
  readonly [field: string]: unknown;
}

describe('an organisation’s page', () => {
  let world: HttpWorld;
  let owner: ApiClient;
  let me: Me;
  let path: string;

  beforeAll(async () => {
    world = await httpWorld();
    owner = world.callers.owner;
    me = await owner.get<Me>('/api/v1/me');
    path = `/api/v1/organisations/${me.memberships[0]?.organisationId ?? ''}`;
  }, 120_000);
  afterAll(() => world.close(), 30_000);

  const codeOf = async (
    call: Promise<{ status: number; body: Readonly<Record<string, unknown>> }>,
  ): Promise<unknown> => {
    const { status, body } = await call;
    return [status, (body as typeof body | undefined)?.['code']];
  };
  const team = (changes: object = {}): object => ({
    name: 'Open data',
    purpose: 'Questions about what is published.',
    contact: 'opendata@borough.example',
    isPublic: true,
    ...changes,
  });
  const visible = async (by: ApiClient): Promise<number> => {
    const organisation = me.memberships[0]?.organisationId ?? '';
    const { items } = await by.get<{ items: object[] }>(
      `/api/v1/datasets?organisation=${organisation}`,
    );
    return items.length;
  };
  const counted = ({ datasets: { open, shared, closed } }: Page): number => open + shared + closed;

  it('is absent to others until the organisation says something of itself', async () => {
    expect(await codeOf(world.outsider.try('GET', path))).toEqual([404, 'not_found']);
    const own = await owner.get<Page>(path);
    expect(own).toMatchObject({
      status: 'active',
      summary: null,
      teams: [],
      checks: expect.any(Array) as unknown,
    });
  });

  it('shows others the profile, public teams, and how many datasets they may see: nothing else', async () => {
    await owner.try('PATCH', `${path}/profile`, {
      summary: 'We count <b>people</b> who walk.',
      website: 'https://borough.example/data',
      contact: 'data@borough.example',
    });
    const shown = await owner.post<Team>(`${path}/teams`, team());
    const hidden = await owner.post<Team>(
      `${path}/teams`,
      team({ name: 'Brokerage', isPublic: false }),
    );
    await owner.try(
      'PUT',
      `/api/v1/teams/${shown.id}/members/${me.memberships[0]?.membershipId ?? ''}`,
    );

    const page = await world.outsider.get<Page>(path);
    expect(Object.keys(page).sort()).toEqual(
      [
        'id',
        'name',
        'kind',
        'identifier',
        'publicAuthority',
        'summary',
        'website',
        'contact',
        'teams',
        'datasets',
      ].sort(),
    );
    expect(page.summary).toBe('We count <b>people</b> who walk.');
    expect(page.teams).toEqual([
      {
        id: shown.id,
        name: 'Open data',
        purpose: 'Questions about what is published.',
        contact: 'opendata@borough.example',
      },
    ]);
    expect(JSON.stringify(page)).not.toContain(me.personId);
    expect(counted(page)).toBe(await visible(world.outsider));

    const own = await owner.get<Page>(path);
    expect(own.teams.map(({ name }) => name)).toEqual(['Brokerage', 'Open data']);
    expect(own.teams.find(({ id }) => id === shown.id)?.members).toMatchObject([
      { personId: me.personId },
    ]);
    expect(own.teams.find(({ id }) => id === hidden.id)).toMatchObject({
      isPublic: false,
      members: [],
    });
    expect(counted(own)).toBe(await visible(owner));
    expect(counted(own)).toBeGreaterThan(0);
  });

  it('counts no dataset that its reader may not know of', async () => {
    const before = counted(await world.outsider.get<Page>(path));
    const mine = counted(await owner.get<Page>(path));
    await world.db.dataSource.query(
      `UPDATE dataset SET visibility = 'owner' WHERE organisation_id = $1`,
      [me.memberships[0]?.organisationId],
    );
    expect(before).toBeGreaterThan(0);
    expect(counted(await world.outsider.get<Page>(path))).toBe(0);
    expect(counted(await owner.get<Page>(path))).toBe(mine);
  });

  it('keeps no member who has left in a team', async () => {
    const { teams } = await owner.get<Page>(path);
    const { id = '' } = teams.find(({ name }) => name === 'Open data') ?? {};
    const { items } = await owner.get<{ items: { id: string; personId: string }[] }>(
      `${path}/memberships`,
    );
    const other = items.find(({ personId }) => personId !== me.personId);
    const members = `/api/v1/teams/${id}/members/${other?.id ?? ''}`;
    const added = await owner.try<Team>('PUT', members);
    expect(added.body.members).toHaveLength(2);
    expect((await owner.try<Team>('PUT', members)).body.members).toHaveLength(2);
    await world.callers.admin.post(`/api/v1/memberships/${other?.id ?? ''}/end`, {
      reason: 'Left.',
    });
    const page = await owner.get<Page>(path);
    expect(page.teams.find((one) => one.id === id)?.members).toMatchObject([
      { personId: me.personId },
    ]);
    expect(await codeOf(owner.try('PUT', members))).toEqual([404, 'not_found']);
  });

  it.each<[string, object, string]>([
    ['a website that runs', { website: 'javascript:alert(1)' }, '/website'],
    ['a website with a password', { website: 'https://a:b@borough.example' }, '/website'],
    ['a contact that is none', { contact: 'nobody' }, '/contact'],
    ['too much to say', { summary: 'a'.repeat(2_001) }, '/summary'],
    ['another name', { name: 'Another' }, '/name'],
  ])('does not take %s', async (_, profile, pointer) => {
    const answer = await owner.try('PATCH', `${path}/profile`, profile);
    expect([answer.status, answer.body['errors']]).toEqual([
      422,
      [expect.objectContaining({ pointer })],
    ]);
  });

  it.each<[string, object, string]>([
    ['no name', { name: ' ' }, '/name'],
    ['a person’s word instead of an address', { contact: 'the desk' }, '/contact'],
    ['nothing said of who sees it', { isPublic: undefined }, '/isPublic'],
  ])('takes no team with %s', async (_, changes, pointer) => {
    const answer = await owner.try('POST', `${path}/teams`, team(changes));
    expect([answer.status, answer.body['errors']]).toEqual([
      422,
      [expect.objectContaining({ pointer })],
    ]);
  });

  it('has a page for each team, where a member who is none leaves it as it was', async () => {
    const visitor = await PageVisitor.signedIn(
      world.config.publicUrl,
      'owner',
      'password of owner',
    );
    const { id } = await owner.post<Team>(`${path}/teams`, team({ name: 'On a page' }));
    const membershipId = me.memberships[0]?.membershipId ?? '';
    const page = `${path.replace('/api/v1', '')}/teams/${id}`;
    const sent = { name: 'Renamed', contact: 'renamed@borough.example', isPublic: 'no' };
    const foreign = await world.outsider.get<Me>('/api/v1/me');
    const now = async (): Promise<Team | undefined> =>
      (await owner.get<Page>(path)).teams.find((one) => one.id === id);
    for (const [members, status] of [
      ['junk', 422],
      [foreign.memberships[0]?.membershipId ?? '', 404],
    ] as const) {
      expect((await visitor.post(page, { ...sent, members: [membershipId, members] })).status).toBe(
        status,
      );
      expect(await now()).toMatchObject({ name: 'On a page', members: [] });
    }
    expect((await visitor.post(page, { ...sent, members: membershipId })).status).toBe(303);
    expect(await now()).toMatchObject({ name: 'Renamed', members: [{ personId: me.personId }] });
    expect((await visitor.post(page, sent)).status).toBe(303);
    expect(await now()).toMatchObject({ members: [] });
    expect((await visitor.post(`${page}/end`, {})).status).toBe(303);
    expect(await now()).toBeUndefined();
  });

  it('is changed by its own data owners alone', async () => {
    const { teams } = await owner.get<Page>(path);
    const id = teams[0]?.id ?? '';
    const twin = owner.try('POST', `${path}/teams`, team({ name: 'OPEN DATA' }));
    expect(await codeOf(twin)).toEqual([409, 'conflict']);
    for (const [by, code] of [
      [world.outsider, [404, 'not_found']],
      [world.callers.dpo, [403, 'operation_denied']],
    ] as const) {
      expect(await codeOf(by.try('PATCH', `${path}/profile`, { summary: 'x' }))).toEqual(code);
      expect(await codeOf(by.try('POST', `${path}/teams`, team({ name: 'Mine' })))).toEqual(code);
      expect(await codeOf(by.try('PUT', `/api/v1/teams/${id}`, team({ name: 'Mine' })))).toEqual(
        code,
      );
      expect(await codeOf(by.try('DELETE', `/api/v1/teams/${id}`))).toEqual(code);
    }
    expect(await codeOf(owner.try('DELETE', `/api/v1/teams/${randomUUID()}`))).toEqual([
      404,
      'not_found',
    ]);
    await owner.try('PUT', `/api/v1/teams/${id}`, team({ name: 'Renamed', isPublic: false }));
    expect((await owner.try('DELETE', `/api/v1/teams/${id}`)).status).toBe(204);
    const after = await owner.get<Page>(path);
    expect(after.teams.map((one) => one.id)).not.toContain(id);
  });

  it('is gone for others with its summary, and while it is suspended', async () => {
    expect((await world.outsider.try('GET', path)).status).toBe(200);
    await world.callers.admin.post(`${path}/suspend`, { reason: 'A check.' });
    expect((await world.outsider.try('GET', path)).status).toBe(404);
    await world.callers.admin.post(`${path}/resume`, { reason: 'Checked.' });
    await owner.try('PATCH', `${path}/profile`, { summary: null });
    expect((await world.outsider.try('GET', path)).status).toBe(404);
    expect((await owner.get<Page>(path)).summary).toBeNull();
  });
});
