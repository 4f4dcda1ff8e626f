import { Injectable } from '@nestjs/common';
import { AuditService } from '../../audit/audit.service.js';
import type { PreparedEvent } from '../../audit/event-preparation.js';
import { actorFields } from '../../identity/actor.js';
import type { Principal } from '../../identity/principal.js';
import type { Tx } from '../../platform/database/database.js';
import { SubjectKeys } from '../../platform/secrets/subject-keys.js';
import type { Decision } from '../../policy/decision.js';
import { decisionAad, secretPart, type StoredDecision } from '../../policy/decision-record.js';
import type { AccessFacts } from '../../requests/access-facts.js';
import type { EndingGrant } from '../ending/grant-endings.repository.js';
import { aboutGrant } from '../ending/grant-endings.service.js';
import { IssueRepository, type IdempotencyClaim, type NewGrant } from './issue.repository.js';
import type { Passed, Refused } from './issue-judge.service.js';

interface Told {
  readonly grantId?: string | undefined;
  readonly facts?: AccessFacts | undefined;
  readonly delivery?: string | undefined;
  readonly decision?: Decision | undefined;
  readonly reasonCodes?: readonly string[];
}

/** Writes the answer of the pipeline: always with its event and, where policy was asked, with its decision record. */
@Injectable()
export class IssueRecord {
  constructor(
    private readonly repository: IssueRepository,
    private readonly audit: AuditService,
    private readonly subjectKeys: SubjectKeys,
  ) {}

  /** @throws ConcordatError `grant_exists` when a row stands in the way; `audit_unavailable`. */
  async issued(tx: Tx, principal: Principal, grant: NewGrant, passed: Passed): Promise<void> {
    const { decision } = passed;
    const event = await this.prepare('grant.issued', principal, {
      ...told(passed),
      grantId: grant.id,
    });
    const stored = await this.store(decision, principal.personId);
    await this.repository.insertGrant(tx, grant, stored, event);
  }

  /** @returns the event's id. */
  async refreshed(tx: Tx, principal: Principal, grantId: string, passed: Passed): Promise<string> {
    const event = await this.prepare('grant.refreshed', principal, { ...told(passed), grantId });
    const stored = await this.store(passed.decision, principal.personId);
    await this.repository.insertOutcome(tx, event, stored);
    return event.id;
  }

  /** @param about the grant that is not refreshed, or the key that is free again. */
  async refused(
    tx: Tx,
    principal: Principal,
    { check, facts, decision }: Refused,
    about: {
      readonly grantId?: string;
      readonly freedKey?: Pick<IdempotencyClaim, 'principalId' | 'key'>;
    },
  ): Promise<void> {
    const event = await this.prepare('grant.refused', principal, {
      facts,
      decision,
      delivery: facts?.request.delivery,
      grantId: about.grantId,
      reasonCodes: [check.name],
    });
    const stored = decision && (await this.store(decision, principal.personId));
    await this.repository.insertOutcome(tx, event, stored, about.freedKey);
  }

  /** A refresh of a grant that has ended: its row says so, and nothing else was looked at. */
  async refusedAsEnded(tx: Tx, principal: Principal, grant: EndingGrant): Promise<void> {
    const { actorOrganisationId } = actorFields(principal, grant.organisationId);
    await this.audit.record(tx, 'grant.refused', {
      ...aboutGrant(grant),
      ...holderFields(principal),
      actorOrganisationId,
      outcome: 'refused',
      reasonCodes: ['grant_not_live'],
      delivery: grant.delivery,
    });
  }

  private async store(decision: Decision, personId: string): Promise<StoredDecision> {
    const plain = secretPart(decision);
    const aad = decisionAad(decision.decisionId);
    return { decision, personId, attributes: await this.subjectKeys.encrypt(personId, aad, plain) };
  }

  private prepare(
    type: 'grant.issued' | 'grant.refreshed' | 'grant.refused',
    principal: Principal,
    { grantId, facts, delivery, decision, reasonCodes }: Told,
  ): Promise<PreparedEvent> {
    const organisationId = facts?.request.organisationId;
    const { actorOrganisationId } = actorFields(principal, organisationId);
    return this.audit.prepare(type, {
      ...(facts && aboutRequest(facts)),
      ...holderFields(principal),
      actorOrganisationId,
      outcome: type === 'grant.refused' ? 'refused' : 'success',
      reasonCodes,
      grantId,
      delivery,
      decisionId: decision?.decisionId,
      policyVersion: decision?.policyVersion,
    });
  }
}

/** The holder, who answers for the program that acts where one does. */
function holderFields({ personId, clientId }: Principal) {
  return { actorPersonId: personId, clientId };
}

function told({ context: { facts, delivery }, decision }: Passed): Told {
  return { facts, delivery, decision };
}

function aboutRequest({ request, provider }: AccessFacts) {
  return {
    organisationIds: [request.organisationId, provider.id],
    projectId: request.projectId,
    datasetId: request.datasetId,
    agreementId: request.agreementId,
    agreementVersion: request.agreementVersion,
    accessRequestId: request.id,
  };
}
