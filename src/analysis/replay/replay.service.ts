import { Injectable } from '@nestjs/common';
import { Database } from '../../platform/database/database.js';
import { SubjectKeys } from '../../platform/secrets/subject-keys.js';
import type { AttributeInput } from '../../policy/attributes.js';
import type { Decision } from '../../policy/decision.js';
import { decisionAad } from '../../policy/decision-record.js';
import type { PolicyRule } from '../../policy/policy.types.js';
import { PolicyService } from '../../policy/policy.service.js';
import { RulesOfVersions } from '../rules-of-versions.repository.js';
import type { RecordedDecision } from './decision-store.repository.js';

const SALT_BYTES = 32;

/** What was known when something was decided. */
export interface Known {
  readonly salt: Buffer;
  readonly attributes: AttributeInput;
}

/** Makes a recorded decision again, from its attributes and from the rules that were in force (policy section 4). */
@Injectable()
export class Replay {
  constructor(
    private readonly database: Database,
    private readonly rules: RulesOfVersions,
    private readonly subjectKeys: SubjectKeys,
    private readonly policy: PolicyService,
  ) {}

  /** @returns undefined when the person's key was destroyed: what was known of them is gone for good. */
  async knownOf({ id, personId, attributes }: RecordedDecision): Promise<Known | undefined> {
    const plain = await this.subjectKeys.decrypt(personId, decisionAad(id), attributes);
    return (
      plain && {
        salt: plain.subarray(0, SALT_BYTES),
        attributes: JSON.parse(plain.subarray(SALT_BYTES).toString()) as AttributeInput,
      }
    );
  }

  /** The rules that were in force for it. */
  async rulesOf({ key, policyVersion }: RecordedDecision): Promise<readonly PolicyRule[]> {
    return key === null ? [] : this.rules.at(this.database.manager, policyVersion, key);
  }

  /**
   * @param rules those of `rulesOf` for what was, others for what would have been.
   * @returns undefined for a decision that cannot be made again: nothing is known of its person, or it was none.
   */
  decide(
    record: RecordedDecision,
    known: Known | undefined,
    rules: readonly PolicyRule[],
  ): Decision | undefined {
    const { id, key, narrowing, policyVersion, decidedAt, reason } = record;
    if (!known || key === null || reason === 'policy_unavailable' || reason === 'engine_error') {
      return undefined;
    }
    return this.policy.decideUnder(policyVersion, rules, {
      key,
      attributes: known.attributes,
      narrowing,
      now: decidedAt,
      decisionId: id,
      salt: known.salt,
    });
  }
}
