import { Injectable } from '@nestjs/common';
import type { CompiledAgreementRule } from '../compile-agreement.js';
import { denyRulesOf, type CompiledRule } from '../engine/snapshot.js';
import { PolicyHolder } from '../storage/policy-holder.js';
import { findingOf, type AllowFinding } from './findings.js';

/** A rule that lets nobody do anything. */
export interface RuleFinding {
  readonly datasetId: string;
  readonly action: string;
  readonly finding: AllowFinding;
  /** The guardrails that alone take it away; empty when it takes several, or a rule of the dataset's owner. */
  readonly guardrails: readonly string[];
}

/** What the rules of an agreement would be worth beside the guardrails in force (policy section 5). */
@Injectable()
export class PolicyFindings {
  constructor(private readonly holder: PolicyHolder) {}

  /** @throws ConcordatError `condition_unanalysable` (422) */
  of(rules: readonly CompiledAgreementRule[]): readonly RuleFinding[] {
    const snapshot = this.holder.current();
    return rules.flatMap(({ datasetId, action, condition }) => {
      const denies = denyRulesOf(snapshot, datasetId, action);
      const finding = findingOf({ allow: condition, denies: denies.map((rule) => rule.condition) });
      return finding === undefined
        ? []
        : [{ datasetId, action, finding, guardrails: shadowing(condition, denies) }];
    });
  }
}

function shadowing(
  allow: CompiledAgreementRule['condition'],
  denies: readonly CompiledRule[],
): readonly string[] {
  return denies
    .filter(({ datasetId }) => datasetId === null)
    .filter(({ condition }) => findingOf({ allow, denies: [condition] }) === 'shadowed')
    .map(({ guardrailId }) => guardrailId ?? '');
}
