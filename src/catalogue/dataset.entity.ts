import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { DatasetStatus } from './dataset.rules.js';
import type {
  BoundingBox,
  DatasetAccess,
  DatasetField,
  DatasetKind,
  RowCount,
  LinkKind,
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

  /** Null with the prefix: in no store, so nobody is granted it. */
  @Column('uuid', { name: 'store_id', nullable: true })
  storeId: string | null;

  @Column('text', { nullable: true })
  prefix: string | null;

  @Column('text', { array: true })
  keywords: string[];

  @Column('text', { array: true })
  themes: string[];

  @Column('text', { array: true })
  languages: string[];

  @Column('text', { array: true })
  places: string[];

  /** The box that was given, or the one around the places. */
  @Column('double precision', { array: true, nullable: true })
  bbox: BoundingBox | null;

  @Column('text', { nullable: true })
  spatial: string | null;

  @Column('jsonb', { nullable: true })
  temporal: Temporal | null;

  @Column('text')
  licence: string;

  @Column('uuid', { name: 'steward_person_id', nullable: true })
  stewardPersonId: string | null;

  @Column('text', { name: 'steward_contact', nullable: true })
  stewardContact: string | null;

  @Column('jsonb', { name: 'row_count', nullable: true })
  rowCount: RowCount | null;

  @Column('text', { name: 'quality_notes', nullable: true })
  qualityNotes: string | null;

  @Column('text', { name: 'landing_page', nullable: true })
  landingPage: string | null;

  @Column('text')
  visibility: Visibility;

  @Column('text')
  status: DatasetStatus;

  @Column('text', { name: 'forwarding_note', nullable: true })
  forwardingNote: string | null;

  @Column('text', { name: 'sealed_version', nullable: true })
  sealedVersion: string | null;

  /** When it first came into the catalogue. */
  @Column('timestamptz', { name: 'published_at', nullable: true })
  publishedAt: Date | null;

  /** When the event of the last change was: the database sees to it. */
  @Column({ type: 'timestamptz', name: 'modified_at', insert: false, update: false })
  readonly modifiedAt?: Date;

  /** Of a record that was read from another catalogue. */
  @Column('uuid', { name: 'origin_source_id', nullable: true })
  originSourceId: string | null;

  @Column('text', { name: 'origin_identifier', nullable: true })
  originIdentifier: string | null;

  @Column('timestamptz', { name: 'origin_fetched_at', nullable: true })
  originFetchedAt: Date | null;

  @Column('timestamptz', { name: 'origin_vanished_at', nullable: true })
  originVanishedAt: Date | null;

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

  /** Sub-prefix behind the dataset's prefix, empty for all of it; null where it lies in no store. */
  @Column('text', { nullable: true })
  path: string | null;

  @Column('text', { name: 'download_url', nullable: true })
  downloadUrl: string | null;

  @Column('text', { name: 'access_url', nullable: true })
  accessUrl: string | null;

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

@Entity({ name: 'dataset_link' })
export class DatasetLinkEntity {
  @PrimaryColumn('uuid', { name: 'dataset_id' })
  datasetId: string;

  @PrimaryColumn('uuid', { name: 'related_id' })
  relatedId: string;

  @PrimaryColumn('text')
  kind: LinkKind;

  @Column('uuid', { name: 'audit_event_id' })
  auditEventId: string;
}
