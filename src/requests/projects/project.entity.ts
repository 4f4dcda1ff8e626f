import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { ProjectStatus } from './project.rules.js';

@Entity({ name: 'project' })
export class ProjectEntity {
  @PrimaryColumn('uuid')
  id: string;

  @Column('text')
  reference: string;

  @Column('uuid', { name: 'organisation_id' })
  organisationId: string;

  @Column('text')
  title: string;

  @Column('text')
  summary: string;

  @Column('text', { name: 'technical_summary', nullable: true })
  technicalSummary: string | null;

  @Column('text', { name: 'public_benefit' })
  publicBenefit: string;

  @Column('text', { array: true })
  purposes: string[];

  @Column('date', { name: 'starts_on' })
  startsOn: string;

  @Column('date', { name: 'ends_on' })
  endsOn: string;

  @Column('boolean', { name: 'ethics_approved' })
  ethicsApproved: boolean;

  @Column('text', { name: 'ethics_reference', nullable: true })
  ethicsReference: string | null;

  @Column('text', { array: true })
  funders: string[];

  @Column('text', { nullable: true })
  sublicences: string | null;

  @Column('text', { name: 'other_datasets', nullable: true })
  otherDatasets: string | null;

  @Column('text', { name: 'other_applicants', nullable: true })
  otherApplicants: string | null;

  @Column('text', { array: true })
  outputs: string[];

  @Column('text')
  status: ProjectStatus;

  @Column('uuid', { name: 'audit_event_id' })
  auditEventId: string;
}

@Entity({ name: 'project_member' })
export class ProjectMemberEntity {
  @PrimaryColumn('uuid')
  id: string;

  @Column('uuid', { name: 'project_id' })
  projectId: string;

  @Column('uuid', { name: 'person_id' })
  personId: string;

  @Column('uuid', { name: 'organisation_id' })
  organisationId: string;

  @Column('boolean', { name: 'is_lead' })
  isLead: boolean;

  @Column('timestamptz', { name: 'added_at' })
  addedAt: Date;

  @Column('timestamptz', { name: 'removed_at', nullable: true })
  removedAt: Date | null;

  @Column('uuid', { name: 'audit_event_id' })
  auditEventId: string;
}
