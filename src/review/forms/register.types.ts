/** The fields of version 2 of HDR UK's data use register, in its order (domain.md section 6). */
export const REGISTER_FIELDS = [
  'project_title',
  'project_id_text',
  'organisation_name',
  'organisation_id',
  'organisation_sector',
  'lay_summary',
  'technical_summary',
  'public_benefit_statement',
  'request_category_type',
  'latest_approval_date',
  'project_start_date',
  'project_end_date',
  'access_date',
  'accredited_researcher_status',
  'sublicence_arrangements',
  'funders_and_sponsors',
  'other_approval_committees',
  'data_sensitivity_level',
  'legal_basis_for_data_article6',
  'legal_basis_for_data_article9',
  'duty_of_confidentiality',
  'national_data_optout',
  'request_frequency',
  'dataset_linkage_description',
  'confidential_data_description',
  'access_type',
  'privacy_enhancements',
  'non_gateway_datasets',
  'non_gateway_applicants',
  'non_gateway_outputs',
  'status',
] as const;

/** One published use of data. */
export type RegisterEntry = Readonly<Record<(typeof REGISTER_FIELDS)[number], string | null>>;

/** An approved request under a published agreement, as it is stored: nobody's id, name or address is in it. */
export interface PublishedUse {
  /** Of the approval; the order of the register. */
  readonly id: string;
  readonly decidedAt: Date;
  readonly firstGrantAt: Date | null;
  readonly organisation: {
    readonly name: string;
    readonly kind: string;
    readonly identifier: string | null;
  };
  readonly project: {
    readonly title: string;
    readonly reference: string;
    readonly summary: string;
    readonly technicalSummary: string | null;
    readonly publicBenefit: string;
    readonly purpose: string;
    readonly startsOn: string;
    readonly endsOn: string;
    readonly ethicsReference: string | null;
    readonly funders: readonly string[];
    readonly sublicences: string | null;
    readonly otherDatasets: string | null;
    readonly outputs: readonly string[];
    readonly status: string;
  };
  readonly isAccredited: boolean;
  readonly frequency: 'one_off' | 'recurring';
  readonly linkage: string | null;
  readonly setting: 'transfer' | 'tre';
  readonly item: {
    readonly dataClass: string;
    readonly release: 'raw' | 'view' | 'aggregate';
    readonly subjects: string;
    readonly period: string;
  } | null;
  /** Of the provider and of the organisation that uses the data. */
  readonly legal: readonly {
    readonly article6: readonly string[];
    readonly article9?: readonly string[];
    readonly confidentiality: string;
    readonly optOut: string;
  }[];
}
