import { isConcordatError } from '../../kernel/errors.js';
import {
  checkCertificateDays,
  CLOSURE_STATUSES,
  CLOSURE_TRANSITIONS,
  dueAt,
  moveClosure,
  type ClosureMove,
} from './closure.rules.js';

const ALLOWED: Readonly<Record<string, string>> = {
  'due attest': 'attested',
  'overdue attest': 'attested',
  'attested verify': 'verified',
  'due overdue': 'overdue',
};

const pairs = CLOSURE_STATUSES.flatMap((from) =>
  (Object.keys(CLOSURE_TRANSITIONS) as ClosureMove[]).map((move) => ({
    from,
    move,
    to: ALLOWED[`${from} ${move}`] ?? 'refused',
  })),
);

describe('the life of a closure', () => {
  it.each(pairs)('$from + $move → $to', ({ from, move, to }) => {
    const tried = (): string => {
      try {
        return moveClosure(from, move);
      } catch (error) {
        return isConcordatError(error, 'transition_not_allowed') ? 'refused' : String(error);
      }
    };
    expect(tried()).toBe(to);
  });

  it.each([
    ['2026-06-15T09:00:00Z', 30, '2026-07-15T23:00:00.000Z'],
    ['2026-06-15T23:30:00Z', 0, '2026-06-16T23:00:00.000Z'],
    ['2026-10-20T09:00:00Z', 10, '2026-10-31T00:00:00.000Z'],
  ])('opened at %s with %i days it is in time until %s', (now, days, end) => {
    expect(dueAt(new Date(now), days).toISOString()).toBe(end);
  });
});

describe('the days of a certificate', () => {
  it.each([
    ['today', { disposedOn: '2026-06-15' }, []],
    ['tomorrow', { disposedOn: '2026-06-16' }, ['/certificate/disposedOn']],
    [
      'backups that ended before',
      { disposedOn: '2026-06-10', residualBackupsEndOn: '2026-06-09' },
      ['/certificate/residualBackupsEndOn'],
    ],
    [
      'backups that end later',
      { disposedOn: '2026-06-10', residualBackupsEndOn: '2027-01-01' },
      [],
    ],
  ])('%s', (_name, days, pointers) => {
    let named: readonly string[] = [];
    try {
      checkCertificateDays(days, '2026-06-15');
    } catch (error) {
      named = isConcordatError(error) ? (error.fields.errors ?? []).map((one) => one.pointer) : [];
    }
    expect(named).toEqual(pointers);
  });
});
