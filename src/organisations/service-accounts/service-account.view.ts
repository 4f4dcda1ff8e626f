import type { ServiceAccountRow } from './service-accounts.repository.js';

export interface ServiceAccountView {
  readonly id: string;
  readonly organisationId: string;
  readonly issuer: string;
  readonly clientId: string;
  readonly name: string;
  readonly accountablePersonId: string;
  readonly roles: readonly string[];
  readonly status: string;
  readonly createdAt: string;
}

export function toServiceAccountView(row: ServiceAccountRow): ServiceAccountView {
  const { id, organisationId, issuer, clientId, name, accountableId, roles, status } = row;
  return {
    id,
    organisationId,
    issuer,
    clientId,
    name,
    accountablePersonId: accountableId,
    roles,
    status,
    createdAt: row.createdAt.toISOString(),
  };
}
