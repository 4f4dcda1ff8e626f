import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { ClosureStatus } from './closure.rules.js';

/** What one organisation owes one provider, once its project's last grant under an agreement has ended. */
@Entity({ name: 'closure' })
export class ClosureEntity {
  @PrimaryColumn('uuid')
  id: string;

  @Column('uuid', { name: 'project_id' })
  projectId: string;

  @Column('uuid', { name: 'agreement_id' })
  agreementId: string;

  @Column('uuid', { name: 'organisation_id' })
  organisationId: string;

  @Column('uuid', { name: 'provider_id' })
  providerId: string;

  @Column('text')
  status: ClosureStatus;

  @Column('timestamptz', { name: 'opened_at' })
  openedAt: Date;

  @Column('timestamptz', { name: 'due_at' })
  dueAt: Date;

  /** Canonical JSON (RFC 8785): exactly the bytes that `certificateHash` digests. */
  @Column('text', { nullable: true })
  certificate: string | null;

  @Column('text', { name: 'certificate_hash', nullable: true })
  certificateHash: string | null;

  @Column('text', { nullable: true })
  jws: string | null;

  @Column('uuid', { name: 'attested_by', nullable: true })
  attestedBy: string | null;

  @Column('timestamptz', { name: 'attested_at', nullable: true })
  attestedAt: Date | null;

  @Column('uuid', { name: 'verified_by', nullable: true })
  verifiedBy: string | null;

  @Column('timestamptz', { name: 'verified_at', nullable: true })
  verifiedAt: Date | null;

  @Column('uuid', { name: 'audit_event_id' })
  auditEventId: string;
}
