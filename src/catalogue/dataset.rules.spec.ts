import { isConcordatError } from '../kernel/errors.js';
import {
  DATASET_STATUSES,
  moveDataset,
  requireSealable,
  stopsAccess,
  type DatasetMove,
  type DatasetStatus,
} from './dataset.rules.js';

const ALLOWED: Readonly<Record<string, DatasetStatus>> = {
  'draft publish': 'published',
  'published freeze': 'frozen',
  'frozen unfreeze': 'published',
  'published withdraw': 'withdrawn',
  'frozen withdraw': 'withdrawn',
};

function outcomeOf(work: () => string): string {
  try {
    return work();
  } catch (error) {
    return isConcordatError(error, 'transition_not_allowed') ? 'refused' : 'another error';
  }
}

describe('the life of a dataset', () => {
  const moves: readonly DatasetMove[] = ['publish', 'freeze', 'unfreeze', 'withdraw'];
  const pairs = DATASET_STATUSES.flatMap((from) =>
    moves.map((move) => ({ from, move, to: ALLOWED[`${from} ${move}`] ?? 'refused' })),
  );

  it.each(pairs)('$from + $move → $to', ({ from, move, to }) => {
    expect(outcomeOf(() => moveDataset(from, move))).toBe(to);
  });

  it('ends grants when it is frozen or withdrawn', () => {
    expect(moves.filter(stopsAccess)).toEqual(['freeze', 'withdraw']);
  });
});

describe('sealing', () => {
  it.each([
    ['files', 'draft', 'refused'],
    ['files', 'published', 'may'],
    ['files', 'frozen', 'may'],
    ['files', 'withdrawn', 'refused'],
    ['feed', 'published', 'refused'],
  ] as const)('of %s, %s: %s', (kind, status, expected) => {
    const outcome = outcomeOf(() => {
      requireSealable({ kind, status, storeId: 's' });
      return 'may';
    });
    expect(outcome).toBe(expected);
  });

  it('of what lies in no store: refused', () => {
    const described = { kind: 'files', status: 'published', storeId: null } as const;
    expect(outcomeOf(() => requireSealable(described))).toBe('refused');
  });
});
