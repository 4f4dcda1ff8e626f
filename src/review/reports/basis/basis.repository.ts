import type {
  AgreementTerms,
  LegalTerms,
  PartyTerms,
} from '../../../agreements/terms/terms.types.js';
import { rfc3339 } from '../../../platform/database/rfc3339.js';
import { decisionFactOf, type DecisionFact } from '../decision/decision-facts.js';
import { DISCLOSURES } from '../disclosure-types.js';
import { organisationOf, pseudonymOf, versionAt, type NamedOrganisation } from '../names.js';
import type { Reader } from '../reports.service.js';
import { EVENT_SIGHT, Params, type Statement } from '../statement.js';

export interface SignOffFact {
  readonly organisation: NamedOrganisation | null;
  readonly pseudonym: string | null;
  readonly signedAt: string;
  /** An earlier one where an administrative amendment carried the sign-off over (R3.2). */
  readonly version: number;
  readonly versionHash: string;
}

/** What a disclosure rested on when it happened. */
export interface BasisRow {
  readonly provider: NamedOrganisation;
  readonly requesting: NamedOrganisation;
  readonly grant: {
    readonly id: string;
    readonly issuedAt: string;
    readonly expiresAt: string;
    readonly endedAt: string | null;
    readonly endReason: string | null;
    readonly eventId: string;
  };
  readonly request: {
    readonly id: string;
    readonly reference: string;
    readonly purpose: string;
    readonly justification: string;
    readonly until: string;
    readonly undertakenHash: string | null;
    readonly undertakenAt: string | null;
  };
  readonly decision: DecisionFact | null;
  readonly version: {
    readonly id: string;
    readonly reference: string;
    readonly version: number;
    readonly title: string;
    readonly status: string;
    readonly versionHash: string;
    readonly startsAt: string | null;
    readonly endsAt: string | null;
    readonly activatedAt: string | null;
    /** Of an agreement that was signed outside: who vouched for the paper (R3.22). */
    readonly attestation: {
      readonly attestedBy: string | null;
      readonly approvedBy: string | null;
      readonly attestedAt: string;
    } | null;
  };
  readonly terms: AgreementTerms;
  readonly acceded: readonly { readonly party: PartyTerms; readonly legal?: LegalTerms }[];
  readonly signOffs: readonly SignOffFact[];
}

const SIGN_OFFS = `
  WITH RECURSIVE carried (version, amends, amendment) AS (
    SELECT v.version, v.amends, v.amendment
    UNION ALL
    SELECT w.version, w.amends, w.amendment FROM agreement_version w
      JOIN carried c ON c.amendment = 'administrative' AND w.version = c.amends WHERE w.agreement_id = a.id)
  SELECT jsonb_agg(jsonb_build_object(
      'organisation', CASE WHEN so.id IS NOT NULL THEN ${organisationOf('so')} END,
      'pseudonym', ${pseudonymOf('sp')}, 'signedAt', ${rfc3339('s.signed_at')}, 'version', s.version,
      'versionHash', s.version_hash) ORDER BY s.signed_at, s.id)
  FROM (SELECT DISTINCT ON (f.party_id) f.* FROM agreement_signoff f JOIN carried USING (version)
      WHERE f.agreement_id = a.id AND f.voided_at IS NULL ORDER BY f.party_id, f.version DESC) s
    JOIN person sp ON sp.id = s.person_id
    LEFT JOIN agreement_party party ON party.id = s.party_id
    LEFT JOIN organisation so ON so.id = party.organisation_id`;

/** @param id of the event. */
export function basisStatement(id: string, { sees }: Reader): Statement {
  const params = new Params();
  const where = params.where([['e.id = ?', id], [`e.type IN ${DISCLOSURES}`], [EVENT_SIGHT, sees]]);
  const sql = `
    SELECT ${organisationOf('q')} AS provider, ${organisationOf('o')} AS requesting,
      jsonb_build_object('id', g.id, 'issuedAt', ${rfc3339('g.issued_at')}, 'expiresAt', ${rfc3339('g.expires_at')},
        'endedAt', ${rfc3339('g.ended_at')}, 'endReason', g.end_reason, 'eventId', g.audit_event_id) AS grant,
      jsonb_build_object('id', r.id, 'reference', r.reference, 'purpose', r.purpose, 'justification', r.justification,
        'until', r.until_on::text, 'undertakenHash', r.undertaking_hash,
        'undertakenAt', ${rfc3339('r.undertaken_at')}) AS request,
      (SELECT ${decisionFactOf('c', 'x')} FROM access_decision c LEFT JOIN person x ON x.id = c.decider_id
        WHERE c.access_request_id = r.id AND c.decision = 'approved'
        ORDER BY c.decided_at DESC, c.id DESC LIMIT 1) AS decision,
      jsonb_build_object('id', a.id, 'reference', a.reference, 'version', v.version, 'title', v.title,
        'status', v.status, 'versionHash', v.version_hash, 'startsAt', ${rfc3339('v.starts_at')},
        'endsAt', ${rfc3339('v.ends_at')}, 'activatedAt', ${rfc3339('v.activated_at')},
        'attestation', CASE WHEN v.attested_at IS NOT NULL THEN jsonb_build_object(
          'attestedBy', (SELECT ${pseudonymOf('t')} FROM person t WHERE t.id = v.attested_by),
          'approvedBy', (SELECT ${pseudonymOf('t')} FROM person t WHERE t.id = v.attestation_approved_by),
          'attestedAt', ${rfc3339('v.attested_at')}) END) AS version,
      v.terms, coalesce((SELECT jsonb_agg(y.terms) FROM agreement_party y WHERE y.agreement_id = a.id
        AND y.organisation_id IN (o.id, q.id) AND y.terms IS NOT NULL), '[]') AS acceded,
      coalesce((${SIGN_OFFS}), '[]') AS "signOffs"
    FROM audit_event e
      JOIN grants g ON g.id = e.grant_id
      JOIN access_request r ON r.id = g.access_request_id
      JOIN organisation o ON o.id = g.organisation_id
      JOIN organisation q ON q.id = g.provider_id
      JOIN agreement a ON a.id = g.agreement_id
      ${versionAt('g', 'e.occurred_at')}
    ${where}`;
  return { sql, params: params.values };
}
