import { isConcordatError } from '../kernel/errors.js';
import {
  ACCESS_REQUEST_STATUSES,
  ACCESS_REQUEST_TRANSITIONS,
  checkSubmittable,
  fitRequest,
  moveAccessRequest,
  type AccessRequestMove,
  type AccessRequestStatus,
  type RequestFit,
  type SubmissionFacts,
} from './access-request.rules.js';

type By = 'requester' | 'data_owner' | 'broker';
type Allowed = Partial<Record<AccessRequestStatus, AccessRequestStatus>>;

/** Domain.md section 3, "Access request", written out again: who moves it from where to where. */
const ALLOWED: Readonly<Record<AccessRequestMove, Partial<Record<By, Allowed>>>> = {
  submit: { requester: { draft: 'submitted', returned: 'submitted' } },
  refer: { broker: { submitted: 'in_review' } },
  return: { data_owner: { in_review: 'returned' } },
  approve: { data_owner: { in_review: 'approved' }, broker: { submitted: 'approved' } },
  refuse: { data_owner: { in_review: 'refused' }, broker: { submitted: 'refused' } },
  withdraw: {
    requester: {
      draft: 'withdrawn',
      submitted: 'withdrawn',
      in_review: 'withdrawn',
      returned: 'withdrawn',
    },
  },
  close: { broker: { approved: 'closed' } },
  lapse: { broker: { returned: 'lapsed' } },
};
const MOVES = Object.keys(ACCESS_REQUEST_TRANSITIONS) as AccessRequestMove[];
const CAST = ['requester', 'data_owner', 'broker'] as const;

const outcome = (work: () => unknown): unknown => {
  try {
    return work();
  } catch (error) {
    return isConcordatError(error)
      ? (error.fields.errors?.map(({ pointer }) => pointer) ?? error.code)
      : error;
  }
};

describe('the life of an access request', () => {
  it.each(
    MOVES.flatMap((move) =>
      CAST.flatMap((by) => ACCESS_REQUEST_STATUSES.map((from) => ({ from, move, by }))),
    ),
  )('$from + $move by $by', ({ from, move, by }) => {
    const expected = ALLOWED[move][by]?.[from] ?? 'transition_not_allowed';
    expect(outcome(() => moveAccessRequest(from, move, by))).toBe(expected);
  });
});

describe('a new request', () => {
  const fit: RequestFit = {
    project: { status: 'active', purposes: ['research', 'policy'] },
    agreement: { modes: ['presign', 'stream'], hasDataset: true },
    today: '2026-06-15',
  };
  const asked = { purpose: 'research', until: '2026-06-15' };

  it('takes the first mode of the agreement, or the one asked for', () => {
    expect(fitRequest(asked, fit)).toBe('presign');
    expect(fitRequest({ ...asked, delivery: 'stream' }, fit)).toBe('stream');
    const draft = { ...fit, project: { ...fit.project, status: 'draft' } };
    expect(fitRequest(asked, draft)).toBe('presign');
  });

  it.each<[string, Partial<typeof asked & { delivery: string }>, Partial<RequestFit>, string[]]>([
    ['yesterday', { until: '2026-06-14' }, {}, ['/until']],
    ['another purpose', { purpose: 'sales' }, {}, ['/purpose']],
    ['another mode', { delivery: 'sts' }, {}, ['/delivery']],
    ['a framework', {}, { agreement: { modes: [], hasDataset: true } }, ['/delivery']],
    [
      'a dataset outside',
      {},
      { agreement: { modes: ['stream'], hasDataset: false } },
      ['/datasetId'],
    ],
    [
      'a closed project',
      {},
      { project: { status: 'closed', purposes: ['research'] } },
      ['/projectId'],
    ],
    [
      'nothing that fits',
      { purpose: 'sales', until: '2025-01-01', delivery: 'sts' },
      {
        project: { status: 'closed', purposes: [] },
        agreement: { modes: ['stream'], hasDataset: false },
      },
      ['/projectId', '/purpose', '/datasetId', '/delivery', '/until'],
    ],
  ])('is refused for %s, naming each field', (_, changes, facts, pointers) => {
    expect(outcome(() => fitRequest({ ...asked, ...changes }, { ...fit, ...facts }))).toEqual(
      pointers,
    );
  });
});

describe('a submission', () => {
  const HASH = `sha-256:${'1'.repeat(64)}`;
  const facts: SubmissionFacts = {
    request: { status: 'draft', untilOn: '2026-06-15' },
    affiliation: { endsOn: null },
    project: { status: 'active', endsOn: '2026-12-31', isMember: true },
    store: { id: 's' },
    agreement: {
      status: 'active',
      partyStatus: 'active',
      providerStatus: 'active',
      versionHash: HASH,
    },
  };
  const { agreement, project } = facts;

  it.each<[string, Partial<SubmissionFacts>, unknown]>([
    ['everything in place', {}, undefined],
    ['no live affiliation', { affiliation: null }, 'affiliation_ended'],
    ['no member any more', { project: { ...project, isMember: false } }, 'affiliation_ended'],
    ['a draft project', { project: { ...project, status: 'draft' } }, 'transition_not_allowed'],
    [
      'R3.25: a project that has ended',
      { project: { ...project, endsOn: '2026-06-14' } },
      'transition_not_allowed',
    ],
    ['a project on its last day', { project: { ...project, endsOn: '2026-06-15' } }, undefined],
    ['a closed project', { project: { ...project, status: 'closed' } }, 'transition_not_allowed'],
    [
      'a suspended version',
      { agreement: { ...agreement, status: 'suspended' } },
      'agreement_not_active',
    ],
    [
      'a suspended party',
      { agreement: { ...agreement, partyStatus: 'suspended' } },
      'agreement_not_active',
    ],
    ['no party', { agreement: { ...agreement, partyStatus: null } }, 'agreement_not_active'],
    [
      'a withdrawn provider',
      { agreement: { ...agreement, providerStatus: 'withdrawn' } },
      'agreement_not_active',
    ],
    [
      'another document',
      { agreement: { ...agreement, versionHash: `sha-256:${'2'.repeat(64)}` } },
      'undertaking_stale',
    ],
    ['a dataset in no store', { store: null }, 'dataset_unavailable'],
    ['a date gone by', { request: { status: 'draft', untilOn: '2026-06-14' } }, ['/until']],
  ])('with %s', (_, changes, expected) => {
    const work = (): void => {
      checkSubmittable({ ...facts, ...changes }, HASH, '2026-06-15');
    };
    expect(outcome(work)).toEqual(expected);
  });
});
