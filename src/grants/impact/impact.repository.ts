import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { ImpactSubject, StopQuestion, StopType } from './impact.rules.js';

/** The columns of a subject, in SQL; those not named are NULL. */
function subjectOf(
  organisationIds: string,
  columns: Partial<Record<Exclude<keyof ImpactSubject, 'organisationIds'>, string>>,
): string {
  const { organisationId, agreementId, personId, code } = columns;
  return `SELECT ${organisationIds}::text[] AS "organisationIds", ${organisationId ?? 'NULL'} AS "organisationId",
    ${agreementId ?? 'NULL'} AS "agreementId", ${personId ?? 'NULL'} AS "personId", ${code ?? 'NULL'} AS code FROM asked`;
}

const OWNED = (table: string): string =>
  `${subjectOf('ARRAY[t.organisation_id]', { organisationId: 't.organisation_id' })} JOIN ${table} t ON t.id = asked.id`;

// Where somebody belongs: as for the act itself.
const ORGANISATIONS_OF = (person: string): string =>
  `ARRAY(SELECT b.organisation_id FROM membership b WHERE b.person_id = ${person} AND b.ended_at IS NULL
     AND (b.ends_on IS NULL OR b.ends_on >= asked.today))`;

const AWARD = (table: string, code: string, isOpen: string): string =>
  `${subjectOf(ORGANISATIONS_OF('t.person_id'), { personId: 't.person_id', code: `t.${code}` })}
     JOIN ${table} t ON t.id = asked.id AND ${isOpen}`;

const MEMBER = (code?: string): string =>
  `${subjectOf('ARRAY[m.organisation_id]', {
    organisationId: 'm.organisation_id',
    personId: 'm.person_id',
    ...(code !== undefined && { code }),
  })} JOIN membership m ON m.id = asked.id AND m.ended_at IS NULL`;

const STANDING = `('active', 'suspended')`;

const SUBJECTS: Readonly<Record<StopType, string>> = {
  agreement: `${subjectOf(
    `ARRAY(SELECT y.organisation_id FROM agreement_party y WHERE y.agreement_id = a.id AND y.status IN ${STANDING})`,
    { agreementId: 'a.id', code: 'coalesce(v.version, 0)::text' },
  )} JOIN agreement a ON a.id = asked.id
     LEFT JOIN agreement_version v ON v.agreement_id = a.id AND v.status IN ${STANDING}`,
  party: `${subjectOf(
    `ARRAY(SELECT DISTINCT l.organisation_id FROM agreement_party l
       WHERE l.agreement_id = p.agreement_id AND (l.id = p.id OR l.is_lead))`,
    { organisationId: 'p.organisation_id', agreementId: 'p.agreement_id' },
  )} JOIN agreement_party p ON p.id = asked.id`,
  organisation: `${subjectOf('ARRAY[o.id]', { organisationId: 'o.id' })} JOIN organisation o ON o.id = asked.id`,
  organisation_check: `${subjectOf('ARRAY[c.organisation_id]', { organisationId: 'c.organisation_id', code: 'c.kind' })}
    JOIN organisation_check c ON c.organisation_id = asked.id AND c.kind = asked.part AND c.lapsed_at IS NULL`,
  membership: MEMBER(),
  role: `${MEMBER('r.role')}
    JOIN membership_role r ON r.membership_id = m.id AND r.role = asked.part AND r.ended_at IS NULL`,
  person: `${subjectOf(ORGANISATIONS_OF('p.id'), { personId: 'p.id' })} JOIN person p ON p.id = asked.id`,
  accreditation: AWARD('accreditation', 'scheme', `t.state IN ('recorded', 'verified')`),
  training: AWARD('training', 'course', 't.lapsed_at IS NULL'),
  project: OWNED('project'),
  project_member: `${subjectOf('ARRAY[p.organisation_id]', { personId: 'm.person_id' })}
    JOIN project p ON p.id = asked.id
    JOIN project_member m ON m.project_id = p.id AND m.person_id::text = lower(asked.part) AND m.removed_at IS NULL`,
  dataset: OWNED('dataset'),
  store: OWNED('partner_store'),
};

@Injectable()
export class ImpactRepository {
  /** @param today a London day. */
  async findSubject(
    manager: EntityManager,
    { type, id, part }: StopQuestion,
    today: string,
  ): Promise<ImpactSubject | undefined> {
    const asked = 'WITH asked AS (SELECT $1::uuid AS id, $2::text AS part, $3::date AS today)';
    const sql = `${asked} ${SUBJECTS[type]} LIMIT 1`;
    const [row] = await manager.query<ImpactSubject[]>(sql, [id, part, today]);
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
