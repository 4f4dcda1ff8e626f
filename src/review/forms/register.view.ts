import type { Vocabularies } from '../../agreements/vocabularies.js';
import { londonDay } from '../../kernel/london-day.js';
import { findTerm, type Vocabulary } from '../../kernel/vocabulary.js';
import { withoutPeople } from './without-people.rules.js';
import type { PublishedUse, RegisterEntry } from './register.types.js';

type Codes = Vocabularies['terms'];

const SENSITIVITY: Readonly<Record<string, string>> = {
  none: 'Anonymous',
  anonymous: 'Anonymous',
  pseudonymised: 'De-Personalised',
};
const IDENTIFIABLE = 'Personally Identifiable';
const ACCESS = { transfer: 'Release', tre: 'TRE' } as const;
const FREQUENCY = { one_off: 'One-off', recurring: 'Recurring' } as const;
const ENHANCEMENTS = {
  raw: null,
  view: 'A view of chosen fields and rows, tested by a motivated intruder',
  aggregate: 'Aggregates alone leave the owner’s store',
} as const;

/** What the public may know of a use. People are named nowhere: what they wrote is cleared of their addresses. */
export function toRegisterEntry(use: PublishedUse, codes: Codes): RegisterEntry {
  const entry = { ...ofProject(use, codes), ...ofRequest(use), ...ofData(use, codes) };
  return Object.fromEntries(
    Object.entries(entry).map(([name, text]) => [name, text === null ? null : withoutPeople(text)]),
  ) as RegisterEntry;
}

function ofProject({ project, organisation }: PublishedUse, codes: Codes) {
  return {
    project_title: project.title,
    project_id_text: project.reference,
    organisation_name: organisation.name,
    organisation_id: organisation.identifier,
    organisation_sector: organisation.kind,
    lay_summary: project.summary,
    technical_summary: project.technicalSummary,
    public_benefit_statement: project.publicBenefit,
    request_category_type: labelOf(codes.purpose, project.purpose),
    project_start_date: project.startsOn,
    project_end_date: project.endsOn,
    sublicence_arrangements: project.sublicences,
    funders_and_sponsors: joined(project.funders),
    other_approval_committees: project.ethicsReference,
    non_gateway_datasets: project.otherDatasets,
    // People by name, which nothing here is for.
    non_gateway_applicants: null,
    non_gateway_outputs: joined(project.outputs),
    status: project.status,
  };
}

function ofRequest(use: PublishedUse) {
  return {
    latest_approval_date: londonDay(use.decidedAt),
    access_date: use.firstGrantAt ? londonDay(use.firstGrantAt) : null,
    accredited_researcher_status: use.isAccredited ? 'Yes' : 'No',
    request_frequency: FREQUENCY[use.frequency],
    dataset_linkage_description: use.linkage,
  };
}

function ofData({ item, legal, setting }: PublishedUse, codes: Codes) {
  const labels = (vocabulary: Vocabulary, found: readonly string[]): string | null =>
    joined([...new Set(found)].map((code) => labelOf(vocabulary, code)));
  return {
    data_sensitivity_level: item ? (SENSITIVITY[item.dataClass] ?? IDENTIFIABLE) : null,
    legal_basis_for_data_article6: labels(
      codes.lawfulBasis,
      legal.flatMap(({ article6 }) => article6),
    ),
    legal_basis_for_data_article9: labels(
      codes.specialCategory,
      legal.flatMap(({ article9 = [] }) => article9),
    ),
    duty_of_confidentiality: labels(
      codes.confidentiality,
      legal.map(({ confidentiality }) => confidentiality),
    ),
    national_data_optout: labels(
      codes.optOut,
      legal.map(({ optOut }) => optOut),
    ),
    confidential_data_description: item ? joined([item.subjects, item.period]) : null,
    access_type: ACCESS[setting],
    privacy_enhancements: item ? ENHANCEMENTS[item.release] : null,
  };
}

function joined(texts: readonly string[]): string | null {
  return texts.length > 0 ? texts.join('; ') : null;
}

function labelOf(vocabulary: Vocabulary, code: string): string {
  return findTerm(vocabulary, code)?.label ?? code;
}
