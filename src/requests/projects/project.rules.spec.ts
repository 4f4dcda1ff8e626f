import { isConcordatError } from '../../kernel/errors.js';
import { parseVocabulary } from '../../kernel/vocabulary.js';
import {
  checkEditable,
  checkProjectDates,
  checkProjectPurposes,
  moveProject,
  PROJECT_STATUSES,
  PROJECT_TRANSITIONS,
  type ProjectMove,
  type ProjectStatus,
} from './project.rules.js';

/** Domain.md, "Project", written out again: where each move leads from where it may be made. */
const ALLOWED: Readonly<Record<ProjectMove, Partial<Record<ProjectStatus, ProjectStatus>>>> = {
  activate: { draft: 'active' },
  close: { draft: 'closed', active: 'closed' },
};
const MOVES = Object.keys(PROJECT_TRANSITIONS) as ProjectMove[];

const outcome = (work: () => unknown): unknown => {
  try {
    return work();
  } catch (error) {
    return isConcordatError(error) ? (error.fields.errors ?? error.code) : error;
  }
};

describe('the life of a project', () => {
  it.each(MOVES.flatMap((move) => PROJECT_STATUSES.map((from) => ({ from, move }))))(
    '$from + $move',
    ({ from, move }) => {
      const expected = ALLOWED[move][from] ?? 'transition_not_allowed';
      expect(outcome(() => moveProject(from, move))).toBe(expected);
    },
  );
});

describe('what may still be changed', () => {
  const pointersOf = (status: ProjectStatus, names: readonly string[]): unknown => {
    const faults = outcome(() => {
      checkEditable(status, names);
    });
    return (faults as readonly { pointer: string }[] | undefined)?.map(({ pointer }) => pointer);
  };

  it.each<[ProjectStatus, string[], string[] | undefined]>([
    ['draft', ['title', 'purposes', 'endsOn', 'ethicsApproved'], undefined],
    ['draft', ['organisationId', 'status'], ['/organisationId', '/status']],
    ['active', ['summary', 'funders', 'outputs'], undefined],
    [
      'active',
      ['title', 'purposes', 'startsOn', 'endsOn', 'ethicsApproved', 'ethicsReference'],
      ['/purposes', '/startsOn', '/endsOn', '/ethicsApproved', '/ethicsReference'],
    ],
    ['closed', ['outputs'], undefined],
    ['closed', ['outputs', 'title'], ['/title']],
  ])('in a project that is %s: %j', (status, names, pointers) => {
    expect(pointersOf(status, names)).toEqual(pointers);
  });
});

describe('the dates of a project', () => {
  it.each([
    ['one day', '2026-06-01', '2026-06-01', undefined],
    ['five years', '2026-06-01', '2031-06-01', undefined],
    ['five years from a leap day', '2028-02-29', '2033-02-28', undefined],
    ['an end before the start', '2026-06-01', '2026-05-31', 'must not be before startsOn'],
    ['a day more', '2026-06-01', '2031-06-02', 'must be at most five years after startsOn'],
  ])('%s', (_, startsOn, endsOn, reason) => {
    const expected = reason === undefined ? undefined : [{ pointer: '/endsOn', reason }];
    expect(
      outcome(() => {
        checkProjectDates(startsOn, endsOn);
      }),
    ).toEqual(expected);
  });
});

describe('the purposes of a project', () => {
  const vocabulary = parseVocabulary(
    'purpose',
    JSON.stringify({
      vocabulary: 'purpose',
      edition: '2026-01-01',
      terms: [
        { code: 'old', label: 'Old', effectiveFrom: '2020-01-01', effectiveTo: '2026-06-01' },
        { code: 'new', label: 'New', effectiveFrom: '2026-06-01', effectiveTo: null },
      ],
    }),
  );

  it.each([
    ['2026-05-31', ['old'], []],
    ['2026-06-01', ['new'], []],
    ['2026-05-31', ['old', 'new'], ['/purposes/1']],
    ['2026-06-01', ['old', 'new', 'none'], ['/purposes/0', '/purposes/2']],
  ] as const)('R2.6: on %s, %j', (startsOn, purposes, pointers) => {
    const found =
      outcome(() => {
        checkProjectPurposes(purposes, vocabulary, startsOn);
      }) ?? [];
    expect(found).toEqual(
      pointers.map((pointer) => ({ pointer, reason: expect.any(String) as string })),
    );
  });
});
