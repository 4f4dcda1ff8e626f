import type { Choice, Field } from '../../platform/web/pages/blocks.js';
import { choicesOf, linesOf, textOf } from '../../platform/web/pages/form-fields.js';
import type { FormFields } from '../../platform/web/pages/form-input.js';
import { readVocabularies } from '../catalogue-vocabularies.js';
import { datasetWords } from '../dataset-words.js';
import type { OwnDatasetView } from '../dataset.view.js';
import { THEMES } from '../dataset.types.js';

/** What the form of a dataset calls its fields. */
export const DATASET_LABELS: Readonly<Record<string, string>> = {
  title: 'Title',
  description: 'Description',
  publisher: 'Publisher',
  contact: 'Contact for questions',
  access: 'Access',
  accessReason: 'Why it is not open (needed unless it is)',
  sensitivity: 'Sensitivity',
  visibility: 'Who may know of it',
  kind: 'Kind',
  frequency: 'How often it changes (optional)',
  storeId: 'Store',
  prefix: 'Prefix in the store',
  distributions: 'Forms it comes in, one on each line',
  fields: 'Columns, one on each line',
  themes: 'Themes',
  keywords: 'Keywords, one on each line',
  tags: 'Tags for rules, one on each line',
  languages: 'Languages, by three letters, one on each line',
  spatial: 'Area, in words (optional)',
  places: 'Codes of London boroughs, one on each line (optional)',
  'temporal.startsOn': 'From when it is (optional)',
  'temporal.endsOn': 'Until when it is (optional)',
  licence: 'Licence (needed for open data)',
  qualityNotes: 'Gaps and faults (optional)',
  landingPage: 'Address of a page about it (optional)',
};

const { sensitivity, frequency } = readVocabularies();
const termsOf = ({ terms }: typeof sensitivity): readonly Choice[] =>
  terms.map(({ code, label }) => ({ value: code, text: label }));

/** @param stores those that it may lie in. @param isNew what cannot change later is asked of a new one. */
export function datasetFields(stores: readonly Choice[], isNew: boolean): readonly Field[] {
  return [
    { type: 'text', name: 'title' },
    { type: 'area', name: 'description', maxLength: 5_000 },
    { type: 'text', name: 'publisher' },
    { type: 'text', name: 'contact', hint: 'A mailbox or a page, and not a person' },
    { type: 'heading', text: 'Who gets it' },
    {
      type: 'radio',
      name: 'access',
      items: [
        { value: 'open', text: 'Open: anybody, under its licence' },
        { value: 'shared', text: 'Shared: under a signed agreement, for approved requests' },
        { value: 'closed', text: 'Closed: nobody at present' },
      ],
    },
    { type: 'area', name: 'accessReason', rows: 3 },
    {
      type: 'radio',
      name: 'visibility',
      items: [
        { value: 'public', text: 'Anybody' },
        { value: 'parties', text: 'Parties to an agreement on it' },
        { value: 'owner', text: 'Your organisation' },
      ],
    },
    { type: 'select', name: 'sensitivity', items: [none(), ...termsOf(sensitivity)] },
    { type: 'heading', text: 'Where it lies' },
    ...(isNew
      ? [
          {
            type: 'radio',
            name: 'kind',
            items: [
              { value: 'files', text: 'Files, which are sealed in versions' },
              { value: 'feed', text: 'A live feed, which new files arrive in' },
            ],
          } as const,
        ]
      : []),
    {
      type: 'select',
      name: 'storeId',
      items: [{ value: '', text: 'In none: it is only described, or open elsewhere' }, ...stores],
    },
    { type: 'text', name: 'prefix', hint: 'Ends with a slash: air-quality/' },
    {
      type: 'area',
      name: 'distributions',
      hint: 'Title | media type | path behind the prefix, or an address of open data. For example: CSV files | text/csv | csv/',
    },
    { type: 'heading', text: 'What is in it' },
    {
      type: 'area',
      name: 'fields',
      rows: 8,
      hint: 'Name | type | class | description. A class says what a column tells of people; without one it counts as the most telling. A profile can propose them later.',
    },
    { type: 'select', name: 'frequency', items: [none(), ...termsOf(frequency)] },
    {
      type: 'checkbox',
      name: 'themes',
      items: THEMES.map((value) => ({ value, text: datasetWords.theme(value) })),
    },
    { type: 'area', name: 'keywords', rows: 3 },
    { type: 'area', name: 'tags', rows: 2 },
    { type: 'area', name: 'languages', rows: 2, hint: 'For example, ENG' },
    { type: 'text', name: 'spatial' },
    { type: 'area', name: 'places', rows: 2, hint: 'For example, E09000007' },
    {
      type: 'text',
      name: 'temporal.startsOn',
      hint: 'A year, a month or a day: 2025, 2025-04 or 2025-04-05',
    },
    { type: 'text', name: 'temporal.endsOn' },
    { type: 'text', name: 'licence' },
    { type: 'area', name: 'qualityNotes', rows: 3 },
    { type: 'text', name: 'landingPage' },
  ];
}

/** What the API would be sent; what was left out is null, so that an edit takes it away. */
export function datasetFrom(typed: FormFields): Record<string, unknown> {
  const optional = (name: string): string | null => textOf(typed, name) ?? null;
  const startsOn = textOf(typed, 'temporal.startsOn');
  const endsOn = textOf(typed, 'temporal.endsOn');
  const languages = linesOf(typed, 'languages');
  return {
    title: textOf(typed, 'title') ?? '',
    description: textOf(typed, 'description') ?? '',
    publisher: textOf(typed, 'publisher') ?? '',
    contact: textOf(typed, 'contact') ?? '',
    access: textOf(typed, 'access') ?? '',
    accessReason: optional('accessReason'),
    visibility: textOf(typed, 'visibility') ?? '',
    sensitivity: textOf(typed, 'sensitivity') ?? '',
    kind: optional('kind'),
    storeId: optional('storeId'),
    prefix: optional('prefix'),
    distributions: linesOf(typed, 'distributions').map(distributionFrom),
    fields: linesOf(typed, 'fields').map(fieldFrom),
    frequency: optional('frequency'),
    themes: choicesOf(typed, 'themes'),
    keywords: linesOf(typed, 'keywords'),
    tags: linesOf(typed, 'tags'),
    languages: languages.length === 0 ? ['ENG'] : languages,
    spatial: optional('spatial'),
    places: linesOf(typed, 'places'),
    temporal:
      startsOn === undefined && endsOn === undefined
        ? null
        : { ...(startsOn !== undefined && { startsOn }), ...(endsOn !== undefined && { endsOn }) },
    licence: optional('licence'),
    qualityNotes: optional('qualityNotes'),
    landingPage: optional('landingPage'),
  };
}

/** What the form holds of a dataset that is changed. */
export function datasetTyped(dataset: OwnDatasetView): FormFields {
  return {
    title: dataset.title,
    description: dataset.description,
    publisher: dataset.publisher,
    contact: dataset.contact,
    access: dataset.access,
    accessReason: dataset.accessReason ?? '',
    visibility: dataset.visibility,
    sensitivity: dataset.sensitivity,
    storeId: dataset.storeId ?? '',
    prefix: dataset.prefix ?? '',
    distributions: dataset.distributions
      .map((one) =>
        [
          one.title,
          one.mediaType,
          dataset.paths[one.id] ?? one.downloadUrl ?? one.accessUrl ?? '',
        ].join(' | '),
      )
      .join('\n'),
    fields: dataset.fields
      .map((one) => [one.name, one.type, one.class, one.description].join(' | '))
      .join('\n'),
    frequency: dataset.frequency ?? '',
    themes: dataset.themes,
    keywords: dataset.keywords.join('\n'),
    tags: dataset.tags.join('\n'),
    languages: dataset.languages.join('\n'),
    spatial: dataset.spatial ?? '',
    places: dataset.places.map(({ code }) => code).join('\n'),
    'temporal.startsOn': dataset.temporal?.startsOn ?? '',
    'temporal.endsOn': dataset.temporal?.endsOn ?? '',
    licence: dataset.licence,
    qualityNotes: dataset.qualityNotes ?? '',
    landingPage: dataset.landingPage ?? '',
  };
}

function none(): Choice {
  return { value: '', text: 'Choose' };
}

/** `CSV files | text/csv | csv/`, or an address in place of the path. */
function distributionFrom(line: string): object {
  const [title = '', mediaType = '', place = ''] = line.split('|').map((part) => part.trim());
  const where = /^https?:/.test(place) ? { downloadUrl: place } : { path: place };
  return { title, mediaType, ...where };
}

/** `name | type | class | description` */
function fieldFrom(line: string): object {
  const [name = '', type = '', columnClass = '', ...rest] = line
    .split('|')
    .map((part) => part.trim());
  return {
    name,
    type: type === '' ? 'string' : type,
    ...(columnClass !== '' && { class: columnClass }),
    description: rest.join(' | '),
  };
}
