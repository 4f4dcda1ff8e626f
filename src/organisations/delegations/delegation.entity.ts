import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { DelegableRole } from './delegation.rules.js';

@Entity({ name: 'delegation' })
export class DelegationEntity {
  @PrimaryColumn('uuid')
  id: string;

  /** The giver's. */
  @Column('uuid', { name: 'membership_id' })
  membershipId: string;

  @Column('text')
  role: DelegableRole;

  @Column('uuid', { name: 'deputy_id' })
  deputyId: string;

  @Column('date', { name: 'starts_on' })
  startsOn: string;

  @Column('date', { name: 'ends_on' })
  endsOn: string;

  @Column('text')
  reason: string;

  @Column('timestamptz', { name: 'ended_at', nullable: true })
  endedAt: Date | null;

  /** Who ended it early; null when its day, or a membership or role, did. */
  @Column('uuid', { name: 'ended_by', nullable: true })
  endedBy: string | null;

  @Column('uuid', { name: 'audit_event_id' })
  auditEventId: string;
}
