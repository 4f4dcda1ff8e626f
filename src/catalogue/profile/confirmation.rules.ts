import { ConcordatError } from '../../kernel/errors.js';
import type { DatasetField, Temporal } from '../dataset.types.js';
import type { Proposal, ProposedColumn } from './profile.types.js';

/** What the owner says otherwise of one proposed column. */
export interface ColumnCorrection {
  readonly name: string;
  readonly type?: string;
  readonly unit?: string;
  readonly description?: string;
  readonly class?: string;
}

/** What the owner says otherwise of a proposal. */
export interface Corrections {
  readonly columns: readonly ColumnCorrection[];
  readonly temporal?: Temporal;
  readonly sensitivity?: string;
}

/**
 * The changes of the description that a confirmed proposal makes. What the owner has written of a column stays: a sample
 * knows neither its unit nor what it means.
 * @throws ConcordatError `input_invalid` (422) for a correction of a column that is not proposed, or is corrected twice.
 */
export function confirmedChanges(
  { fields }: { readonly fields: readonly DatasetField[] },
  proposal: Proposal,
  corrections: Corrections,
): Readonly<Record<string, unknown>> {
  checkNames(proposal, corrections);
  const { rows } = proposal;
  const temporal = corrections.temporal ?? proposal.temporal;
  const sensitivity = corrections.sensitivity ?? proposal.sensitivity;
  return {
    fields: proposal.columns.map((column) => confirmedField(column, fields, corrections)),
    // What was not found out stays as it was.
    ...(rows === null ? {} : { rowCount: rows }),
    ...(temporal === null ? {} : { temporal }),
    ...(sensitivity === null ? {} : { sensitivity }),
  };
}

function confirmedField(
  { name, type, nullable, class: code }: ProposedColumn,
  declared: readonly DatasetField[],
  { columns }: Corrections,
): DatasetField {
  const before = declared.find((field) => field.name === name);
  const correction = columns.find((column) => column.name === name);
  const unit = correction?.unit ?? before?.unit;
  return {
    name,
    type: correction?.type ?? type,
    ...(unit === undefined ? {} : { unit }),
    nullable,
    description: correction?.description ?? before?.description ?? '',
    class: correction?.class ?? code,
  };
}

function checkNames(proposal: Proposal, { columns }: Corrections): void {
  const proposed = new Set(proposal.columns.map(({ name }) => name));
  const names = columns.map(({ name }) => name);
  const errors = names.flatMap((name, at) => {
    const pointer = `/columns/${String(at)}/name`;
    if (!proposed.has(name)) {
      return [{ pointer, reason: 'is no proposed column' }];
    }
    return names.indexOf(name) === at ? [] : [{ pointer, reason: 'stands twice' }];
  });
  if (errors.length > 0) {
    throw new ConcordatError('input_invalid', { errors });
  }
}
