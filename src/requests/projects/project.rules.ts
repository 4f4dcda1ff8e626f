import { ConcordatError } from '../../kernel/errors.js';
import { addMonths } from '../../kernel/london-day.js';
import { isUsableOn, type Vocabulary } from '../../kernel/vocabulary.js';

export const PROJECT_STATUSES = ['draft', 'active', 'closed'] as const;
export type ProjectStatus = (typeof PROJECT_STATUSES)[number];
export type ProjectMove = 'activate' | 'close';

/** domain.md section 1: a project is drafted, activated by its lead organisation's data_owner, and closed. */
export const PROJECT_TRANSITIONS: Readonly<
  Record<ProjectMove, { readonly from: readonly ProjectStatus[]; readonly to: ProjectStatus }>
> = {
  activate: { from: ['draft'], to: 'active' },
  close: { from: ['draft', 'active'], to: 'closed' },
};

/** @throws ConcordatError `transition_not_allowed` (409) */
export function moveProject(from: ProjectStatus, move: ProjectMove): ProjectStatus {
  const transition = PROJECT_TRANSITIONS[move];
  if (!transition.from.includes(from)) {
    throw new ConcordatError('transition_not_allowed', { from, move });
  }
  return transition.to;
}

/** What says what a project is about. What grants rest on (purposes, dates, ethics) is what its organisation activated. */
const DESCRIPTIVE = [
  'title',
  'summary',
  'technicalSummary',
  'publicBenefit',
  'funders',
  'sublicences',
  'otherDatasets',
  'otherApplicants',
  'outputs',
];
const EDITABLE: Readonly<Record<ProjectStatus, readonly string[]>> = {
  draft: [...DESCRIPTIVE, 'purposes', 'startsOn', 'endsOn', 'ethicsApproved', 'ethicsReference'],
  active: DESCRIPTIVE,
  // domain.md section 10: outputs come late.
  closed: ['outputs'],
};

/** @throws ConcordatError `input_invalid` that names each member which is fixed by now, or always was. */
export function checkEditable(status: ProjectStatus, names: readonly string[]): void {
  const fixed = names.filter((name) => !EDITABLE[status].includes(name));
  if (fixed.length > 0) {
    const reason = `cannot be changed in a project that is ${status}`;
    throw new ConcordatError('input_invalid', {
      errors: fixed.map((name) => ({ pointer: `/${name}`, reason })),
    });
  }
}

const MAX_MONTHS = 60;

/** A project ends after it starts and lasts at most five years. @throws ConcordatError `input_invalid` */
export function checkProjectDates(startsOn: string, endsOn: string): void {
  const reason =
    endsOn < startsOn
      ? 'must not be before startsOn'
      : endsOn > addMonths(startsOn, MAX_MONTHS)
        ? 'must be at most five years after startsOn'
        : undefined;
  if (reason !== undefined) {
    throw new ConcordatError('input_invalid', { errors: [{ pointer: '/endsOn', reason }] });
  }
}

/** Purposes are codes of the vocabulary, usable when the project starts (R2.6). @throws ConcordatError `input_invalid` */
export function checkProjectPurposes(
  purposes: readonly string[],
  vocabulary: Vocabulary,
  startsOn: string,
): void {
  const errors = purposes
    .map((code, at) => ({ code, pointer: `/purposes/${String(at)}` }))
    .filter(({ code }) => !isUsableOn(vocabulary, code, startsOn))
    .map(({ pointer }) => ({
      pointer,
      reason: 'is no code of purpose that is usable on startsOn',
    }));
  if (errors.length > 0) {
    throw new ConcordatError('input_invalid', { errors });
  }
}
