import { randomUUID } from 'node:crypto';
import type { ApiClient } from '../../sandbox/api-client.js';
import { submitAgreement } from '../../sandbox/seed/agreement.js';
import { RESEARCH_PURPOSE, submitRequest } from '../../sandbox/seed/research.js';
import { systemClock } from '../../src/kernel/clock.js';
import { addDays, londonDay } from '../../src/kernel/london-day.js';
import type { HttpWorld } from './http-world.js';
import { lockedAgreement } from './second-agreement.js';
import { proofKey } from './proof-key.js';
import { asSuperuser } from './superuser.js';

interface Identified {
  readonly id: string;
}
interface Agreement extends Identified {
  readonly organisationId: string;
  readonly versionHash: string;
  readonly terms: Readonly<Record<string, unknown>>;
}
interface Me {
  readonly personId: string;
  readonly memberships: readonly { readonly organisationId: string }[];
}

const today = londonDay(systemClock.now());
const REASON = { reason: 'Seen on a page.' };
const AGREEMENTS = '/api/v1/agreements';

/** One of everything that somebody may be asked about: whatever a page offers to do can be done to something here. */
export async function makeBusy(world: HttpWorld): Promise<void> {
  await beginAgreements(world);
  await beginResearch(world);
  await endSomeAccess(world);
  await changePeople(world);
  await stopThings(world);
  await watch(world);
}

/** A draft, one that is reviewed, one that is to be signed, one that is suspended, and one that a party leaves. */
async function beginAgreements(world: HttpWorld): Promise<void> {
  const { callers, seeded } = world;
  const { owner, ownerSignatory, partnerSignatory } = callers;
  const model = await owner.get<Agreement>(`${AGREEMENTS}/${seeded.agreements[0]?.id ?? ''}`);
  const draft = async (title: string): Promise<string> => {
    const body = { organisationId: model.organisationId, ...model.terms, title };
    return (await owner.post<Identified>(AGREEMENTS, body)).id;
  };
  await draft('A draft');
  await submitAgreement(owner, await draft('In review'));
  await lockedAgreement(world, { title: 'To be signed' });
  const suspended = await lockedAgreement(world, { title: 'Suspended' });
  const signature = { decision: 'sign', versionHash: suspended.versionHash };
  for (const signatory of [ownerSignatory, partnerSignatory]) {
    await signatory.post(`${AGREEMENTS}/${suspended.id}/signatures`, signature);
  }
  await ownerSignatory.post(`${AGREEMENTS}/${suspended.id}/suspend`, REASON);
  const left = await lockedAgreement(world, { title: 'Left' });
  for (const signatory of [ownerSignatory, partnerSignatory]) {
    await signatory.post(`${AGREEMENTS}/${left.id}/signatures`, {
      decision: 'sign',
      versionHash: left.versionHash,
    });
  }
  const { parties } = await partnerSignatory.get<{
    readonly parties: readonly { readonly id: string; readonly signatoryId: string }[];
  }>(`${AGREEMENTS}/${left.id}`);
  const { personId } = await partnerSignatory.get<Me>('/api/v1/me');
  const mine = parties.find(({ signatoryId }) => signatoryId === personId);
  await partnerSignatory.post(
    `${AGREEMENTS}/${left.id}/parties/${mine?.id ?? ''}/withdraw`,
    REASON,
  );
}

/** A draft project, and requests as a draft, decided on and to be decided. */
async function beginResearch({ callers, seeded }: HttpWorld): Promise<void> {
  const { researcher } = callers;
  const organisationId = await organisationOf(researcher);
  await researcher.post('/api/v1/projects', {
    organisationId,
    title: 'A project to be activated',
    summary: 'It is looked at.',
    publicBenefit: 'Better streets.',
    purposes: [RESEARCH_PURPOSE],
    startsOn: today,
    endsOn: addDays(today, 100),
    ethicsApproved: false,
  });
  const agreement = await researcher.get<Agreement>(
    `${AGREEMENTS}/${seeded.agreements[0]?.id ?? ''}`,
  );
  const [first, second] = seeded.datasets;
  const asked = { projectId: seeded.projectId, agreement, purpose: RESEARCH_PURPOSE };
  await submitRequest({ callers, today }, { ...asked, datasetId: first?.id ?? '' });
  await researcher.post('/api/v1/access-requests', {
    projectId: seeded.projectId,
    datasetId: second?.id,
    agreementId: agreement.id,
    purpose: RESEARCH_PURPOSE,
    justification: 'A draft.',
    delivery: 'stream',
    until: addDays(today, 30),
    frequency: 'one_off',
    conflict: false,
  });
}

/** A grant that is used, of a feed too, and two that left something to be destroyed, of one of which it is said. */
async function endSomeAccess({ callers, seeded }: HttpWorld): Promise<void> {
  const { researcher, owner } = callers;
  const issue = async (accessRequestId: string): Promise<string> => {
    const headers = { 'idempotency-key': randomUUID() };
    return (await researcher.post<Identified>('/api/v1/grants', { accessRequestId }, headers)).id;
  };
  const end = async (accessRequestId: string): Promise<void> => {
    await owner.post(`/api/v1/grants/${await issue(accessRequestId)}/revoke`, REASON);
  };
  await end(seeded.accessRequestId);
  const { items } = await researcher.get<{ items: readonly Identified[] }>('/api/v1/closures');
  await researcher.post(`${AGREEMENTS}/${seeded.agreements[0]?.id ?? ''}/close`, {
    act: 'attest',
    closureId: items[0]?.id,
    certificate: {
      objects: [{ name: 'rows.csv', sha256: 'a'.repeat(64) }],
      disposal: 'destroyed',
      method: 'The disk was wiped.',
      disposedOn: today,
    },
  });
  await issue(seeded.accessRequestId);
  if (seeded.feed) {
    await end(seeded.feed.accessRequestId);
    await issue(seeded.feed.accessRequestId);
  }
}

/** Invited, deputised, accredited, suspended, and a role that a second person has to approve. */
async function changePeople({ callers, provider, outsider, seeded }: HttpWorld): Promise<void> {
  const { owner, admin, dpo, researcher, partnerSignatory } = callers;
  const own = `/api/v1/organisations/${await organisationOf(owner)}`;
  const days = { startsOn: today, endsOn: addDays(today, 60) };
  const invited = { email: 'new@borough.example', position: 'Analyst', roles: ['data_owner'] };
  await owner.post(`${own}/invitations`, { ...invited, ...days });
  const { personId } = await owner.get<Me>('/api/v1/me');
  const service = await owner.post<Identified>(`${own}/service-accounts`, {
    issuer: provider.issuer,
    clientId: 'program',
    name: 'Program',
    accountablePersonId: personId,
    roles: ['data_owner'],
  });
  await owner.post(`/api/v1/service-accounts/${service.id}/disable`, REASON);
  await owner.post(`${own}/service-accounts`, {
    issuer: provider.issuer,
    clientId: 'second',
    name: 'Second program',
    accountablePersonId: personId,
    roles: ['data_owner'],
  });
  await owner.post(`${own}/teams`, {
    name: 'Data team',
    purpose: 'Answers.',
    contact: 'team@borough.example',
    isPublic: false,
  });
  const { items } = await admin.get<{
    items: readonly { id: string; personId: string; position: string }[];
  }>(`${own}/memberships`);
  const dpoId = (await dpo.get<Me>('/api/v1/me')).personId;
  const other = items.find((one) => one.personId !== dpoId && one.personId !== personId);
  await admin.post(`/api/v1/memberships/${other?.id ?? ''}/roles`, { role: 'dpo' });
  await dpo.post(`${own}/delegations`, {
    role: 'dpo',
    deputyId: other?.personId,
    ...days,
    reason: 'A holiday.',
  });
  const { personId: researcherId } = await researcher.get<Me>('/api/v1/me');
  const accreditation = {
    scheme: 'dea_full',
    number: 'A-2',
    awardedOn: today,
    expiresOn: addDays(today, 100),
  };
  await partnerSignatory.post(`/api/v1/people/${researcherId}/accreditations`, accreditation);
  await admin.post('/api/v1/policy/guardrails', {
    id: 'G90',
    condition: { op: 'eq', path: 'request.country', value: 'XX' },
    actions: ['dataset:read'],
    message: 'nobody reads from there',
  });
  const leaver = await admin.post<{ personId: string }>(
    `/api/v1/organisations/${await organisationOf(outsider)}/memberships`,
    {
      issuer: provider.issuer,
      subject: 'leaver',
      name: 'Leaver',
      email: 'leaver@sandbox.example',
      position: 'Leaver',
      ...days,
      roles: ['data_owner'],
    },
  );
  await admin.post(`/api/v1/people/${leaver.personId}/suspend`, REASON);
  const university = await organisationOf(researcher);
  const colleague = await admin.post<{ personId: string }>(
    `/api/v1/organisations/${university}/memberships`,
    {
      issuer: provider.issuer,
      subject: 'colleague',
      name: 'Colleague',
      email: 'colleague@sandbox.example',
      position: 'Researcher',
      ...days,
      roles: ['researcher'],
    },
  );
  await partnerSignatory.post(`/api/v1/projects/${seeded.projectId}/members`, {
    personId: colleague.personId,
    organisationId: university,
  });
  // One who works for two.
  await admin.post(`/api/v1/organisations/${university}/memberships`, {
    issuer: provider.issuer,
    subject: 'owner',
    name: 'Data owner',
    email: 'owner@sandbox.example',
    position: 'Guest',
    ...days,
    roles: ['data_owner'],
  });
  await researcher.post('/api/v1/tokens', { name: 'Script', scopes: ['grant:read'] });
}

/** A dataset that is a draft, one that is frozen, a store that is suspended, and another catalogue that is read. */
async function stopThings({ callers, seeded, stores }: HttpWorld): Promise<void> {
  const { owner } = callers;
  const organisationId = await organisationOf(owner);
  const frozen = seeded.datasets[2]?.id ?? '';
  await owner.post(`/api/v1/datasets/${frozen}/freeze`, REASON);
  const [{ endpoint, bucket, keys }] = stores;
  const store = await owner.post<Identified>('/api/v1/stores', {
    organisationId,
    name: 'Suspended store',
    endpoint,
    region: 'eu-west-2',
    bucket,
    addressing: 'path',
    credentials: keys.broker,
  });
  await owner.post(`/api/v1/stores/${store.id}/probe`);
  await owner.post(`/api/v1/stores/${store.id}/suspend`, REASON);
  await owner.post('/api/v1/datasets', {
    organisationId,
    title: 'A draft dataset',
    description: 'It is not described yet.',
    publisher: 'City Police Data Office',
    contact: 'data@city.example',
    access: 'shared',
    accessReason: 'It is looked at.',
    sensitivity: 'internal',
    tags: [],
    kind: 'files',
    storeId: seeded.stores[0]?.id,
    prefix: 'draft/',
    distributions: [{ title: 'All files', mediaType: 'text/csv', path: '' }],
    visibility: 'public',
  });
  await owner.post('/api/v1/harvest-sources', {
    organisationId,
    name: 'Another catalogue',
    format: 'dcat',
    url: 'https://data.example/catalogue.jsonld',
  });
}

/** What an officer comes upon: an alert, a hold, a search that is kept and an export. */
async function watch({ callers, seeded, db }: HttpWorld): Promise<void> {
  const { officer } = callers;
  const headers = { 'idempotency-key': randomUUID() };
  const asked = { format: 'jsonl', type: 'grant.issued' };
  await officer.post('/api/v1/audit/exports', asked, headers);
  const client = { name: 'Gateway', jwk: proofKey().jwk };
  await callers.owner.post(`/api/v1/stores/${seeded.stores[0]?.id ?? ''}/clients`, client);
  await officer.post('/api/v1/audit/holds', {
    scopeType: 'dataset',
    scopeId: seeded.datasets[0]?.id,
    ...REASON,
  });
  await asSuperuser(
    db,
    `INSERT INTO audit_alert (id, rule, subject_kind, subject_id, day, organisation_ids, found, usual, threshold,
       raised_at, audit_event_id, status)
     SELECT uuidv7(), 'bytes', 'grant', g.id, current_date, ARRAY[g.organisation_id, g.provider_id], 1000000, 1000, 10000,
       now(), g.audit_event_id, 'open' FROM grants g LIMIT 1`,
  );
}

async function organisationOf(who: ApiClient): Promise<string> {
  return (await who.get<Me>('/api/v1/me')).memberships[0]?.organisationId ?? '';
}
