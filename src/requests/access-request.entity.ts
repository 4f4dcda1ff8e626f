import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { AccessRequestStatus } from './access-request.rules.js';

/** The answers to the Five Safes: who, why, where, which data, and what comes out. */
export interface FiveSafes {
  readonly people: string;
  readonly project: string;
  readonly setting: string;
  readonly data: string;
  readonly outputs: string;
}

@Entity({ name: 'access_request' })
export class AccessRequestEntity {
  @PrimaryColumn('uuid')
  id: string;

  @Column('text')
  reference: string;

  @Column('uuid', { name: 'form_id', nullable: true })
  formId: string | null;

  @Column('uuid', { name: 'project_id' })
  projectId: string;

  @Column('uuid', { name: 'dataset_id' })
  datasetId: string;

  @Column('uuid', { name: 'agreement_id' })
  agreementId: string;

  @Column('int', { name: 'agreement_version', nullable: true })
  agreementVersion: number | null;

  @Column('uuid', { name: 'requester_id' })
  requesterId: string;

  @Column('uuid', { name: 'organisation_id' })
  organisationId: string;

  @Column('text')
  purpose: string;

  @Column('text')
  justification: string;

  @Column('text')
  delivery: string;

  @Column('date', { name: 'until_on' })
  untilOn: string;

  @Column('text')
  frequency: 'one_off' | 'recurring';

  @Column('text', { nullable: true })
  linkage: string | null;

  @Column('boolean')
  conflict: boolean;

  @Column('text', { name: 'conflict_text', nullable: true })
  conflictText: string | null;

  @Column('text', { name: 'undertaking_hash', nullable: true })
  undertakingHash: string | null;

  @Column('timestamptz', { name: 'undertaken_at', nullable: true })
  undertakenAt: Date | null;

  @Column('jsonb', { name: 'five_safes', nullable: true })
  fiveSafes: FiveSafes | null;

  @Column('uuid', { name: 'renewed_from_id', nullable: true })
  renewedFromId: string | null;

  @Column('text')
  status: AccessRequestStatus;

  @Column('uuid', { name: 'audit_event_id' })
  auditEventId: string;
}

@Entity({ name: 'access_decision' })
export class AccessDecisionEntity {
  @PrimaryColumn('uuid')
  id: string;

  @Column('uuid', { name: 'access_request_id' })
  accessRequestId: string;

  @Column('text')
  decision: 'approved' | 'refused' | 'returned';

  @Column('text')
  reason: string;

  @Column('jsonb', { nullable: true })
  conditions: object | null;

  /** Null when policy refused and the agreement names nobody to answer for it. */
  @Column('uuid', { name: 'decider_id', nullable: true })
  deciderId: string | null;

  @Column('text')
  position: string;

  @Column('text')
  role: string;

  @Column('boolean', { name: 'is_automatic' })
  isAutomatic: boolean;

  @Column('uuid', { name: 'decision_id', nullable: true })
  decisionId: string | null;

  @Column('timestamptz', { name: 'decided_at' })
  decidedAt: Date;

  @Column('uuid', { name: 'audit_event_id' })
  auditEventId: string;
}
