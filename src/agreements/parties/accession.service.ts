import { Inject, Injectable } from '@nestjs/common';
import { AuditService } from '../../audit/audit.service.js';
import type { Principal } from '../../identity/principal.js';
import { ConcordatError } from '../../kernel/errors.js';
import { IdFactory } from '../../kernel/ids.js';
import type { Tx } from '../../platform/database/database.js';
import type { AgreementVersion, Party } from '../agreement.types.js';
import { AgreementGate, agreementEvent, participantIds } from '../lifecycle/agreement-gate.js';
import { noticeOf } from '../notices/notice.rules.js';
import { TermsFactsService } from '../terms/terms-facts.service.js';
import type { DraftTerms } from '../terms/terms.types.js';
import { readInvitation, requireInvitable } from './invitation.js';
import { PartiesRepository } from './parties.repository.js';
import { hasLeft } from './party-lifecycle.rules.js';

/** Joining an agreement in force: providers consent as `admission` asks, and the lead invites. */
@Injectable()
export class Accession {
  constructor(
    private readonly gate: AgreementGate,
    private readonly repository: PartiesRepository,
    private readonly facts: TermsFactsService,
    private readonly audit: AuditService,
    @Inject(IdFactory) private readonly ids: IdFactory,
  ) {}

  /**
   * The lead's data owner invites; another provider's data owner consents to an invitation to come.
   * @returns the new party's id; the agreement's when it was a consent.
   */
  async accede(
    tx: Tx,
    principal: Principal,
    id: string,
    body: Readonly<Record<string, unknown>>,
  ): Promise<string> {
    const agreement = await this.gate.lockVersion(tx, principal, id);
    const owned = ownedParties(principal, agreement);
    const lead = owned.find(({ isLead }) => isLead);
    const provider = owned.find(isProvider);
    this.gate.allow(principal, agreement, 'agreement:accede', (lead ?? provider) !== undefined);
    const { status } = agreement;
    if (status !== 'active') {
      const errors = [{ pointer: '/organisationId', reason: `cannot join what is ${status}` }];
      throw new ConcordatError('transition_not_allowed', { status, act: 'accede', errors });
    }
    const offered = readInvitation(body, agreement.terms);
    const organisationId = requireNewcomer(agreement, offered);
    if (lead) {
      await this.requireAdmitted(tx, agreement, organisationId, owned);
      return this.invite(tx, principal, agreement, lead, offered);
    }
    await this.admit(tx, principal, agreement, { organisationId, provider: provider as Party });
    return id;
  }

  private async invite(
    tx: Tx,
    principal: Principal,
    agreement: AgreementVersion,
    lead: Party,
    offered: DraftTerms,
  ): Promise<string> {
    const facts = await this.facts.gather(tx, agreement.organisationId, offered);
    const invitation = requireInvitable(offered, facts, agreement.parties);
    const { organisationId, signatoryId, dpoId, dataRole } = invitation.party;
    const id = this.ids.next();
    const auditEventId = await this.audit.record(tx, 'party.invited', {
      ...agreementEvent(principal, agreement, {
        organisationId: lead.organisationId,
        role: 'data_owner',
      }),
      organisationIds: [...participantIds(agreement), organisationId],
      partyId: id,
      reasonCodes: ['invited'],
    });
    await this.repository.insertAcceding(tx, agreement, {
      id,
      organisationId,
      signatoryId,
      dpoId,
      dataRole,
      terms: invitation,
      auditEventId,
    });
    await this.repository.spendAdmissions(tx, agreement.id, organisationId);
    return id;
  }

  private async admit(
    tx: Tx,
    principal: Principal,
    agreement: AgreementVersion,
    { organisationId, provider }: { readonly organisationId: string; readonly provider: Party },
  ): Promise<void> {
    const admitted = await this.repository.admittedBy(tx, agreement.id, organisationId);
    if (admitted.includes(provider.organisationId)) {
      return;
    }
    const auditEventId = await this.audit.record(tx, 'party.invited', {
      ...agreementEvent(principal, agreement, {
        organisationId: provider.organisationId,
        role: 'data_owner',
      }),
      partyId: provider.id,
      // Whom: the consent itself is spent by the invitation.
      reasonCodes: ['admitted', `organisation:${organisationId}`],
    });
    await this.repository.insertAdmission(tx, agreement.id, {
      organisationId,
      providerId: provider.organisationId,
      personId: principal.personId,
      admittedAt: this.gate.now(),
      auditEventId,
    });
  }

  // `admission: providers`: each provider's data owner. The lead's own consent is its invitation.
  private async requireAdmitted(
    tx: Tx,
    { id, parties, terms }: AgreementVersion,
    organisationId: string,
    inviting: readonly Party[],
  ): Promise<void> {
    if (terms.admission === 'lead') {
      return;
    }
    const admitted = await this.repository.admittedBy(tx, id, organisationId);
    const agreed = new Set([...admitted, ...inviting.map((party) => party.organisationId)]);
    const missing = parties
      .filter((party) => isProvider(party) && !hasLeft(party.status))
      .map((party) => party.organisationId)
      .filter((provider) => !agreed.has(provider));
    if (missing.length > 0) {
      throw new ConcordatError('admission_missing', { providerIds: missing });
    }
  }
}

function isProvider({ dataRole }: Party): boolean {
  return dataRole !== 'recipient';
}

/** The parties in force for which the caller owns data. */
function ownedParties({ memberships }: Principal, { parties }: AgreementVersion): readonly Party[] {
  return parties.filter(
    ({ organisationId, status }) =>
      status === 'active' &&
      memberships.some(
        (membership) =>
          membership.organisationId === organisationId && membership.roles.includes('data_owner'),
      ),
  );
}

/** @throws ConcordatError `input_invalid` without an organisation, `conflict` for one that is a party. */
function requireNewcomer(agreement: AgreementVersion, offered: DraftTerms): string {
  const { parties } = agreement;
  const organisationId = offered.parties?.at(-1)?.organisationId;
  if (organisationId === undefined) {
    throw new ConcordatError('input_invalid', {
      errors: [{ pointer: '/organisationId', reason: 'is required' }],
    });
  }
  const party = parties.find((one) => one.organisationId === organisationId);
  // Notice that has run, and is not written yet: its grants have still to end.
  const isLeaving = party !== undefined && noticeOf(agreement, party.id) !== undefined;
  if (party && (isLeaving || !hasLeft(party.status))) {
    throw new ConcordatError('conflict', { partyId: party.id, status: party.status });
  }
  return organisationId;
}
