import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { INestApplicationContext } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import pg from 'pg';
import { ApiClient } from '../../sandbox/api-client.js';
import type { IssuedGrant } from '../../sandbox/demo/reading.js';
import { RESEARCH_PURPOSE } from '../../sandbox/seed/research.js';
import { WorkerModule } from '../../src/app.module.js';
import type { Disclosure } from '../../src/audit/disclosure.js';
import { readCheckpoint } from '../../src/audit/log/checkpoint.js';
import { log } from '../../src/cli/log.js';
import { RestoredPeople } from '../../src/erasure/restored-people.service.js';
import { UnfinishedErasures } from '../../src/erasure/unfinished-erasures.service.js';
import { payloadAad } from '../../src/audit/audit.service.js';
import { SubjectKeys } from '../../src/platform/secrets/subject-keys.js';
import { systemClock } from '../../src/kernel/clock.js';
import { addDays, addMonths, londonDay } from '../../src/kernel/london-day.js';
import { databaseText } from '../support/database-text.js';
import { httpWorld, type HttpWorld } from '../support/http-world.js';
import { logTap } from '../support/log-tap.js';
import { rootOfPath } from '../support/naive-tree.js';

const mark = randomBytes(4).toString('hex');
const ADDRESS = '203.0.113.177';
const SUBJECT = `canary-${mark}`;
/** What is personal, each a text that is nowhere by chance. */
const CANARIES = {
  name: `Zenobia Quill${mark}`,
  email: `zenobia.${mark}@canary.example`,
  subject: SUBJECT,
  address: ADDRESS,
  position: `Keeper of finches ${mark}`,
  accreditation: `NUMBER-${mark}`,
  justification: `My own thesis on finches ${mark}.`,
  conflict: `My brother keeps finches ${mark}.`,
  token: `My laptop ${mark}`,
  reason: `I have what my thesis needs ${mark}.`,
} as const;

interface Identified {
  readonly id: string;
}

/** The API as somebody behind a proxy that says where they are. */
class FromAddress extends ApiClient {
  override fetch(path: string, init: RequestInit = {}): Promise<Response> {
    const headers = new Headers(init.headers);
    headers.set('x-forwarded-for', ADDRESS);
    return super.fetch(path, { ...init, headers });
  }
}

/** audit-log sections 11 and 14: after an erasure every proof holds, and what was personal is nowhere. */
describe('a person who did the whole job and is erased', () => {
  const tap = logTap();
  let world: HttpWorld;
  let canary: ApiClient;
  let personId: string;
  let grantEventId: string;
  let backup: (role: string) => string;
  let before: Disclosure;
  const restoredLog = mkdtempSync(join(tmpdir(), 'concordat-restored-'));

  beforeAll(async () => {
    world = await httpWorld({ trustedProxies: ['127.0.0.1'] }, [SUBJECT], tap);
    canary = new FromAddress(world.config.publicUrl, () =>
      world.provider.issueAccessToken(SUBJECT),
    );
    await actThroughTheWholeJob();
    grantEventId = await eventOf('grant.issued');
    before = await disclosureOf(grantEventId);
    backup = await copyDatabase();
    await erase();
  }, 240_000);
  afterAll(async () => {
    await world.close();
    rmSync(restoredLog, { recursive: true });
  }, 30_000);

  const rows = <T>(sql: string, params: unknown[] = []): Promise<T[]> =>
    world.db.dataSource.query<T[]>(sql, params);
  const foundIn = (text: string): string[] =>
    Object.entries(CANARIES)
      .filter(([, value]) => text.includes(value))
      .map(([name]) => name);
  const eventOf = async (type: string): Promise<string> => {
    const [row] = await rows<Identified>(
      'SELECT id FROM audit_event WHERE type = $1 AND person_ids @> ARRAY[$2::uuid] ORDER BY id DESC LIMIT 1',
      [type, personId],
    );
    return row?.id ?? '';
  };
  const disclosureOf = (eventId: string): Promise<Disclosure> =>
    world.callers.officer.get<Disclosure>(`/api/v1/audit/events/${eventId}/disclosure`);

  /** A backup of the main database as it is now. */
  async function copyDatabase(): Promise<(role: string) => string> {
    const name = `backup_${mark}`;
    const url = new URL(world.db.urlFor('postgres'));
    const original = url.pathname.slice(1);
    url.pathname = '/postgres';
    const client = new pg.Client(url.href);
    await client.connect();
    // Copying takes a database that nobody is connected to; the broker connects again by itself.
    await client.query(`ALTER DATABASE ${original} ALLOW_CONNECTIONS false`);
    await client.query(
      'SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = $1',
      [original],
    );
    await client.query(`CREATE DATABASE ${name} TEMPLATE ${original} OWNER concordat_owner`);
    await client.query(`ALTER DATABASE ${original} ALLOW_CONNECTIONS true`);
    await client.end();
    return (role) => Object.assign(new URL(world.db.urlFor(role)), { pathname: `/${name}` }).href;
  }

  async function actThroughTheWholeJob(): Promise<void> {
    const { admin, owner, partnerSignatory } = world.callers;
    const { projectId, datasets, agreements } = world.seeded;
    const today = londonDay(systemClock.now());
    const [project] = await rows<{ organisation_id: string }>(
      'SELECT organisation_id FROM project WHERE id = $1',
      [projectId],
    );
    const university = project?.organisation_id ?? '';
    const membership = await admin.post<{ personId: string }>(
      `/api/v1/organisations/${university}/memberships`,
      {
        issuer: world.provider.issuer,
        subject: SUBJECT,
        name: CANARIES.name,
        email: CANARIES.email,
        position: CANARIES.position,
        startsOn: today,
        endsOn: addMonths(today, 12),
        roles: ['researcher'],
      },
    );
    personId = membership.personId;
    const accreditation = await admin.post<Identified>(
      `/api/v1/people/${personId}/accreditations`,
      {
        scheme: 'dea_full',
        number: CANARIES.accreditation,
        awardedOn: addMonths(today, -2),
        expiresOn: addMonths(today, 58),
      },
    );
    await admin.post(`/api/v1/people/${personId}/accreditations/${accreditation.id}/verify`);
    await admin.post(`/api/v1/people/${personId}/trainings`, {
      course: 'safe_researcher_training',
      awardedOn: addMonths(today, -2),
    });
    const own = await canary.post<Identified>('/api/v1/projects', {
      organisationId: university,
      title: 'Finches',
      summary: 'Where finches are.',
      publicBenefit: 'Finches.',
      purposes: [RESEARCH_PURPOSE],
      startsOn: today,
      endsOn: addMonths(today, 10),
      ethicsApproved: false,
      otherApplicants: `Supervised by ${CANARIES.name}.`,
    });
    await partnerSignatory.post(`/api/v1/projects/${own.id}/activate`);
    await canary.post('/api/v1/tokens', { name: CANARIES.token, scopes: ['grant:read'] });
    const agreementId = agreements[0]?.id ?? '';
    const agreement = await canary.get<{ versionHash: string }>(
      `/api/v1/agreements/${agreementId}`,
    );
    const request = await canary.post<Identified>(
      '/api/v1/access-requests',
      {
        projectId: own.id,
        datasetId: datasets[0]?.id ?? '',
        agreementId,
        purpose: RESEARCH_PURPOSE,
        justification: CANARIES.justification,
        delivery: 'stream',
        until: addDays(today, 60),
        frequency: 'one_off',
        conflict: true,
        conflictText: CANARIES.conflict,
      },
      { 'idempotency-key': randomUUID() },
    );
    await canary.post(`/api/v1/access-requests/${request.id}/submit`, {
      versionHash: agreement.versionHash,
    });
    await owner.post(`/api/v1/access-requests/${request.id}/decisions`, {
      decision: 'approved',
      reason: `${CANARIES.name} may have it.`,
    });
    const body = { accessRequestId: request.id };
    const grant = await canary.post<IssuedGrant>('/api/v1/grants', body, {
      'idempotency-key': randomUUID(),
    });
    const objects = new URL(grant.objectsUrl).pathname;
    const holder = new FromAddress(world.config.publicUrl, () => Promise.resolve(grant.token));
    const list = await holder.get<{ objects: { url: string }[] }>(objects);
    const object = await holder.fetch(new URL(list.objects[0]?.url ?? '').pathname);
    expect((await object.arrayBuffer()).byteLength).toBeGreaterThan(0);
    await canary.post(`/api/v1/grants/${grant.id}/revoke`, { reason: CANARIES.reason });
    await canary.try('POST', `/api/v1/grants/${grant.id}/token`);
    const again = await canary.post<IssuedGrant>('/api/v1/grants', body, {
      'idempotency-key': randomUUID(),
    });
    expect(again.id).not.toBe(grant.id);
  }

  async function erase(): Promise<void> {
    const { partnerDpo, officer } = world.callers;
    const proposed = await partnerDpo.post<{ approvalId: string; kept: unknown[] }>(
      `/api/v1/people/${personId}/erase`,
      { reason: 'A request of the person concerned.', legalBasis: '17-1-b' },
    );
    expect(proposed.kept).toEqual([]);
    await officer.post(`/api/v1/approvals/${proposed.approvalId}/approve`);
    const deadline = AbortSignal.timeout(60_000);
    while ((await rows('SELECT FROM audit_payload WHERE subject_id = $1', [personId])).length > 0) {
      deadline.throwIfAborted();
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
  }

  it('was everywhere before', async () => {
    const text = await databaseText(backup('postgres'));
    // Addresses are only ever encrypted.
    expect(foundIn(text).sort()).toEqual(
      Object.keys(CANARIES)
        .filter((name) => !['address', 'reason'].includes(name))
        .sort(),
    );
  });

  it('is in no row of either database, and in no line of the log', async () => {
    const text = await databaseText(world.db.urlFor('postgres'));
    expect(text).toContain(personId);
    expect(foundIn(text)).toEqual([]);
    expect(tap.text()).toContain('request completed');
    expect(foundIn(tap.text())).toEqual([]);
  });

  it('is in no answer of the broker', async () => {
    const { officer, owner, admin } = world.callers;
    const [request] = await rows<Identified>(
      'SELECT id FROM access_request WHERE requester_id = $1',
      [personId],
    );
    const answers = await Promise.all([
      officer.get(`/api/v1/audit/events?person=${personId}&pageSize=200`),
      officer.get(`/api/v1/people/${personId}/erasure`),
      owner.get(`/api/v1/access-requests/${request?.id ?? ''}`),
      owner.get(`/api/v1/access-requests/${request?.id ?? ''}/decision-record`),
      admin.get(`/api/v1/people/${personId}`),
      admin.get('/api/v1/approvals'),
      (await owner.fetch('/api/v1/register.csv')).text(),
    ]);
    expect(foundIn(JSON.stringify(answers))).toEqual([]);
  });

  it('has nothing left: no sign-in, no membership, no token, no grant', async () => {
    expect((await canary.try('GET', '/api/v1/me')).status).toBe(403);
    const [left] = await rows<Record<string, string>>(
      `SELECT (SELECT count(*) FROM membership WHERE person_id = $1 AND ended_at IS NULL) AS memberships,
         (SELECT count(*) FROM personal_token WHERE person_id = $1 AND ended_at IS NULL) AS tokens,
         (SELECT count(*) FROM grants WHERE person_id = $1 AND ended_at IS NULL) AS grants`,
      [personId],
    );
    expect(left).toEqual({ memberships: '0', tokens: '0', grants: '0' });
    const ended = await rows<{ type: string }>(
      `SELECT type FROM audit_event WHERE person_ids @> ARRAY[$1::uuid] AND type = ANY($2)`,
      [personId, ['subject.erased', 'membership.ended']],
    );
    expect(ended.map(({ type }) => type).sort()).toEqual(['membership.ended', 'subject.erased']);
  });

  it('leaves events as they were, and what is about nobody opens and verifies as before', async () => {
    const after = await disclosureOf(grantEventId);
    expect(after).toEqual(before);
    expect(before.open.map(({ name }) => name)).toContain('grantId');
    const event = await world.callers.officer.get<Record<string, unknown>>(
      `/api/v1/audit/events/${grantEventId}`,
    );
    expect(event).toMatchObject({ type: 'grant.issued', actorPersonId: null });
  });

  it('is told with its legal basis, and when the last backup is gone', async () => {
    const erasure = await world.callers.partnerDpo.get<Record<string, string>>(
      `/api/v1/people/${personId}/erasure`,
    );
    expect(erasure).toMatchObject({ personId, legalBasis: '17-1-b', kept: [], finishedAt: null });
    const days =
      (Date.parse(erasure['completeAfter'] ?? '') - Date.parse(erasure['erasedAt'] ?? '')) /
      86_400_000;
    expect(days).toBe(14);
    const event = await world.callers.officer.get<Record<string, unknown>>(
      `/api/v1/audit/events/${await eventOf('subject.erased')}`,
    );
    expect(event).toMatchObject({ legalBasis: '17-1-b', completeAfter: erasure['completeAfter'] });
  });

  it('is in no object of the public log, and its receipts verify', async () => {
    const folder = world.tiles;
    const objects = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
      entry.isFile(),
    );
    const text = objects
      .map(({ parentPath, name }) => readFileSync(join(parentPath, name), 'latin1'))
      .join('\n');
    expect(text).toContain('"k":"grant.issued"');
    expect(foundIn(text)).toEqual([]);
    expect(text).not.toContain(personId);
    const path = `/api/v1/audit/events/${grantEventId}/receipt`;
    const [head = '', ...note] = (await (await world.callers.officer.fetch(path)).text()).split(
      '\n\n',
    );
    const [, extra = '', index = '', ...hashes] = head.split('\n');
    const { size, root } = readCheckpoint(note.join('\n\n'));
    const leaf = Buffer.from(extra.replace('extra ', ''), 'base64');
    expect(leaf.toString('base64url')).toBe(before.leaf);
    const proof = hashes.map((hash) => Buffer.from(hash, 'base64'));
    expect(rootOfPath(BigInt(index.replace('index ', '')), size, leaf, proof)).toEqual(root);
  });

  describe('and whom a backup of the main database brings back', () => {
    let worker: INestApplicationContext;

    beforeAll(async () => {
      const { config } = world;
      const module = await Test.createTestingModule({
        imports: [
          WorkerModule.with({
            ...config,
            databaseUrl: backup('concordat_app'),
            sequencerDatabaseUrl: backup('concordat_sequencer'),
            publisherDatabaseUrl: backup('concordat_publisher'),
            eraserDatabaseUrl: backup('concordat_eraser'),
            log: { ...config.log, tiles: { kind: 'disk', path: join(restoredLog, 'log') } },
            logHead: { kind: 'disk', path: join(restoredLog, 'head') },
            logKeys: [randomBytes(32)],
          }),
        ],
      }).compile();
      worker = await module.init();
    }, 60_000);
    afterAll(() => worker.close(), 30_000);

    it('is unreadable in events and decisions, for the key is gone', async () => {
      const client = new pg.Client(backup('postgres'));
      await client.connect();
      const { rows: sealed } = await client.query<{ event_id: string; body: Buffer }>(
        'SELECT event_id, body FROM audit_payload WHERE subject_id = $1',
        [personId],
      );
      await client.end();
      expect(sealed.length).toBeGreaterThan(5);
      const keys = worker.get(SubjectKeys, { strict: false });
      for (const { event_id: eventId, body } of sealed) {
        expect(await keys.decrypt(personId, payloadAad(eventId, personId), body)).toBeUndefined();
      }
    });

    it('is erased again by the worker, and nowhere', async () => {
      await worker.get(RestoredPeople).sweep();
      await worker.get(UnfinishedErasures).sweep();
      const text = await databaseText(backup('postgres'));
      expect(text).toContain(personId);
      expect(foundIn(text)).toEqual([]);
      expect(text).toContain('subject.erased');
    });
  });

  it('leaves of every event what its public leaf commits to', async () => {
    expect(await log(['check'], () => world.workerConfig)).toBe(0);
  });
});
