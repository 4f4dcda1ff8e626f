import type { DatasetView } from '../../catalogue/dataset.view.js';
import { datasetWords } from '../../catalogue/dataset-words.js';
import { formatBytes } from '../../platform/web/pages/quantities.js';
import { formatDay } from '../../platform/web/date-filters.js';
import type { AgreementWay, DatasetWaysView } from './ways.types.js';

/** The licence of whatever is not open (domain.md section 8). */
const BY_AGREEMENT = 'DATA_SHARE_AGREEMENT';
const ACCESS: Readonly<Record<string, string>> = {
  open: 'Open: anybody may use it under its licence',
  shared: 'Shared: under a signed agreement, for approved requests',
  closed: 'Closed: it is not shared at present',
};
const RELATED: Readonly<Record<string, string>> = {
  part_of: 'Part of',
  has_part: 'Has the part',
  version_of: 'A version of',
  has_version: 'Has the version',
  replaces: 'Replaces',
  replaced_by: 'Replaced by',
  requires: 'Needs',
  required_by: 'Needed by',
  derived_from: 'Made from',
  source_of: 'Source of',
  see_also: 'See also',
};
const STANDING: Readonly<Record<AgreementWay['standing'], string>> = {
  covers: 'Covers your organisation',
  joining: 'Your organisation is joining it',
  suspended: 'Your organisation’s place in it is suspended',
  joinable: 'Your organisation could join it',
};

interface Row {
  readonly key: string;
  readonly value: object;
}

/** What the page of a dataset shows. */
export interface DatasetPage {
  readonly title: string;
  readonly trail: readonly { readonly text: string; readonly href?: string }[];
  readonly dataset: DatasetView;
  readonly about: readonly Row[];
  readonly ways: ReturnType<typeof presentWays> | undefined;
  readonly fieldRows: readonly (readonly object[])[];
  readonly formRows: readonly (readonly object[])[];
  readonly related: readonly {
    readonly kind: string;
    readonly title: string;
    readonly href: string;
  }[];
}

interface Reader {
  /** Absent for somebody who is not signed in. */
  readonly ways: DatasetWaysView | undefined;
  readonly hasOwnerPage: boolean;
}

export function presentDataset(dataset: DatasetView, { ways, hasOwnerPage }: Reader): DatasetPage {
  return {
    title: dataset.title,
    trail: [
      { text: 'Home', href: '/' },
      { text: 'Find data', href: '/datasets' },
      { text: dataset.title },
    ],
    dataset,
    about: [ownerRow(dataset, hasOwnerPage), ...aboutRows(dataset)],
    ways: ways && presentWays(ways),
    fieldRows: dataset.fields.map(({ name, type, unit, description, class: code }) => [
      { text: name },
      { text: unit === undefined ? type : `${type}, ${unit}` },
      { text: description },
      { text: datasetWords.columnClass(code) },
    ]),
    formRows: dataset.distributions.map(({ title, mediaType, byteSize, modified }) => [
      { text: title },
      { text: mediaType },
      { text: byteSize === null ? 'Not said' : formatBytes(byteSize) },
      modified === null ? { text: 'Not said' } : { day: modified },
    ]),
    related: dataset.related.map(({ kind, title, datasetId }) => ({
      kind: RELATED[kind] ?? kind,
      title,
      href: `/datasets/${datasetId}`,
    })),
  };
}

function ownerRow({ publisher, organisationId }: DatasetView, hasPage: boolean): Row {
  const link = hasPage ? { href: `/organisations/${organisationId}` } : {};
  return { key: 'Owner', value: { text: publisher, ...link } };
}

function aboutRows(dataset: DatasetView): readonly Row[] {
  const { steward, places, temporal, origin } = dataset;
  const rows: readonly (readonly [string, string | null | undefined])[] = [
    ['Contact', dataset.contact],
    ['Steward', [steward?.person?.name, steward?.contact].filter(Boolean).join(', ')],
    ['Access', ACCESS[dataset.access] ?? dataset.access],
    ['Why it is not open', dataset.accessReason],
    ['Licence', dataset.licence === BY_AGREEMENT ? 'What the agreement says' : dataset.licence],
    ['Sensitivity', datasetWords.sensitivity(dataset.sensitivity)],
    ['Kind', dataset.kind === 'feed' ? 'Live feed' : 'Files'],
    ['Updated', dataset.frequency === null ? null : datasetWords.frequency(dataset.frequency)],
    ['Themes', dataset.themes.map(datasetWords.theme).join(', ')],
    ['Keywords', dataset.keywords.join(', ')],
    ['Area', [dataset.spatial, ...places.map(({ name }) => name)].filter(Boolean).join(', ')],
    ['Time', temporal && period(temporal)],
    ['Quality', dataset.qualityNotes],
    ['Last changed', formatDay(dataset.modifiedAt)],
    ['Read from another catalogue', origin && formatDay(origin.fetchedAt)],
    ['No longer there since', origin && formatDay(origin.vanishedAt)],
  ];
  return rows.flatMap(([key, text]) => (text ? [{ key, value: { text } }] : []));
}

function period({ startsOn, endsOn }: { startsOn?: string; endsOn?: string }): string {
  return [startsOn && `from ${formatDay(startsOn)}`, endsOn && `to ${formatDay(endsOn)}`]
    .filter(Boolean)
    .join(' ');
}

function presentWays(ways: DatasetWaysView) {
  return {
    ...ways,
    agreements: ways.agreements.map((way) => ({
      ...way,
      standingInWords: STANDING[way.standing],
      // An end is stored as the start of the day after the last.
      lastDay: way.endsAt === null ? null : new Date(Date.parse(way.endsAt) - 1),
    })),
    isAskable: ways.agreements.some(({ projects }) => projects.length > 0),
    isMail: /^[^\s@]+@[^\s@]+$/.test(ways.ask.contact),
  };
}
