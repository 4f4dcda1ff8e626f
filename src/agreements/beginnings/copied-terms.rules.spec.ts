import { exampleFacts, exampleTerms, PROVIDER } from '../../../test/support/agreement-terms.js';
import { attachment } from '../../../test/support/personal-terms.js';
import { dutyKey } from '../terms/terms-facts.js';
import type { DraftTerms } from '../terms/terms.types.js';
import { copiedTerms } from './copied-terms.rules.js';

const { duties } = exampleFacts();
const copy = (terms: DraftTerms, changes = {}): DraftTerms =>
  copiedTerms(terms, { today: '2026-05-01', duties, ...changes });

describe('terms copied from an earlier agreement', () => {
  it('are its terms, while its people and days hold', () => {
    const terms = exampleTerms();
    expect(copy(terms)).toEqual(terms);
  });

  it('leave out days that have passed', () => {
    const { startsOn, endsOn, reviewOn, ...rest } = exampleTerms();
    expect([startsOn, endsOn, reviewOn]).not.toContain(undefined);
    expect(copy(exampleTerms(), { today: '2027-05-31' })).toEqual(exampleTerms());
    expect(copy(exampleTerms(), { today: '2027-06-01' })).toEqual(rest);
  });

  it('leave out who no longer has the duty', () => {
    const left = new Set(
      [...duties].filter((key) => key !== dutyKey(PROVIDER.id, PROVIDER.dpo, 'dpo')),
    );
    const [provider] = copy(exampleTerms(), { duties: left }).parties ?? [];
    expect(provider).toHaveProperty('signatoryId');
    expect(provider).not.toHaveProperty('dpoId');
    expect(
      copy(exampleTerms(), { duties: new Set() }).parties?.map(Object.keys),
    ).not.toContainEqual(expect.arrayContaining(['signatoryId']));
  });

  it.each([
    [PROVIDER.owner, true],
    [PROVIDER.dpo, false],
  ])('keep the standing decider %s only while they own data', (personId, stays) => {
    const standingDecider = { personId, position: 'Head of data' };
    const copied = copy(exampleTerms({ approval: 'policy', standingDecider }));
    expect('standingDecider' in copied).toBe(stays);
  });

  it('leave the signed paper with the agreement that was signed', () => {
    const attachments = [attachment('signed_pdf'), attachment('map')];
    const copied = copy(exampleTerms({ signing: 'signed_outside', attachments }));
    expect(copied).toMatchObject({ signing: 'concordat', attachments: [attachment('map')] });
  });
});
