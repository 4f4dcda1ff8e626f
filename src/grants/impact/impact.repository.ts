import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { ImpactSubject, ImpactType } from './impact.rules.js';

const OWNED = (table: string): string =>
  `SELECT ARRAY[organisation_id]::text[] AS "organisationIds", organisation_id AS "organisationId",
     NULL AS "agreementId", NULL AS "personId" FROM ${table} WHERE id = $1`;

const SUBJECTS: Readonly<Record<ImpactType, string>> = {
  party: `SELECT ARRAY(SELECT DISTINCT l.organisation_id::text FROM agreement_party l
       WHERE l.agreement_id = p.agreement_id AND (l.id = p.id OR l.is_lead)) AS "organisationIds",
     p.organisation_id AS "organisationId", p.agreement_id AS "agreementId", NULL AS "personId"
     FROM agreement_party p WHERE p.id = $1`,
  organisation: `SELECT ARRAY[id]::text[] AS "organisationIds", id AS "organisationId", NULL AS "agreementId",
     NULL AS "personId" FROM organisation WHERE id = $1`,
  membership: `SELECT ARRAY[organisation_id]::text[] AS "organisationIds", organisation_id AS "organisationId",
     NULL AS "agreementId", person_id AS "personId" FROM membership WHERE id = $1 AND ended_at IS NULL`,
  person: `SELECT ARRAY[]::text[] AS "organisationIds", NULL AS "organisationId", NULL AS "agreementId",
     id AS "personId" FROM person WHERE id = $1`,
  project: OWNED('project'),
  dataset: OWNED('dataset'),
  store: OWNED('partner_store'),
};

@Injectable()
export class ImpactRepository {
  async findSubject(
    manager: EntityManager,
    type: ImpactType,
    id: string,
  ): Promise<ImpactSubject | undefined> {
    const [row] = await manager.query<ImpactSubject[]>(SUBJECTS[type], [id]);
    return row;
  }

  async pseudonymsOf(
    manager: EntityManager,
    personIds: readonly string[],
  ): Promise<ReadonlyMap<string, string>> {
    const rows = await manager.query<{ id: string; pseudonym: string }[]>(
      'SELECT id, pseudonym FROM person WHERE id = ANY($1)',
      [personIds],
    );
    return new Map(rows.map(({ id, pseudonym }) => [id, pseudonym]));
  }
}
