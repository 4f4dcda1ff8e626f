import type { Decision } from './decision.js';
import { failedClauses } from './refusal.js';

/** What separates the records of one decision from those of others, whoever encrypts them. */
export function decisionAad(decisionId: string): string {
  return `concordat/decision/v1|${decisionId}`;
}

/** The salt and the attributes, to be encrypted under the person's key and erased with it. */
export function secretPart({ attributesSalt, attributesText }: Decision): Buffer {
  return Buffer.concat([attributesSalt, Buffer.from(attributesText)]);
}

/** A decision with its attributes already encrypted under the person's key. */
export interface StoredDecision {
  readonly decision: Decision;
  readonly personId: string;
  readonly attributes: Buffer;
}

/**
 * The record of a decision as an INSERT, alone or as part of another statement.
 * @param eventId the event that it rides on.
 * @param firstParam the number of its first parameter.
 */
export function decisionInsert(
  { decision, personId, attributes }: StoredDecision,
  eventId: string,
  firstParam = 1,
): { readonly sql: string; readonly params: readonly unknown[] } {
  const columns = [
    ['id', decision.decisionId],
    ['audit_event_id', eventId],
    ['person_id', personId],
    ['outcome', decision.outcome],
    ['reason', decision.reason],
    ['policy_version', decision.policyVersion],
    ['attributes_hash', decision.attributesHash],
    ['attributes', attributes],
    ['rule_ids', decision.ruleIds],
    ['failed', JSON.stringify(failedClauses(decision))],
    ['explanation', decision.explanation],
    ['decided_at', decision.decidedAt],
    ['not_after', decision.notAfter],
    ['agreement_id', decision.key.agreementId],
    ['agreement_version', decision.key.agreementVersion],
    ['dataset_id', decision.key.datasetId],
    ['action', decision.key.action],
    ['narrowing', decision.narrowing === null ? null : JSON.stringify(decision.narrowing)],
  ] as const;
  const names = columns.map(([name]) => name).join(', ');
  const places = columns.map((_, at) => `$${String(firstParam + at)}`).join(', ');
  return {
    sql: `INSERT INTO decision_record (${names}) VALUES (${places})`,
    params: columns.map(([, value]) => value),
  };
}
