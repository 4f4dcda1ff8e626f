import type { Type } from '@nestjs/common';
import type { Request } from 'express';
import type { Principal } from '../../identity/principal.js';
import type { Choice, Field } from '../../platform/web/pages/blocks.js';
import type { Columns } from '../exports/formats/table.js';
import type { Listed } from '../reports/reports.service.js';

/** What may be chosen in the form of a question. */
export interface Chosen {
  readonly organisations: readonly Choice[];
  readonly datasets: readonly Choice[];
}

/** A question of information governance with its form, and its answer as a table (domain.md section 5). */
export interface ReportPage<Dto extends object = object, View = never> {
  readonly name: string;
  /** As an officer would ask it. */
  readonly question: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly fields: (chosen: Chosen) => readonly Field[];
  /** Without these it has no answer. */
  readonly needs: readonly string[];
  readonly dto: Type<Dto>;
  readonly ask: (principal: Principal, dto: Dto, request: Request) => Promise<Listed<View>>;
  /** Of the file of the whole list, and which of them a page shows. */
  readonly columns: Columns<View>;
  readonly shown: readonly string[];
}

const any: Choice = { value: '', text: 'Any' };

export const organisationField = ({ organisations }: Chosen): Field => ({
  type: 'select',
  name: 'organisationId',
  items: [any, ...organisations],
});

export const datasetField = ({ datasets }: Chosen): Field => ({
  type: 'select',
  name: 'datasetId',
  items: [any, ...datasets],
});

export const textField = (name: string): Field => ({
  type: 'text',
  name,
  classes: 'govuk-input--width-20',
});

export const REPORT_LABELS = {
  datasetId: 'Dataset',
  organisationId: 'Organisation',
  at: 'At which instant (optional; 2026-11-24T00:00:00Z)',
  from: 'From (optional; 2026-11-24T00:00:00Z)',
  to: 'Before (optional)',
  person: 'Person, by pseudonym or id (optional)',
  grantId: 'Id of the grant (optional)',
  agreementId: 'Id of the agreement (optional)',
  days: 'Within how many days',
  status: 'Alerts that are',
  kind: 'What',
  type: 'What was changed',
  id: 'Its id, or a pseudonym',
  state: 'State',
} as const;
