import type { Choice, Field } from '../../platform/web/pages/blocks.js';
import {
  choicesOf,
  dayFields,
  dayOf,
  linesOf,
  textOf,
} from '../../platform/web/pages/form-fields.js';
import type { FormFields } from '../../platform/web/pages/form-input.js';
import type { ProjectView } from './project.view.js';

/** What the form calls its fields. */
export const PROJECT_LABELS: Readonly<Record<string, string>> = {
  title: 'Title',
  summary: 'What it is about, for anybody to read',
  technicalSummary: 'Technical summary (optional)',
  publicBenefit: 'How the public benefits',
  purposes: 'Purposes',
  startsOn: 'First day',
  endsOn: 'Last day',
  ethicsApproved: 'Has an ethics committee approved it?',
  ethicsReference: 'Reference of the approval (only if it has)',
  funders: 'Funders, one on each line (optional)',
  sublicences: 'Whether and how others may use the data (optional)',
  otherDatasets: 'Data of other origin that is used beside it (optional)',
  otherApplicants: 'Who works on it without asking here (optional)',
  outputs: 'Addresses of what came of it, one on each line (optional)',
};

/** @param purposes those of the vocabulary that may be used. */
export function projectFields(purposes: readonly Choice[]): readonly Field[] {
  return [
    { type: 'text', name: 'title' },
    { type: 'area', name: 'summary', maxWords: 300 },
    { type: 'area', name: 'technicalSummary', maxWords: 1_000 },
    { type: 'area', name: 'publicBenefit', maxWords: 1_000 },
    { type: 'checkbox', name: 'purposes', items: purposes },
    { type: 'day', name: 'startsOn' },
    { type: 'day', name: 'endsOn' },
    {
      type: 'radio',
      name: 'ethicsApproved',
      items: [
        { value: 'yes', text: 'Yes' },
        { value: 'no', text: 'No' },
      ],
    },
    { type: 'text', name: 'ethicsReference' },
    { type: 'area', name: 'funders', rows: 3 },
    { type: 'area', name: 'sublicences', rows: 3 },
    { type: 'area', name: 'otherDatasets', rows: 3 },
    { type: 'area', name: 'otherApplicants', rows: 3 },
    { type: 'area', name: 'outputs', rows: 3 },
  ];
}

/** What the API would be sent; what was left out is null, so that an edit takes it away. */
export function projectFrom(typed: FormFields) {
  const ethics = textOf(typed, 'ethicsApproved');
  return {
    title: textOf(typed, 'title') ?? '',
    summary: textOf(typed, 'summary') ?? '',
    technicalSummary: textOf(typed, 'technicalSummary') ?? null,
    publicBenefit: textOf(typed, 'publicBenefit') ?? '',
    purposes: choicesOf(typed, 'purposes'),
    startsOn: dayOf(typed, 'startsOn') ?? '',
    endsOn: dayOf(typed, 'endsOn') ?? '',
    ethicsApproved: ethics === undefined ? undefined : ethics === 'yes',
    ethicsReference: textOf(typed, 'ethicsReference') ?? null,
    funders: linesOf(typed, 'funders'),
    sublicences: textOf(typed, 'sublicences') ?? null,
    otherDatasets: textOf(typed, 'otherDatasets') ?? null,
    otherApplicants: textOf(typed, 'otherApplicants') ?? null,
    outputs: linesOf(typed, 'outputs'),
  };
}

/** What the form holds of a project that is changed. */
export function projectTyped(project: ProjectView): FormFields {
  return {
    title: project.title,
    summary: project.summary,
    technicalSummary: project.technicalSummary ?? '',
    publicBenefit: project.publicBenefit,
    purposes: project.purposes,
    ...dayFields('startsOn', project.startsOn),
    ...dayFields('endsOn', project.endsOn),
    ethicsApproved: project.ethicsApproved ? 'yes' : 'no',
    ethicsReference: project.ethicsReference ?? '',
    funders: project.funders.join('\n'),
    sublicences: project.sublicences ?? '',
    otherDatasets: project.otherDatasets ?? '',
    otherApplicants: project.otherApplicants ?? '',
    outputs: project.outputs.join('\n'),
  };
}
