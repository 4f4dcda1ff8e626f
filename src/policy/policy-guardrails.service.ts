import { Injectable } from '@nestjs/common';
import type { EventInput } from '../audit/event-preparation.js';
import { ConcordatError } from '../kernel/errors.js';
import type { Database, Tx } from '../platform/database/database.js';
import {
  MAX_BUCKET,
  type Guardrail,
  type GuardrailChange,
  type GuardrailKey,
  type GuardrailQuery,
} from './guardrail.js';
import { PolicyPublisher } from './policy-publisher.js';
import { GuardrailsRepository } from './storage/guardrails.repository.js';
import { PolicyRepository } from './storage/policy.repository.js';

type Manager = Database['manager'];

/** Who stands behind a guardrail change, and what its event says of that. */
export interface GuardrailPublication {
  readonly change: GuardrailChange;
  readonly proposedBy: string;
  readonly approvedBy: string;
  readonly event: Omit<
    EventInput<'policy.published'>,
    'policyVersion' | 'ruleIds' | 'targetId' | 'datasetId'
  >;
}

/** Guardrails as they are and were, and the publication of a change that two people decided (policy section 3). */
@Injectable()
export class PolicyGuardrails {
  constructor(
    private readonly guardrails: GuardrailsRepository,
    private readonly policy: PolicyRepository,
    private readonly publisher: PolicyPublisher,
  ) {}

  list(manager: Manager, query: GuardrailQuery): Promise<readonly Guardrail[]> {
    return this.guardrails.list(manager, query);
  }

  /** The text in force; undefined when there is none. */
  findOpen(manager: Manager, key: GuardrailKey): Promise<Guardrail | undefined> {
    return this.guardrails.findOpen(manager, key);
  }

  headVersion(manager: Manager): Promise<number> {
    return this.policy.headVersion(manager);
  }

  /**
   * What the policy itself says against a change; asked when it is proposed, and again under the policy lock.
   * @throws ConcordatError `policy_conflict` (409) when the guardrail was changed after the change's base;
   * `policy_bucket_full` (422) when an action has all the deny rules it may.
   */
  async requirePublishable(manager: Manager, change: GuardrailChange): Promise<void> {
    const version = await this.guardrails.changedIn(manager, change);
    if (version > change.baseVersion) {
      throw new ConcordatError('policy_conflict', { version });
    }
    if (change.text === null) {
      return;
    }
    const { actions } = change.text;
    const counts = await this.guardrails.countOthers(manager, change, actions);
    const full = actions.filter((action) => (counts.get(action) ?? 0) >= MAX_BUCKET);
    if (full.length > 0) {
      throw new ConcordatError('policy_bucket_full', { actions: full, limit: MAX_BUCKET });
    }
  }

  /** Inside the approving transaction, as its last act but the answer. @returns the new policy version. */
  publish(tx: Tx, publication: GuardrailPublication): Promise<number> {
    const { change, proposedBy, approvedBy, event } = publication;
    return this.publisher.publish(tx, {
      rules: change.text === null ? [] : this.publisher.guardrailRules(change, change.text),
      event: {
        ...event,
        targetId: change.id,
        datasetId: change.datasetId ?? undefined,
      },
      publishedBy: proposedBy,
      approvedBy,
      check: () => this.requirePublishable(tx, change),
      close: (_, version) => this.guardrails.close(tx, change, version),
    });
  }
}
