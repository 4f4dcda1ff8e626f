import { GROUND } from '../../../../test/support/grant-world.js';
import {
  pageOf,
  reportWorld,
  requestTo,
  type ReportWorld,
} from '../../../../test/support/report-world.js';
import type { Principal } from '../../../identity/principal.js';
import { AlertRaising } from '../../alerts/alert-raising.service.js';
import type { Finding } from '../../alerts/alert.types.js';
import { AlertsApi } from '../../alerts/alerts.api.js';
import { AlertsReportApi } from './alerts-report.api.js';

const REQUEST = requestTo('/alerts');
const REASON = 'She had said that she would read all of it.';
const ANY = '01990000-0000-7000-8000-0000000000fe';

describe('what was refused, has failed or was unusual', () => {
  let world: ReportWorld;
  let grantId: string;
  let findings: Readonly<Record<'ofGrant' | 'ofPerson' | 'ofOrganisation', Finding>>;

  beforeAll(async () => {
    world = await reportWorld();
    grantId = (await world.issue()).id;
    const common = { day: '2026-06-15', found: 9, usual: 2, threshold: 8 };
    const { recipient, provider, researcher, recipientOfficer } = GROUND;
    findings = {
      ofGrant: {
        ...{ ...common, rule: 'bytes', subject: { kind: 'grant', id: grantId } },
        organisationIds: [recipient, provider],
      },
      ofPerson: {
        ...{
          ...common,
          rule: 'refusals',
          usual: null,
          subject: { kind: 'person', id: researcher },
        },
        organisationIds: [recipient],
      },
      ofOrganisation: {
        ...{ ...common, rule: 'refusals', subject: { kind: 'organisation', id: recipient } },
        organisationIds: [recipient],
      },
    };
    for (const finding of Object.values(findings)) {
      await raise(finding);
    }
    await raise({ ...findings.ofPerson, subject: { kind: 'person', id: recipientOfficer } });
    world.clock.add(1000);
    await world.record('access.denied', {
      ...{ actorPersonId: researcher, organisationIds: [recipient], outcome: 'refused' },
      ...{ reasonCodes: ['operation_denied'], route: 'GET /x' },
    });
    world.clock.add(1000);
    await world.deliver(grantId, { outcome: 'failed', reasonCodes: ['node_lost'] }, 'object.cut');
    world.clock.add(1000);
    await world.record('object.read-unmatched', {
      ...{ organisationIds: [provider], outcome: 'failed', datasetId: GROUND.dataset },
      ...{
        actorKind: 'broker',
        reasonCodes: ['no_grant'],
        targetType: 'store',
        targetId: GROUND.store,
      },
    });
    world.clock.add(1000);
    await world.record('access.denied', {
      ...{ actorKind: 'broker', organisationIds: [], outcome: 'refused', count: 12 },
      ...{ reasonCodes: ['rate_limited'], route: 'GET /y' },
    });
  }, 120_000);
  afterAll(() => world.close());

  const raise = async (finding: Finding): Promise<void> => {
    world.clock.add(1000);
    const raising = world.app.get(AlertRaising, { strict: false });
    await world.database.transaction((tx) => raising.raise(tx, [finding]));
  };
  const ask = (who: Principal | string, query: object = {}) =>
    pageOf(
      world
        .api(AlertsReportApi)
        .list(typeof who === 'string' ? world.as(who) : who, { pageSize: 100, ...query }, REQUEST),
    );
  const kinds = async (who: Principal | string, query: object = {}) =>
    (await ask(who, query)).items.map((item) =>
      item.kind === 'alert' ? `${item.rule} ${item.subject.kind}` : item.kind,
    );
  const close = (who: Principal | string, id: string) =>
    world
      .api(AlertsApi)
      .close(typeof who === 'string' ? world.as(who) : who, id, { reason: REASON }, REQUEST);
  const idOf = async (rule: string, kind: string) => {
    const { items } = await ask(GROUND.operatorOfficer, { kind: 'alert' });
    return (
      items.find((one) => one.kind === 'alert' && one.rule === rule && one.subject.kind === kind)
        ?.id ?? ''
    );
  };

  it('is one list, newest first; alerts say whose doing it was, by pseudonym', async () => {
    const { items } = await ask(GROUND.operatorOfficer);
    expect(await kinds(GROUND.operatorOfficer)).toEqual([
      ...['refused', 'unmatched', 'failed', 'refused'],
      ...['refusals person', 'refusals organisation', 'refusals person', 'bytes grant'],
    ]);
    expect(items.at(-1)).toMatchObject({
      ...{ kind: 'alert', rule: 'bytes', day: '2026-06-15', status: 'open', closed: null },
      ...{ found: 9, usual: 2, threshold: 8 },
      subject: {
        kind: 'grant',
        grantId,
        pseudonym: expect.stringMatching(/^P-/) as string,
        organisation: { id: GROUND.recipient },
        dataset: { title: 'Footfall' },
      },
    });
    expect(items[1]).toMatchObject({
      event: { reasonCodes: ['no_grant'], datasetId: GROUND.dataset },
    });
    expect(items[0]).toMatchObject({ event: { count: 12, route: 'GET /y' } });
    expect(JSON.stringify(items)).not.toContain(GROUND.researcher);
  });

  it('is told to each officer as far as it names them (R5.8)', async () => {
    expect(await kinds(GROUND.providerOfficer)).toEqual(['unmatched', 'failed', 'bytes grant']);
    expect(await kinds(GROUND.recipientOfficer)).toEqual([
      ...['failed', 'refused'],
      ...['refusals person', 'refusals organisation', 'refusals person', 'bytes grant'],
    ]);
    expect(await kinds(world.officerElsewhere())).toEqual([]);
    await expect(ask(GROUND.owner)).rejects.toMatchObject({ code: 'operation_denied' });
  });

  it.each<[string, object, readonly string[]]>([
    ['kind', { kind: 'unmatched' }, ['unmatched']],
    ['another kind', { kind: 'failed' }, ['failed']],
    ['refusals', { kind: 'refused' }, ['refused', 'refused']],
    ['rule', { rule: 'bytes' }, ['bytes grant']],
    ['a rule that found nothing', { rule: 'guessing' }, []],
    ['status', { status: 'closed' }, []],
    ['grant', { grantId: ANY }, []],
    ['dataset', { datasetId: GROUND.dataset }, ['unmatched', 'failed', 'bytes grant']],
    ['person', { person: GROUND.colleague }, []],
    ['organisation', { organisationId: GROUND.provider }, ['unmatched', 'failed', 'bytes grant']],
    ['time', { to: '2020-01-01T00:00:00Z' }, []],
  ])('is found by %s', async (_, query, found) => {
    expect(await kinds(GROUND.operatorOfficer, query)).toEqual(found);
  });

  it('is found by whom it is about, under their grants too', async () => {
    expect(await kinds(GROUND.operatorOfficer, { person: GROUND.researcher })).toEqual([
      ...['failed', 'refused', 'refusals person', 'bytes grant'],
    ]);
    expect(await kinds(GROUND.operatorOfficer, { grantId })).toEqual(['failed', 'bytes grant']);
  });

  it('has no status where it is no alert', async () => {
    await expect(
      (async () => ask(GROUND.operatorOfficer, { kind: 'refused', status: 'open' }))(),
    ).rejects.toMatchObject({ code: 'input_invalid', fields: { errors: [{ pointer: '/kind' }] } });
  });

  it('comes in pages over alerts and events alike, none twice', async () => {
    const seen: string[] = [];
    let pageToken: string | undefined;
    do {
      const page = await ask(GROUND.operatorOfficer, {
        pageSize: 3,
        ...(pageToken && { pageToken }),
      });
      seen.push(...page.items.map(({ id }) => id));
      pageToken = page.nextPageToken ?? undefined;
    } while (pageToken !== undefined);
    const all = (await ask(GROUND.operatorOfficer)).items.map(({ id }) => id);
    expect(seen).toEqual(all);
    expect(new Set(all).size).toBe(8);
  });

  it('is not raised again, whoever finds it', async () => {
    const raising = world.app.get(AlertRaising, { strict: false });
    expect(
      await world.database.transaction((tx) => raising.raise(tx, Object.values(findings))),
    ).toBe(0);
  });

  it('that is an alert is closed once, with a reason that those who see it read', async () => {
    const id = await idOf('bytes', 'grant');
    const answers = await Promise.allSettled([
      close(GROUND.providerOfficer, id),
      close(GROUND.recipientOfficer, id),
    ]);
    expect(answers.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    await expect(close(GROUND.operatorOfficer, id)).rejects.toMatchObject({
      code: 'transition_not_allowed',
    });
    const { items } = await ask(GROUND.providerOfficer, { status: 'closed' });
    expect(items).toMatchObject([
      {
        id,
        status: 'closed',
        closed: { reason: REASON, by: expect.stringMatching(/^P-/) as string },
      },
    ]);
    const events = await world.query(
      `SELECT e.target_id AS id, e.grant_id AS "grantId", e.organisation_ids AS seen, e.person_ids[2] AS about
       FROM audit_event e WHERE e.type = 'audit.alert-closed'`,
    );
    expect(events).toEqual([
      {
        ...{ id, grantId, about: GROUND.researcher },
        seen: [GROUND.recipient, GROUND.provider],
      },
    ]);
  });

  it('that is another’s alert is absent to who would close it, and stays open', async () => {
    const id = await idOf('refusals', 'organisation');
    for (const who of [GROUND.providerOfficer, world.officerElsewhere()]) {
      await expect(close(who, id)).rejects.toMatchObject({
        code: 'not_found',
        cause: { code: 'operation_denied' },
      });
    }
    await expect(close(GROUND.providerOfficer, ANY)).rejects.toMatchObject({ code: 'not_found' });
    await expect(close(GROUND.owner, id)).rejects.toMatchObject({ code: 'operation_denied' });
    expect((await ask(GROUND.recipientOfficer, { status: 'open' })).items).toHaveLength(3);
  });

  it('that is an alert is not closed by whom it is about', async () => {
    const { items } = await ask(GROUND.operatorOfficer, { person: GROUND.recipientOfficer });
    const id = items[0]?.id ?? '';
    await expect(close(GROUND.recipientOfficer, id)).rejects.toMatchObject({
      code: 'operation_denied',
      fields: { detail: 'It is about you: another officer closes it.' },
    });
    expect(await close(GROUND.operatorOfficer, id)).toMatchObject({ id, status: 'closed' });
  });
});
