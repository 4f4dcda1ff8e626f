import { withoutPeople } from './without-people.rules.js';

describe('a text that the public may read', () => {
  it.each([
    ['an address', 'Write to a.person+x@example.org.', 'Write to [removed].'],
    ['an address in brackets', 'the lead <lead@example.co.uk> says', 'the lead <[removed]> says'],
    ['two addresses', 'a@b.org, c@d.org', '[removed], [removed]'],
    ['an address after mailto', 'mailto:a@b.org', 'mailto:[removed]'],
    ['a full-width at sign', 'a＠b.org', '[removed]'],
    ['an address with letters of any script', 'josé@ejemplo.españa', '[removed]'],
    ['a pseudonym', 'asked by P-abcdefgh in May', 'asked by [removed] in May'],
    ['a pseudonym in capitals', 'P-ABCDEFGH', '[removed]'],
    ['nobody', 'Counts by street @ noon; P-1 is a zone', 'Counts by street @ noon; P-1 is a zone'],
    ['a web page', 'https://example.org/@team/report', 'https://example.org/@team/report'],
  ])('is rid of %s', (_, text, expected) => {
    expect(withoutPeople(text)).toBe(expected);
  });

  it('is read once, however long its words are', () => {
    const word = 'a'.repeat(200_000);
    expect(withoutPeople(word)).toBe(word);
  });
});
