import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { AccreditationState } from './award.rules.js';
import type { PersonStatus } from './person.rules.js';

@Entity({ name: 'person' })
export class PersonEntity {
  @PrimaryColumn('uuid')
  id: string;

  @Column('text')
  issuer: string;

  @Column('text')
  subject: string;

  @Column('text', { nullable: true })
  name: string | null;

  @Column('text', { nullable: true })
  email: string | null;

  @Column('text')
  pseudonym: string;

  @Column('text')
  status: PersonStatus;

  @Column('uuid', { name: 'audit_event_id' })
  auditEventId: string;
}

@Entity({ name: 'accreditation' })
export class AccreditationEntity {
  @PrimaryColumn('uuid')
  id: string;

  @Column('uuid', { name: 'person_id' })
  personId: string;

  @Column('text')
  scheme: string;

  @Column('text')
  number: string;

  @Column('date', { name: 'awarded_on' })
  awardedOn: string;

  @Column('date', { name: 'expires_on' })
  expiresOn: string;

  @Column('text')
  state: AccreditationState;

  @Column('uuid', { name: 'verified_by', nullable: true })
  verifiedBy: string | null;

  @Column('uuid', { name: 'supervisor_id', nullable: true })
  supervisorId: string | null;

  @Column('uuid', { name: 'audit_event_id' })
  auditEventId: string;
}

@Entity({ name: 'training' })
export class TrainingEntity {
  @PrimaryColumn('uuid')
  id: string;

  @Column('uuid', { name: 'person_id' })
  personId: string;

  @Column('text')
  course: string;

  @Column('date', { name: 'awarded_on' })
  awardedOn: string;

  @Column('date', { name: 'expires_on' })
  expiresOn: string;

  /** When the broker wrote that its last day was over. */
  @Column('timestamptz', { name: 'lapsed_at', nullable: true })
  lapsedAt: Date | null;

  @Column('uuid', { name: 'audit_event_id' })
  auditEventId: string;
}
