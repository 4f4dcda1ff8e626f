import { Injectable } from '@nestjs/common';
import { AuditService, eventInsert } from '../../audit/audit.service.js';
import type { EventInput, PreparedEvent } from '../../audit/event-preparation.js';
import { ConcordatError } from '../../kernel/errors.js';
import type { Tx } from '../../platform/database/database.js';
import { queryPlanned } from '../../platform/database/planned-statement.js';
import { SubjectKeys } from '../../platform/secrets/subject-keys.js';
import type { Decision } from '../../policy/decision.js';
import {
  decisionAad,
  decisionInsert,
  secretPart,
  type StoredDecision,
} from '../../policy/decision-record.js';
import type { Admission, Asked, DeliveryGrant } from '../delivery.types.js';

export type DeliveryEventType =
  | 'object.listed'
  | 'object.url-issued'
  | 'object.credential-issued'
  | 'object.opened'
  | 'object.delivered'
  | 'object.cut'
  | 'feed.subscribed'
  | 'feed.delivered'
  | 'feed.ended';

/** An event with the decision that rides on it, everything personal encrypted: ready for a short transaction. */
export interface PreparedRecord {
  readonly event: PreparedEvent;
  readonly decision: StoredDecision | undefined;
}

/** Writes the events of delivery, each with its decision where policy was asked (policy section 4). */
@Injectable()
export class DeliveryRecord {
  constructor(
    private readonly audit: AuditService,
    private readonly subjectKeys: SubjectKeys,
  ) {}

  /** An event of one object or page, with its decision record. @param id where something names the event already. */
  async prepare<T extends DeliveryEventType>(
    type: T,
    admission: Admission,
    input: EventInput<T>,
    id?: string,
  ): Promise<PreparedRecord> {
    const { grant, decision } = admission;
    const event = await this.audit.prepare(type, { ...admittedFields(admission), ...input }, id);
    return { event, decision: await this.seal(decision, grant.personId) };
  }

  /** The end of what an earlier event began: the decision rides on that one. */
  async prepareEnd<T extends DeliveryEventType>(
    type: T,
    admission: Admission,
    input: EventInput<T>,
  ): Promise<PreparedRecord> {
    const event = await this.audit.prepare(type, { ...admittedFields(admission), ...input });
    return { event, decision: undefined };
  }

  /** A request that the grant's row, its budget or policy refused. */
  async prepareRefusal(
    { grant, clientId }: Asked,
    reasonCode: string,
    decision?: Decision,
  ): Promise<PreparedRecord> {
    const event = await this.audit.prepare('grant.refused', {
      ...grantFields(grant),
      ...(clientId !== null && { clientId }),
      delivery: grant.delivery,
      outcome: 'refused',
      reasonCodes: [reasonCode],
      decisionId: decision?.decisionId,
      policyVersion: decision?.policyVersion,
    });
    return { event, decision: decision && (await this.seal(decision, grant.personId)) };
  }

  /** The event, with its decision in the same statement. @throws ConcordatError `audit_unavailable` (503). */
  async write(tx: Tx, { event, decision }: PreparedRecord): Promise<void> {
    if (!decision) {
      await this.audit.insert(tx, [event]);
      return;
    }
    const audit = eventInsert([event]);
    const decided = decisionInsert(decision, event.id, audit.params.length + 1);
    try {
      await queryPlanned(tx, `WITH ${audit.ctes} ${decided.sql}`, [
        ...audit.params,
        ...decided.params,
      ]);
    } catch (error) {
      throw new ConcordatError('audit_unavailable', {}, { cause: error });
    }
  }

  private async seal(decision: Decision, personId: string): Promise<StoredDecision> {
    const aad = decisionAad(decision.decisionId);
    const plain = secretPart(decision);
    return { decision, personId, attributes: await this.subjectKeys.encrypt(personId, aad, plain) };
  }
}

/** The fields that every `object.*` event of a grant has. */
export function objectFields(grant: DeliveryGrant) {
  return {
    actorPersonId: grant.personId,
    actorOrganisationId: grant.organisationId,
    organisationIds: [grant.organisationId, grant.providerId],
    datasetId: grant.datasetId,
    agreementId: grant.agreementId,
    grantId: grant.id,
    delivery: grant.delivery,
    ...(grant.datasetVersion === null ? {} : { objectVersion: grant.datasetVersion }),
  };
}

/** The same of a request that was let through: by what decision, and for which program. */
export function admittedFields({ grant, decision: { decisionId }, clientId }: Admission) {
  return { ...objectFields(grant), decisionId, ...(clientId !== null && { clientId }) };
}

/** The fields that every `grant.*` event has. */
export function grantFields(grant: DeliveryGrant) {
  return {
    actorPersonId: grant.personId,
    actorOrganisationId: grant.organisationId,
    organisationIds: [grant.organisationId, grant.providerId],
    projectId: grant.projectId,
    datasetId: grant.datasetId,
    agreementId: grant.agreementId,
    agreementVersion: grant.agreementVersion,
    accessRequestId: grant.accessRequestId,
    grantId: grant.id,
  };
}
