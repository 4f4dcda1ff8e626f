import {
  exampleTerms,
  FOOTFALL,
  PROVIDER,
  RECIPIENT,
} from '../../../test/support/agreement-terms.js';
import {
  agreementWorld,
  NEWCOMER,
  type AgreementWorld,
} from '../../../test/support/agreement-world.js';
import { legalTerms, personalTerms } from '../../../test/support/personal-terms.js';
import type { Principal } from '../../identity/principal.js';
import { isConcordatError } from '../../kernel/errors.js';
import type { AgreementView } from '../agreement.view.js';
import type { AgreementTerms, DraftTerms, PartyTerms } from '../terms/terms.types.js';

const IN_MAY = '2026-05-01T09:00:00Z';
const IN_FORCE = '2026-06-01T09:00:00+01:00';
const ACADEMIC = 'https://w3id.org/dpv#AcademicResearch';
const RESEARCH = 'https://w3id.org/dpv#ResearchAndDevelopment';
const SERVICES = 'https://w3id.org/dpv#ServiceManagement';

let world: AgreementWorld;

beforeAll(async () => {
  world = await agreementWorld();
});
afterAll(() => world.close());
beforeEach(() => {
  world.clock.set(IN_MAY);
});

const owner = () => world.as(PROVIDER.owner);
const stranger = () => world.as(world.stranger);
const create = (body: object, by: Principal = owner()): Promise<AgreementView> =>
  world.agreements.create(by, { ...body });
const termsOf = ({ terms }: AgreementView): DraftTerms => terms as DraftTerms;
const refusalOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'none',
    (error: unknown) =>
      isConcordatError(error)
        ? [error.code, ...(error.fields.errors ?? []).map(({ pointer }) => pointer)].join(' ')
        : String(error),
  );

async function active(changes: Partial<AgreementTerms> = {}): Promise<string> {
  const { id } = await create(exampleTerms(changes));
  await world.submit(owner(), id);
  await world.accept(PROVIDER.dpo, id);
  const { versionHash } = await world.accept(RECIPIENT.dpo, id);
  world.clock.set(IN_FORCE);
  const answer = { decision: 'sign' as const, versionHash: versionHash ?? '' };
  await world.acts.sign(world.as(PROVIDER.signatory), id, answer);
  await world.acts.sign(world.as(RECIPIENT.signatory), id, answer);
  return id;
}

/** Another like it, of an earlier id, between its first two parties. */
async function copyOf(agreementId: string, n: number): Promise<void> {
  const earlier = `('01900000-0000-7000-8000-' || lpad($2::text, 12, '0'))::uuid`;
  const copy = (table: string, ofParty: string): string =>
    `INSERT INTO ${table} SELECT (jsonb_populate_record(r, jsonb_build_object(${ofParty}))).*
     FROM ${table} r WHERE r.${table === 'agreement' ? 'id' : 'agreement_id'} = $1`;
  await world.database.transaction(async (tx) => {
    const params = [agreementId, n];
    const reference = `'CON-2020-' || lpad($2::text, 4, '0')`;
    await tx.query(copy('agreement', `'id', ${earlier}, 'reference', ${reference}`), params);
    for (const table of ['agreement_version', 'agreement_item']) {
      await tx.query(copy(table, `'agreement_id', ${earlier}`), params);
    }
    await tx.query(
      `${copy('agreement_party', `'id', gen_random_uuid(), 'agreement_id', ${earlier}`)}
         AND r.organisation_id <> $3`,
      [...params, NEWCOMER.id],
    );
  });
}

describe('a new agreement', () => {
  it('starts with the terms of a template, under those that are given', async () => {
    const draft = await create({ fromTemplate: 'research_access', maxGrantDays: 30 });
    expect(termsOf(draft)).toMatchObject({
      kind: 'sharing',
      accreditations: ['dea_full'],
      signing: 'concordat',
      maxGrantDays: 30,
    });
  });

  it('starts with the terms of an earlier one', async () => {
    const { id } = await create(exampleTerms());
    const copy = await create({ fromAgreementId: id, title: 'Again' });
    expect(copy.id).not.toBe(id);
    expect(termsOf(copy)).toEqual({ ...exampleTerms(), title: 'Again' });
  });

  it('asks again for who left since, and for days that have passed', async () => {
    const { id } = await create(exampleTerms());
    world.clock.set('2027-06-01T09:00:00+01:00');
    await world.database.manager.query(
      `UPDATE membership_role SET ended_at = now() WHERE membership_id = $1`,
      [RECIPIENT.dpo],
    );
    const copy = await create({ fromAgreementId: id });
    await world.database.manager.query(
      `UPDATE membership_role SET ended_at = NULL WHERE membership_id = $1`,
      [RECIPIENT.dpo],
    );
    expect(termsOf(copy)).not.toHaveProperty('endsOn');
    expect(await refusalOf(world.submit(owner(), copy.id))).toBe(
      'agreement_incomplete /startsOn /endsOn /reviewOn /parties/1/dpoId',
    );
  });

  it.each<[string, () => object, string]>([
    [
      'two beginnings',
      () => ({ fromTemplate: 'framework', fromAgreementId: FOOTFALL }),
      'input_invalid /fromTemplate',
    ],
    ['a beginning that is no text', () => ({ fromTemplate: 7 }), 'input_invalid /fromTemplate'],
    ['an unknown template', () => ({ fromTemplate: 'fun' }), 'input_invalid /fromTemplate'],
    ['an agreement that is none', () => ({ fromAgreementId: 'x' }), 'not_found'],
    ['an absent agreement', () => ({ fromAgreementId: FOOTFALL }), 'not_found'],
  ])('refuses %s', async (_what, body, refusal) => {
    expect(await refusalOf(create(body()))).toBe(refusal);
  });

  it('copies nothing that the caller may not read (law 3)', async () => {
    const { id } = await create(exampleTerms());
    expect(await refusalOf(create({ fromAgreementId: id }, stranger()))).toBe('not_found');
  });

  it('shares personal data once its law is complete', async () => {
    const { legal, ...terms } = personalTerms();
    const { id } = await create(terms);
    expect(await refusalOf(world.submit(owner(), id))).toBe('agreement_incomplete /legal');
    const whole = await create({ ...terms, legal });
    expect((await world.submit(owner(), whole.id)).status).toBe('in_review');
  });

  it('pins the editions of every vocabulary (R2.7)', async () => {
    const { id } = await create(personalTerms());
    await world.submit(owner(), id);
    const { document } = await world.agreements.signatures(owner(), id);
    expect(JSON.parse(document ?? '')).toMatchObject({
      vocabularies: {
        'lawful-basis': '2026-02-05',
        'recognised-interest': '2026-02-05',
        'dpa-schedule-1': '2018-05-25',
        'opt-out': '2026-01-01',
      },
    });
  });
});

describe('the warnings of a draft', () => {
  it('say that a public authority cites 6-1-ea (R2.5)', async () => {
    const legal = [
      legalTerms(PROVIDER.id, { article6: ['6-1-ea'], recognisedInterest: 'crime' }),
      legalTerms(RECIPIENT.id),
    ];
    const { warnings } = await create(personalTerms({ legal }));
    expect(warnings).toMatchObject([{ code: 'use_public_task', pointer: '/legal/0/article6/0' }]);
  });

  it('name an agreement in force between the same parties, for the same data and purpose', async () => {
    const other = await active({ purposes: [ACADEMIC] });
    const overlapOf = async (changes: Partial<AgreementTerms>): Promise<unknown[]> => {
      const { warnings } = await create(exampleTerms(changes));
      return warnings.filter(({ code }) => code === 'overlaps').map((each) => each.agreementId);
    };
    expect(await overlapOf({ purposes: [ACADEMIC] })).toEqual([other]);
    expect(await overlapOf({ purposes: [RESEARCH] })).toEqual([other]);
    expect(await overlapOf({ purposes: [SERVICES] })).toEqual([]);
    expect(await overlapOf({ items: [] })).toEqual([]);
    expect(await overlapOf({ parties: exampleTerms().parties.slice(0, 1) })).toEqual([]);
    const strangers = await create(exampleTerms(), stranger());
    expect(strangers.warnings).toEqual([]);
    await world.acts.suspend(world.as(PROVIDER.signatory), other, 'For a while');
    expect(await overlapOf({ purposes: [ACADEMIC] })).toEqual([]);
  });

  it('name it to whoever may read it, however many there are that they may not (law 3)', async () => {
    const newcomer = {
      ...exampleTerms().parties[1],
      organisationId: NEWCOMER.id,
      signatoryId: NEWCOMER.signatory,
      dpoId: NEWCOMER.dpo,
    } as PartyTerms;
    const three = [...exampleTerms().parties, newcomer];
    const theirs = await active({ purposes: [SERVICES] });
    const joined = `INSERT INTO agreement_party (id, agreement_id, organisation_id, data_role, is_lead, is_founding,
        signatory_id, dpo_id, status, audit_event_id)
      SELECT gen_random_uuid(), agreement_id, $2, data_role, false, true, signatory_id, dpo_id, status, audit_event_id
      FROM agreement_party WHERE agreement_id = $1 AND NOT is_lead`;
    await world.database.manager.query(joined, [theirs, NEWCOMER.id]);
    for (let n = 1; n <= 25; n += 1) {
      await copyOf(theirs, n);
    }
    const { id } = await create(exampleTerms({ purposes: [SERVICES], parties: three }));
    await world.submit(owner(), id);
    const seen = async (personId: string): Promise<unknown[]> =>
      (await world.agreements.getOpen(world.as(personId), id)).warnings.map(
        ({ agreementId }) => agreementId,
      );
    expect(await seen(NEWCOMER.dpo)).toEqual([theirs]);
    expect(await seen(PROVIDER.dpo)).toHaveLength(20);
  });
});
