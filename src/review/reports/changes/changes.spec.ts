import { GROUND, worldTerms } from '../../../../test/support/grant-world.js';
import {
  pageOf,
  reportWorld,
  requestTo,
  type ReportWorld,
} from '../../../../test/support/report-world.js';
import type { EventInput } from '../../../audit/event-preparation.js';
import type { EventType } from '../../../audit/event-types.js';
import type { Principal } from '../../../identity/principal.js';
import { ChangesReportApi } from './changes.api.js';
import type { ChangedType } from './changed-things.js';
import type { ChangeView } from './version-changes.service.js';

const PARTY = '01990000-0000-7000-8000-0000000000f5';
const THING = '01990000-0000-7000-8000-0000000000f6';
const HASH = (digit: string): string => `sha-256:${digit.repeat(64)}`;

describe('who changed this', () => {
  let world: ReportWorld;
  let stranger: string;

  beforeAll(async () => {
    world = await reportWorld();
    stranger = world.as(GROUND.stranger).memberships[0]?.organisationId ?? '';
  }, 120_000);
  afterAll(() => world.close());

  /** One second later than what was recorded before it. */
  const record = async <T extends EventType>(type: T, input: EventInput<T>): Promise<string> => {
    world.clock.add(1000);
    return world.record(type, input);
  };
  const BOTH = { organisationIds: [GROUND.provider, GROUND.recipient] };
  const BY_OWNER = {
    actorKind: 'person',
    actorPersonId: GROUND.owner,
    actorOrganisationId: GROUND.provider,
    actorRole: 'data_owner',
  } as const;
  const ask = async (
    who: string | Principal,
    type: ChangedType,
    id: string,
    query: object = {},
  ): Promise<{ readonly items: readonly ChangeView[]; readonly nextPageToken: string | null }> =>
    pageOf(
      world
        .api(ChangesReportApi)
        .list(
          typeof who === 'string' ? world.as(who) : who,
          { type, id, pageSize: 100, ...query },
          requestTo('/changes'),
        ),
    );
  const typesOf = async (...asked: Parameters<typeof ask>): Promise<readonly string[]> =>
    (await ask(...asked)).items.map(({ type }) => type);

  it('is told newest first, by whom, with digests and paths, and written down', async () => {
    const change = { beforeHash: HASH('1'), afterHash: HASH('2'), changedPaths: ['/title'] };
    const about = { targetType: 'dataset', targetId: GROUND.dataset, datasetId: GROUND.dataset };
    await record('dataset.updated', { ...BY_OWNER, ...about, ...change });
    await record('dataset.frozen', { ...BY_OWNER, ...about, reasonText: 'A fault' });
    // Not a change of it: it names the dataset all the same.
    await record('object.delivered', { ...BOTH, datasetId: GROUND.dataset, bytes: 1 });
    const { items } = await ask(GROUND.providerOfficer, 'dataset', GROUND.dataset);
    expect(items).toMatchObject([
      { type: 'dataset.frozen', reasonText: 'A fault', versionChanges: null },
      {
        type: 'dataset.updated',
        actorPersonId: expect.stringMatching(/^P-/) as string,
        actorRole: 'data_owner',
        ...change,
        names: { [GROUND.dataset]: 'Footfall' },
      },
    ]);
    expect(JSON.stringify(items)).not.toContain(GROUND.owner);
    expect((await world.readings()).at(-1)).toBe(`type=dataset id=${GROUND.dataset}`);
  });

  it('comes in pages, and of a span of time', async () => {
    const first = await ask(GROUND.providerOfficer, 'dataset', GROUND.dataset, { pageSize: 1 });
    const pageToken = first.nextPageToken ?? '';
    const next = { pageSize: 1, pageToken };
    const second = await ask(GROUND.providerOfficer, 'dataset', GROUND.dataset, next);
    expect([...first.items, ...second.items].map(({ type }) => type)).toEqual([
      'dataset.frozen',
      'dataset.updated',
    ]);
    expect(second.nextPageToken).toBeNull();
    const from = first.items[0]?.occurredAt;
    expect(await typesOf(GROUND.providerOfficer, 'dataset', GROUND.dataset, { from })).toEqual([
      'dataset.frozen',
    ]);
    await expect(ask(GROUND.providerOfficer, 'store', GROUND.dataset, next)).rejects.toMatchObject({
      code: 'page_token_invalid',
    });
  });

  const TARGETS: readonly (readonly [ChangedType, EventType])[] = [
    ['project', 'project.updated'],
    ['store', 'store.credential-rotated'],
    ['organisation', 'organisation.updated'],
    ['organisation_check', 'organisation.check-lapsed'],
    ['membership', 'membership.role-removed'],
    ['accreditation', 'accreditation.verified'],
    ['training', 'training.recorded'],
    ['closure', 'closure.attested'],
  ];
  it.each(TARGETS)('finds what was done to one %s', async (type, event) => {
    await record(event, { ...BOTH, targetType: type, targetId: THING });
    await record('reminder.sent', { ...BOTH, targetType: type, targetId: THING });
    expect(await typesOf(GROUND.recipientOfficer, type, THING)).toEqual([event]);
    expect(await typesOf(world.officerElsewhere(), type, THING)).toEqual([]);
  });

  it('finds what was done to a request, and no grant under it', async () => {
    const about = { ...BOTH, accessRequestId: GROUND.request };
    await record('request.edited', { ...about, changedPaths: ['/until'] });
    await record('grant.issued', about);
    expect(await ask(GROUND.recipientOfficer, 'access_request', GROUND.request)).toMatchObject({
      items: [{ type: 'request.edited', changedPaths: ['/until'] }],
    });
  });

  it('takes a person by pseudonym, and gives them so (R5.7)', async () => {
    await record('person.updated', {
      ...BOTH,
      targetType: 'person',
      targetId: GROUND.researcher,
      changedPaths: ['/email'],
    });
    const [row] = await world.query<{ pseudonym: string }>(
      'SELECT pseudonym FROM person WHERE id = $1',
      [GROUND.researcher],
    );
    const pseudonym = row?.pseudonym ?? '';
    const { items } = await ask(GROUND.recipientOfficer, 'person', pseudonym);
    expect(items).toMatchObject([{ type: 'person.updated', targetId: pseudonym }]);
    expect(JSON.stringify(items)).not.toContain(GROUND.researcher);
    expect((await ask(GROUND.recipientOfficer, 'person', 'P-22222222')).items).toEqual([]);
    await expect(ask(GROUND.recipientOfficer, 'store', pseudonym)).rejects.toMatchObject({
      code: 'input_invalid',
      fields: { errors: [{ pointer: '/id' }] },
    });
  });

  describe('of an agreement', () => {
    const ALL = () => ({ organisationIds: [GROUND.provider, GROUND.recipient, stranger] });
    const of = (version: number) => ({ agreementId: GROUND.agreement, agreementVersion: version });

    beforeAll(async () => {
      const before = worldTerms(world.today);
      const [lead, recipient] = before.parties;
      const after = {
        ...before,
        noticeDays: 60,
        parties: [
          ...(lead ? [{ ...lead, dpoId: GROUND.providerOfficer }] : []),
          ...(recipient ? [recipient, { ...recipient, organisationId: stranger }] : []),
        ],
      };
      await world.force(
        `UPDATE agreement_version SET terms = jsonb_set(terms, '{parties,0,dpoId}', to_jsonb($1::text))`,
        [GROUND.owner],
      );
      await world.add((rows) =>
        rows.version(GROUND.agreement, 2, 'awaiting_signature', after, GROUND.owner),
      );
      await world.force(
        `UPDATE agreement_version SET amends = 1, amendment = 'material' WHERE version = 2`,
      );
      await record('agreement.activated', { ...BOTH, ...of(1), afterHash: HASH('1') });
      await record('agreement.edited', {
        ...BOTH,
        ...BY_OWNER,
        ...of(2),
        changedPaths: ['/noticeDays'],
      });
      await record('agreement.locked', { ...ALL(), ...of(2), afterHash: HASH('2') });
      await record('party.suspended', { ...ALL(), agreementId: GROUND.agreement, partyId: PARTY });
      await record('object.delivered', { ...ALL(), agreementId: GROUND.agreement, bytes: 1 });
    });

    it('has both values of each term that a version changes, people by pseudonym', async () => {
      const { items } = await ask(GROUND.recipientOfficer, 'agreement', GROUND.agreement);
      expect(items.map(({ type }) => type)).toEqual([
        'party.suspended',
        'agreement.locked',
        'agreement.edited',
        'agreement.activated',
      ]);
      const [suspended, locked, edited, activated] = items;
      expect(locked?.versionChanges).toMatchObject({ from: 1, to: 2, amendment: 'material' });
      const changes = (locked?.versionChanges?.changes ?? []).map((one) => [one.pointer, one]);
      expect(Object.fromEntries(changes)).toMatchObject({
        '/noticeDays': { before: 30, after: 60 },
        '/parties/0/dpoId': {
          before: expect.stringMatching(/^P-/) as string,
          after: expect.stringMatching(/^P-/) as string,
        },
        '/parties/2': { before: null, after: { organisationId: stranger } },
      });
      expect(edited).toMatchObject({ changedPaths: ['/noticeDays'], versionChanges: null });
      expect([suspended, activated].map((one) => one?.versionChanges)).toEqual([null, null]);
      expect(JSON.stringify(items)).not.toContain(GROUND.owner);
    });

    it('shows who joined nothing of the version before (R5.8)', async () => {
      const asked = ask(world.officerElsewhere(), 'agreement', GROUND.agreement);
      const { items } = await asked;
      expect(items.map(({ type }) => type)).toEqual(['party.suspended', 'agreement.locked']);
      expect(items[1]?.versionChanges).toEqual({
        from: 1,
        to: 2,
        amendment: 'material',
        changes: null,
      });
      const operators = await ask(GROUND.operatorOfficer, 'agreement', GROUND.agreement);
      expect(operators.items).toHaveLength(4);
      expect(operators.items[1]?.versionChanges?.changes).not.toBeNull();
    });

    it('finds what was done to one party of it', async () => {
      await world.force('UPDATE agreement_party SET id = $1 WHERE organisation_id = $2', [
        PARTY,
        GROUND.recipient,
      ]);
      expect(await typesOf(GROUND.operatorOfficer, 'party', PARTY)).toEqual(['party.suspended']);
      expect(await typesOf(GROUND.operatorOfficer, 'party', THING)).toEqual([]);
    });
  });

  it('is not for who is no officer', async () => {
    await expect(ask(GROUND.owner, 'dataset', GROUND.dataset)).rejects.toMatchObject({
      code: 'operation_denied',
    });
    expect(await typesOf(world.officerElsewhere(), 'dataset', GROUND.dataset)).toEqual([]);
  });
});
