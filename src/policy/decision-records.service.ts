import { Injectable } from '@nestjs/common';
import type { Tx } from '../platform/database/database.js';
import { SubjectKeys } from '../platform/secrets/subject-keys.js';
import type { Decision } from './decision.js';
import { decisionAad, decisionInsert, secretPart } from './decision-record.js';

/** Keeps a decision beside the event it rides on, to be explained and replayed (policy section 4). */
@Injectable()
export class DecisionRecords {
  constructor(private readonly subjectKeys: SubjectKeys) {}

  /**
   * @param personId whose request was decided: the attributes are encrypted under that person's key.
   * @param auditEventId the event whose `decisionId` names the decision.
   */
  async record(tx: Tx, decision: Decision, personId: string, auditEventId: string): Promise<void> {
    const aad = decisionAad(decision.decisionId);
    const attributes = await this.subjectKeys.encrypt(personId, aad, secretPart(decision));
    const { sql, params } = decisionInsert({ decision, personId, attributes }, auditEventId);
    await tx.query(sql, [...params]);
  }
}
