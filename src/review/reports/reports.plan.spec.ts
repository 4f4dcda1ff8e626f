import { testDatabase, type TestDatabase } from '../../../test/support/database.js';
import { fillManyRows, id, scannedBy } from '../../../test/support/many-rows.js';
import { asSuperuser } from '../../../test/support/superuser.js';
import { accessStatement } from './access/access.repository.js';
import { accountingStatement } from './accounting/accounting.repository.js';
import { basisStatement } from './basis/basis.repository.js';
import { decisionStatement } from './decision/decision.repository.js';
import {
  disclosuresStatement,
  disclosureStatement,
  type DisclosureQuestion,
} from './disclosures/disclosures.repository.js';
import type { Reader } from './reports.service.js';
import type { Statement } from './statement.js';

const idOf = (kind: string): string => `${kind.padStart(8, '0')}-0000-4000-8000-000000001711`;
const READERS: readonly Reader[] = [
  { sees: null, personId: null },
  { sees: [idOf('1')], personId: null },
];
const FIRST = { after: null, limit: 101 };
const at = new Date('2026-03-01T00:00:00Z');
const year = { from: '2026-01-01T00:00:00Z', to: '2027-01-01T00:00:00Z' };
const EVERYTHING: DisclosureQuestion = {
  from: null,
  to: null,
  recipientId: null,
  datasetId: null,
  agreementId: null,
  grantId: null,
};

/** Rule 19: one of everything among twenty thousand, and as many deliveries. */
describe('a report among many', () => {
  let db: TestDatabase;

  beforeAll(async () => {
    db = await testDatabase();
    await fillManyRows(db);
    await asSuperuser(
      db,
      `SET session_replication_role = replica;
       INSERT INTO audit_event (id, type, occurred_at, outcome, person_ids, organisation_ids, dataset_id, agreement_id, grant_id,
         reason_codes, bytes, leaf, digests)
       SELECT ${id('d')}, 'object.delivered', '2026-02-01Z'::timestamptz + n * interval '1 minute', 'success', ARRAY[${id('2')}],
         ARRAY[${id('1')}], ${id('4')}, ${id('6')}, ${id('7')}, '{}', 7, 'l', '' FROM generate_series(1, 20000) n;
       INSERT INTO audit_payload SELECT ${id('d')}, '00000000-0000-0000-0000-000000000000', repeat('x', 400)::bytea
       FROM generate_series(1, 20000) n;
       ANALYZE`,
    );
  }, 120_000);
  afterAll(() => db.close());

  const disclosures = (question: Partial<DisclosureQuestion>, reader: Reader) =>
    disclosuresStatement({ ...EVERYTHING, ...question }, reader, FIRST);

  it.each<[string, (reader: Reader) => Statement]>([
    ['access', (reader) => accessStatement({ datasetId: idOf('4'), at }, reader, FIRST)],
    [
      'more access',
      (reader) =>
        accessStatement({ datasetId: idOf('4'), at }, reader, {
          after: { at: at.toISOString(), issuedAt: '2025-01-01T00:00:00Z', id: idOf('7') },
          limit: 101,
        }),
    ],
    ['every disclosure', (reader) => disclosures({}, reader)],
    [
      'more disclosures',
      (reader) =>
        disclosuresStatement(EVERYTHING, reader, {
          after: { occurredAt: '2026-02-10T00:00:00Z', id: idOf('d') },
          limit: 101,
        }),
    ],
    ['disclosures of a year', (reader) => disclosures(year, reader)],
    ['disclosures of a dataset', (reader) => disclosures({ datasetId: idOf('4') }, reader)],
    ['disclosures under an agreement', (reader) => disclosures({ agreementId: idOf('6') }, reader)],
    ['disclosures by a grant', (reader) => disclosures({ grantId: idOf('7') }, reader)],
    ['disclosures to some', (reader) => disclosures({ recipientId: idOf('1') }, reader)],
    ['disclosures to somebody', (reader) => disclosures({}, { ...reader, personId: idOf('2') })],
    ['a disclosure', (reader) => disclosureStatement(idOf('d'), reader)],
    ['its basis', (reader) => basisStatement(idOf('d'), reader)],
    ['a decision', (reader) => decisionStatement(idOf('7'), reader)],
    [
      'the accounting',
      (reader) => accountingStatement({ organisationId: idOf('1'), ...year }, reader),
    ],
  ])('finds %s by index', async (_, statement) => {
    for (const reader of READERS) {
      const { sql, params } = statement(reader);
      expect(await scannedBy(db, sql, params)).toEqual([]);
    }
  });

  it.each<[string, (reader: Reader) => Statement]>([
    ['disclosures of a dataset', (reader) => disclosures({ datasetId: idOf('4') }, reader)],
    ['a disclosure', (reader) => disclosureStatement(idOf('d'), reader)],
    ['its basis', (reader) => basisStatement(idOf('d'), reader)],
    ['a decision', (reader) => decisionStatement(idOf('7'), reader)],
  ])('finds %s, once', async (_, statement) => {
    for (const reader of READERS) {
      const { sql, params } = statement(reader);
      expect(await db.database.manager.query(sql, params)).toHaveLength(1);
    }
  });
});
