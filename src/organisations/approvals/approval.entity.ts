import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { Act, ApprovalStatus } from './approval.rules.js';

@Entity({ name: 'approval' })
export class ApprovalEntity {
  @PrimaryColumn('uuid')
  id: string;

  @Column('text')
  act: Act;

  @Column('uuid', { name: 'target_id' })
  targetId: string;

  @Column('uuid', { name: 'organisation_id' })
  organisationId: string;

  @Column('jsonb')
  change: Readonly<Record<string, unknown>>;

  @Column('uuid', { name: 'proposed_by' })
  proposedBy: string;

  @Column('text', { name: 'proposed_role' })
  proposedRole: string;

  @Column('uuid', { name: 'answered_by', nullable: true })
  answeredBy: string | null;

  @Column('text')
  status: ApprovalStatus;

  @Column('timestamptz', { name: 'expires_at' })
  expiresAt: Date;

  @Column('uuid', { name: 'audit_event_id' })
  auditEventId: string;
}
