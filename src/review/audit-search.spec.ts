import { filtersOf, toAuditSearch, type AuditQuestion } from './audit-search.js';

const ID = '01990000-0000-7000-8000-0000000000a1';

describe('an audit search', () => {
  it('without filters filters nothing', () => {
    expect(Object.values(toAuditSearch({})).every((value) => value === null)).toBe(true);
    expect(filtersOf(toAuditSearch({}))).toEqual([]);
  });

  it('takes types sorted and once, and instants in UTC', () => {
    const search = toAuditSearch({
      type: ['grant.revoked', 'grant.issued', 'grant.revoked'],
      from: '2026-06-01T00:30:00+01:00',
      to: '2026-06-01T00:00:00.5Z',
    });
    expect(search).toMatchObject({
      types: ['grant.issued', 'grant.revoked'],
      from: '2026-05-31T23:30:00.000Z',
      to: '2026-06-01T00:00:00.500Z',
    });
  });

  it('is told by its filters, but for the person', () => {
    const search = toAuditSearch({ person: ID, grantId: ID, type: ['grant.issued'] });
    expect(filtersOf(search)).toEqual([`grantId=${ID}`, 'types=grant.issued']);
  });

  const at = '2026-06-01T00:00:00Z';
  it.each<[string, AuditQuestion, string, string]>([
    [
      'an unknown type',
      { type: ['grant.issued', 'grant.lost'] },
      '/type',
      'grant.lost is no event type',
    ],
    ['an empty type', { type: [''] }, '/type', ' is no event type'],
    ['a name every object has', { type: ['constructor'] }, '/type', 'constructor is no event type'],
    ['no time at all', { from: at, to: at }, '/to', 'must be after from'],
    ['time backwards', { from: at, to: '2026-06-01T00:59:59+01:00' }, '/to', 'must be after from'],
  ])('refuses %s', (_, question, pointer, reason) => {
    expect(() => toAuditSearch(question)).toThrow(
      expect.objectContaining({
        code: 'input_invalid',
        fields: { errors: [{ pointer, reason }] },
      }) as Error,
    );
  });
});
