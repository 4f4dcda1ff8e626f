import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { OrganisationKind, OrganisationStatus } from './organisation.rules.js';

@Entity({ name: 'organisation' })
export class OrganisationEntity {
  @PrimaryColumn('uuid')
  id: string;

  @Column('text')
  name: string;

  @Column('text')
  kind: OrganisationKind;

  @Column('text', { name: 'identifier_scheme', nullable: true })
  identifierScheme: string | null;

  @Column('text', { name: 'identifier_value', nullable: true })
  identifierValue: string | null;

  @Column('boolean', { name: 'public_authority' })
  publicAuthority: boolean;

  @Column('boolean', { name: 'is_operator' })
  isOperator: boolean;

  @Column('text')
  status: OrganisationStatus;

  @Column('uuid', { name: 'audit_event_id' })
  auditEventId: string;
}

@Entity({ name: 'organisation_check' })
export class OrganisationCheckEntity {
  @PrimaryColumn('uuid')
  id: string;

  @Column('uuid', { name: 'organisation_id' })
  organisationId: string;

  @Column('text')
  kind: string;

  @Column('text')
  number: string;

  @Column('date', { name: 'issued_on' })
  issuedOn: string;

  @Column('date', { name: 'expires_on' })
  expiresOn: string;

  /** When the broker wrote that its last day was over. */
  @Column('timestamptz', { name: 'lapsed_at', nullable: true })
  lapsedAt: Date | null;

  @Column('uuid', { name: 'audit_event_id' })
  auditEventId: string;
}
