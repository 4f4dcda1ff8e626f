import fc from 'fast-check';
import { addDays } from '../../kernel/london-day.js';
import { judgeHours, judgeVolume, PAST_DAYS, type GrantDay } from './volume.rules.js';

const TODAY = '2026-06-15';
const LIMITS = { bytesFloor: 1_000, readsFloor: 100, refusals: 30 };

const on = (daysAgo: number, changes: Partial<GrantDay> = {}): GrantDay => ({
  grantId: 'g1',
  personId: 'p1',
  organisationId: 'recipient',
  providerId: 'provider',
  day: addDays(TODAY, -daysAgo),
  bytes: 0,
  reads: 0,
  outOfHours: 0,
  ...changes,
});
const past = (bytes: number, days = 10): readonly GrantDay[] =>
  Array.from({ length: days }, (_, at) => on(at + 1, { bytes }));
const judge = (days: readonly GrantDay[]) => judgeVolume(days, TODAY, LIMITS);
const said = (days: readonly GrantDay[]) =>
  judge(days).map(
    ({ rule, subject, found, usual, threshold }) =>
      `${rule} of ${subject.kind}: ${String(found)}, usual ${String(usual)}, over ${String(threshold)}`,
  );

describe('an unusual volume', () => {
  it.each<[string, readonly GrantDay[], readonly string[]]>([
    ['nothing', [], []],
    ['as much as the floor, without a past', [on(0, { bytes: 1_000 })], []],
    [
      'more than the floor, without a past',
      [on(0, { bytes: 1_001 })],
      [
        'bytes of grant: 1001, usual null, over 1000',
        'bytes of person: 1001, usual null, over 1000',
      ],
    ],
    ['five times what is usual', [...past(300), on(0, { bytes: 1_500 })], []],
    [
      'more than five times what is usual',
      [...past(300), on(0, { bytes: 1_501 })],
      ['bytes of grant: 1501, usual 300, over 1500', 'bytes of person: 1501, usual 300, over 1500'],
    ],
    ['much more than usual, below the floor', [...past(1), on(0, { bytes: 999 })], []],
    [
      'against a past that was too long ago to count',
      [on(PAST_DAYS + 1, { bytes: 9_999 }), on(0, { bytes: 1_001 })],
      [
        'bytes of grant: 1001, usual null, over 1000',
        'bytes of person: 1001, usual null, over 1000',
      ],
    ],
    [
      'against the last day that counts',
      [on(PAST_DAYS, { bytes: 999 }), on(0, { bytes: 4_000 })],
      [],
    ],
    ['with a future that was told of late', [on(-1, { bytes: 9_999 }), on(0, { bytes: 900 })], []],
    [
      'of reads, however small',
      [on(0, { reads: 101 })],
      ['reads of grant: 101, usual null, over 100', 'reads of person: 101, usual null, over 100'],
    ],
    [
      'of a person under several grants, each of them small',
      [on(0, { bytes: 600 }), on(0, { grantId: 'g2', bytes: 600 })],
      ['bytes of person: 1200, usual null, over 1000'],
    ],
    [
      'of one grant of a person who reads much under another',
      [...past(2_000).map((day) => ({ ...day, grantId: 'g2' })), on(0, { bytes: 5_000 })],
      ['bytes of grant: 5000, usual null, over 1000'],
    ],
    ['of a day that is not in question', [on(1, { bytes: 9_999 })], []],
  ])('%s', (_, days, findings) => {
    expect(said(days)).toEqual(findings);
  });

  it('of a grant is told to both sides, of a person to who receives', () => {
    expect(judge([on(0, { bytes: 1_001 })])).toMatchObject([
      { subject: { kind: 'grant', id: 'g1' }, organisationIds: ['provider', 'recipient'] },
      { subject: { kind: 'person', id: 'p1' }, day: TODAY, organisationIds: ['recipient'] },
    ]);
  });

  const volumes = fc.array(
    fc.record({ daysAgo: fc.nat(40), bytes: fc.nat(10_000), grant: fc.nat(2) }),
    { maxLength: 40 },
  );
  const built = (drawn: readonly { daysAgo: number; bytes: number; grant: number }[]) =>
    drawn.map(({ daysAgo, bytes, grant }) => on(daysAgo, { bytes, grantId: `g${String(grant)}` }));

  it('is above the floor and above five times the past, whatever there was', () => {
    fc.assert(
      fc.property(volumes, (drawn) => {
        for (const { found, usual, threshold } of judge(built(drawn))) {
          expect(found).toBeGreaterThan(threshold);
          expect(threshold).toBe(Math.max(LIMITS.bytesFloor, 5 * (usual ?? 0)));
        }
      }),
    );
  });

  it('stays one when still more is read', () => {
    fc.assert(
      fc.property(volumes, fc.nat(10_000), (drawn, more) => {
        const keys = (days: readonly GrantDay[]) =>
          judge(days).map(({ rule, subject }) => `${rule} ${subject.id}`);
        const days = built(drawn);
        const after = days.map((day) =>
          day.day === TODAY ? { ...day, bytes: day.bytes + more } : day,
        );
        expect(keys(after)).toEqual(expect.arrayContaining(keys(days)));
      }),
    );
  });

  it('of one person is nobody else’s', () => {
    fc.assert(
      fc.property(volumes, volumes, (mine, theirs) => {
        const other = built(theirs).map((day) => ({
          ...day,
          personId: 'p2',
          grantId: `x${day.grantId}`,
        }));
        const own = judge(built(mine));
        const both = judge([...built(mine), ...other]);
        expect(both).toEqual(expect.arrayContaining([...own]));
        expect(both).toHaveLength(own.length + judge(other).length);
      }),
    );
  });
});

describe('reading out of hours', () => {
  it('is told of under each grant, with how often', () => {
    const days = [
      on(0, { outOfHours: 3 }),
      on(0, { grantId: 'g2', outOfHours: 0 }),
      on(1, { outOfHours: 9 }),
    ];
    expect(judgeHours(days, TODAY)).toEqual([
      {
        rule: 'out_of_hours',
        subject: { kind: 'grant', id: 'g1' },
        day: TODAY,
        organisationIds: ['provider', 'recipient'],
        found: 3,
        usual: null,
        threshold: 0,
      },
    ]);
    expect(judgeHours(days, addDays(TODAY, -2))).toEqual([]);
  });
});
