import { randomUUID } from 'node:crypto';
import type { ApiClient } from '../../sandbox/api-client.js';
import type { IssuedGrant } from '../../sandbox/demo/reading.js';
import { httpWorld, type HttpWorld } from '../support/http-world.js';

interface DatasetSeen {
  readonly id: string;
  readonly status: string;
}

interface Faults {
  readonly type: string;
  readonly errors?: readonly { readonly pointer: string }[];
}

describe('a dataset that lies in no store', () => {
  let world: HttpWorld;
  let organisationId: string;
  let described: string;

  beforeAll(async () => {
    world = await httpWorld();
    const { memberships } = await world.callers.owner.get<{
      memberships: readonly { organisationId: string }[];
    }>('/api/v1/me');
    organisationId = memberships[0]?.organisationId ?? '';
    described = await published({});
  }, 120_000);

  afterAll(async () => {
    await world.close();
  }, 30_000);

  const description = (changes: object): object => ({
    organisationId,
    title: 'Noise complaints',
    description: 'Where and when people complained of noise.',
    publisher: 'Noise team',
    contact: 'noise@city.example',
    access: 'shared',
    accessReason: 'It says where people live.',
    sensitivity: 'internal',
    kind: 'files',
    visibility: 'public',
    places: ['E09000007'],
    frequency: 'MONTHLY',
    qualityNotes: 'None were taken on bank holidays.',
    steward: { contact: 'Noise team' },
    ...changes,
  });
  const published = async (changes: object): Promise<string> => {
    const { owner } = world.callers;
    const { id } = await owner.post<DatasetSeen>('/api/v1/datasets', description(changes));
    await owner.post(`/api/v1/datasets/${id}/publish`);
    return id;
  };
  const ofTheGrant = async (): Promise<string> => {
    const at = `/api/v1/access-requests/${world.seeded.accessRequestId}`;
    return (await world.callers.researcher.get<{ datasetId: string }>(at)).datasetId;
  };
  const faultsOf = (body: object): readonly string[] | undefined =>
    (body as Faults).errors?.map(({ pointer }) => pointer);
  const waysOf = (caller: ApiClient, id: string): Promise<object> =>
    caller.get(`/api/v1/datasets/${id}/access`);

  it('says what it is, and whom to ask; to anybody who may see it', async () => {
    for (const caller of [world.callers.researcher, world.outsider]) {
      expect(await caller.get(`/api/v1/datasets/${described}`)).toMatchObject({
        isInStore: false,
        places: [{ code: 'E09000007', name: 'Camden' }],
        frequency: 'MONTHLY',
        qualityNotes: 'None were taken on bank holidays.',
        versions: [],
      });
      expect(await waysOf(caller, described)).toMatchObject({
        shortest: 'ask',
        agreements: [],
        ask: {
          publisher: 'Noise team',
          contact: 'noise@city.example',
          stewardContact: 'Noise team',
        },
      });
    }
  });

  it('is linked to where it is open elsewhere', async () => {
    const distribution = { title: 'CSV', mediaType: 'text/csv' };
    const downloadUrl = 'https://data.example.org/noise.csv';
    const id = await published({
      access: 'open',
      licence: 'OGL-UK-3.0',
      distributions: [{ ...distribution, downloadUrl }],
    });
    expect(await waysOf(world.outsider, id)).toMatchObject({
      shortest: 'open',
      links: [{ ...distribution, downloadUrl, accessUrl: null }],
    });
  });

  it.each([
    ['inside', 'https://127.0.0.1/x.csv'],
    ['not encrypted', 'http://data.example.org/x.csv'],
    ['with a password', 'https://a:b@data.example.org/x.csv'],
    ['signed', 'https://data.example.org/x.csv?X-Amz-Signature=aa'],
    ['no address', 'javascript:alert(1)'],
  ])('is linked to no place that is %s', async (_how, downloadUrl) => {
    const distributions = [{ title: 'CSV', mediaType: 'text/csv', downloadUrl }];
    const open = description({ access: 'open', licence: 'OGL-UK-3.0', distributions });
    const answer = await world.callers.owner.try('POST', '/api/v1/datasets', open);
    expect(answer.status).toBe(422);
    expect(faultsOf(answer.body)).toEqual(['/distributions/0/downloadUrl']);
  });

  it('is no item of an agreement', async () => {
    const { owner } = world.callers;
    const path = `/api/v1/agreements/${world.seeded.agreements[0]?.id ?? ''}`;
    const { terms } = await owner.get<{ terms: { items: readonly { providerId: string }[] } }>(
      path,
    );
    const items = terms.items.map((item) => ({ ...item, datasetId: described }));
    const draft = await owner.post<{ id: string }>('/api/v1/agreements', {
      ...terms,
      items,
      organisationId,
    });
    const at = `/api/v1/agreements/${draft.id}`;
    const answer = await owner.try('POST', `${at}/submit`, {}, await owner.ifMatch(at));
    expect(answer.status).toBe(422);
    expect(faultsOf(answer.body)).toContain('/items/0/datasetId');
  });

  it('is asked for under no agreement', async () => {
    const { researcher } = world.callers;
    const asked = await researcher.get<Record<string, unknown>>(
      `/api/v1/access-requests/${world.seeded.accessRequestId}`,
    );
    const { projectId, agreementId, purpose, justification, until, frequency, conflict } = asked;
    const body = {
      projectId,
      agreementId,
      purpose,
      justification,
      until,
      frequency,
      conflict,
      datasetId: described,
    };
    const answer = await researcher.try('POST', '/api/v1/access-requests', body, {
      'idempotency-key': randomUUID(),
    });
    expect(answer.status).toBe(422);
    expect(faultsOf(answer.body)).toEqual(['/datasetId']);
  });

  it('is granted to nobody, even if everything else says yes; nor is a grant of it refreshed', async () => {
    const { researcher } = world.callers;
    const { accessRequestId } = world.seeded;
    const datasetId = await ofTheGrant();
    const issue = () =>
      researcher.try<IssuedGrant>(
        'POST',
        '/api/v1/grants',
        { accessRequestId },
        {
          'idempotency-key': randomUUID(),
        },
      );
    const { body: grant } = await issue();
    const [place] = await world.db.dataSource.query<{ store_id: string; prefix: string }[]>(
      'SELECT store_id, prefix FROM dataset WHERE id = $1',
      [datasetId],
    );
    await world.db.dataSource.query(
      'UPDATE dataset SET store_id = NULL, prefix = NULL WHERE id = $1',
      [datasetId],
    );
    const refreshed = await researcher.try('POST', `/api/v1/grants/${grant.id}/token`);
    await researcher.post(`/api/v1/grants/${grant.id}/revoke`, { reason: 'To ask anew.' });
    for (const refused of [refreshed, await issue()]) {
      expect(refused).toMatchObject({
        status: 409,
        body: { type: 'urn:concordat:problem:dataset_unavailable', reason: 'no_store' },
      });
    }
    expect(await waysOf(researcher, datasetId)).toMatchObject({ shortest: 'ask' });
    await world.db.dataSource.query('UPDATE dataset SET store_id = $2, prefix = $3 WHERE id = $1', [
      datasetId,
      place?.store_id,
      place?.prefix,
    ]);
    expect((await issue()).status).toBe(201);
  });

  it('is changed by its owner alone, who says which state was read', async () => {
    const path = `/api/v1/datasets/${described}`;
    const { owner, researcher } = world.callers;
    const change = { qualityNotes: 'None.' };
    const tag = await owner.ifMatch(path);
    expect((await owner.try('PATCH', path, change)).status).toBe(428);
    expect((await owner.try('PATCH', path, change, { 'if-match': '"x"' })).status).toBe(412);
    expect((await researcher.try('PATCH', path, change, tag)).status).toBe(403);
    expect((await world.outsider.try('PATCH', path, change, tag)).status).toBe(404);
    const unknown = await owner.try('PATCH', path, { sealedVersion: 'a' }, tag);
    expect(unknown.status).toBe(422);
    expect(faultsOf(unknown.body)).toEqual(['/sealedVersion']);
    expect((await owner.try('PATCH', path, change, tag)).body).toMatchObject(change);
  });
});
