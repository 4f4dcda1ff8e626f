import { randomUUID } from 'node:crypto';
import { Module, type INestApplicationContext } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AgreementActs } from '../../src/agreements/agreement-acts.service.js';
import { AgreementsRepository } from '../../src/agreements/agreements.repository.js';
import { AgreementsService } from '../../src/agreements/agreements.service.js';
import type { AgreementView } from '../../src/agreements/agreement.view.js';
import { Beginnings } from '../../src/agreements/beginnings/beginnings.service.js';
import { Templates } from '../../src/agreements/beginnings/templates.js';
import { Drafting } from '../../src/agreements/drafting.service.js';
import { Abandonment } from '../../src/agreements/lifecycle/abandonment.service.js';
import { Activation } from '../../src/agreements/lifecycle/activation.js';
import { AgreementGate } from '../../src/agreements/lifecycle/agreement-gate.js';
import { DueMoves } from '../../src/agreements/lifecycle/due-moves.service.js';
import { JointActs } from '../../src/agreements/lifecycle/joint-acts.service.js';
import { CompletedReviews } from '../../src/agreements/review-dates/completed-reviews.service.js';
import { OverdueReviews } from '../../src/agreements/review-dates/overdue-reviews.service.js';
import { ReviewDatesRepository } from '../../src/agreements/review-dates/review-dates.repository.js';
import { Reviews } from '../../src/agreements/lifecycle/reviews.service.js';
import { SignOffs } from '../../src/agreements/lifecycle/sign-offs.service.js';
import { Effectiveness } from '../../src/agreements/lifecycle/effectiveness.service.js';
import { Stopping } from '../../src/agreements/lifecycle/stopping.service.js';
import { NoticeEffects } from '../../src/agreements/notices/notice-effects.service.js';
import { NoticeMail } from '../../src/agreements/notices/notice-mail.js';
import { NoticesRepository } from '../../src/agreements/notices/notices.repository.js';
import { Notices } from '../../src/agreements/notices/notices.service.js';
import { Accession } from '../../src/agreements/parties/accession.service.js';
import { JointPartyActs } from '../../src/agreements/parties/joint-party-acts.service.js';
import { PartiesRepository } from '../../src/agreements/parties/parties.repository.js';
import { PartiesService } from '../../src/agreements/parties/parties.service.js';
import { PartyActs } from '../../src/agreements/parties/party-acts.service.js';
import { PartyGate } from '../../src/agreements/parties/party-gate.js';
import { PartyMoves } from '../../src/agreements/parties/party-moves.service.js';
import { AttestationsRepository } from '../../src/agreements/signed-outside/attestations.repository.js';
import { Attestations } from '../../src/agreements/signed-outside/attestations.service.js';
import { Papers } from '../../src/agreements/signed-outside/papers.service.js';
import { Submission } from '../../src/agreements/submission.service.js';
import { TermsFactsRepository } from '../../src/agreements/terms/terms-facts.repository.js';
import { TermsFactsService } from '../../src/agreements/terms/terms-facts.service.js';
import { AmendmentNotice } from '../../src/agreements/versions/amendment-notice.js';
import { Amendments } from '../../src/agreements/versions/amendments.service.js';
import { RenewalGuards } from '../../src/agreements/versions/renewal-guards.js';
import { Supersession } from '../../src/agreements/versions/supersession.service.js';
import { VersionsRepository } from '../../src/agreements/versions/versions.repository.js';
import { VersionsService } from '../../src/agreements/versions/versions.service.js';
import { Vocabularies } from '../../src/agreements/vocabularies.js';
import { EndedTermsRepository } from '../../src/agreements/vocabulary-reviews/ended-terms.repository.js';
import { VocabularyReviews } from '../../src/agreements/vocabulary-reviews/vocabulary-reviews.service.js';
import { OverlapsRepository } from '../../src/agreements/warnings/overlaps.repository.js';
import { Warnings } from '../../src/agreements/warnings/warnings.service.js';
import { AuditModule } from '../../src/audit/audit.module.js';
import { AuditService } from '../../src/audit/audit.service.js';
import { CascadeModule } from '../../src/cascade/cascade.module.js';
import { ConfigModule } from '../../src/config/config.module.js';
import { Authorisation } from '../../src/identity/authorisation.service.js';
import type { Principal } from '../../src/identity/principal.js';
import type { Role } from '../../src/identity/roles.js';
import { ApprovalEntity } from '../../src/organisations/approvals/approval.entity.js';
import { ApprovalsRepository } from '../../src/organisations/approvals/approvals.repository.js';
import { Approvals } from '../../src/organisations/approvals/approvals.service.js';
import { Database, type Tx } from '../../src/platform/database/database.js';
import { DatabaseModule } from '../../src/platform/database/database.module.js';
import { MailModule } from '../../src/platform/mail/mail.module.js';
import { ObjectStoreModule } from '../../src/platform/object-store/object-store.module.js';
import { SecretsModule } from '../../src/platform/secrets/secrets.module.js';
import { migrateSecrets } from '../../src/platform/secrets/subject-keys.js';
import { SigningModule } from '../../src/platform/signing/signing.module.js';
import { PolicyModule } from '../../src/policy/policy.module.js';
import { etagNow } from './agreement-etag.js';
import { FOOTFALL, PROVIDER, RECIPIENT } from './agreement-terms.js';
import { testConfig } from './config.js';
import { testDatabase } from './database.js';
import { GrantsStandIn } from './grants-stand-in.js';
import { HandClock } from './hand-clock.js';

@Module({
  imports: [
    DatabaseModule,
    SecretsModule,
    ObjectStoreModule,
    SigningModule,
    MailModule,
    AuditModule,
    PolicyModule,
    CascadeModule,
    TypeOrmModule.forFeature([ApprovalEntity]),
  ],
  providers: [
    Authorisation,
    Approvals,
    ApprovalsRepository,
    AgreementsService,
    AgreementActs,
    AgreementsRepository,
    AgreementGate,
    Beginnings,
    Templates,
    Drafting,
    Submission,
    Attestations,
    AttestationsRepository,
    Papers,
    Reviews,
    CompletedReviews,
    OverdueReviews,
    ReviewDatesRepository,
    SignOffs,
    Activation,
    Stopping,
    Abandonment,
    Effectiveness,
    JointActs,
    DueMoves,
    Notices,
    NoticesRepository,
    NoticeEffects,
    NoticeMail,
    VersionsService,
    VersionsRepository,
    Amendments,
    RenewalGuards,
    AmendmentNotice,
    Supersession,
    PartiesService,
    PartiesRepository,
    PartyGate,
    PartyActs,
    JointPartyActs,
    PartyMoves,
    Accession,
    TermsFactsService,
    TermsFactsRepository,
    Vocabularies,
    Warnings,
    VocabularyReviews,
    EndedTermsRepository,
    OverlapsRepository,
    GrantsStandIn,
  ],
})
class WorldModule {}

const OPERATOR = {
  id: '01990000-0000-7000-8000-0000000000c1',
  officer: '01990000-0000-7000-8000-0000000000c2',
} as const;
const STRANGER = {
  id: '01990000-0000-7000-8000-0000000000e1',
  owner: '01990000-0000-7000-8000-0000000000e2',
} as const;

/** The recipient's other people. */
export const RECIPIENT_OWNER = '01990000-0000-7000-8000-0000000000b5';
export const RECIPIENT_OFFICER = '01990000-0000-7000-8000-0000000000b6';
/** An organisation that is no party yet. */
export const NEWCOMER = {
  id: '01990000-0000-7000-8000-0000000000f1',
  owner: '01990000-0000-7000-8000-0000000000f2',
  signatory: '01990000-0000-7000-8000-0000000000f3',
  dpo: '01990000-0000-7000-8000-0000000000f4',
  officer: '01990000-0000-7000-8000-0000000000f5',
} as const;

const PEOPLE: Readonly<Record<string, readonly [organisationId: string, role: Role]>> = {
  [PROVIDER.owner]: [PROVIDER.id, 'data_owner'],
  [PROVIDER.signatory]: [PROVIDER.id, 'signatory'],
  [PROVIDER.dpo]: [PROVIDER.id, 'dpo'],
  [PROVIDER.officer]: [PROVIDER.id, 'ig_officer'],
  [RECIPIENT.signatory]: [RECIPIENT.id, 'signatory'],
  [RECIPIENT.dpo]: [RECIPIENT.id, 'dpo'],
  [RECIPIENT_OWNER]: [RECIPIENT.id, 'data_owner'],
  [RECIPIENT_OFFICER]: [RECIPIENT.id, 'ig_officer'],
  [NEWCOMER.owner]: [NEWCOMER.id, 'data_owner'],
  [NEWCOMER.signatory]: [NEWCOMER.id, 'signatory'],
  [NEWCOMER.dpo]: [NEWCOMER.id, 'dpo'],
  [NEWCOMER.officer]: [NEWCOMER.id, 'ig_officer'],
  [OPERATOR.officer]: [OPERATOR.id, 'ig_officer'],
  [STRANGER.owner]: [STRANGER.id, 'data_owner'],
};

export interface AgreementWorld {
  readonly app: INestApplicationContext;
  readonly clock: HandClock;
  readonly agreements: AgreementsService;
  readonly acts: AgreementActs;
  readonly approvals: Approvals;
  readonly dueMoves: DueMoves;
  readonly parties: PartiesService;
  readonly versions: VersionsService;
  readonly grants: GrantsStandIn;
  readonly database: Database;
  /** Somebody of the example, signed in with two factors just now. */
  as(personId: string, changes?: Partial<Principal>): Principal;
  readonly officer: string;
  readonly stranger: string;
  /** The organisation of the stranger. */
  readonly strangers: string;
  /** Makes somebody a member of another organisation too. */
  appoint(personId: string, organisationId: string, role: Role): Promise<void>;
  /** What `If-Match` says to whoever has just read the agreement: the version being prepared, or the current one. */
  etag(agreementId: string, which?: 'open' | 'current'): Promise<string>;
  /** The drafting owner submits what stands now. */
  submit(principal: Principal, agreementId: string): Promise<AgreementView>;
  /** Somebody's dpo accepts the hash that stands now. */
  accept(personId: string, agreementId: string): Promise<AgreementView>;
  /** The types of the agreement's events, in the order of the alphabet: the test's clock stands still. */
  eventsOf(agreementId: string): Promise<readonly string[]>;
  close(): Promise<void>;
}

/** Agreements on a real database, with the two organisations of the example and their people. */
export async function agreementWorld(): Promise<AgreementWorld> {
  const db = await testDatabase();
  await migrateSecrets(db.urlFor('postgres'));
  const clock = new HandClock(new Date('2026-05-01T09:00:00Z'));
  const config = testConfig({
    databaseUrl: db.url,
    secretsDatabaseUrl: db.urlFor('concordat_secrets'),
    databasePoolSize: 10,
  });
  const app = await Test.createTestingModule({
    imports: [ConfigModule.with(config, clock), WorldModule],
  }).compile();
  app.useLogger(false);
  await app.init();
  await populate(app.get(Database), app.get(AuditService));
  const as: AgreementWorld['as'] = (personId, changes) => ({
    ...principalOf(personId, clock.now()),
    ...changes,
  });
  const agreements = app.get(AgreementsService);
  const acts = app.get(AgreementActs);
  const etag: AgreementWorld['etag'] = (id, which) => etagNow(app.get(Database), id, which);
  return {
    app,
    clock,
    agreements,
    acts,
    approvals: app.get(Approvals),
    dueMoves: app.get(DueMoves),
    parties: app.get(PartiesService),
    versions: app.get(VersionsService),
    grants: app.get(GrantsStandIn),
    database: app.get(Database),
    as,
    etag,
    submit: async (principal, id) => agreements.submit(principal, id, await etag(id)),
    accept: async (personId, id) => {
      const { versionHash } = await agreements.getOpen(as(personId), id);
      const answer = { decision: 'accept', versionHash: versionHash ?? '' } as const;
      return acts.review(as(personId), id, answer);
    },
    officer: OPERATOR.officer,
    stranger: STRANGER.owner,
    strangers: STRANGER.id,
    appoint: async (personId, organisationId, role) => {
      await app.get(Database).transaction(async (tx) => {
        const event = await app
          .get(AuditService)
          .record(tx, 'membership.started', { actorKind: 'broker' });
        await insertMembership(tx, randomUUID(), { personId, organisationId, role, event });
      });
    },
    eventsOf: async (agreementId) => {
      const rows = await db.database.manager.query<{ type: string }[]>(
        'SELECT type FROM audit_event WHERE agreement_id = $1 ORDER BY type',
        [agreementId],
      );
      return rows.map(({ type }) => type);
    },
    close: async () => {
      await app.close();
      await db.close();
    },
  };
}

function principalOf(personId: string, now: Date): Principal {
  const [organisationId = '', role = 'researcher'] = PEOPLE[personId] ?? [];
  return {
    kind: 'person',
    personId,
    pseudonym: pseudonymOf(personId),
    name: `The ${role}`,
    issuer: 'https://id.example',
    subject: personId,
    memberships: [
      {
        membershipId: personId,
        organisationId,
        organisationName: organisationId,
        isOperator: organisationId === OPERATOR.id,
        position: `Head ${role}`,
        roles: [role],
      },
    ],
    authLevel: 2,
    acr: 'urn:concordat:acr:mfa',
    amr: ['pwd', 'otp'],
    authenticatedAt: now,
    via: 'session',
    ip: null,
    country: 'GB',
  };
}

async function populate(database: Database, audit: AuditService): Promise<void> {
  await database.transaction(async (tx) => {
    const event = await audit.record(tx, 'organisation.registered', { actorKind: 'broker' });
    for (const id of [PROVIDER.id, RECIPIENT.id, NEWCOMER.id, OPERATOR.id, STRANGER.id]) {
      await tx.query(
        `INSERT INTO organisation (id, name, kind, public_authority, is_operator, status, audit_event_id)
         VALUES ($1::uuid, $1::text, 'borough', true, $2, 'active', $3)`,
        [id, id === OPERATOR.id, event],
      );
    }
    for (const [personId, [organisationId, role]] of Object.entries(PEOPLE)) {
      await insertPerson(tx, personId, organisationId, role, event);
    }
    await insertDataset(tx, event);
  });
}

async function insertPerson(
  tx: Tx,
  personId: string,
  organisationId: string,
  role: Role,
  event: string,
): Promise<void> {
  await tx.query(
    `INSERT INTO person (id, issuer, subject, pseudonym, status, audit_event_id)
     VALUES ($1::uuid, 'https://id.example', $1::text, $2, 'active', $3)`,
    [personId, pseudonymOf(personId), event],
  );
  await insertMembership(tx, personId, { personId, organisationId, role, event });
}

async function insertMembership(
  tx: Tx,
  id: string,
  of: { personId: string; organisationId: string; role: Role; event: string },
): Promise<void> {
  await tx.query(
    `INSERT INTO membership (id, person_id, organisation_id, position, starts_on, audit_event_id)
     VALUES ($1, $2, $3, 'Head', '2026-01-01', $4)`,
    [id, of.personId, of.organisationId, of.event],
  );
  await tx.query(
    `INSERT INTO membership_role (id, membership_id, role, starts_on, audit_event_id)
     VALUES ($1, $1, $2, '2026-01-01', $3)`,
    [id, of.role, of.event],
  );
}

async function insertDataset(tx: Tx, event: string): Promise<void> {
  await tx.query(
    `INSERT INTO partner_store (id, organisation_id, name, endpoint, region, bucket, addressing, credentials,
       credential_version, rotated_at, status, audit_event_id)
     VALUES ($1, $2, 'Store', 'https://store.example', 'eu-west-2', 'data', 'path', '', 1, '2026-05-01', 'ready', $3)`,
    [FOOTFALL, PROVIDER.id, event],
  );
  await tx.query(
    `INSERT INTO dataset (id, organisation_id, title, description, publisher, contact, access, access_reason,
       sensitivity, tags, kind, fields, population_id, store_id, prefix, keywords, licence, visibility, status,
       audit_event_id)
     VALUES ($1, $2, 'Footfall', 'Counts', 'Borough', 'data@example.org', 'shared', 'By agreement', 'public', '{}',
       'files', '[{"name": "count", "type": "integer", "class": "other"}]', $1, $1, 'footfall/', '{}', 'DATA_SHARE_AGREEMENT', 'public', 'published', $3)`,
    [FOOTFALL, PROVIDER.id, event],
  );
}

// The pattern of a pseudonym, from the end of the id: 1 and 0 are no base32 letters.
function pseudonymOf(personId: string): string {
  return `P-${personId.slice(-8).replaceAll('0', 'a').replaceAll('1', 'b')}`;
}
