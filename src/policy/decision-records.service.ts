import { Injectable } from '@nestjs/common';
import type { Tx } from '../platform/database/database.js';
import { SubjectKeys } from '../platform/secrets/subject-keys.js';
import type { Decision } from './decision.js';
import { failedClauses } from './refusal.js';

/** Keeps a decision beside the event it rides on, to be explained and replayed (policy section 4). */
@Injectable()
export class DecisionRecords {
  constructor(private readonly subjectKeys: SubjectKeys) {}

  /**
   * @param personId whose request was decided: the attributes are encrypted under that person's key.
   * @param auditEventId the event whose `decisionId` names the decision.
   */
  async record(tx: Tx, decision: Decision, personId: string, auditEventId: string): Promise<void> {
    const { decisionId, outcome, reason, policyVersion, ruleIds, explanation } = decision;
    const plain = Buffer.concat([decision.attributesSalt, Buffer.from(decision.attributesText)]);
    const aad = `concordat/decision/v1|${decisionId}`;
    const attributes = await this.subjectKeys.encrypt(personId, aad, plain);
    await tx.query(
      `INSERT INTO decision_record (id, audit_event_id, person_id, outcome, reason, policy_version, attributes_hash,
         attributes, rule_ids, failed, explanation, decided_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
      [
        decisionId,
        auditEventId,
        personId,
        outcome,
        reason,
        policyVersion,
        decision.attributesHash,
        attributes,
        ruleIds,
        JSON.stringify(failedClauses(decision)),
        explanation,
        decision.decidedAt,
      ],
    );
  }
}
