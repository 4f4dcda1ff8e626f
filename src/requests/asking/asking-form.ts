import { deliveryInWords } from '../../agreements/delivery-words.js';
import type { Choice, Field } from '../../platform/web/pages/blocks.js';
import { dayFields, dayOf, textOf } from '../../platform/web/pages/form-fields.js';
import type { FormFields } from '../../platform/web/pages/form-input.js';
import type { AccessRequestView } from '../access-request.view.js';
import type { DatasetWaysView } from '../ways/ways.types.js';
import { FREQUENCIES } from './request-words.js';

const SAFES = ['people', 'project', 'setting', 'data', 'outputs'] as const;

/** What the form calls its fields. */
export const ASKING_LABELS: Readonly<Record<string, string>> = {
  place: 'Agreement and project',
  projectId: 'Project',
  agreementId: 'Agreement',
  purpose: 'What you need it for',
  justification: 'Why you need it',
  delivery: 'How you want to have it',
  until: 'Last day that you need it',
  frequency: 'How often you will read it',
  linkage: 'Other data that you will join it with (optional)',
  conflict: 'Does anybody involved have a conflict of interest?',
  conflictText: 'What the conflict is, and how it is dealt with (only if there is one)',
  'fiveSafes.people': 'Safe people: who will see it, and why they can be trusted with it',
  'fiveSafes.project': 'Safe project: why this is a lawful and beneficial use',
  'fiveSafes.setting': 'Safe setting: where it will be held and worked on',
  'fiveSafes.data': 'Safe data: why no less identifying data will do',
  'fiveSafes.outputs': 'Safe outputs: what will be published, and how disclosure is prevented',
};

/** The choices that the ways to the dataset leave open. */
export interface Asking {
  readonly places: readonly Choice[];
  readonly purposes: readonly Choice[];
  readonly modes: readonly Choice[];
}

/** @param labelOf what a purpose is called. */
export function askingFrom(ways: DatasetWaysView, labelOf: (code: string) => string): Asking {
  const open = ways.agreements.filter(({ projects }) => projects.length > 0);
  const purposes = new Set(open.flatMap(({ projects }) => projects.flatMap((one) => one.purposes)));
  const modes = new Set(open.flatMap(({ needs }) => needs?.modes ?? []));
  return {
    places: open.flatMap(({ agreementId, reference, title, projects }) =>
      projects.map((project) => ({
        value: `${agreementId} ${project.id}`,
        text: `${title} (${reference}), in your project ${project.title} (${project.reference})`,
      })),
    ),
    purposes: [...purposes].map((value) => ({ value, text: labelOf(value) })),
    modes: [...modes].map((value) => ({ value, text: deliveryInWords(value) })),
  };
}

/** @param places absent for a request that has them already. */
export function askingFields({
  places,
  purposes,
  modes,
}: Omit<Asking, 'places'> & Partial<Asking>) {
  const fields: Field[] = [
    ...(places ? [{ type: 'radio', name: 'place', items: places } as const] : []),
    { type: 'radio', name: 'purpose', items: purposes },
    { type: 'area', name: 'justification', maxWords: 1_000, rows: 6 },
    { type: 'radio', name: 'delivery', items: modes },
    {
      type: 'day',
      name: 'until',
      hint: 'The agreement may end it sooner. For example, 5 4 2027',
    },
    {
      type: 'radio',
      name: 'frequency',
      items: Object.entries(FREQUENCIES).map(([value, text]) => ({ value, text })),
    },
    { type: 'area', name: 'linkage', rows: 3 },
    {
      type: 'radio',
      name: 'conflict',
      items: [
        { value: 'no', text: 'No' },
        { value: 'yes', text: 'Yes' },
      ],
    },
    { type: 'area', name: 'conflictText', rows: 3 },
    { type: 'heading', text: 'The Five Safes' },
    {
      type: 'note',
      text: 'Data owners decide sooner when these are answered. Answer all five, or none.',
    },
    ...SAFES.map((name) => ({ type: 'area', name: `fiveSafes.${name}`, rows: 3 }) as const),
  ];
  return fields;
}

/** What the API would be sent; what was left out is null, so that an edit takes it away. */
export function askedFrom(typed: FormFields) {
  const safes = Object.fromEntries(
    SAFES.map((name) => [name, textOf(typed, `fiveSafes.${name}`) ?? '']),
  );
  const conflict = textOf(typed, 'conflict');
  return {
    purpose: textOf(typed, 'purpose') ?? '',
    justification: textOf(typed, 'justification') ?? '',
    delivery: textOf(typed, 'delivery'),
    until: dayOf(typed, 'until') ?? '',
    frequency: textOf(typed, 'frequency'),
    linkage: textOf(typed, 'linkage') ?? null,
    conflict: conflict === undefined ? undefined : conflict === 'yes',
    conflictText: textOf(typed, 'conflictText') ?? null,
    fiveSafes: Object.values(safes).some((text) => text !== '') ? safes : null,
  };
}

/** What the form holds of a request that is changed. */
export function typedOf(request: AccessRequestView): FormFields {
  return {
    purpose: request.purpose,
    justification: request.justification,
    delivery: request.delivery,
    ...dayFields('until', request.until),
    frequency: request.frequency,
    linkage: request.linkage ?? '',
    conflict: request.conflict ? 'yes' : 'no',
    conflictText: request.conflictText ?? '',
    ...Object.fromEntries(
      Object.entries(request.fiveSafes ?? {}).map(([name, text]) => [
        `fiveSafes.${name}`,
        String(text),
      ]),
    ),
  };
}
