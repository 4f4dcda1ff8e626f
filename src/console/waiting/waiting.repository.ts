import { Injectable } from '@nestjs/common';
import { Database } from '../../platform/database/database.js';

/** So many of a kind are shown; one more says that there are others. */
export const SHOWN = 5;
const READ = SHOWN + 1;
/** What is more than this is not looked through for a duty: the lists of the places have it. */
const LOOKED_THROUGH = 200;

/** A thing that waits for somebody: named, and from or until when. */
export interface WaitingRow {
  readonly id: string;
  readonly reference: string;
  readonly title: string;
  readonly at: Date | null;
}

/** A version that waits for a named person of a party. */
export interface DutyRow extends WaitingRow {
  readonly organisationId: string;
  /** Whom the terms name for it. */
  readonly personId: string;
}

const PARTY = `
  FROM agreement_version v JOIN agreement a ON a.id = v.agreement_id
    JOIN agreement_party p ON p.agreement_id = v.agreement_id AND p.organisation_id = ANY($1)
      AND p.since_version <= v.version AND coalesce(p.until_version, v.version) >= v.version
      AND p.status NOT IN ('withdrawn', 'excluded', 'lapsed')`;

const TO_REVIEW = `
  SELECT a.id, a.reference, v.title, NULL::timestamptz AS at, p.organisation_id AS "organisationId",
    p.dpo_id AS "personId" ${PARTY}
  WHERE v.status = 'in_review' AND NOT EXISTS (
    SELECT FROM agreement_review r WHERE r.agreement_id = v.agreement_id AND r.version = v.version
      AND r.revision = v.revision AND r.party_id = p.id AND r.decision = 'accept')
  ORDER BY a.id LIMIT ${String(LOOKED_THROUGH)}`;

const TO_SIGN = `
  SELECT a.id, a.reference, v.title, v.starts_at AS at, p.organisation_id AS "organisationId",
    p.signatory_id AS "personId" ${PARTY}
  WHERE v.status = 'awaiting_signature' AND NOT EXISTS (
    SELECT FROM agreement_signoff s WHERE s.agreement_id = v.agreement_id AND s.version = v.version
      AND s.party_id = p.id AND s.voided_at IS NULL)
  ORDER BY a.id LIMIT ${String(LOOKED_THROUGH)}`;

const TO_DECIDE = `
  SELECT r.id, r.reference, d.title, r.undertaken_at AS at
  FROM access_request r JOIN dataset d ON d.id = r.dataset_id
  WHERE r.status IN ('submitted', 'in_review') AND d.organisation_id = ANY($1)
  ORDER BY r.undertaken_at, r.id LIMIT ${String(READ)}`;

const RETURNED = `
  SELECT r.id, r.reference, d.title, NULL::timestamptz AS at
  FROM access_request r JOIN dataset d ON d.id = r.dataset_id
  WHERE r.requester_id = $1 AND r.status = 'returned' ORDER BY r.id LIMIT ${String(READ)}`;

// Approved, and nothing was ever issued on it.
const TO_TAKE = `
  SELECT r.id, r.reference, d.title, NULL::timestamptz AS at
  FROM access_request r JOIN dataset d ON d.id = r.dataset_id
  WHERE r.requester_id = $1 AND r.status = 'approved'
    AND NOT EXISTS (SELECT FROM grants g WHERE g.access_request_id = r.id)
  ORDER BY r.id LIMIT ${String(READ)}`;

const ENDING_GRANTS = `
  SELECT g.id, a.reference, d.title, g.expires_at AS at
  FROM grants g JOIN dataset d ON d.id = g.dataset_id JOIN agreement a ON a.id = g.agreement_id
  WHERE g.person_id = $1 AND g.status IN ('issued', 'active') AND g.expires_at > $2 AND g.expires_at <= $3
  ORDER BY g.expires_at, g.id LIMIT ${String(READ)}`;

const ENDING_AGREEMENTS = `
  SELECT a.id, a.reference, v.title, v.ends_at AS at
  FROM agreement a JOIN agreement_version v ON v.agreement_id = a.id AND v.version = a.current_version
  WHERE coalesce(v.organisation_id, a.organisation_id) = ANY($1) AND v.status IN ('active', 'suspended')
    AND v.ends_at > $2 AND v.ends_at <= $3
  ORDER BY v.ends_at, a.id LIMIT ${String(READ)}`;

// R3.19: a review that is overdue suspends the agreement in the end.
const REVIEWS_DUE = `
  SELECT a.id, a.reference, v.title, NULL::timestamptz AS at
  FROM agreement a JOIN agreement_version v ON v.agreement_id = a.id
  WHERE coalesce(v.organisation_id, a.organisation_id) = ANY($1) AND v.status = 'active'
    AND coalesce(v.next_review_on, v.terms ->> 'reviewOn') <= $2
  ORDER BY coalesce(v.next_review_on, v.terms ->> 'reviewOn'), a.id LIMIT ${String(READ)}`;

const FAILED_STORES = `
  SELECT s.id, o.name AS reference, s.name AS title, s.probed_at AS at
  FROM partner_store s JOIN organisation o ON o.id = s.organisation_id
  WHERE s.organisation_id = ANY($1) AND s.status <> 'retired' AND NOT s.probe_passed
  ORDER BY s.name, s.id LIMIT ${String(READ)}`;

const TO_ATTEST = `
  SELECT c.id, a.reference, p.title, c.due_at AS at
  FROM closure c JOIN agreement a ON a.id = c.agreement_id JOIN project p ON p.id = c.project_id
  WHERE c.status IN ('due', 'overdue') AND c.organisation_id = ANY($1)
  ORDER BY c.due_at, c.id LIMIT ${String(READ)}`;

const TO_VERIFY = `
  SELECT c.id, a.reference, p.title, c.due_at AS at
  FROM closure c JOIN agreement a ON a.id = c.agreement_id JOIN project p ON p.id = c.project_id
  WHERE c.status = 'attested' AND c.provider_id = ANY($1)
  ORDER BY c.due_at, c.id LIMIT ${String(READ)}`;

const ALERTS = `
  SELECT l.id, l.rule AS reference, l.subject_kind AS title, l.raised_at AS at
  FROM audit_alert l WHERE l.status = 'open' AND ($1::uuid[] IS NULL OR l.organisation_ids && $1)
  ORDER BY l.raised_at DESC, l.id DESC LIMIT ${String(READ)}`;

/** What waits for somebody, read across the slices' tables. */
@Injectable()
export class WaitingRepository {
  constructor(private readonly database: Database) {}

  toReview(organisationIds: readonly string[]): Promise<DutyRow[]> {
    return this.read(TO_REVIEW, [organisationIds]);
  }

  toSign(organisationIds: readonly string[]): Promise<DutyRow[]> {
    return this.read(TO_SIGN, [organisationIds]);
  }

  toDecide(organisationIds: readonly string[]): Promise<WaitingRow[]> {
    return this.read(TO_DECIDE, [organisationIds]);
  }

  returned(personId: string): Promise<WaitingRow[]> {
    return this.read(RETURNED, [personId]);
  }

  toTake(personId: string): Promise<WaitingRow[]> {
    return this.read(TO_TAKE, [personId]);
  }

  endingGrants(personId: string, from: Date, until: Date): Promise<WaitingRow[]> {
    return this.read(ENDING_GRANTS, [personId, from, until]);
  }

  endingAgreements(
    organisationIds: readonly string[],
    from: Date,
    until: Date,
  ): Promise<WaitingRow[]> {
    return this.read(ENDING_AGREEMENTS, [organisationIds, from, until]);
  }

  /** @param today a London day. */
  reviewsDue(organisationIds: readonly string[], today: string): Promise<WaitingRow[]> {
    return this.read(REVIEWS_DUE, [organisationIds, today]);
  }

  failedStores(organisationIds: readonly string[]): Promise<WaitingRow[]> {
    return this.read(FAILED_STORES, [organisationIds]);
  }

  toAttest(organisationIds: readonly string[]): Promise<WaitingRow[]> {
    return this.read(TO_ATTEST, [organisationIds]);
  }

  toVerify(organisationIds: readonly string[]): Promise<WaitingRow[]> {
    return this.read(TO_VERIFY, [organisationIds]);
  }

  /** @param organisationIds null for every organisation. */
  alerts(organisationIds: readonly string[] | null): Promise<WaitingRow[]> {
    return this.read(ALERTS, [organisationIds]);
  }

  private read<Row>(statement: string, parameters: unknown[]): Promise<Row[]> {
    return this.database.manager.query<Row[]>(statement, parameters);
  }
}
