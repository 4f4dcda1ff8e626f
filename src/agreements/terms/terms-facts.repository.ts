import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { londonDay } from '../../kernel/london-day.js';
import { dutyKey, type DatasetFacts, type ParentFacts, type TermsFacts } from './terms-facts.js';

interface ParentRow {
  readonly status: string;
  readonly kind: string;
  readonly endsAt: Date;
  readonly members: string[];
}

/** What the terms rules ask of the database. Ids that name nothing are simply not found. */
@Injectable()
export class TermsFactsRepository {
  async organisations(
    manager: EntityManager,
    ids: readonly string[],
  ): Promise<Pick<TermsFacts, 'activeOrganisationIds' | 'publicAuthorityIds'>> {
    const rows = await manager.query<{ id: string; isAuthority: boolean }[]>(
      `SELECT id, public_authority AS "isAuthority" FROM organisation
       WHERE id = ANY($1) AND status = 'active'`,
      [ids],
    );
    return {
      activeOrganisationIds: new Set(rows.map(({ id }) => id)),
      publicAuthorityIds: new Set(rows.filter((row) => row.isAuthority).map(({ id }) => id)),
    };
  }

  /** Roles that live members of these organisations hold on `today` (domain.md section 10, "Live"). */
  async duties(
    manager: EntityManager,
    organisationIds: readonly string[],
    personIds: readonly string[],
    today: string,
  ): Promise<ReadonlySet<string>> {
    const rows = await manager.query<{ organisation: string; person: string; role: string }[]>(
      `SELECT m.organisation_id AS organisation, m.person_id AS person, r.role
       FROM membership m
       JOIN person p ON p.id = m.person_id AND p.status = 'active'
       JOIN membership_role r ON r.membership_id = m.id
       WHERE m.organisation_id = ANY($1) AND m.person_id = ANY($2)
         AND m.ended_at IS NULL AND m.starts_on <= $3 AND (m.ends_on IS NULL OR m.ends_on >= $3)
         AND r.ended_at IS NULL AND r.starts_on <= $3 AND (r.ends_on IS NULL OR r.ends_on >= $3)`,
      [organisationIds, personIds, today],
    );
    return new Set(
      rows.map(({ organisation, person, role }) => dutyKey(organisation, person, role)),
    );
  }

  /** Only datasets that the drafting organisation may see anyway: a draft must not sound out a hidden one's columns. */
  async datasets(
    manager: EntityManager,
    ids: readonly string[],
    draftingOrganisationId: string,
    now: Date,
  ): Promise<ReadonlyMap<string, DatasetFacts>> {
    const rows = await manager.query<(DatasetFacts & { id: string })[]>(
      `SELECT d.id, d.organisation_id AS "organisationId", d.status, d.kind, d.fields,
         coalesce((SELECT bool_and(x.discloses_location) FROM distribution x
           WHERE x.dataset_id = d.id AND x.removed_at IS NULL AND x.path IS NOT NULL), false) AS "disclosesLocation",
         d.store_id IS NOT NULL AS "isInStore"
       FROM dataset d WHERE d.id = ANY($1) AND (d.organisation_id = $2 OR (d.status <> 'draft' AND (
         d.visibility = 'public' OR (d.visibility = 'parties' AND EXISTS (SELECT FROM agreement_item i
           JOIN agreement_version v ON v.agreement_id = i.agreement_id AND v.version = i.version AND v.status = 'active'
             AND v.ends_at > $3
           JOIN agreement_party p ON p.agreement_id = i.agreement_id AND p.status = 'active'
             AND (p.ends_at IS NULL OR p.ends_at > $3)
           WHERE i.dataset_id = d.id AND p.organisation_id = $2)))))`,
      [ids, draftingOrganisationId, now],
    );
    return new Map(rows.map((row) => [row.id, row]));
  }

  /**
   * The current version of a parent, when the drafting organisation is a party of it. R3.25: as it stands at `now`; notice
   * brings its end nearer than its terms say.
   */
  async parent(
    manager: EntityManager,
    agreementId: string,
    draftingOrganisationId: string,
    now: Date,
  ): Promise<ParentFacts | undefined> {
    const [row] = await manager.query<ParentRow[]>(
      `SELECT v.status, v.terms ->> 'kind' AS kind, v.ends_at AS "endsAt", (
         SELECT jsonb_agg(p.organisation_id) FROM agreement_party p
         WHERE p.agreement_id = a.id AND p.status = 'active' AND (p.ends_at IS NULL OR p.ends_at > $3)) AS members
       FROM agreement a JOIN agreement_version v ON v.agreement_id = a.id AND v.version = a.current_version
       WHERE a.id = $1 AND v.ends_at > $3 AND EXISTS (SELECT FROM agreement_party p
         WHERE p.agreement_id = a.id AND p.organisation_id = $2 AND p.status = 'active'
           AND (p.ends_at IS NULL OR p.ends_at > $3))`,
      [agreementId, draftingOrganisationId, now],
    );
    return (
      row && {
        kind: row.kind,
        status: row.status,
        endsOn: londonDay(new Date(row.endsAt.getTime() - 1)),
        organisationIds: row.members,
      }
    );
  }
}
