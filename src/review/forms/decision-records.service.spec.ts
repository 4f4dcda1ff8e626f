import { asDeputy, DELEGATION, delegationIn } from '../../../test/support/deputies.js';
import { parse } from 'csv-parse/sync';
import { RECIPIENT } from '../../../test/support/agreement-terms.js';
import { grantWorld, GROUND, type GrantWorld } from '../../../test/support/grant-world.js';
import { legalTerms, personalTerms } from '../../../test/support/personal-terms.js';
import { Vocabularies } from '../../agreements/vocabularies.js';
import { AuditService } from '../../audit/audit.service.js';
import { Authorisation } from '../../identity/authorisation.service.js';
import { isConcordatError } from '../../kernel/errors.js';
import { csvLine } from '../../platform/web/csv/csv.rules.js';
import { DECISION_RECORD_COLUMNS, toDecisionRow } from './decision-record.csv.js';
import type { DecisionRecord } from './decision-record.types.js';
import { DecisionRecordsRepository } from './decision-records.repository.js';
import { DecisionRecords } from './decision-records.service.js';

const SOURCE = {
  traceId: 'a'.repeat(32),
  format: 'json',
} as const;
const NEW_REQUEST = '01990000-0000-7000-8000-0000000000d7';

let world: GrantWorld;
let records: DecisionRecords;

const TERMS = personalTerms({
  startsOn: '2026-01-01',
  endsOn: '2099-01-01',
  legal: [
    legalTerms(GROUND.provider),
    legalTerms(RECIPIENT.id, { article9: ['9-2-j'], schedule1: ['s1-4'] }),
    legalTerms(GROUND.operator),
  ],
});

beforeAll(async () => {
  world = await grantWorld({ terms: TERMS });
  records = new DecisionRecords(
    world.database,
    new DecisionRecordsRepository(),
    world.app.get(Authorisation),
    world.app.get(AuditService),
    new Vocabularies(),
  );
  await world.query(`UPDATE person SET name = 'Robin Example' WHERE id = $1`, [GROUND.researcher]);
  await world.query(`UPDATE person SET name = 'Kim Example' WHERE id = $1`, [GROUND.owner]);
});
afterAll(() => world.close());

const exportAs = (personId: string, id: string = GROUND.request): Promise<DecisionRecord> =>
  records.export(world.as(personId), id, SOURCE);
const codeOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'none',
    (error: unknown) => (isConcordatError(error) ? error.code : String(error)),
  );
const exportsOf = (id: string) =>
  world.query<{ count: string }>(
    `SELECT count(*) FROM audit_event WHERE type = 'audit.exported' AND access_request_id = $1`,
    [id],
  );

/** Copies the approved request, in another state and with another answer, or with none. */
async function anotherRequest(status: string, decision?: 'refused' | 'returned'): Promise<string> {
  const [row] = await world.query<{ id: string }>(
    `INSERT INTO access_request (id, reference, project_id, dataset_id, agreement_id, agreement_version, requester_id,
       organisation_id, purpose, justification, delivery, until_on, frequency, conflict, undertaking_hash, undertaken_at,
       status, audit_event_id)
     SELECT uuidv7(), 'REQ-2026-' || lpad((SELECT count(*) + 1 FROM access_request)::text, 4, '0'), project_id,
       dataset_id, agreement_id, CASE WHEN $2 = 'draft' THEN NULL ELSE agreement_version END, requester_id,
       organisation_id, purpose, justification, delivery, until_on, frequency, conflict,
       CASE WHEN $2 = 'draft' THEN NULL ELSE undertaking_hash END,
       CASE WHEN $2 = 'draft' THEN NULL ELSE undertaken_at END, $2, audit_event_id
     FROM access_request WHERE id = $1 RETURNING id`,
    [GROUND.request, status],
  );
  const id = row?.id ?? '';
  if (decision) {
    await world.query(
      `INSERT INTO access_decision (id, access_request_id, decision, reason, decider_id, position, role, is_automatic,
         decided_at, audit_event_id)
       SELECT uuidv7(), $1, $2, 'It does not fit', $3, 'Head of data', 'data_owner', false, '2026-06-02', audit_event_id
       FROM access_request WHERE id = $1`,
      [id, decision, GROUND.owner],
    );
  }
  return id;
}

describe('the decision record of an access request', () => {
  it('has the fields of Annex B, of the two organisations that the request is between', async () => {
    const record = await exportAs(GROUND.owner);
    expect(record).toMatchObject({
      receivingOrganisation: GROUND.provider,
      requestingOrganisation: GROUND.recipient,
      requester: { name: 'Robin Example', position: 'Head' },
      receivedOn: '2026-06-01',
      data: { title: 'Footfall', dataClass: 'Personal', fields: ['count'] },
      controllerRelationship: [
        { organisation: GROUND.provider, dataRole: 'provider', controllerRole: 'separate' },
        { organisation: GROUND.recipient, dataRole: 'recipient', controllerRole: 'separate' },
      ],
      agreement: { id: GROUND.agreement, version: 1, status: 'active' },
      purpose: { label: 'Academic research' },
      law: [
        { organisation: GROUND.provider, lawfulBasis: ['Public task'], schedule1: [] },
        {
          organisation: GROUND.recipient,
          lawfulBasis: ['Public task'],
          specialCategory: ['Archiving, research and statistics'],
          schedule1: ['Research'],
        },
      ],
      necessity: { request: 'To count' },
      dpia: { status: 'approved', reviewOn: '2026-12-01' },
      retention: { period: 'P1Y', disposal: 'destroy', disposalDays: 30 },
      rights: { accessRequestContact: 'rights@example.org' },
      sharing: { frequency: 'recurring', firstGrantOn: null },
      decision: {
        outcome: 'approved',
        reasons: 'It fits',
        decidedBy: { name: 'Kim Example', position: 'Head', isAutomatic: false },
        decidedOn: '2026-06-01',
      },
    });
    expect(record.law).toHaveLength(2);
  });

  it('says when the first grant was issued', async () => {
    await world.issue();
    const { sharing } = await exportAs(GROUND.owner);
    expect(sharing.firstGrantOn).toBe(world.today);
  });

  it('R6.1: a refusal exports like an approval', async () => {
    const approved = await exportAs(GROUND.owner);
    const refused = await exportAs(GROUND.owner, await anotherRequest('refused', 'refused'));
    expect(refused.decision).toMatchObject({ outcome: 'refused', reasons: 'It does not fit' });
    expect(Object.keys(refused)).toEqual(Object.keys(approved));
    expect(Object.keys(refused.decision ?? {})).toEqual(Object.keys(approved.decision ?? {}));
    expect(toDecisionRow(refused)).toHaveLength(toDecisionRow(approved).length);
  });

  it('tells the law of an organisation that acceded, which no version names', async () => {
    const party = { dataRole: 'recipient', controllerRole: 'processor' };
    await world.query(
      `UPDATE agreement_version SET terms = terms - 'legal' - 'parties' || '{"parties": []}' WHERE agreement_id = $1`,
      [GROUND.agreement],
    );
    await world.query(
      `UPDATE agreement_party SET terms = $3 WHERE agreement_id = $1 AND organisation_id = $2`,
      [
        GROUND.agreement,
        GROUND.recipient,
        {
          party: { organisationId: GROUND.recipient, ...party },
          legal: legalTerms(GROUND.recipient, { article6: ['6-1-f'] }),
        },
      ],
    );
    expect(await exportAs(GROUND.owner)).toMatchObject({
      controllerRelationship: [{ organisation: GROUND.recipient, ...party }],
      law: [{ organisation: GROUND.recipient, lawfulBasis: ['Legitimate interests'] }],
    });
    await world.query(`UPDATE agreement_party SET terms = NULL WHERE agreement_id = $1`, [
      GROUND.agreement,
    ]);
    await world.query(`UPDATE agreement_version SET terms = $2 WHERE agreement_id = $1`, [
      GROUND.agreement,
      TERMS,
    ]);
  });

  it('has no decision while there is none', async () => {
    const record = await exportAs(GROUND.owner, await anotherRequest('in_review'));
    expect(record.decision).toBeNull();
  });

  it('gives a name that was erased as null', async () => {
    const id = await anotherRequest('refused', 'refused');
    await world.query(`UPDATE person SET name = NULL WHERE id = $1`, [GROUND.owner]);
    const { decision } = await exportAs(GROUND.owner, id);
    expect(decision?.decidedBy).toMatchObject({ name: null, position: 'Head of data' });
    await world.query(`UPDATE person SET name = 'Kim Example' WHERE id = $1`, [GROUND.owner]);
  });

  it('refuses what was never submitted, and records nothing', async () => {
    const id = await anotherRequest('draft');
    expect(await codeOf(exportAs(GROUND.recipientOwner, id))).toBe('transition_not_allowed');
    // To its provider a draft is absent, as everywhere else.
    expect(await codeOf(exportAs(GROUND.owner, id))).toBe('not_found');
    expect(await exportsOf(id)).toEqual([{ count: '0' }]);
  });
});

describe('who may export it', () => {
  it.each([
    ['the provider’s data owner', GROUND.owner, 'none'],
    ['the provider’s officer', GROUND.providerOfficer, 'none'],
    ['the requesting organisation’s data owner', GROUND.recipientOwner, 'none'],
    ['the requesting organisation’s officer', GROUND.recipientOfficer, 'none'],
    ['the operator’s officer', GROUND.operatorOfficer, 'none'],
    ['the requester', GROUND.researcher, 'operation_denied'],
    ['another researcher', GROUND.colleague, 'operation_denied'],
    ['a data owner of neither (law 3)', GROUND.stranger, 'not_found'],
  ])('%s: %s', async (_, personId, expected) => {
    expect(await codeOf(exportAs(personId))).toBe(expected);
  });

  it('an id of nothing is not found, as a stranger’s is', async () => {
    expect(await codeOf(exportAs(GROUND.operatorOfficer, NEW_REQUEST))).toBe('not_found');
  });
});

describe('R6.2: an export', () => {
  it('is an event that says who exported what, in which form, for both organisations', async () => {
    const id = await anotherRequest('refused', 'refused');
    await records.export(world.as(GROUND.recipientOwner), id, { ...SOURCE, format: 'csv' });
    const rows = await world.query(
      `SELECT person_ids AS people, to_jsonb(organisation_ids) AS organisations, reason_codes AS reasons,
         agreement_id AS agreement
       FROM audit_event WHERE type = 'audit.exported' AND access_request_id = $1`,
      [id],
    );
    expect(rows).toEqual([
      {
        people: [GROUND.recipientOwner, GROUND.researcher],
        organisations: expect.arrayContaining([GROUND.provider, GROUND.recipient]) as unknown,
        reasons: ['decision_record', 'csv'],
        agreement: GROUND.agreement,
      },
    ]);
  });

  it('R3.24: by a deputy names the delegation; by who holds a role of their own does not', async () => {
    const said: unknown[] = [];
    for (const own of [['researcher'], ['data_owner']] as const) {
      const deputy = asDeputy(world.as(GROUND.recipientOwner), 'dpo', own);
      await records.export(deputy, GROUND.request, SOURCE);
      said.push(await delegationIn(world.database, 'audit.exported'));
    }
    expect(said).toEqual([DELEGATION, null]);
  });

  it('that is refused leaves no export', async () => {
    const id = await anotherRequest('refused', 'refused');
    await codeOf(exportAs(GROUND.stranger, id));
    expect(await exportsOf(id)).toEqual([{ count: '0' }]);
  });
});

describe('as CSV', () => {
  it('is one row that a spreadsheet does not compute', async () => {
    const id = await anotherRequest('refused', 'refused');
    await world.query(
      `UPDATE access_request SET justification = '=HYPERLINK("https://x")' WHERE id = $1`,
      [id],
    );
    const record = await exportAs(GROUND.owner, id);
    const [header = [], row = []] = parse(
      csvLine(DECISION_RECORD_COLUMNS) + csvLine(toDecisionRow(record)),
    );
    expect(header).toContain('Why the sharing is necessary');
    expect(row).toHaveLength(header.length);
    const cellOf = (name: string) => row[header.indexOf(name)];
    expect(cellOf('Why the sharing is necessary')).toMatch(/^'=HYPERLINK/);
    expect(cellOf('Lawful basis')).toBe(
      `${GROUND.provider}: Public task; ${GROUND.recipient}: Public task`,
    );
    expect(cellOf('Decision')).toBe('refused');
    expect(cellOf('Position of the decider')).toBe('Head of data');
  });
});
