import {
  CAST,
  POLICY_MAKING,
  RESEARCH,
  requestWorld,
  SHARED,
  UNSHARED,
  type RequestWorld,
} from '../../../test/support/request-world.js';
import type { Principal } from '../../identity/principal.js';
import { isConcordatError } from '../../kernel/errors.js';
import { uuidV7Factory } from '../../kernel/ids.js';
import { DatasetWays } from './dataset-ways.service.js';
import type { DatasetWaysView } from './ways.types.js';

const ABSENT = '01990000-0000-7000-8000-0000000000ff';
const UNPUBLISHED = { publish: false, unpublishedReason: 'Security.' };

let world: RequestWorld;
let projects = 0;
beforeAll(async () => {
  world = await requestWorld();
});
afterAll(() => world.close());
afterEach(async () => {
  await world.query(`UPDATE agreement_version SET status = 'expired' WHERE status = 'active'`);
  await world.query(`UPDATE access_request SET status = 'closed'`);
  await world.query(`UPDATE project SET status = 'closed'`);
});

const waysOf = (personId: string, datasetId = SHARED, changes: Partial<Principal> = {}) =>
  world.app.get(DatasetWays, { strict: false }).of(world.as(personId, changes), datasetId);
const outcomeOf = async (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => 'found',
    (error: unknown) => (isConcordatError(error) ? [error.code, error.fields] : String(error)),
  );
const standingsIn = ({ agreements }: DatasetWaysView): Readonly<Record<string, string>> =>
  Object.fromEntries(agreements.map(({ agreementId, standing }) => [agreementId, standing]));

async function aProject(purposes: readonly string[], memberIds = [CAST.researcher]) {
  projects += 1;
  const projectId = uuidV7Factory(world.clock).next();
  const reference = `PRJ-2026-${String(projects).padStart(4, '0')}`;
  await world.add((rows) =>
    rows.project(projectId, reference, CAST.recipient, '2027-06-14', memberIds),
  );
  await world.query('UPDATE project SET purposes = $2 WHERE id = $1', [projectId, purposes]);
  return projectId;
}

async function anApprovedRequest(agreementId: string, requesterId: string, projectId: string) {
  const id = uuidV7Factory(world.clock).next();
  const request = {
    ...{ id, projectId, agreementId, requesterId },
    ...{ datasetId: SHARED, organisationId: CAST.recipient },
    ...{ untilOn: '2026-08-14', delivery: 'stream' },
  };
  await world.add((rows) => rows.approvedRequest(request, CAST.owner));
  return id;
}

async function join(agreementId: string, organisationId: string, status: string) {
  await world.query(
    `INSERT INTO agreement_party (id, agreement_id, organisation_id, data_role, is_lead, is_founding, signatory_id, dpo_id,
       status, audit_event_id)
     SELECT uuidv7(), $1, $2, 'recipient', false, false, $4, $4, $3, audit_event_id FROM agreement WHERE id = $1`,
    [agreementId, organisationId, status, CAST.owner],
  );
}

describe('how somebody gets a dataset', () => {
  it('is an agreement that covers their organisation, with what it asks and their projects that fit', async () => {
    const agreementId = await world.agreement({ accreditations: ['dea_full'], ...UNPUBLISHED });
    const projectId = await aProject([RESEARCH, POLICY_MAKING]);
    await aProject([POLICY_MAKING]);
    await aProject([RESEARCH], [CAST.colleague]);
    const ways = await waysOf(CAST.researcher);
    expect(ways).toMatchObject({ shortest: 'request', links: [], hasMoreAgreements: false });
    expect(ways.agreements).toMatchObject([
      {
        agreementId,
        standing: 'covers',
        lead: { organisationId: CAST.provider },
        places: [{ organisationId: CAST.recipient, status: 'active' }],
        needs: { accreditations: ['dea_full'], modes: ['stream'] },
        projects: [{ id: projectId, purposes: [RESEARCH] }],
      },
    ]);
  });

  it('is what they have asked for, and the grant that they hold', async () => {
    const agreementId = await world.agreement();
    const projectId = await aProject([RESEARCH], [CAST.researcher, CAST.colleague]);
    const id = await anApprovedRequest(agreementId, CAST.researcher, projectId);
    expect(await waysOf(CAST.researcher)).toMatchObject({
      shortest: 'request',
      requests: [{ id, status: 'approved', agreementId, projectId, grantId: null }],
    });
    await world.query(
      `INSERT INTO grants (id, access_request_id, person_id, organisation_id, project_id, agreement_id, agreement_version,
         dataset_id, provider_id, store_id, delivery, status, issued_at, expires_at, max_revocation_seconds, policy_version,
         audit_event_id)
       SELECT r.id, r.id, r.requester_id, r.organisation_id, r.project_id, r.agreement_id, 1, r.dataset_id, d.organisation_id,
         d.store_id, 'stream', 'active', '2026-06-01', '2026-08-01', 1, 1, r.audit_event_id
       FROM access_request r JOIN dataset d ON d.id = r.dataset_id WHERE r.id = $1`,
      [id],
    );
    expect(await waysOf(CAST.researcher)).toMatchObject({
      shortest: 'use',
      requests: [{ grantId: id }],
    });
    // It is nobody else's, not even of who works beside them.
    expect(await waysOf(CAST.colleague)).toMatchObject({ shortest: 'request', requests: [] });
    expect(await waysOf(CAST.recipientOwner)).toMatchObject({ requests: [] });
    world.clock.set('2026-08-02T09:00:00Z');
    expect(await waysOf(CAST.researcher)).toMatchObject({ requests: [{ grantId: null }] });
    world.clock.set('2026-06-15T09:00:00Z');
  });

  it('is a published agreement that they could join: that it is there and who leads it, and no more', async () => {
    const agreementId = await world.agreement({ accreditations: ['dea_full'] });
    const ways = await waysOf(CAST.guest);
    expect(ways.shortest).toBe('join');
    expect(ways.agreements).toEqual([
      {
        agreementId,
        reference: expect.stringMatching(/^CON-2026-/) as string,
        title: 'Footfall',
        standing: 'joinable',
        lead: { organisationId: CAST.provider, name: CAST.provider },
        admission: 'providers',
        endsAt: null,
        purposes: null,
        needs: null,
        places: [],
        projects: [],
      },
    ]);
  });

  it('is an agreement that their organisation was invited to, published or not', async () => {
    const agreementId = await world.agreement(UNPUBLISHED);
    await join(agreementId, CAST.university, 'invited');
    const ways = await waysOf(CAST.guest);
    expect(ways).toMatchObject({ shortest: 'join', agreements: [{ standing: 'joining' }] });
    expect(ways.agreements[0]?.projects).toEqual([]);
  });

  it('is to ask its owner, where there is nothing else', async () => {
    expect(await waysOf(CAST.guest)).toMatchObject({
      shortest: 'ask',
      agreements: [],
      ask: { organisationId: CAST.provider, publisher: 'Borough', contact: 'data@example.org' },
    });
  });

  it('is a link, of open data that lies elsewhere', async () => {
    await world.query(
      `UPDATE dataset SET access = 'open', store_id = NULL, prefix = NULL WHERE id = $1`,
      [UNSHARED],
    );
    await world.query(
      `UPDATE distribution SET path = NULL, download_url = 'https://data.example.org/x.csv' WHERE dataset_id = $1`,
      [UNSHARED],
    );
    expect(await waysOf(CAST.guest, UNSHARED)).toMatchObject({
      shortest: 'open',
      links: [{ downloadUrl: 'https://data.example.org/x.csv', accessUrl: null }],
    });
    await world.query(
      `UPDATE dataset SET status = 'withdrawn', forwarding_note = 'Gone to the archive' WHERE id = $1`,
      [UNSHARED],
    );
    expect(await waysOf(CAST.guest, UNSHARED)).toMatchObject({
      shortest: 'none',
      links: [],
      forwardingNote: 'Gone to the archive',
    });
  });
});

describe('what they may not know of is not in it', () => {
  it('of a dataset that is hidden, or nowhere: the same 404', async () => {
    await world.query(`UPDATE dataset SET visibility = 'owner' WHERE id = $1`, [SHARED]);
    const hidden = await outcomeOf(waysOf(CAST.guest));
    expect(hidden).toEqual(['not_found', {}]);
    expect(hidden).toEqual(await outcomeOf(waysOf(CAST.guest, ABSENT)));
    expect(await outcomeOf(waysOf(CAST.owner))).toBe('found');
    await world.query(`UPDATE dataset SET visibility = 'public' WHERE id = $1`, [SHARED]);
  });

  it('of an agreement of others that is not published', async () => {
    const agreementId = await world.agreement(UNPUBLISHED);
    for (const stranger of [CAST.guest, CAST.stranger, CAST.operatorOfficer]) {
      const ways = await waysOf(stranger);
      expect(ways).toMatchObject({ shortest: 'ask', agreements: [], hasMoreAgreements: false });
      expect(JSON.stringify(ways)).not.toContain(agreementId);
    }
  });

  it('of where it lies: to nobody, its owner among them (R8.7)', async () => {
    const agreementId = await world.agreement();
    await anApprovedRequest(agreementId, CAST.researcher, await aProject([RESEARCH]));
    await world.query(
      `UPDATE partner_store SET bucket = 'sealed-bucket', endpoint = 'https://sealed.example', region = 'sealed-region'`,
    );
    const [place] = await world.query<{ store: string }>(
      'SELECT store_id AS store FROM dataset WHERE id = $1',
      [SHARED],
    );
    for (const reader of [CAST.owner, CAST.researcher, CAST.guest, CAST.operatorOfficer]) {
      const text = JSON.stringify(await waysOf(reader));
      expect(text).not.toMatch(/sealed|footfall\/|storeId|prefix|bucket|credential|endpoint/);
      expect(text).not.toContain(place?.store);
    }
  });

  it('of agreements, to a token that is good for datasets alone; nor does it bid them join their own', async () => {
    const agreementId = await world.agreement();
    await anApprovedRequest(agreementId, CAST.researcher, await aProject([RESEARCH]));
    const ways = await waysOf(CAST.researcher, SHARED, { scopes: ['dataset:read'] });
    expect(ways).toMatchObject({ shortest: 'ask', agreements: [], requests: [] });
  });

  it('of an amendment that is still being made', async () => {
    const agreementId = await world.agreement();
    await world.query(
      `INSERT INTO agreement_version (agreement_id, version, status, terms, title, drafted_by, editors, audit_event_id)
       SELECT agreement_id, 2, 'draft', terms, title, drafted_by, '{}', audit_event_id FROM agreement_version
       WHERE agreement_id = $1`,
      [agreementId],
    );
    await world.query(
      'INSERT INTO agreement_item (agreement_id, version, dataset_id) VALUES ($1, 2, $2)',
      [agreementId, UNSHARED],
    );
    expect((await waysOf(CAST.researcher, UNSHARED)).agreements).toEqual([]);
    expect(standingsIn(await waysOf(CAST.researcher))).toEqual({ [agreementId]: 'covers' });
  });
});

describe('nothing that is no way counts as one', () => {
  it.each([
    ['suspended', `UPDATE agreement_version SET status = 'suspended'`],
    [
      'over, and nobody wrote so yet (R3.25)',
      `UPDATE agreement_version SET ends_at = '2026-06-15T09:00:00Z'`,
    ],
    ['overdue for review (R3.19)', `UPDATE agreement_version SET next_review_on = '2026-05-16'`],
    [
      'without the provider',
      `UPDATE agreement_party SET status = 'suspended' WHERE organisation_id = '${CAST.provider}'`,
    ],
    [
      'one that its provider has left by notice',
      `UPDATE agreement_party SET ends_at = '2026-06-15T09:00:00Z' WHERE organisation_id = '${CAST.provider}'`,
    ],
  ])('an agreement that is %s', async (_how, change) => {
    const agreementId = await world.agreement();
    await world.query(`${change} ${change.includes('WHERE') ? 'AND' : 'WHERE'} agreement_id = $1`, [
      agreementId,
    ]);
    for (const reader of [CAST.researcher, CAST.guest]) {
      expect(await waysOf(reader)).toMatchObject({ shortest: 'ask', agreements: [] });
    }
  });

  it('an agreement in which their own organisation is suspended is shown as that', async () => {
    const agreementId = await world.agreement();
    await world.query(
      `UPDATE agreement_party SET status = 'suspended' WHERE agreement_id = $1 AND organisation_id = $2`,
      [agreementId, CAST.recipient],
    );
    await aProject([RESEARCH]);
    const ways = await waysOf(CAST.researcher);
    expect(ways).toMatchObject({ shortest: 'ask', agreements: [{ standing: 'suspended' }] });
    expect(ways.agreements[0]?.projects).toEqual([]);
  });

  it('an agreement to which their organisation only gives data', async () => {
    await world.agreement();
    expect(await waysOf(CAST.owner)).toMatchObject({ shortest: 'ask', agreements: [] });
  });

  it.each([
    [
      'in no store',
      'store_id = NULL, prefix = NULL',
      `prefix = 'footfall/', store_id = (SELECT id FROM partner_store LIMIT 1)`,
    ],
    ['frozen', `status = 'frozen'`, `status = 'published'`],
  ])('an agreement on a dataset that is %s: nobody is granted it', async (_how, change, back) => {
    const agreementId = await world.agreement();
    await world.query(`UPDATE dataset SET ${change} WHERE id = $1`, [SHARED]);
    const ways = await waysOf(CAST.researcher);
    await world.query(`UPDATE dataset SET ${back} WHERE id = $1`, [SHARED]);
    expect(ways.shortest).toBe('ask');
    expect(standingsIn(ways)).toEqual({ [agreementId]: 'covers' });
  });

  it('shows fifty agreements, those of their own first, and says that there are more', async () => {
    for (let at = 0; at < 51; at += 1) {
      await world.agreement();
    }
    const joined = await world.agreement(UNPUBLISHED);
    await join(joined, CAST.university, 'active');
    const ways = await waysOf(CAST.guest);
    expect(ways.agreements).toHaveLength(50);
    expect(ways.agreements[0]).toMatchObject({ agreementId: joined, standing: 'covers' });
    expect(ways.hasMoreAgreements).toBe(true);
  });
});
