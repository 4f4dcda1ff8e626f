import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { DatasetStatus } from './dataset.rules.js';
import type {
  DatasetAccess,
  DatasetField,
  DatasetKind,
  Temporal,
  Visibility,
} from './dataset.types.js';

@Entity({ name: 'dataset' })
export class DatasetEntity {
  @PrimaryColumn('uuid')
  id: string;

  @Column('uuid', { name: 'organisation_id' })
  organisationId: string;

  @Column('text')
  title: string;

  @Column('text')
  description: string;

  @Column('text')
  publisher: string;

  @Column('text')
  contact: string;

  @Column('text')
  access: DatasetAccess;

  @Column('text', { name: 'access_reason', nullable: true })
  accessReason: string | null;

  @Column('text')
  sensitivity: string;

  @Column('text', { array: true })
  tags: string[];

  @Column('text')
  kind: DatasetKind;

  @Column('text', { nullable: true })
  frequency: string | null;

  @Column('jsonb')
  fields: DatasetField[];

  @Column('uuid', { name: 'population_id' })
  populationId: string;

  @Column('uuid', { name: 'store_id' })
  storeId: string;

  @Column('text')
  prefix: string;

  @Column('text', { array: true })
  keywords: string[];

  @Column('text', { nullable: true })
  theme: string | null;

  @Column('text', { nullable: true })
  spatial: string | null;

  @Column('jsonb', { nullable: true })
  temporal: Temporal | null;

  @Column('text')
  licence: string;

  @Column('text')
  visibility: Visibility;

  @Column('text')
  status: DatasetStatus;

  @Column('text', { name: 'forwarding_note', nullable: true })
  forwardingNote: string | null;

  @Column('text', { name: 'sealed_version', nullable: true })
  sealedVersion: string | null;

  /** From when the worker is to seal it; null when nobody asked. */
  @Column('timestamptz', { name: 'seal_due_at', nullable: true })
  sealDueAt: Date | null;

  /** The attempt that may finish the seal. */
  @Column('uuid', { name: 'seal_claim', nullable: true })
  sealClaim: string | null;

  /** Why the last attempt failed, in words for the owner. */
  @Column('text', { name: 'seal_fault', nullable: true })
  sealFault: string | null;

  @Column('uuid', { name: 'audit_event_id' })
  auditEventId: string;
}

@Entity({ name: 'distribution' })
export class DistributionEntity {
  @PrimaryColumn('uuid')
  id: string;

  @Column('uuid', { name: 'dataset_id' })
  datasetId: string;

  @Column('text')
  title: string;

  @Column('text', { name: 'media_type' })
  mediaType: string;

  /** Sub-prefix behind the dataset's prefix; empty for all of it. */
  @Column('text')
  path: string;

  /** Text, as PostgreSQL gives a bigint. */
  @Column('bigint', { name: 'byte_size', nullable: true })
  byteSize: string | null;

  @Column('timestamptz', { nullable: true })
  modified: Date | null;

  @Column('boolean', { name: 'discloses_location' })
  disclosesLocation: boolean;

  @Column('timestamptz', { name: 'removed_at', nullable: true })
  removedAt: Date | null;

  @Column('uuid', { name: 'audit_event_id' })
  auditEventId: string;
}
