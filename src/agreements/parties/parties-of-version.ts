import type { Party } from '../agreement.types.js';
import type { VersionStatus } from '../lifecycle/version-lifecycle.rules.js';
import type { DraftTerms } from '../terms/terms.types.js';
import { hasLeft } from './party-lifecycle.rules.js';

interface Version {
  readonly version: number;
  readonly status: VersionStatus;
  readonly terms: DraftTerms;
  /** Null while a draft. */
  readonly versionHash: string | null;
}

/**
 * Who stands in one version. A row says how the party stands in the version in force; what a version itself says of its
 * founding parties comes from its frozen terms. A party that acceded is in no version's terms and stands in all of them.
 */
export function partiesOfVersion(
  { version, status, terms, versionHash }: Version,
  rows: readonly Party[],
): readonly Party[] {
  const isPreparing =
    status === 'draft' || status === 'in_review' || status === 'awaiting_signature';
  const isAmending = isPreparing && version > 1;
  if (versionHash === null || !terms.parties) {
    return isAmending ? rows.filter((row) => !hasLeft(row.status)) : rows;
  }
  return rows.flatMap((row) => {
    const named = terms.parties?.find(
      ({ organisationId }) => organisationId === row.organisationId,
    );
    if (!named) {
      return row.isFounding || (isAmending && hasLeft(row.status)) ? [] : [row];
    }
    return [
      {
        ...row,
        isFounding: true,
        isLead: named.lead ?? row.isLead,
        dataRole: named.dataRole ?? row.dataRole,
        signatoryId: named.signatoryId ?? row.signatoryId,
        dpoId: named.dpoId ?? row.dpoId,
      },
    ];
  });
}
