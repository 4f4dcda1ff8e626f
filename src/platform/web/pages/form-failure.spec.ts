import { ConcordatError } from '../../../kernel/errors.js';
import { failureOf } from './form-failure.js';

const LABELS = { title: 'Title', 'credentials.accessKeyId': 'Access key id', parties: 'Parties' };
const invalid = (errors: readonly { pointer: string; reason: string }[]): ConcordatError =>
  new ConcordatError('input_invalid', { errors: [...errors] });

describe('a form that was refused', () => {
  it.each([
    ['/title', 'title should not be empty', 'Title should not be empty', 'title'],
    [
      '/credentials/accessKeyId',
      'is too long',
      'Access key id is too long',
      'credentials.accessKeyId',
    ],
    ['/parties/3/name', 'must be a string', 'Parties must be a string', 'parties'],
  ])('says %s %s in the words of the page (R7.2)', (pointer, reason, text, field) => {
    const failure = failureOf(invalid([{ pointer, reason }]), LABELS, { title: ' x ' });
    expect(failure.errors).toEqual([{ text, href: `#${field}` }]);
    expect(failure.errorOf[field]).toEqual({ text });
    expect(failure.typed).toEqual({ title: ' x ' });
  });

  it('shows the first error of a field beside it, and all of them above', () => {
    const errors = ['is one', 'is another'].map((reason) => ({ pointer: '/title', reason }));
    const failure = failureOf(invalid(errors), LABELS, {});
    expect(failure.errors.map(({ text }) => text)).toEqual(['Title is one', 'Title is another']);
    expect(failure.errorOf['title']).toEqual({ text: 'Title is one' });
  });

  it.each([
    ['/elsewhere', 'elsewhere is wrong'],
    ['/toString', 'toString is wrong'],
    ['/items/0', 'items.0 is wrong'],
    ['', 'is wrong'],
  ])('leads nowhere from %j, which the page has not, and names it', (pointer, text) => {
    const failure = failureOf(invalid([{ pointer, reason: 'is wrong' }]), LABELS, {});
    expect(failure).toMatchObject({ errors: [{ text }], errorOf: {} });
  });

  it('says why, when no field is to blame', () => {
    const refused = new ConcordatError('precondition_failed');
    expect(failureOf(refused, LABELS, {}).errors).toEqual([{ text: refused.message }]);
  });
});
