import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { Role } from '../../identity/roles.js';

@Entity({ name: 'membership' })
export class MembershipEntity {
  @PrimaryColumn('uuid')
  id: string;

  @Column('uuid', { name: 'person_id' })
  personId: string;

  @Column('uuid', { name: 'organisation_id' })
  organisationId: string;

  @Column('text')
  position: string;

  @Column('date', { name: 'starts_on' })
  startsOn: string;

  @Column('date', { name: 'ends_on', nullable: true })
  endsOn: string | null;

  @Column('timestamptz', { name: 'ended_at', nullable: true })
  endedAt: Date | null;

  @Column('uuid', { name: 'audit_event_id' })
  auditEventId: string;
}

@Entity({ name: 'membership_role' })
export class MembershipRoleEntity {
  @PrimaryColumn('uuid')
  id: string;

  @Column('uuid', { name: 'membership_id' })
  membershipId: string;

  @Column('text')
  role: Role;

  @Column('date', { name: 'starts_on' })
  startsOn: string;

  @Column('date', { name: 'ends_on', nullable: true })
  endsOn: string | null;

  @Column('timestamptz', { name: 'ended_at', nullable: true })
  endedAt: Date | null;

  @Column('uuid', { name: 'audit_event_id' })
  auditEventId: string;
}
