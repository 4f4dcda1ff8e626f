import { Injectable } from '@nestjs/common';
import { Vocabularies } from '../../agreements/vocabularies.js';
import { AuditService } from '../../audit/audit.service.js';
import { actingFor, actorFields } from '../../identity/actor.js';
import { Authorisation } from '../../identity/authorisation.service.js';
import type { Principal } from '../../identity/principal.js';
import { ConcordatError } from '../../kernel/errors.js';
import { Database } from '../../platform/database/database.js';
import type { DecisionFacts, DecisionRecord } from './decision-record.types.js';
import { toDecisionRecord, type ReceivedRequest } from './decision-record.view.js';
import { DecisionRecordsRepository } from './decision-records.repository.js';

/** The request behind an export, for its event. */
export interface ExportSource {
  readonly traceId: string;
  readonly format: 'json' | 'csv';
}

/** Decision records for those who answer for the sharing: whoever owns, protects or oversees the data, never a researcher. */
@Injectable()
export class DecisionRecords {
  constructor(
    private readonly database: Database,
    private readonly records: DecisionRecordsRepository,
    private readonly authorisation: Authorisation,
    private readonly audit: AuditService,
    private readonly vocabularies: Vocabularies,
  ) {}

  /** @throws ConcordatError `not_found`, or `transition_not_allowed` for what was never submitted. */
  async export(
    principal: Principal,
    id: string,
    { format, ...source }: ExportSource,
  ): Promise<DecisionRecord> {
    return this.database.transaction(async (tx) => {
      const facts = await this.records.find(tx, id);
      if (!facts) {
        throw new ConcordatError('not_found');
      }
      // What was never submitted was asked of nobody: to its provider it is absent.
      const asked = facts.receivedAt === null ? [] : [facts.provider.id];
      const organisationIds = [...new Set([...asked, facts.requesting.id])];
      this.authorisation.require(principal, 'access_request:export', { organisationIds });
      const received = receivedOf(facts);
      await this.audit.record(tx, 'audit.exported', {
        ...actorFields(principal, actingFor(principal, organisationIds)),
        organisationIds,
        agreementId: received.agreement.id,
        agreementVersion: received.agreement.version,
        accessRequestId: id,
        reasonCodes: ['decision_record', format],
        count: 1,
        delegationId: this.authorisation.delegationFor(principal, 'access_request:export', {
          organisationIds,
        }),
        alsoAbout: [facts.requesterId],
        ...source,
      });
      return toDecisionRecord(received, this.vocabularies.terms);
    });
  }
}

function receivedOf(facts: DecisionFacts): ReceivedRequest {
  const { agreement, receivedAt, status } = facts;
  if (agreement === null || receivedAt === null) {
    throw new ConcordatError('transition_not_allowed', { from: status, move: 'export' });
  }
  return { ...facts, agreement, receivedAt };
}
