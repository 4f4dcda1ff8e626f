import { exampleTerms } from '../../../test/support/agreement-terms.js';
import { isConcordatError } from '../../kernel/errors.js';
import { readTerms } from './read-terms.js';

function faultOf(input: unknown): readonly [string, ...string[]] {
  try {
    readTerms(input);
    return ['none'];
  } catch (error) {
    return isConcordatError(error)
      ? [error.code, ...(error.fields.errors ?? []).map(({ pointer }) => pointer)]
      : ['another error'];
  }
}

describe('terms as they are read', () => {
  it.each([
    ['nothing yet', {}, ['none']],
    ['complete terms', exampleTerms(), ['none']],
    ['a field of no meaning (R2.2)', { titel: 'x' }, ['agreement_field_unknown', '/titel']],
    [
      'a nested one',
      { parties: [{ leader: true }] },
      ['agreement_field_unknown', '/parties/0/leader'],
    ],
    ['a name with a slash', { 'a/b': 1 }, ['agreement_field_unknown', '/a~1b']],
    ['a number as title', { title: 7 }, ['input_invalid', '/title']],
    ['an empty title', { title: '' }, ['input_invalid', '/title']],
    ['a blank title', { title: ' \t\u00a0' }, ['input_invalid', '/title']],
    ['a title with a space before it', { title: ' x' }, ['input_invalid', '/title']],
    ['an objective of lines', { objective: 'One.\n\nTwo.' }, ['none']],
    ['an objective with a line after it', { objective: 'One.\n' }, ['input_invalid', '/objective']],
    [
      'a column whose name has a space',
      { items: [{ fields: [{ name: ' Gender', reason: 'Rates.' }] }] },
      ['none'],
    ],
    ['a blank objective', { objective: '\n' }, ['input_invalid', '/objective']],
    ['a title of 201 characters', { title: 'x'.repeat(201) }, ['input_invalid', '/title']],
    ['a day that does not exist', { startsOn: '2026-02-30' }, ['input_invalid', '/startsOn']],
    ['an id that is none', { parentAgreementId: 'x' }, ['input_invalid', '/parentAgreementId']],
    ['a country of nowhere', { countries: ['GB', 'XX'] }, ['input_invalid', '/countries/1']],
    [
      'an address without a host',
      { parties: [{ breachContact: 'me@' }] },
      ['input_invalid', '/parties/0/breachContact'],
    ],
    ['no grant days', { maxGrantDays: 0 }, ['input_invalid', '/maxGrantDays']],
    ['366 grant days', { maxGrantDays: 366 }, ['input_invalid', '/maxGrantDays']],
    ['73 breach hours', { breachHours: 73 }, ['input_invalid', '/breachHours']],
    [
      'eleven purposes',
      { purposes: Array.from({ length: 11 }, (_, at) => String(at)) },
      ['input_invalid', '/purposes'],
    ],
    ['one mode twice', { modes: ['stream', 'stream'] }, ['input_invalid', '/modes']],
    ['an unknown mode', { modes: ['post'] }, ['input_invalid', '/modes/0']],
    ['a retention that is no duration', { retention: 'a year' }, ['input_invalid', '/retention']],
    ['a list', [], ['input_invalid', '']],
  ])('with %s', (_what, input, expected) => {
    expect(faultOf(input)).toEqual(expected);
  });
});
