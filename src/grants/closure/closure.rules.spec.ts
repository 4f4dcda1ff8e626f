import { isConcordatError } from '../../kernel/errors.js';
import {
  checkCertificate,
  CLOSURE_STATUSES,
  CLOSURE_TRANSITIONS,
  dueAt,
  moveClosure,
  type ClosedUse,
  type ClosureMove,
  type StatedDisposal,
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

describe('a certificate', () => {
  const good: StatedDisposal = {
    objects: [{}],
    disposal: 'destroyed',
    disposedOn: '2026-06-10',
  };
  const use: ClosedUse = { disposal: 'destroy', firstGrantedOn: '2026-06-01', isFetched: true };

  it.each<[string, Partial<StatedDisposal>, Partial<ClosedUse>, readonly string[]]>([
    ['that agrees with its use', {}, {}, []],
    ['of today', { disposedOn: '2026-06-15' }, {}, []],
    ['of tomorrow', { disposedOn: '2026-06-16' }, {}, ['/disposedOn']],
    ['of the day of the first grant', { disposedOn: '2026-06-01' }, {}, []],
    ['from before the first grant', { disposedOn: '2026-05-31' }, {}, ['/disposedOn']],
    [
      'with backups that ended before',
      { residualBackupsEndOn: '2026-06-09' },
      {},
      ['/residualBackupsEndOn'],
    ],
    ['with backups that end later', { residualBackupsEndOn: '2027-01-01' }, {}, []],
    ['that destroys what was to be returned', {}, { disposal: 'return' }, ['/disposal']],
    ['that returns what was to be destroyed', { disposal: 'returned' }, {}, ['/disposal']],
    ['that archives as agreed', { disposal: 'archived' }, { disposal: 'archive' }, []],
    ['without objects though some were fetched', { objects: [] }, {}, ['/objects']],
    ['without objects when nothing was fetched', { objects: [] }, { isFetched: false }, []],
    [
      'wrong in everything',
      {
        objects: [],
        disposal: 'archived',
        disposedOn: '2026-07-01',
        residualBackupsEndOn: '2026-06-30',
      },
      {},
      ['/disposal', '/objects', '/disposedOn', '/residualBackupsEndOn'],
    ],
  ])('%s', (_what, changes, useChanges, fields) => {
    let named: readonly string[] = [];
    try {
      checkCertificate({ ...good, ...changes }, { ...use, ...useChanges }, '2026-06-15');
    } catch (error) {
      named = isConcordatError(error) ? (error.fields.errors ?? []).map((one) => one.pointer) : [];
    }
    expect(named).toEqual(fields.map((field) => `/certificate${field}`));
  });
});
