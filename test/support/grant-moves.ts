import { AgreementActs } from '../../src/agreements/agreement-acts.service.js';
import { AgreementsService } from '../../src/agreements/agreements.service.js';
import { DueMoves } from '../../src/agreements/lifecycle/due-moves.service.js';
import { PartiesService } from '../../src/agreements/parties/parties.service.js';
import { OverdueReviews } from '../../src/agreements/review-dates/overdue-reviews.service.js';
import { DatasetsService } from '../../src/catalogue/datasets.service.js';
import type { Principal } from '../../src/identity/principal.js';
import type { Role } from '../../src/identity/roles.js';
import { IdFactory } from '../../src/kernel/ids.js';
import { Approvals } from '../../src/organisations/approvals/approvals.service.js';
import { DueLapses } from '../../src/organisations/lapses/due-lapses.service.js';
import { MembershipRoles } from '../../src/organisations/memberships/membership-roles.service.js';
import { MembershipEnds } from '../../src/organisations/memberships/membership-ends.service.js';
import { OrganisationsService } from '../../src/organisations/organisations.service.js';
import { Accreditations } from '../../src/organisations/people/accreditations.service.js';
import { PeopleService } from '../../src/organisations/people/people.service.js';
import { ProjectMembers } from '../../src/requests/projects/project-members.service.js';
import { ProjectsService } from '../../src/requests/projects/projects.service.js';
import { StoresService } from '../../src/stores/stores.service.js';
import { PROVIDER, RECIPIENT } from './agreement-terms.js';
import { amend, inOffice, OFFICERS_OF_PARTIES } from './amending.js';
import { GROUND, worldTerms, type GrantWorld } from './grant-world.js';

const uuid = (last: string): string => `01990000-0000-7000-8000-0000000000${last}`;

/** An organisation that may accede, with its researcher. */
export const NEWCOMER = {
  id: uuid('f1'),
  signatory: uuid('f3'),
  dpo: uuid('f4'),
  researcher: uuid('f5'),
  project: uuid('f6'),
} as const;

export const NEWCOMERS: Readonly<Record<string, readonly [organisationId: string, role: Role]>> = {
  [NEWCOMER.signatory]: [NEWCOMER.id, 'signatory'],
  [NEWCOMER.dpo]: [NEWCOMER.id, 'dpo'],
  [NEWCOMER.researcher]: [NEWCOMER.id, 'researcher'],
};

/** One agreement, and a request of each researcher under it. The colleague is no lead, so that everything may stop. */
export interface Scene {
  readonly agreementId: string;
  readonly requestId: string;
  readonly colleaguesRequestId: string;
  readonly newcomersRequestId: string;
}

export type Moves = Readonly<Record<string, (scene: Scene) => Promise<unknown>>>;

/** Everything that people and the clock may do to what a grant rests on; each may be refused where it stands. */
export function grantMoves(world: GrantWorld): Moves {
  const acts = new Acts(world);
  return { ...issues(acts), ...onVersion(acts), ...onParties(acts), ...onGround(acts) };
}

class Acts {
  constructor(readonly world: GrantWorld) {}

  readonly as = (personId: string): Principal => {
    const office = NEWCOMERS[personId] ?? OFFICERS_OF_PARTIES[personId];
    return office
      ? inOffice(this.world, personId, office)
      : this.world.as(personId, { authenticatedAt: this.world.clock.now() });
  };

  /** The operator’s, in the other of its two duties. */
  get admin(): Principal {
    const officer = this.as(GROUND.operatorOfficer);
    const memberships = officer.memberships.map((held) => ({
      ...held,
      roles: ['platform_admin'] as const,
    }));
    return { ...officer, memberships };
  }

  get<T>(type: abstract new (...args: never[]) => T): T {
    return this.world.app.get<T>(type, { strict: false });
  }

  async issue(requestId: string, holderId: string): Promise<unknown> {
    // The undertaking is the researcher's own act, and beside the point here.
    await this.world.query(
      `UPDATE access_request r SET undertaking_hash = v.version_hash FROM agreement_version v
       WHERE r.id = $1 AND v.agreement_id = r.agreement_id AND v.version = r.agreement_version`,
      [requestId],
    );
    const key = this.world.app.get<IdFactory>(IdFactory).next();
    return this.world.grants.issue(this.as(holderId), { accessRequestId: requestId }, key);
  }

  async partyId({ agreementId }: Scene, organisationId: string): Promise<string> {
    const agreement = await this.get(AgreementsService).get(this.as(PROVIDER.owner), agreementId);
    return agreement.parties.find((one) => one.organisationId === organisationId)?.id ?? uuid('00');
  }

  approve(personId: string, approvalId: string): Promise<unknown> {
    return this.get(Approvals).approve(this.as(personId), approvalId);
  }

  async amend({ agreementId }: Scene, changes: Record<string, unknown>): Promise<void> {
    for (const sign of await amend(this.world, this.as, agreementId, changes)) {
      await sign();
    }
  }
}

function issues(acts: Acts): Moves {
  return {
    issue: ({ requestId }) => acts.issue(requestId, GROUND.researcher),
    issueToColleague: ({ colleaguesRequestId }) =>
      acts.issue(colleaguesRequestId, GROUND.colleague),
    issueToNewcomer: ({ newcomersRequestId }) =>
      acts.issue(newcomersRequestId, NEWCOMER.researcher),
  };
}

function onVersion(acts: Acts): Moves {
  const { as, world } = acts;
  const { parties } = worldTerms(world.today);
  const withNewcomer = parties.map((one) =>
    one.organisationId === RECIPIENT.id
      ? {
          ...one,
          organisationId: NEWCOMER.id,
          signatoryId: NEWCOMER.signatory,
          dpoId: NEWCOMER.dpo,
        }
      : one,
  );
  return {
    suspend: ({ agreementId }) =>
      acts.get(AgreementActs).suspend(as(PROVIDER.signatory), agreementId, 'A breach'),
    resume: async ({ agreementId }) => {
      const signatory = as(PROVIDER.signatory);
      const { approvalId } = await acts.get(AgreementActs).resume(signatory, agreementId, 'Mended');
      await acts.approve(PROVIDER.officer, approvalId);
    },
    terminate: async ({ agreementId }) => {
      const end = { reason: 'At once', urgent: true };
      const signatory = as(PROVIDER.signatory);
      const proposed = await acts.get(AgreementActs).terminate(signatory, agreementId, end);
      await acts.approve(PROVIDER.dpo, 'approvalId' in proposed ? proposed.approvalId : '');
    },
    // What a clock past the end would find, without moving the clock of every other run.
    expire: async ({ agreementId }) => {
      await world.query('UPDATE agreement_version SET ends_at = $2 WHERE agreement_id = $1', [
        agreementId,
        world.clock.now(),
      ]);
      await acts.get(DueMoves).sweep();
    },
    leaveUnreviewed: async ({ agreementId }) => {
      await world.query(
        `UPDATE agreement_version SET next_review_on = '2026-01-02' WHERE agreement_id = $1`,
        [agreementId],
      );
      await acts.get(OverdueReviews).sweep();
    },
    amendContacts: (scene) =>
      acts.amend(scene, {
        parties: parties.map((one) => ({ ...one, queryContact: 'q@example.org' })),
      }),
    amendPurposes: (scene) =>
      acts.amend(scene, { purposes: ['https://w3id.org/dpv#PublicPolicyMaking'] }),
    dropParty: (scene) => acts.amend(scene, { parties: withNewcomer }),
    requireProof: (scene) => acts.amend(scene, { dpop: true }),
  };
}

function onParties(acts: Acts): Moves {
  const { as } = acts;
  const suspend = async (scene: Scene, personId: string, organisationId: string) =>
    acts
      .get(PartiesService)
      .suspend(
        as(personId),
        scene.agreementId,
        await acts.partyId(scene, organisationId),
        'A breach',
      );
  const withdraw = async (scene: Scene, personId: string, organisationId: string) =>
    acts
      .get(PartiesService)
      .withdraw(as(personId), scene.agreementId, await acts.partyId(scene, organisationId), 'Done');
  return {
    suspendParty: (scene) => suspend(scene, RECIPIENT.signatory, RECIPIENT.id),
    suspendProvider: (scene) => suspend(scene, PROVIDER.signatory, PROVIDER.id),
    resumeParty: async (scene) => {
      const partyId = await acts.partyId(scene, RECIPIENT.id);
      const signatory = as(RECIPIENT.signatory);
      const { approvalId } = await acts
        .get(PartiesService)
        .resume(signatory, scene.agreementId, partyId, 'Mended');
      await acts.approve(GROUND.recipientOfficer, approvalId);
    },
    withdrawParty: (scene) => withdraw(scene, RECIPIENT.signatory, RECIPIENT.id),
    withdrawNewcomer: (scene) => withdraw(scene, NEWCOMER.signatory, NEWCOMER.id),
    excludeParty: async (scene) => {
      const partyId = await acts.partyId(scene, RECIPIENT.id);
      const end = { reason: 'At once', urgent: true };
      const signatory = as(PROVIDER.signatory);
      const { approvalId } = await acts
        .get(PartiesService)
        .exclude(signatory, scene.agreementId, partyId, end);
      await acts.approve(PROVIDER.dpo, approvalId);
    },
    accede: async ({ agreementId: id }) => {
      await acts.get(PartiesService).accede(as(PROVIDER.owner), id, {
        organisationId: NEWCOMER.id,
        signatoryId: NEWCOMER.signatory,
        dpoId: NEWCOMER.dpo,
        dataRole: 'recipient',
        controllerRole: 'separate',
        breachContact: 'breach@example.org',
        queryContact: 'query@example.org',
      });
      const agreement = await acts.get(AgreementsService).get(as(PROVIDER.owner), id);
      const hash = { versionHash: agreement.versionHash ?? '' };
      const agreements = acts.get(AgreementActs);
      await agreements.review(as(NEWCOMER.dpo), id, { decision: 'accept', ...hash });
      await agreements.sign(as(NEWCOMER.signatory), id, { decision: 'sign', ...hash });
    },
  };
}

/** What stands beneath an agreement: organisations, people, what they are qualified by, projects and data. */
function onGround(acts: Acts): Moves {
  const { as, world } = acts;
  const why = 'A reason';
  const { colleague: personId, recipient: organisationId, project, dataset, store } = GROUND;
  const organisation = (id: string, move: 'suspend' | 'resume' | 'close') => () =>
    acts.get(OrganisationsService).move(acts.admin, id, move, why);
  const person = (move: 'suspend' | 'resume') => () =>
    acts.get(PeopleService).move(as(GROUND.operatorOfficer), personId, move, why);
  const lapse = (sql: string) => async () => {
    await world.query(sql);
    await acts.get(DueLapses).sweep();
  };
  return {
    suspendOrganisation: organisation(organisationId, 'suspend'),
    resumeOrganisation: organisation(organisationId, 'resume'),
    closeOrganisation: organisation(organisationId, 'close'),
    suspendProvidersOrganisation: organisation(GROUND.provider, 'suspend'),
    suspendPerson: person('suspend'),
    resumePerson: person('resume'),
    endMembership: () => acts.get(MembershipEnds).end(acts.admin, personId, why),
    endRole: () => acts.get(MembershipRoles).remove(acts.admin, personId, 'researcher', why),
    giveRole: () => acts.get(MembershipRoles).add(acts.admin, personId, { role: 'researcher' }),
    withdrawAccreditation: async () => {
      const [row] = await world.query<{ id: string }>(
        'SELECT id FROM accreditation WHERE person_id = $1',
        [personId],
      );
      await acts.get(Accreditations).withdraw(acts.admin, personId, row?.id ?? '', why);
    },
    lapseAccreditation: lapse(
      `UPDATE accreditation SET awarded_on = '2025-01-01', expires_on = '2026-01-02' WHERE person_id = '${personId}'`,
    ),
    lapseTraining: lapse(
      `UPDATE training SET awarded_on = '2025-01-01', expires_on = '2026-01-02' WHERE person_id = '${personId}'`,
    ),
    lapseCheck: lapse(
      `UPDATE organisation_check SET issued_on = '2025-01-01', expires_on = '2026-01-02'
       WHERE organisation_id = '${organisationId}'`,
    ),
    endAffiliation: lapse(`UPDATE membership SET ends_on = '2026-01-02' WHERE id = '${personId}'`),
    closeProject: () => acts.get(ProjectsService).close(as(GROUND.recipientOwner), project, why),
    removeMember: () =>
      acts.get(ProjectMembers).remove(as(GROUND.recipientOwner), project, personId, why),
    addMember: () =>
      acts
        .get(ProjectMembers)
        .add(as(GROUND.recipientOwner), project, { personId, organisationId }),
    freezeDataset: () => acts.get(DatasetsService).freeze(as(GROUND.owner), dataset, why),
    unfreezeDataset: () => acts.get(DatasetsService).unfreeze(as(GROUND.owner), dataset, why),
    withdrawDataset: () => acts.get(DatasetsService).withdraw(as(GROUND.owner), dataset, why),
    suspendStore: () => acts.get(StoresService).suspend(as(GROUND.owner), store, why),
    resumeStore: () => acts.get(StoresService).resume(as(GROUND.owner), store, why),
  };
}
