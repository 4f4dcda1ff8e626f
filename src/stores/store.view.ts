import type { ProbeCheck } from '../platform/object-store/probe-check.js';
import type { StoreEntity } from './store.entity.js';
import type { StoreStatus } from './store.rules.js';

/** A store as its organisation sees it. No credential, not even the key's id. */
export interface StoreView {
  readonly id: string;
  readonly organisationId: string;
  readonly name: string;
  readonly endpoint: string;
  readonly publicEndpoint: string | null;
  readonly region: string;
  readonly bucket: string;
  readonly addressing: 'path' | 'virtual';
  readonly credentialVersion: number;
  readonly rotatedAt: string;
  readonly sts: { readonly endpoint: string; readonly roleArn: string } | null;
  readonly probe: {
    readonly ranAt: string;
    readonly passed: boolean;
    readonly checks: readonly ProbeCheck[];
  } | null;
  readonly status: StoreStatus;
}

export function toStoreView(store: StoreEntity): StoreView {
  const { probe, probedAt, probePassed } = store;
  return {
    id: store.id,
    organisationId: store.organisationId,
    name: store.name,
    endpoint: store.endpoint,
    publicEndpoint: store.publicEndpoint,
    region: store.region,
    bucket: store.bucket,
    addressing: store.addressing,
    credentialVersion: store.credentialVersion,
    rotatedAt: store.rotatedAt.toISOString(),
    sts: store.sts && { endpoint: store.sts.endpoint, roleArn: store.sts.roleArn },
    probe:
      probe && probedAt
        ? { ranAt: probedAt.toISOString(), passed: probePassed === true, checks: probe }
        : null,
    status: store.status,
  };
}
