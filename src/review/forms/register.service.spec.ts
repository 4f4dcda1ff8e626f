import { exampleTerms } from '../../../test/support/agreement-terms.js';
import { grantWorld, GROUND, type GrantWorld } from '../../../test/support/grant-world.js';
import { legalTerms, personalTerms } from '../../../test/support/personal-terms.js';
import type { AgreementTerms } from '../../agreements/terms/terms.types.js';
import { Vocabularies } from '../../agreements/vocabularies.js';
import { RegisterRepository } from './register.repository.js';
import { Register } from './register.service.js';
import { REGISTER_FIELDS, type RegisterEntry } from './register.types.js';

const UNPUBLISHED = '01990000-0000-7000-8000-0000000000f2';
const PERSONAL = '01990000-0000-7000-8000-0000000000f3';
const NAME = 'Robin Example';

let world: GrantWorld;
let register: Register;

beforeAll(async () => {
  world = await grantWorld();
  register = new Register(world.database, new RegisterRepository(), new Vocabularies());
  await world.query(`UPDATE person SET name = $2, email = 'robin@example.org' WHERE id = $1`, [
    GROUND.researcher,
    NAME,
  ]);
  await world.query(
    `UPDATE organisation SET identifier_scheme = 'ror', identifier_value = '041kmwe10' WHERE id = $1`,
    [GROUND.recipient],
  );
  await world.query(
    `UPDATE project SET summary = 'Ask robin@example.org or P-abcdefgh.', technical_summary = 'Counts per hour',
       other_applicants = $2, funders = '{UKRI,Borough}', outputs = '{https://example.org/report}' WHERE id = $1`,
    [GROUND.project, NAME],
  );
  await world.add((rows) => rows.accreditation(GROUND.researcher, 'dea_full', '2099-01-01'));
});
afterAll(() => world.close());

async function entries(): Promise<readonly RegisterEntry[]> {
  const uses = await register.page(null, 100);
  return uses.map((use) => register.entryOf(use));
}

/** An approved request like the first, under an agreement of these terms. */
async function useUnder(agreementId: string, reference: string, terms: AgreementTerms) {
  await world.addAgreement(agreementId, reference, terms);
  const id = await world.approve();
  await world.query(`UPDATE access_request SET agreement_id = $2, linkage = $3 WHERE id = $1`, [
    id,
    agreementId,
    reference,
  ]);
  return id;
}
const linked = async (reference: string): Promise<readonly RegisterEntry[]> =>
  (await entries()).filter((entry) => entry.dataset_linkage_description === reference);

describe('the disclosure register', () => {
  it('has the fields of HDR UK, in their order and no others', async () => {
    const [entry] = await entries();
    expect(Object.keys(entry ?? {}).sort()).toEqual([...REGISTER_FIELDS].sort());
  });

  it('tells the use from live records', async () => {
    const found = await entries();
    expect(found).toContainEqual(
      expect.objectContaining({
        project_title: 'Where people walk',
        project_id_text: expect.stringMatching(/^PRJ-/) as unknown,
        organisation_name: GROUND.recipient,
        organisation_id: 'ror:041kmwe10',
        organisation_sector: 'university',
        technical_summary: 'Counts per hour',
        public_benefit_statement: 'Safer crossings',
        request_category_type: 'Academic research',
        latest_approval_date: '2026-06-01',
        project_start_date: '2026-01-01',
        access_date: null,
        accredited_researcher_status: 'Yes',
        funders_and_sponsors: 'UKRI; Borough',
        other_approval_committees: 'ETH-1',
        data_sensitivity_level: 'Anonymous',
        legal_basis_for_data_article6: null,
        request_frequency: 'Recurring',
        access_type: 'Release',
        non_gateway_outputs: 'https://example.org/report',
        status: 'active',
      }),
    );
  });

  it('dates the access by the first grant', async () => {
    await world.issue();
    expect((await entries()).map((entry) => entry.access_date)).toContain(world.today);
  });

  it('names nobody: no name, no e-mail, no pseudonym, no id of a person', async () => {
    const text = JSON.stringify(await entries());
    const [person] = await world.query<{ pseudonym: string }>(
      'SELECT pseudonym FROM person WHERE id = $1',
      [GROUND.researcher],
    );
    for (const secret of [NAME, '@', 'P-abcdefgh', person?.pseudonym ?? '?', GROUND.researcher]) {
      expect(text).not.toContain(secret);
    }
    expect(text).toContain('Ask [removed] or [removed].');
  });

  it('leaves out what is used under an agreement that is not published', async () => {
    const terms = exampleTerms({ publish: false, unpublishedReason: 'A police matter.' });
    await useUnder(UNPUBLISHED, 'CON-2026-0092', terms);
    expect(await linked('CON-2026-0092')).toEqual([]);
  });

  it.each(['refused', 'returned'])('leaves out what was %s', async (decision) => {
    const before = (await entries()).length;
    const id = await world.approve();
    await world.force('UPDATE access_decision SET decision = $2 WHERE access_request_id = $1', [
      id,
      decision,
    ]);
    expect(await entries()).toHaveLength(before);
  });

  it.each([
    ['personal', 'Personally Identifiable'],
    ['special_category', 'Personally Identifiable'],
    ['criminal_offence', 'Personally Identifiable'],
    ['pseudonymised', 'De-Personalised'],
    ['anonymous', 'Anonymous'],
    ['none', 'Anonymous'],
  ])('calls data of the class %s %s', async (dataClass, level) => {
    const [use] = await register.page(null, 1);
    const item = { dataClass, release: 'raw', subjects: 'People', period: '2026' } as const;
    const entry = use && register.entryOf({ ...use, item });
    expect(entry?.data_sensitivity_level).toBe(level);
  });

  it('says the law by which the two organisations share, and no other party’s', async () => {
    const terms = personalTerms({
      legal: [
        legalTerms(GROUND.provider),
        legalTerms(GROUND.recipient, { article6: ['6-1-f'], article9: ['9-2-j'] }),
        legalTerms(GROUND.operator, { article6: ['6-1-a'] }),
      ],
    });
    await useUnder(PERSONAL, 'CON-2026-0093', terms);
    expect(await linked('CON-2026-0093')).toEqual([
      expect.objectContaining({
        legal_basis_for_data_article6: 'Public task; Legitimate interests',
        legal_basis_for_data_article9: 'Archiving, research and statistics',
        duty_of_confidentiality: 'Not applicable',
        national_data_optout: 'Not applicable',
        confidential_data_description: 'Passers-by.; 2026',
      }),
    ]);
  });

  it('pages from the newest approval to the oldest, without a gap or a repeat', async () => {
    const all = await register.page(null, 100);
    const read: string[] = [];
    for (let after: string | null = null; ;) {
      const [use] = await register.page(after, 1);
      if (!use) {
        break;
      }
      read.push(use.id);
      after = use.id;
    }
    expect(read).toEqual(all.map(({ id }) => id));
    expect(read).toEqual([...read].sort().reverse());
  });

  it('streams every entry as rows of the same columns', async () => {
    const rows = [];
    for await (const batch of register.batches()) {
      rows.push(...batch);
    }
    const found = await entries();
    expect(rows).toEqual(found.map((entry) => REGISTER_FIELDS.map((name) => entry[name])));
  });

  it('R6.2: reading it is no event', async () => {
    const count = () => world.query('SELECT count(*) FROM audit_event');
    const before = await count();
    await entries();
    expect(await count()).toEqual(before);
  });
});
