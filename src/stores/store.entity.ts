import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { ProbeCheck } from '../platform/object-store/probe-check.js';
import type { StoreStatus } from './store.rules.js';

@Entity({ name: 'partner_store' })
export class StoreEntity {
  @PrimaryColumn('uuid')
  id: string;

  @Column('uuid', { name: 'organisation_id' })
  organisationId: string;

  @Column('text')
  name: string;

  @Column('text')
  endpoint: string;

  @Column('text', { name: 'public_endpoint', nullable: true })
  publicEndpoint: string | null;

  @Column('text')
  region: string;

  @Column('text')
  bucket: string;

  @Column('text')
  addressing: 'path' | 'virtual';

  /** Sealed; empty once the store is retired. */
  @Column('bytea')
  credentials: Buffer;

  @Column('int', { name: 'credential_version' })
  credentialVersion: number;

  @Column('timestamptz', { name: 'rotated_at' })
  rotatedAt: Date;

  @Column('jsonb', { nullable: true })
  sts: { endpoint: string; roleArn: string } | null;

  /** Where the store writes who read what of it, for the broker to read with the same keys. */
  @Column('jsonb', { name: 'access_log', nullable: true })
  accessLog: { bucket: string; prefix: string } | null;

  @Column('jsonb', { nullable: true })
  probe: ProbeCheck[] | null;

  /** Sealed: what the store's STS gave to the last probe, for the next one to see refused. */
  @Column('bytea', { name: 'probe_session', nullable: true })
  probeSession: Buffer | null;

  @Column('timestamptz', { name: 'probed_at', nullable: true })
  probedAt: Date | null;

  @Column('boolean', { name: 'probe_passed', nullable: true })
  probePassed: boolean | null;

  @Column('int', { name: 'clock_offset_seconds', nullable: true })
  clockOffsetSeconds: number | null;

  @Column('text')
  status: StoreStatus;

  @Column('uuid', { name: 'audit_event_id' })
  auditEventId: string;
}
