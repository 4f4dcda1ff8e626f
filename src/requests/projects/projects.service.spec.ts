import {
  CAST,
  POLICY_MAKING,
  RESEARCH,
  requestWorld,
  TODAY,
  type RequestWorld,
} from '../../../test/support/request-world.js';
import { isConcordatError } from '../../kernel/errors.js';
import type { ProjectDto } from './project.dto.js';
import { ProjectEdits } from './project-edits.service.js';
import { ProjectMembers } from './project-members.service.js';
import type { ProjectView } from './project.view.js';
import { ProjectsService } from './projects.service.js';

const NOBODY = '01990000-0000-7000-8000-0000000000ff';

let world: RequestWorld;
let projects: ProjectsService;
let edits: ProjectEdits;
let members: ProjectMembers;

beforeAll(async () => {
  world = await requestWorld();
  projects = world.app.get(ProjectsService, { strict: false });
  edits = world.app.get(ProjectEdits, { strict: false });
  members = world.app.get(ProjectMembers, { strict: false });
});
afterAll(() => world.close());
beforeEach(() => {
  world.grants.applied.length = 0;
  world.grants.failsWith = undefined;
});

const researcher = () => world.as(CAST.researcher);
const owner = () => world.as(CAST.recipientOwner);
const codeOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'none',
    (error: unknown) => (isConcordatError(error) ? error.code : String(error)),
  );

function aProject(changes: Partial<ProjectDto> = {}): ProjectDto {
  return {
    organisationId: CAST.recipient,
    title: 'Where people walk',
    summary: 'Counts by street.',
    publicBenefit: 'Safer crossings.',
    purposes: [RESEARCH, POLICY_MAKING],
    startsOn: TODAY,
    endsOn: '2027-06-14',
    ethicsApproved: true,
    ethicsReference: 'ETH-1',
    ...changes,
  };
}
const created = (): Promise<ProjectView> => projects.create(researcher(), aProject());
const joined = async (personId: string, organisationId: string): Promise<ProjectView> => {
  const { id } = await created();
  return members.add(owner(), id, { personId, organisationId });
};
const memberIds = (project: ProjectView): readonly string[] =>
  project.members.map(({ personId }) => personId);

describe('creating a project', () => {
  it('makes its creator the lead, and records it', async () => {
    const project = await created();
    expect(project).toMatchObject({
      ...aProject(),
      reference: expect.stringMatching(/^PRJ-2026-\d{4}$/) as string,
      status: 'draft',
      technicalSummary: null,
      members: [{ personId: CAST.researcher, organisationId: CAST.recipient, isLead: true }],
    });
    expect(await projects.get(researcher(), project.id)).toEqual(project);
    expect(await world.eventsOf(project.id)).toEqual(['project.created']);
  });

  it('answers the same for the same Idempotency-Key', async () => {
    const first = await projects.create(researcher(), aProject(), 'key-1');
    expect(await projects.create(researcher(), aProject(), 'key-1')).toEqual(first);
    const other = projects.create(researcher(), aProject({ title: 'Another' }), 'key-1');
    expect(await codeOf(other)).toBe('idempotency_mismatch');
  });

  it.each<[string, Partial<ProjectDto>, string]>([
    ['an end before the start', { endsOn: '2026-06-14' }, '/endsOn'],
    ['six years', { endsOn: '2032-06-15' }, '/endsOn'],
    ['a purpose that is no code', { purposes: [RESEARCH, 'sales'] }, '/purposes/1'],
  ])('refuses %s', async (_, changes, pointer) => {
    await expect(projects.create(researcher(), aProject(changes))).rejects.toMatchObject({
      code: 'input_invalid',
      fields: { errors: [{ pointer }] },
    });
  });

  it('is for live researchers of the organisation that leads', async () => {
    expect(await codeOf(projects.create(world.as(CAST.guest), aProject()))).toBe('not_found');
    await expect(projects.create(owner(), aProject())).rejects.toMatchObject({
      code: 'input_invalid',
      fields: { errors: [{ pointer: '/organisationId' }] },
    });
    const [membership] = world.as(CAST.researcher).memberships;
    const signatory = world.as(CAST.researcher, {
      memberships: membership ? [{ ...membership, roles: ['signatory'] }] : [],
    });
    expect(await codeOf(projects.create(signatory, aProject()))).toBe('operation_denied');
  });
});

describe('activating a project', () => {
  it('is for the lead organisation’s data owner', async () => {
    const { id } = await created();
    expect(await codeOf(projects.activate(researcher(), id))).toBe('operation_denied');
    expect(await codeOf(projects.activate(world.as(CAST.owner), id))).toBe('not_found');
    expect(await projects.activate(owner(), id)).toMatchObject({ status: 'active' });
    expect(await codeOf(projects.activate(owner(), id))).toBe('transition_not_allowed');
    expect(await world.eventsOf(id)).toEqual(['project.activated', 'project.created']);
  });

  it('of a project that is not there is 404', async () => {
    expect(await codeOf(projects.activate(owner(), NOBODY))).toBe('not_found');
  });
});

describe('members', () => {
  it('are live researchers, also of other organisations, in whose name they then work', async () => {
    const project = await joined(CAST.guest, CAST.university);
    expect(project.members).toEqual([
      { personId: CAST.researcher, organisationId: CAST.recipient, isLead: true },
      { personId: CAST.guest, organisationId: CAST.university, isLead: false },
    ]);
    expect(await projects.get(world.as(CAST.guest), project.id)).toEqual(project);
    const [event] = await world.query<{ person_ids: string[]; organisation_ids: string[] }>(
      `SELECT person_ids, organisation_ids FROM audit_event WHERE type = 'project.member-added' AND project_id = $1`,
      [project.id],
    );
    expect(event?.person_ids).toContain(CAST.guest);
    expect(event?.organisation_ids).toEqual([CAST.recipient, CAST.university]);
  });

  it.each([
    ['a data owner', CAST.recipientOwner, CAST.recipient],
    ['a researcher of another organisation', CAST.guest, CAST.recipient],
    ['nobody', NOBODY, CAST.recipient],
  ])('cannot be %s', async (_, personId, organisationId) => {
    const { id } = await created();
    await expect(members.add(owner(), id, { personId, organisationId })).rejects.toMatchObject({
      code: 'input_invalid',
      fields: { errors: [{ pointer: '/personId' }] },
    });
  });

  it.each([
    ['membership has ended', `UPDATE membership SET ends_on = '2026-06-14' WHERE id = $1`],
    [
      'membership has not started',
      `UPDATE membership SET ends_on = NULL, starts_on = '2026-06-16' WHERE id = $1`,
    ],
    ['role has ended', `UPDATE membership_role SET ended_at = now() WHERE membership_id = $1`],
    ['person is suspended', `UPDATE person SET status = 'suspended' WHERE id = $1`],
  ])('cannot be a researcher whose %s', async (_, change) => {
    const { id } = await created();
    await world.query(change, [CAST.colleague]);
    const dto = { personId: CAST.colleague, organisationId: CAST.recipient };
    expect(await codeOf(members.add(owner(), id, dto))).toBe('input_invalid');
    await world.query(
      `UPDATE membership SET starts_on = '2026-01-01', ends_on = NULL WHERE id = $1`,
      [CAST.colleague],
    );
    await world.query(`UPDATE membership_role SET ended_at = NULL WHERE membership_id = $1`, [
      CAST.colleague,
    ]);
    await world.query(`UPDATE person SET status = 'active' WHERE id = $1`, [CAST.colleague]);
    expect(await codeOf(members.add(owner(), id, dto))).toBe('none');
  });

  it('are added once, by the lead’s data owner, while the project is open', async () => {
    const { id } = await joined(CAST.colleague, CAST.recipient);
    const dto = { personId: CAST.colleague, organisationId: CAST.recipient };
    expect(await codeOf(members.add(owner(), id, dto))).toBe('conflict');
    expect(await codeOf(members.add(researcher(), id, dto))).toBe('operation_denied');
    expect(await codeOf(members.add(world.as(CAST.stranger), id, dto))).toBe('not_found');
    await projects.close(owner(), id, 'Done.');
    const late = members.add(owner(), id, {
      personId: CAST.guest,
      organisationId: CAST.university,
    });
    expect(await codeOf(late)).toBe('transition_not_allowed');
  });

  it('added twice at once are one member', async () => {
    const { id } = await created();
    const dto = { personId: CAST.colleague, organisationId: CAST.recipient };
    const codes = await Promise.all([
      codeOf(members.add(owner(), id, dto)),
      codeOf(members.add(owner(), id, dto)),
    ]);
    expect(codes.sort()).toEqual(['conflict', 'none']);
  });

  it('leave with their grants, in one transaction', async () => {
    const { id } = await joined(CAST.colleague, CAST.recipient);
    const left = await members.remove(owner(), id, CAST.colleague, 'Left the team.');
    expect(memberIds(left)).toEqual([CAST.researcher]);
    expect(world.grants.applied).toEqual([
      { code: 'member_removed', projectId: id, personId: CAST.colleague },
    ]);
    expect(await world.eventsOf(id)).toEqual([
      'project.created',
      'project.member-added',
      'project.member-removed',
    ]);
    expect(await codeOf(projects.get(world.as(CAST.colleague), id))).toBe('none');
    expect(await codeOf(members.remove(owner(), id, CAST.colleague, 'Again.'))).toBe('not_found');
  });

  it('law 1: stay when what they hold cannot be ended', async () => {
    const { id } = await joined(CAST.colleague, CAST.recipient);
    world.grants.failsWith = new Error('a handler that fails');
    await expect(members.remove(owner(), id, CAST.colleague, 'Left.')).rejects.toThrow(
      'a handler that fails',
    );
    expect(memberIds(await projects.get(owner(), id))).toEqual([CAST.researcher, CAST.colleague]);
    expect(await world.eventsOf(id)).not.toContain('project.member-removed');
  });

  it('include the lead for as long as the project lives', async () => {
    const { id } = await created();
    const removal = members.remove(owner(), id, CAST.researcher, 'Left.');
    expect(await codeOf(removal)).toBe('transition_not_allowed');
  });
});

describe('editing a project', () => {
  const edit = async (
    id: string,
    changes: Readonly<Record<string, unknown>>,
    personId: string = CAST.researcher,
  ): Promise<ProjectView> => {
    const { etag } = await projects.get(owner(), id);
    return edits.edit(world.as(personId), id, changes, etag);
  };

  it('is for its lead and its organisation’s data owner, as it was read', async () => {
    const { id, etag } = await joined(CAST.guest, CAST.university);
    const changed = { title: 'Where people cycle', funders: ['A council'], ethicsApproved: false };
    const edited = await edit(id, { ...changed, ethicsReference: null });
    expect(edited).toMatchObject({ ...changed, ethicsReference: null, status: 'draft' });
    expect(await edit(id, { endsOn: '2027-01-31' }, CAST.recipientOwner)).toMatchObject({
      endsOn: '2027-01-31',
    });
    const stale = edits.edit(researcher(), id, { title: 'Late' }, etag);
    expect(await codeOf(stale)).toBe('precondition_failed');
    expect(await codeOf(edit(id, { title: 'Mine' }, CAST.colleague))).toBe('operation_denied');
    expect(await codeOf(edit(id, { title: 'Mine' }, CAST.guest))).toBe('not_found');
    expect(await codeOf(edit(id, { title: 'Mine' }, CAST.owner))).toBe('not_found');
    const types = await world.eventsOf(id);
    expect(types.filter((type) => type === 'project.updated')).toHaveLength(2);
  });

  it('changes nothing that grants rest on once it is active, and adds outputs when it has closed', async () => {
    const { id } = await created();
    await projects.activate(owner(), id);
    expect(await codeOf(edit(id, { endsOn: '2028-01-01', purposes: [RESEARCH] }))).toBe(
      'input_invalid',
    );
    await edit(id, { summary: 'Counts by hour.' });
    await projects.close(owner(), id, 'Done.');
    expect(await codeOf(edit(id, { summary: 'Late.' }))).toBe('input_invalid');
    const outputs = ['https://example.org/paper'];
    expect(await edit(id, { outputs })).toMatchObject({
      outputs,
      status: 'closed',
      summary: 'Counts by hour.',
    });
  });

  it.each<[string, Readonly<Record<string, unknown>>]>([
    ['without a title', { title: null }],
    ['that ends before it starts', { endsOn: '2020-01-01' }],
    ['for a purpose that there is not', { purposes: ['fun'] }],
    ['with a member that there is not', { reference: 'PRJ-2026-0001' }],
  ])('makes no project %s: it is judged as a new one is', async (_what, changes) => {
    const { id } = await created();
    expect(await codeOf(edit(id, changes))).toBe('input_invalid');
    expect(await world.eventsOf(id)).toEqual(['project.created']);
  });
});

describe('closing a project', () => {
  it('ends what rests on it, in one transaction', async () => {
    const { id } = await joined(CAST.guest, CAST.university);
    await projects.activate(owner(), id);
    expect(await codeOf(projects.close(researcher(), id, 'Done.'))).toBe('operation_denied');
    expect(await codeOf(projects.close(world.as(CAST.owner), id, 'Done.'))).toBe('not_found');
    expect(await projects.close(owner(), id, 'Done.')).toMatchObject({ status: 'closed' });
    expect(world.grants.applied).toEqual([{ code: 'project_closed', projectId: id }]);
    expect(await codeOf(projects.close(owner(), id, 'Again.'))).toBe('transition_not_allowed');
    expect(await codeOf(projects.activate(owner(), id))).toBe('transition_not_allowed');
  });

  it('law 1: fails whole when what rests on it cannot be ended', async () => {
    const { id } = await created();
    world.grants.failsWith = new Error('a handler that fails');
    await expect(projects.close(owner(), id, 'Done.')).rejects.toThrow('a handler that fails');
    expect(await projects.get(owner(), id)).toMatchObject({ status: 'draft' });
    expect(await world.eventsOf(id)).toEqual(['project.created']);
  });
});

describe('seeing projects', () => {
  it('law 3: is for members and for who reads them in an organisation that takes part', async () => {
    const { id } = await joined(CAST.guest, CAST.university);
    const see = [CAST.researcher, CAST.recipientOwner, CAST.guest, CAST.stranger];
    const hidden = [CAST.owner, CAST.providerOfficer, CAST.operatorOfficer];
    const listed = async (personId: string): Promise<boolean> =>
      (await projects.list(world.as(personId), null, 1000)).some((project) => project.id === id);
    for (const personId of see) {
      expect(await codeOf(projects.get(world.as(personId), id))).toBe('none');
      expect(await listed(personId)).toBe(true);
    }
    for (const personId of hidden) {
      expect(await codeOf(projects.get(world.as(personId), id))).toBe('not_found');
      expect(await listed(personId)).toBe(false);
    }
  });

  it('lists them newest first, page by page, each once', async () => {
    const all = await projects.list(owner(), null, 1000);
    const ids = all.map(({ id }) => id);
    expect(ids).toEqual([...ids].sort().reverse());
    expect(all[0]).not.toHaveProperty('members');
    const read: string[] = [];
    for (let after: string | null = null; ;) {
      const page: readonly { readonly id: string }[] = await projects.list(owner(), after, 2);
      read.push(...page.map(({ id }) => id));
      after = page.at(-1)?.id ?? null;
      if (after === null) {
        break;
      }
    }
    expect(read).toEqual(ids);
  });
});
