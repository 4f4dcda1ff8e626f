import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';

/** A store of an organisation, as far as a description of its data must know it. */
export interface OwnStore {
  readonly id: string;
  readonly status: string;
  readonly bucket: string;
  readonly hosts: readonly string[];
}

interface StoreRow {
  readonly id: string;
  readonly status: string;
  readonly bucket: string;
  readonly endpoints: readonly string[];
}

/** More than an organisation has. */
const MAX_STORES = 500;

/** What descriptions name of other slices' things. */
@Injectable()
export class DescribedThings {
  /** @param first comes first, so that it is among those looked at. */
  async storesOf(
    manager: EntityManager,
    organisationId: string,
    first: string | undefined,
  ): Promise<readonly OwnStore[]> {
    const rows = await manager.query<StoreRow[]>(
      `SELECT id, status, bucket, array_remove(ARRAY[endpoint, public_endpoint], NULL) AS endpoints
       FROM partner_store WHERE organisation_id = $1 ORDER BY id = $2 DESC, id LIMIT ${String(MAX_STORES)}`,
      [organisationId, first ?? null],
    );
    return rows.map(({ endpoints, ...store }) => ({
      ...store,
      hosts: endpoints.map((endpoint) => new URL(endpoint).hostname),
    }));
  }

  async isMember(
    manager: EntityManager,
    personId: string,
    organisationId: string,
    today: string,
  ): Promise<boolean> {
    return (await this.memberName(manager, personId, organisationId, today)) !== undefined;
  }

  /** @returns undefined for who is no live member; null for a member without a name. */
  async memberName(
    manager: EntityManager,
    personId: string,
    organisationId: string,
    today: string,
  ): Promise<string | null | undefined> {
    const [row] = await manager.query<{ name: string | null }[]>(
      `SELECT p.name FROM membership m JOIN person p ON p.id = m.person_id AND p.status = 'active'
       WHERE m.person_id = $1 AND m.organisation_id = $2 AND m.ended_at IS NULL AND m.starts_on <= $3
         AND (m.ends_on IS NULL OR m.ends_on >= $3) LIMIT 1`,
      [personId, organisationId, today],
    );
    return row?.name;
  }
}
