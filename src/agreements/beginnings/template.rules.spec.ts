import { HandClock } from '../../../test/support/hand-clock.js';
import { Vocabularies } from '../vocabularies.js';
import { checkCodes } from '../terms/terms-codes.js';
import { isOffered, parseTemplate } from './template.rules.js';
import { Templates } from './templates.js';

const file = {
  template: 'one',
  edition: '2026-01-01',
  title: 'One',
  summary: 'The one.',
  effectiveFrom: '2026-01-01',
  effectiveTo: '2027-01-01',
  terms: { title: 'Shared' },
};
const parse = (changes: object) => parseTemplate('one', JSON.stringify({ ...file, ...changes }));

describe('a template', () => {
  it.each([
    ['2025-12-31', false],
    ['2026-01-01', true],
    ['2026-12-31', true],
    ['2027-01-01', false],
  ])('on %s is offered: %s', (today, offered) => {
    expect(isOffered(parse({}), today)).toBe(offered);
  });

  it.each([
    ['another name', { template: 'two' }],
    ['a day that is none', { effectiveFrom: '2026-02-30' }],
    ['no title', { title: '' }],
    ['an unknown term', { terms: { titel: 'Shared' } }],
  ])('with %s stops the boot', (_what, changes) => {
    expect(() => parse(changes)).toThrow();
  });

  it('names codes that are in use from its first day', () => {
    const { terms: vocabularies } = new Vocabularies();
    const offered = new Templates(new HandClock(new Date('2026-05-01T09:00:00Z'))).offered();
    expect(offered.map(({ template }) => template)).toEqual([
      'research_access',
      'emergency_sharing',
      'commercial_licence',
      'framework',
    ]);
    const faults = offered.flatMap(({ terms, effectiveFrom }) =>
      checkCodes(terms, vocabularies, effectiveFrom),
    );
    expect(faults).toEqual([]);
  });
});
