import type { Cause } from '../../cascade/cause.js';

/** Which live grants a cause ends: SQL over `grants g`. */
export interface EndCondition {
  readonly where: string;
  readonly params: readonly unknown[];
}

/** Causes after which somebody no longer holds a qualification. */
export type Lapse = Extract<
  Cause,
  { code: 'accreditation_lapsed' | 'training_lapsed' | 'organisation_check_lapsed' }
>;
/** A new version ends some grants of the old one: which, the rows alone do not say. */
export type Supersession = Extract<Cause, { code: 'version_superseded' }>;

/** domain.md section 3, "Cascades". @returns undefined for a cause that ends no grant. */
// eslint-disable-next-line complexity -- one line for each cause of the closed list
export function endCondition(
  cause: Exclude<Cause, Lapse | Supersession>,
): EndCondition | undefined {
  switch (cause.code) {
    case 'version_stopped':
      return under(cause.agreementId, cause.version);
    case 'party_stopped':
      return where('g.agreement_id = $1 AND $2 IN (g.organisation_id, g.provider_id)', [
        cause.agreementId,
        cause.organisationId,
      ]);
    case 'organisation_stopped':
      return where('(g.organisation_id = $1 OR g.provider_id = $1)', [cause.organisationId]);
    case 'membership_ended':
      return heldFor(cause.personId, cause.organisationId);
    case 'role_ended':
      // Of a member's roles only this one carries grants.
      return cause.role === 'researcher'
        ? heldFor(cause.personId, cause.organisationId)
        : undefined;
    case 'person_suspended':
      return where('g.person_id = $1', [cause.personId]);
    case 'project_closed':
      return where('g.project_id = $1', [cause.projectId]);
    case 'member_removed':
      return where('g.project_id = $1 AND g.person_id = $2', [cause.projectId, cause.personId]);
    case 'dataset_stopped':
      return where('g.dataset_id = $1', [cause.datasetId]);
    case 'store_suspended':
      return where('g.store_id = $1', [cause.storeId]);
  }
}

/** The same, of those that one of these organisations holds or provides; null: of whomever. */
export function of(
  organisationIds: readonly string[] | null,
  condition: EndCondition,
): EndCondition {
  if (organisationIds === null) {
    return condition;
  }
  const place = `$${String(condition.params.length + 1)}::uuid[]`;
  const isOne = `(g.organisation_id = ANY(${place}) OR g.provider_id = ANY(${place}))`;
  return where(`(${condition.where}) AND ${isOne}`, [...condition.params, organisationIds]);
}

/** @param lacking codes that the subject held and does not hold any more. */
export function lapseCondition(lapse: Lapse, lacking: readonly string[]): EndCondition {
  switch (lapse.code) {
    case 'accreditation_lapsed':
      return where(`g.person_id = $1 AND ${requiring('accreditations')}`, [
        lapse.personId,
        lacking,
      ]);
    case 'training_lapsed':
      return where(`g.person_id = $1 AND ${requiring('trainings')}`, [lapse.personId, lacking]);
    case 'organisation_check_lapsed':
      return where(`g.organisation_id = $1 AND ${requiring('orgChecks')}`, [
        lapse.organisationId,
        lacking,
      ]);
  }
}

// Not a join: a row that another transaction carries to the next version while this one waits for it is judged again by
// what it became, and a join would compare it with the version that it left, and miss it
// (https://www.postgresql.org/docs/18/transaction-iso.html#XACT-READ-COMMITTED).
function requiring(codes: 'accreditations' | 'trainings' | 'orgChecks'): string {
  return `EXISTS (SELECT FROM agreement_version v WHERE v.agreement_id = g.agreement_id
    AND v.version = g.agreement_version AND v.terms -> '${codes}' ?| $2::text[])`;
}

/** Every grant under one version. */
export function under(agreementId: string, version: number): EndCondition {
  return where('g.agreement_id = $1 AND g.agreement_version = $2', [agreementId, version]);
}

/** Where any of them holds. */
export function anyOf(conditions: readonly EndCondition[]): EndCondition {
  const params: unknown[] = [];
  const parts = conditions.map((one) => {
    const before = params.length;
    params.push(...one.params);
    return `(${one.where.replace(/\$(\d+)/g, (_, at: string) => `$${String(before + Number(at))}`)})`;
  });
  return where(`(${parts.join(' OR ')})`, params);
}

function heldFor(personId: string, organisationId: string): EndCondition {
  return where('g.person_id = $1 AND g.organisation_id = $2', [personId, organisationId]);
}

function where(sql: string, params: readonly unknown[]): EndCondition {
  return { where: sql, params };
}
