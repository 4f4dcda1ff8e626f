import { exampleTerms, PROVIDER, RECIPIENT } from '../../../test/support/agreement-terms.js';
import { agreementWorld, type AgreementWorld } from '../../../test/support/agreement-world.js';
import { AuditService } from '../../audit/audit.service.js';
import { AgreementsRepository } from '../agreements.repository.js';
import { Vocabularies } from '../vocabularies.js';
import { EndedTermsRepository } from './ended-terms.repository.js';
import { VocabularyReviews } from './vocabulary-reviews.service.js';

const IN_MAY = '2026-05-01T09:00:00Z';
const IN_FORCE = '2026-06-01T09:00:00+01:00';
const ENDS_ON = '2026-07-01';
const ENDED = '2026-07-01T00:00:00+01:00';

/** The vocabularies of a later edition, which ended a prohibition that the example names. */
class LaterEdition extends Vocabularies {
  override readonly terms = endMarketing(new Vocabularies().terms);
}

function endMarketing(terms: Vocabularies['terms']): Vocabularies['terms'] {
  const { prohibitedUse } = terms;
  return {
    ...terms,
    prohibitedUse: {
      ...prohibitedUse,
      terms: prohibitedUse.terms.map((term) =>
        term.code === 'marketing' ? { ...term, effectiveTo: ENDS_ON } : term,
      ),
    },
  };
}

let world: AgreementWorld;

beforeAll(async () => {
  world = await agreementWorld();
});
afterAll(() => world.close());
beforeEach(() => {
  world.clock.set(IN_MAY);
});

const worker = (): VocabularyReviews =>
  new VocabularyReviews(
    world.database,
    world.app.get(AgreementsRepository),
    world.app.get(EndedTermsRepository),
    new LaterEdition(),
    world.app.get(AuditService),
    world.clock,
  );

async function active(prohibitedUses: readonly string[]): Promise<string> {
  const owner = world.as(PROVIDER.owner);
  const terms = exampleTerms({ prohibitedUses });
  const { id } = await world.agreements.create(owner, { ...terms });
  await world.submit(owner, id);
  await world.accept(PROVIDER.dpo, id);
  const { versionHash } = await world.accept(RECIPIENT.dpo, id);
  world.clock.set(IN_FORCE);
  const answer = { decision: 'sign' as const, versionHash: versionHash ?? '' };
  await world.acts.sign(world.as(PROVIDER.signatory), id, answer);
  await world.acts.sign(world.as(RECIPIENT.signatory), id, answer);
  return id;
}

const toldOf = async (id: string): Promise<number> =>
  (await world.eventsOf(id)).filter((type) => type === 'agreement.review-required').length;

describe('the end of a vocabulary term (R2.8)', () => {
  it('asks for a review of each version in force that uses it, from its day, and of no other', async () => {
    const user = await active(['onward_sharing', 'marketing']);
    world.clock.set(IN_MAY);
    const other = await active(['onward_sharing']);
    await worker().sweepDaily();
    expect(await toldOf(user)).toBe(0);
    world.clock.set(ENDED);
    await worker().sweepDaily();
    expect([await toldOf(user), await toldOf(other)]).toEqual([1, 0]);
  });

  it('asks once, whatever the number of workers, days and restarts', async () => {
    const id = await active(['marketing']);
    world.clock.set(ENDED);
    const first = worker();
    await Promise.all([first.sweepDaily(), worker().sweepDaily()]);
    world.clock.set('2026-07-02T09:00:00Z');
    await first.sweepDaily();
    await worker().sweepDaily();
    expect(await toldOf(id)).toBe(1);
  });

  it('lets a draft name it no more', async () => {
    const terms = exampleTerms({ startsOn: ENDS_ON, prohibitedUses: ['marketing'] });
    const { id } = await world.agreements.create(world.as(PROVIDER.owner), { ...terms });
    world.clock.set(ENDED);
    await worker().sweepDaily();
    expect(await toldOf(id)).toBe(0);
  });
});
