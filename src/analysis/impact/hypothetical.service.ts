import { Injectable } from '@nestjs/common';
import type { AttributeInput } from '../../policy/attributes.js';
import type { Decision } from '../../policy/decision.js';
import { parseCondition } from '../../policy/parse-condition.js';
import { PolicyService } from '../../policy/policy.service.js';
import type { PolicyRule, RuleKey } from '../../policy/policy.types.js';
import { attributesOf } from '../../requests/access-attributes.js';
import type { AccessFacts } from '../../requests/access-facts.js';
import { assumedOf } from '../assumed.js';
import type { Candidate } from './candidates.repository.js';

/** A question that nobody has asked, under rules that may not be published. */
export interface HypotheticalQuestion {
  readonly key: RuleKey;
  readonly rules: readonly PolicyRule[];
  readonly facts: AccessFacts;
  readonly now: Date;
  /** What would be otherwise than the facts. */
  readonly changes?: AttributeInput;
}

/** Decides what a candidate would be answered. */
@Injectable()
export class Hypothetical {
  constructor(private readonly policy: PolicyService) {}

  /** To a request that was made its answer; without one the best answer to any that they could make for the project. */
  decide(candidate: Candidate, question: HypotheticalQuestion): Decision {
    const { key, rules, facts, now, changes } = question;
    const attributes = { ...attributesOf(facts, { ...assumedOf(facts), now }), ...changes };
    const { conditions } = facts.request;
    const narrowing = conditions === null ? null : parseCondition(conditions);
    const answer = (asked: AttributeInput): Decision =>
      this.policy.decideUnder(this.policy.currentVersion(), rules, {
        key,
        attributes: { ...attributes, ...asked, 'agreement.version': key.agreementVersion },
        narrowing,
        now,
      });
    const [first = {}, ...others] = candidate.accessRequestId === null ? askable(facts) : [{}];
    let best = answer(first);
    for (const asked of others) {
      best = best.outcome === 'allow' ? best : answer(asked);
    }
    return best;
  }
}

function askable({ project, agreement }: AccessFacts): readonly AttributeInput[] {
  return project.purposes.flatMap((purpose) =>
    agreement.terms.modes.map((mode) => ({ 'request.purpose': purpose, 'request.delivery': mode })),
  );
}
