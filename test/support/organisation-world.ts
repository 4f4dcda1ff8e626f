import { Module, type INestApplicationContext, type Provider } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AuditModule } from '../../src/audit/audit.module.js';
import { CascadeModule } from '../../src/cascade/cascade.module.js';
import { ConfigModule } from '../../src/config/config.module.js';
import { Authorisation } from '../../src/identity/authorisation.service.js';
import type { Principal } from '../../src/identity/principal.js';
import { PersonAccessRepository } from '../../src/identity/person-access.repository.js';
import { PersonAccess } from '../../src/identity/person-access.service.js';
import { PrincipalRepository } from '../../src/identity/principal.repository.js';
import { ServicePrincipals } from '../../src/identity/service-principals.repository.js';
import { PrincipalService } from '../../src/identity/principal.service.js';
import type { Role } from '../../src/identity/roles.js';
import { ApprovalEntity } from '../../src/organisations/approvals/approval.entity.js';
import { ApprovalsRepository } from '../../src/organisations/approvals/approvals.repository.js';
import { Approvals } from '../../src/organisations/approvals/approvals.service.js';
import { OperatorBootstrapModule } from '../../src/organisations/bootstrap/bootstrap.module.js';
import { Bootstrap } from '../../src/organisations/bootstrap/bootstrap.service.js';
import { DelegationEnds } from '../../src/organisations/delegations/delegation-ends.js';
import { Delegations } from '../../src/organisations/delegations/delegations.service.js';
import { DueDelegations } from '../../src/organisations/delegations/due-delegations.service.js';
import { DueLapses } from '../../src/organisations/lapses/due-lapses.service.js';
import { DueLapsesRepository } from '../../src/organisations/lapses/lapses.repository.js';
import { Appointments } from '../../src/organisations/memberships/appointments.js';
import { MembershipChanges } from '../../src/organisations/memberships/membership-changes.js';
import { MembershipEnds } from '../../src/organisations/memberships/membership-ends.service.js';
import type { MembershipDto } from '../../src/organisations/memberships/membership.dto.js';
import { MembershipRoles } from '../../src/organisations/memberships/membership-roles.service.js';
import { MembershipsService } from '../../src/organisations/memberships/memberships.service.js';
import type { OrganisationDto } from '../../src/organisations/organisation.dto.js';
import { OrganisationRecordsModule } from '../../src/organisations/organisation-records.module.js';
import { OrganisationsService } from '../../src/organisations/organisations.service.js';
import { AccessEnds } from '../../src/organisations/people/access-ends.js';
import { Accreditations } from '../../src/organisations/people/accreditations.service.js';
import { AwardVocabularies } from '../../src/organisations/people/award-vocabularies.js';
import { AwardsRepository } from '../../src/organisations/people/awards.repository.js';
import { PeopleService } from '../../src/organisations/people/people.service.js';
import { PersonChanges } from '../../src/organisations/people/person-changes.js';
import { PersonEnding } from '../../src/organisations/people/person-ending.service.js';
import { Supervision } from '../../src/organisations/people/supervision.service.js';
import { Trainings } from '../../src/organisations/people/trainings.service.js';
import { Database } from '../../src/platform/database/database.js';
import { DatabaseModule } from '../../src/platform/database/database.module.js';
import { ObjectStoreModule } from '../../src/platform/object-store/object-store.module.js';
import { SecretsModule } from '../../src/platform/secrets/secrets.module.js';
import { migrateSecrets } from '../../src/platform/secrets/subject-keys.js';
import { SigningModule } from '../../src/platform/signing/signing.module.js';
import { PolicyModule } from '../../src/policy/policy.module.js';
import { testConfig } from './config.js';
import { testDatabase, type TestDatabase } from './database.js';
import { GrantsStandIn } from './grants-stand-in.js';
import { HandClock } from './hand-clock.js';

export const ISSUER = 'https://id.example';
/** The first people. */
export const ADMIN = 'admin';
export const ADMIN2 = 'admin2';

@Module({
  imports: [
    DatabaseModule,
    SecretsModule,
    ObjectStoreModule,
    SigningModule,
    AuditModule,
    PolicyModule,
    CascadeModule,
    TypeOrmModule.forFeature([ApprovalEntity]),
    OrganisationRecordsModule,
    OperatorBootstrapModule,
  ],
  providers: [
    Authorisation,
    PersonAccess,
    PersonAccessRepository,
    AccessEnds,
    PrincipalRepository,
    ServicePrincipals,
    PrincipalService,
    OrganisationsService,
    MembershipsService,
    MembershipRoles,
    MembershipChanges,
    MembershipEnds,
    Appointments,
    Delegations,
    DelegationEnds,
    DueDelegations,
    DueLapses,
    DueLapsesRepository,
    PeopleService,
    PersonChanges,
    Accreditations,
    Trainings,
    PersonEnding,
    Supervision,
    AwardVocabularies,
    AwardsRepository,
    Approvals,
    ApprovalsRepository,
    GrantsStandIn,
  ],
})
class WorldModule {}

export interface Member {
  readonly subject: string;
  readonly personId: string;
  readonly membershipId: string;
  readonly organisationId: string;
}

export interface OrganisationWorld {
  readonly app: INestApplicationContext;
  readonly clock: HandClock;
  readonly db: TestDatabase;
  readonly database: Database;
  readonly grants: GrantsStandIn;
  /** Somebody signed in with two factors, with the memberships and roles they have at this moment. */
  as(subject: string): Promise<Principal>;
  /** An organisation of this caller's own. */
  anOrganisation(changes?: Partial<OrganisationDto>): Promise<string>;
  /** A new person in it; what takes two people, the second administrator approves. */
  aMember(organisationId: string, ...roles: Role[]): Promise<Member>;
  aMembership(changes?: Partial<MembershipDto>): MembershipDto;
  operatorId(): Promise<string>;
  /** Events about a thing, in the order of the alphabet. */
  eventsOf(targetId: string): Promise<readonly string[]>;
  close(): Promise<void>;
}

/**
 * A broker on a real database, just set up: the operator and its two administrators.
 * @param providersOn what a folder above adds, once the database is there.
 */
export async function organisationWorld(
  providersOn: (db: TestDatabase) => readonly Provider[] = () => [],
): Promise<OrganisationWorld> {
  const db = await testDatabase();
  await migrateSecrets(db.urlFor('postgres'));
  const clock = new HandClock(new Date('2026-05-01T09:00:00Z'));
  const config = testConfig({
    databaseUrl: db.url,
    secretsDatabaseUrl: db.urlFor('concordat_secrets'),
    databasePoolSize: 10,
  });
  const app = await Test.createTestingModule({
    imports: [
      ConfigModule.with(config, clock),
      { module: WorldModule, providers: [...providersOn(db)] },
    ],
  }).compile();
  app.useLogger(false);
  await app.init();
  await app.get(Bootstrap).bootstrap({ issuer: ISSUER, subjects: [ADMIN, ADMIN2] });
  const database = app.get(Database);
  const principals = app.get(PrincipalService);
  let made = 0;

  const as = (subject: string): Promise<Principal> =>
    principals.load(
      {
        issuer: ISSUER,
        subject,
        authLevel: 2,
        acr: null,
        amr: [],
        authenticatedAt: clock.now(),
        via: 'bearer',
      },
      { ip: null, country: 'GB' },
    );
  const aMembership = (changes: Partial<MembershipDto> = {}): MembershipDto => ({
    issuer: ISSUER,
    subject: `person-${String((made += 1))}`,
    name: 'A person',
    email: 'person@example.org',
    position: 'Analyst',
    startsOn: '2026-01-01',
    endsOn: '2028-12-31',
    roles: ['researcher'],
    ...changes,
  });

  return {
    app,
    clock,
    db,
    database,
    grants: app.get(GrantsStandIn),
    as,
    aMembership,
    anOrganisation: async (changes = {}) => {
      const name = `Organisation ${String((made += 1))}`;
      const dto = { name, kind: 'borough', publicAuthority: true, ...changes } as const;
      return (await app.get(OrganisationsService).register(await as(ADMIN), dto)).id;
    },
    aMember: async (organisationId, ...roles) => {
      const dto = aMembership({ roles });
      const view = await app.get(MembershipsService).add(await as(ADMIN), organisationId, dto);
      for (const { approvalId } of view.approvals) {
        await app.get(Approvals).approve(await as(ADMIN2), approvalId);
      }
      const { subject } = dto;
      return { subject, personId: view.personId, membershipId: view.id, organisationId };
    },
    operatorId: async () => (await as(ADMIN)).memberships[0]?.organisationId ?? '',
    eventsOf: async (targetId) => {
      const rows = await database.manager.query<{ type: string }[]>(
        'SELECT type FROM audit_event WHERE target_id = $1 ORDER BY type',
        [targetId],
      );
      return rows.map(({ type }) => type);
    },
    close: async () => {
      await app.close();
      await db.close();
    },
  };
}
