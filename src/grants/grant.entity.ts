import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { DeliveryMode } from './delivery-modes.rules.js';
import type { GrantStatus } from './grant.rules.js';

@Entity({ name: 'grants' })
export class GrantEntity {
  @PrimaryColumn('uuid')
  id: string;

  @Column('uuid', { name: 'access_request_id' })
  accessRequestId: string;

  @Column('uuid', { name: 'person_id' })
  personId: string;

  @Column('uuid', { name: 'organisation_id' })
  organisationId: string;

  @Column('uuid', { name: 'project_id' })
  projectId: string;

  @Column('uuid', { name: 'agreement_id' })
  agreementId: string;

  @Column('int', { name: 'agreement_version' })
  agreementVersion: number;

  @Column('uuid', { name: 'dataset_id' })
  datasetId: string;

  @Column('text', { name: 'dataset_version', nullable: true })
  datasetVersion: string | null;

  @Column('uuid', { name: 'provider_id' })
  providerId: string;

  @Column('uuid', { name: 'store_id' })
  storeId: string;

  @Column('text')
  delivery: DeliveryMode;

  @Column('text')
  status: GrantStatus;

  @Column('timestamptz', { name: 'issued_at' })
  issuedAt: Date;

  @Column('timestamptz', { name: 'expires_at' })
  expiresAt: Date;

  @Column('timestamptz', { name: 'ended_at', nullable: true })
  endedAt: Date | null;

  @Column('text', { name: 'end_reason', nullable: true })
  endReason: string | null;

  @Column('int')
  epoch: number;

  /** Of a feed: the number after which it begins. */
  @Column('bigint', { name: 'feed_after', nullable: true })
  feedAfter: string | null;

  /** The thumbprint of the key that its tokens are bound to (RFC 9449). */
  @Column('text', { nullable: true })
  jkt: string | null;

  @Column('int', { name: 'max_revocation_seconds' })
  maxRevocationSeconds: number;

  @Column('bigint', { name: 'policy_version' })
  policyVersion: string;

  @Column('bigint', { name: 'max_bytes', nullable: true })
  maxBytes: string | null;

  @Column('bigint', { name: 'bytes_reserved' })
  bytesReserved: string;

  @Column('bigint', { name: 'bytes_delivered' })
  bytesDelivered: string;

  @Column('int', { name: 'max_downloads', nullable: true })
  maxDownloads: number | null;

  @Column('int')
  downloads: number;

  @Column('uuid', { name: 'audit_event_id' })
  auditEventId: string;
}
