import type { OrganisationCheckEntity, OrganisationEntity } from './organisation.entity.js';

export interface OrganisationView {
  readonly id: string;
  readonly name: string;
  readonly kind: string;
  readonly identifier: { readonly scheme: string; readonly value: string } | null;
  readonly publicAuthority: boolean;
  readonly isOperator: boolean;
  readonly status: string;
  /** Of each kind the one that lasts longest. */
  readonly checks: readonly {
    readonly kind: string;
    readonly number: string;
    readonly issuedOn: string;
    readonly expiresOn: string;
  }[];
}

export function toOrganisationView(
  organisation: OrganisationEntity,
  checks: readonly OrganisationCheckEntity[],
): OrganisationView {
  const { id, name, kind, identifierScheme, identifierValue, publicAuthority } = organisation;
  return {
    id,
    name,
    kind,
    identifier:
      identifierScheme !== null && identifierValue !== null
        ? { scheme: identifierScheme, value: identifierValue }
        : null,
    publicAuthority,
    isOperator: organisation.isOperator,
    status: organisation.status,
    checks: checks.map((check) => ({
      kind: check.kind,
      number: check.number,
      issuedOn: check.issuedOn,
      expiresOn: check.expiresOn,
    })),
  };
}
