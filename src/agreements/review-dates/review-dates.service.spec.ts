import { agreementWorld, type AgreementWorld } from '../../../test/support/agreement-world.js';
import { exampleTerms, PROVIDER, RECIPIENT } from '../../../test/support/agreement-terms.js';
import { etagOf } from '../agreement.view.js';
import { OverdueReviews } from './overdue-reviews.service.js';

const REVIEW_ON = '2026-12-01';
/** The last instant before the review is 30 days overdue, and the first at which it is; London is on UTC in winter. */
const LAST = '2026-12-30T23:59:59.999Z';
const OVERDUE = '2026-12-31T00:00:00Z';

describe('review dates of an agreement', () => {
  let world: AgreementWorld;
  let id: string;

  beforeAll(async () => {
    world = await agreementWorld();
  });
  afterAll(() => world.close());
  beforeEach(async () => {
    world.grants.failsWith = undefined;
    world.clock.set('2026-05-01T09:00:00Z');
    id = await anAgreementInForce(world);
    world.clock.set('2026-12-01T09:00:00Z');
  });

  const complete = (personId: string, nextReviewOn?: string, review?: 'dpia') =>
    world.acts.review(world.as(personId), id, {
      decision: 'complete',
      ...(nextReviewOn === undefined ? {} : { nextReviewOn }),
      ...(review === undefined ? {} : { review }),
    });
  const statusOf = async (): Promise<string> =>
    (await world.agreements.get(world.as(PROVIDER.dpo), id)).status;
  /** Two workers at once. @returns what became of the agreement. */
  const sweepAt = async (at: string): Promise<string> => {
    world.clock.set(at);
    const overdue = world.app.get(OverdueReviews);
    await Promise.all([overdue.sweep(), overdue.sweep()]);
    return statusOf();
  };
  const countOf = async (type: string): Promise<number> =>
    (await world.eventsOf(id)).filter((one) => one === type).length;

  it('R3.19 a review 30 days overdue suspends the version once, with its cascade', async () => {
    expect(await sweepAt(LAST)).toBe('active');
    expect(await sweepAt(OVERDUE)).toBe('suspended');
    expect(await sweepAt(OVERDUE)).toBe('suspended');
    expect(await countOf('agreement.suspended')).toBe(1);
    const stopped = { code: 'version_stopped', agreementId: id, version: 1 };
    const causes = world.grants.applied.filter(
      (cause) => cause.code === 'version_stopped' && cause.agreementId === id,
    );
    expect(causes).toEqual([stopped]);
  });

  it('law 1: a cascade that fails leaves the version in force, and the next sweep suspends it', async () => {
    world.grants.failsWith = new Error('No');
    await sweepAt(OVERDUE);
    expect(await countOf('agreement.suspended')).toBe(0);
    world.grants.failsWith = undefined;
    expect(await sweepAt(OVERDUE)).toBe('suspended');
    expect(await countOf('agreement.suspended')).toBe(1);
  });

  it('R3.25 it is suspended from that instant, swept or not: a late review does not undo it', async () => {
    world.clock.set(LAST);
    expect(await statusOf()).toBe('active');
    world.clock.set(OVERDUE);
    expect(await statusOf()).toBe('suspended');
    const page = { status: null, after: null, limit: 100 };
    const listed = await world.agreements.list(world.as(PROVIDER.dpo), page);
    expect(listed.find((one) => one.id === id)).toMatchObject({ status: 'suspended' });
    const amend = world.versions.amend(
      world.as(PROVIDER.owner),
      id,
      await world.etag(id, 'current'),
    );
    await expect(amend).rejects.toMatchObject({ code: 'transition_not_allowed' });
    await complete(PROVIDER.dpo, '2027-04-01');
    expect(await statusOf()).toBe('suspended');
    expect(await countOf('agreement.suspended')).toBe(1);
    expect(world.grants.applied).toContainEqual({
      code: 'version_stopped',
      agreementId: id,
      version: 1,
    });
    expect(await sweepAt(OVERDUE)).toBe('suspended');
    expect(await countOf('agreement.suspended')).toBe(1);
  });

  it.each([
    ['dpo', PROVIDER.dpo],
    ['ig_officer', PROVIDER.officer],
  ])('R3.18 a %s of the lead completes a review and sets the next', async (_, personId) => {
    await complete(personId, '2027-04-01');
    expect(await world.eventsOf(id)).toContain('agreement.review-completed');
    expect(await sweepAt(OVERDUE)).toBe('active');
    // 30 days after 1 April is 1 May, in summer time.
    expect(await sweepAt('2027-04-30T22:59:59.999Z')).toBe('active');
    expect(await sweepAt('2027-04-30T23:00:00Z')).toBe('suspended');
  });

  it.each([
    ['signatory of the lead', PROVIDER.signatory],
    ['dpo of another party', RECIPIENT.dpo],
    ['data owner', PROVIDER.owner],
  ])('R3.18 a %s does not', async (_, personId) => {
    await expect(complete(personId, '2027-04-01')).rejects.toMatchObject({
      code: 'operation_denied',
    });
  });

  it('law 3: to a stranger there is nothing to review', async () => {
    await expect(complete(world.stranger, '2027-04-01')).rejects.toMatchObject({
      code: 'not_found',
    });
  });

  it.each([
    ['none', undefined],
    ['a day that is over', '2026-12-01'],
    ['more than 12 months on', '2027-12-02'],
    ['after the end', '2027-06-01'],
  ])('R3.18 refuses as the next review %s', async (_, nextReviewOn) => {
    await expect(complete(PROVIDER.dpo, nextReviewOn)).rejects.toMatchObject({
      code: 'input_invalid',
      fields: { errors: [{ pointer: '/nextReviewOn' }] },
    });
  });

  it('R3.18 the signed content stays as it is', async () => {
    const before = await world.agreements.get(world.as(PROVIDER.dpo), id);
    const after = await complete(PROVIDER.dpo, '2027-04-01');
    expect(after.versionHash).toBe(before.versionHash);
    expect(after.terms).toEqual(before.terms);
  });

  it('a review of the DPIA moves its own date and not that of the agreement', async () => {
    await complete(PROVIDER.dpo, '2027-04-01', 'dpia');
    const [row] = await world.database.manager.query<unknown[]>(
      'SELECT next_review_on, next_dpia_review_on FROM agreement_version WHERE agreement_id = $1',
      [id],
    );
    expect(row).toEqual({ next_review_on: null, next_dpia_review_on: '2027-04-01' });
  });

  it('R3.19 two people resume it only once it was reviewed', async () => {
    expect(await sweepAt(OVERDUE)).toBe('suspended');
    const signatory = world.as(PROVIDER.signatory);
    const { approvalId } = await world.acts.resume(signatory, id, 'Reviewed');
    const officer = world.as(PROVIDER.officer);
    await expect(world.approvals.approve(officer, approvalId)).rejects.toMatchObject({
      code: 'transition_not_allowed',
      fields: { status: 'review_overdue' },
    });
    await complete(PROVIDER.dpo, '2027-04-01');
    expect(await statusOf()).toBe('suspended');
    await world.approvals.approve(officer, approvalId);
    expect(await sweepAt(OVERDUE)).toBe('active');
  });

  describe('in the next version', () => {
    const DPOS = [PROVIDER.dpo, RECIPIENT.dpo];
    const owner = () => world.as(PROVIDER.owner);
    const contacts = {
      parties: exampleTerms().parties.map((one) => ({ ...one, queryContact: 'q@example.org' })),
    };

    async function amend(changes: object): Promise<void> {
      const draft = await world.versions.amend(owner(), id, await world.etag(id, 'current'));
      await world.agreements.edit(owner(), id, { ...changes }, etagOf(draft));
    }

    async function putInForce(signatories: readonly string[]): Promise<void> {
      await world.submit(owner(), id);
      for (const personId of DPOS) {
        await world.accept(personId, id);
      }
      const { versionHash } = await world.agreements.getOpen(owner(), id);
      const answer = { decision: 'sign', versionHash: versionHash ?? '' } as const;
      for (const personId of signatories) {
        await world.acts.sign(world.as(personId), id, answer);
      }
    }

    it('R3.18 stand as the last completed review set them: an amendment does not undo it', async () => {
      await complete(PROVIDER.dpo, '2027-04-01');
      await amend(contacts);
      await complete(PROVIDER.dpo, '2027-05-01', 'dpia');
      world.clock.set('2027-02-01T09:00:00Z');
      await putInForce([PROVIDER.signatory]);
      expect(await world.agreements.get(owner(), id)).toMatchObject({
        version: 2,
        nextReviewOn: '2027-04-01',
        nextDpiaReviewOn: '2027-05-01',
      });
      expect(await sweepAt('2027-02-01T09:00:05Z')).toBe('active');
    });

    it('R3.18 are those of its terms when they name another first review', async () => {
      await complete(PROVIDER.dpo, '2027-04-01');
      await amend({ reviewOn: '2027-03-01' });
      await putInForce([PROVIDER.signatory, RECIPIENT.signatory]);
      const { version, nextReviewOn } = await world.agreements.get(owner(), id);
      expect({ version, nextReviewOn }).toEqual({ version: 2, nextReviewOn: '2027-03-01' });
    });

    it('R3.18 lie within a year of today in the second year too', async () => {
      const dates = { endsOn: '2029-05-31', reviewOn: '2027-11-30' };
      await complete(PROVIDER.dpo, '2027-05-31');
      await world.versions.renew(owner(), id, await world.etag(id, 'current'), dates);
      await putInForce([PROVIDER.signatory, RECIPIENT.signatory]);
      const { version, nextReviewOn } = await world.agreements.get(owner(), id);
      expect({ version, nextReviewOn }).toEqual({ version: 2, nextReviewOn: '2027-11-30' });
    });

    it.each([
      ['in a first version', false],
      ['in an amendment', true],
    ])('R3.18 that have passed cannot be named anew %s', async (_, isAmendment) => {
      const reviewOn = '2026-11-30';
      if (isAmendment) {
        await amend({ reviewOn });
      } else {
        const terms = exampleTerms({ reviewOn });
        ({ id } = await world.agreements.create(owner(), { ...terms }));
      }
      await expect(world.submit(owner(), id)).rejects.toMatchObject({
        code: 'agreement_incomplete',
        fields: { errors: [{ pointer: '/reviewOn' }] },
      });
    });
  });

  it('R3.25 an agreement expires at the second its last day is over in London', async () => {
    await complete(PROVIDER.dpo, '2027-05-31');
    const moveAt = async (at: string): Promise<string> => {
      world.clock.set(at);
      await Promise.all([world.dueMoves.sweep(), world.dueMoves.sweep()]);
      return statusOf();
    };
    expect(await moveAt('2027-05-31T22:59:59.999Z')).toBe('active');
    expect(await moveAt('2027-05-31T23:00:00Z')).toBe('expired');
    expect(await countOf('agreement.expired')).toBe(1);
  });
});

async function anAgreementInForce(world: AgreementWorld): Promise<string> {
  const { agreements, acts } = world;
  const terms = exampleTerms({ reviewOn: REVIEW_ON });
  const owner = world.as(PROVIDER.owner);
  const { id } = await agreements.create(owner, { organisationId: PROVIDER.id, ...terms });
  await world.submit(owner, id);
  for (const personId of [PROVIDER.dpo, RECIPIENT.dpo]) {
    await world.accept(personId, id);
  }
  world.clock.set('2026-06-01T09:00:00Z');
  const { versionHash } = await agreements.get(owner, id);
  for (const personId of [PROVIDER.signatory, RECIPIENT.signatory]) {
    const answer = { decision: 'sign', versionHash: versionHash ?? '' } as const;
    await acts.sign(world.as(personId), id, answer);
  }
  return id;
}
