import type { AgreementTerms } from '../../../agreements/terms/terms.types.js';
import { Params, type Statement } from '../statement.js';

/** A version of an agreement. */
export interface VersionKey {
  readonly agreementId: string;
  readonly version: number;
}

/** A version, and the one that it was made from. */
export interface VersionPairRow extends VersionKey {
  readonly amends: number;
  readonly amendment: string | null;
  readonly terms: AgreementTerms;
  /** Null where the older one did not name the reader's organisation (R5.8). */
  readonly before: AgreementTerms | null;
}

/** Of these versions, those that were made from another. @param sees whose; null: everybody's. */
export function versionPairsStatement(
  versions: readonly VersionKey[],
  sees: readonly string[] | null,
): Statement {
  const params = new Params();
  const agreements = params.bind(versions.map(({ agreementId }) => agreementId));
  const numbers = params.bind(versions.map(({ version }) => version));
  const isSeen = sees === null ? 'true' : namesAny(`${params.bind(sees)}::uuid[]`);
  const sql = `
    SELECT v.agreement_id AS "agreementId", v.version, v.amends, v.amendment, v.terms,
      CASE WHEN ${isSeen} THEN b.terms END AS before
    FROM unnest(${agreements}::uuid[], ${numbers}::int[]) asked (agreement_id, version)
      JOIN agreement_version v ON v.agreement_id = asked.agreement_id AND v.version = asked.version
      JOIN agreement_version b ON b.agreement_id = v.agreement_id AND b.version = v.amends`;
  return { sql, params: params.values };
}

// A party of the older version, or one that has joined the agreement since.
const namesAny = (organisations: string): string => `(
  EXISTS (SELECT FROM jsonb_array_elements(b.terms -> 'parties') x WHERE (x ->> 'organisationId')::uuid = ANY(${organisations}))
  OR EXISTS (SELECT FROM agreement_party y WHERE y.agreement_id = b.agreement_id AND NOT y.is_founding
    AND y.organisation_id = ANY(${organisations})))`;
