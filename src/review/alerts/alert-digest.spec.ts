import { concerning, digestOf, type ToldAlert } from './alert-digest.js';

const alert = (changes: Partial<ToldAlert> = {}): ToldAlert => ({
  ...{ id: 'a1', rule: 'bytes', subjectKind: 'grant', day: '2026-06-15' },
  ...{ organisationIds: ['here', 'there'], found: 1_001, usual: null, threshold: 1_000 },
  ...changes,
});
const officer = (organisationIds: string[], isOperators = false) => ({
  ...{ id: 'p1', email: 'officer@example.org', isOperators },
  organisationIds,
});

describe('the mail about alerts', () => {
  it('says of one in its subject what it is', () => {
    const { subject, text } = digestOf([alert()], 'https://share.example.org');
    expect(subject).toBe('Concordat: more bytes were read than is usual');
    expect(text.split('\n')[0]).toBe(
      'On 2026-06-15 more bytes were read than is usual, under one grant: 1001; the limit is 1000. Alert a1.',
    );
    expect(text).toContain('https://share.example.org/api/v1/audit/reports/alerts?status=open');
  });

  it('says of many how many, and names fifty', () => {
    const many = Array.from({ length: 53 }, (_, n) => alert({ id: `a${String(n)}`, usual: 7 }));
    const { subject, text } = digestOf(many, 'https://share.example.org');
    const lines = text.split('\n');
    expect(subject).toBe('Concordat: 53 alerts');
    expect(lines.filter((line) => line.startsWith('On '))).toHaveLength(50);
    expect(lines[0]).toContain('1001, 7 are usual; the limit is 1000');
    expect(lines[50]).toBe('And 3 more.');
  });

  it.each([
    ['either side of a grant', officer(['there']), ['a1']],
    ['another organisation', officer(['elsewhere']), ['a2']],
    ['two at once', officer(['elsewhere', 'here']), ['a1', 'a2']],
    ['nobody', officer(['nowhere']), []],
    ['the operator', officer(['operator'], true), ['a1', 'a2']],
  ])('tells an officer of %s what concerns them', (_, who, expected) => {
    const alerts = [alert(), alert({ id: 'a2', organisationIds: ['elsewhere'] })];
    expect(concerning(who, alerts).map(({ id }) => id)).toEqual(expected);
  });
});
