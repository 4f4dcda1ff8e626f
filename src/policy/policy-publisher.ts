import { Inject, Injectable } from '@nestjs/common';
import { AuditService } from '../audit/audit.service.js';
import type { EventInput } from '../audit/event-preparation.js';
import { BROKER_ACTOR } from '../identity/actor.js';
import { Clock } from '../kernel/clock.js';
import { IdFactory } from '../kernel/ids.js';
import { Database, type Tx } from '../platform/database/database.js';
import { takeLocks } from '../platform/database/locks.js';
import type { CompiledAgreementRule } from './compile-agreement.js';
import type { PolicyRule } from './engine/snapshot.js';
import type { GuardrailKey, GuardrailText } from './guardrail.js';
import type { GuardrailRow } from './storage/policy-files.js';
import { PolicyRepository } from './storage/policy.repository.js';

/** An agreement version that takes effect, with the rules that `compileAgreement` made of its terms. */
export interface AgreementPublication {
  readonly agreementId: string;
  readonly agreementVersion: number;
  readonly reference: string;
  /** Whose officers may see the event: every party. */
  readonly organisationIds: readonly string[];
  /** The person whose act activates it; absent when the broker does. */
  readonly publishedBy?: string;
  readonly rules: readonly CompiledAgreementRule[];
}

/** What one publication changes, and for whom. */
export interface Publication {
  readonly rules: readonly PolicyRule[];
  readonly event: Omit<EventInput<'policy.published'>, 'policyVersion' | 'ruleIds'>;
  readonly publishedBy?: string | undefined;
  /** The second person of a two-person act. */
  readonly approvedBy?: string;
  /** Under the policy lock, before anything is written: what another publication may have changed. */
  readonly check?: (tx: Tx) => Promise<void>;
  /** Closes what the rules replace. */
  readonly close?: (tx: Tx, version: number) => Promise<void>;
}

/** One publication closes at most so many rules of ended versions, for it holds the policy lock. */
const CLOSED_PER_PUBLICATION = 1_000;
/** The event names the first rules; `policy_rule.from_version` names them all. */
const NAMED_RULES = 256;

/** Writes policy versions. Only activation, supersession and a guardrail change publish (policy section 7). */
@Injectable()
export class PolicyPublisher {
  constructor(
    private readonly database: Database,
    private readonly repository: PolicyRepository,
    private readonly audit: AuditService,
    @Inject(Clock) private readonly clock: Clock,
    @Inject(IdFactory) private readonly ids: IdFactory,
  ) {}

  /** Replaces the agreement's open rules; see `PolicyService.publishAgreement`. */
  publishAgreement(tx: Tx, agreement: AgreementPublication): Promise<number> {
    const { agreementId, agreementVersion, reference } = agreement;
    const rules = agreement.rules.map((rule) => ({
      ...rule,
      id: this.ids.next(),
      guardrailId: null,
      effect: 'allow' as const,
      message: null,
      agreementId,
      agreementVersion,
      reference,
    }));
    return this.publish(tx, {
      rules,
      event: agreementEvent(agreement),
      publishedBy: agreement.publishedBy,
      close: (_, version) => this.repository.closeAgreement(tx, agreementId, version),
    });
  }

  /** Version 1, from the reviewed text; nothing when any version exists. */
  async publishFirst(guardrails: readonly GuardrailRow[]): Promise<void> {
    if ((await this.repository.headVersion(this.database.manager)) > 0) {
      return;
    }
    await this.database.transaction(async (tx) => {
      await takeLocks(tx, 'exclusive', [{ kind: 'policy', id: '' }]);
      if ((await this.repository.headVersion(tx)) === 0) {
        const rules = guardrails.flatMap(({ id, ...text }) =>
          this.guardrailRules({ id, datasetId: null }, text),
        );
        await this.publish(tx, { rules, event: { ...BROKER_ACTOR, organisationIds: [] } });
      }
    });
  }

  /** The last act of its transaction: the policy lock comes last in the lock order and is held to COMMIT. */
  async publish(tx: Tx, publication: Publication): Promise<number> {
    const { rules, event, publishedBy, approvedBy } = publication;
    // An ended version never lives again, so it may be looked for before the lock.
    const ended = await this.repository.endedRuleIds(tx, CLOSED_PER_PUBLICATION);
    await takeLocks(tx, 'exclusive', [{ kind: 'policy', id: '' }]);
    await publication.check?.(tx);
    const version = await this.repository.advanceHead(tx);
    const auditEventId = await this.audit.record(tx, 'policy.published', {
      ...event,
      policyVersion: version,
      ruleIds: rules.slice(0, NAMED_RULES).map(({ id }) => id),
    });
    await this.repository.insertVersion(tx, {
      version,
      publishedBy: publishedBy ?? null,
      approvedBy: approvedBy ?? null,
      publishedAt: this.clock.now(),
      auditEventId,
    });
    await this.repository.closeRules(tx, ended, version);
    await publication.close?.(tx, version);
    await this.repository.insertRules(tx, rules, version);
    await this.repository.notify(tx);
    return version;
  }

  /** One deny rule for each action of the text. */
  guardrailRules({ id, datasetId }: GuardrailKey, text: GuardrailText): PolicyRule[] {
    const { actions, condition, message } = text;
    return actions.map((action) => ({
      id: this.ids.next(),
      guardrailId: id,
      datasetId,
      action,
      recipients: [],
      effect: 'deny',
      condition,
      agreementId: null,
      agreementVersion: null,
      reference: null,
      message,
    }));
  }
}

function agreementEvent(agreement: AgreementPublication): Publication['event'] {
  const { publishedBy, organisationIds, agreementId, agreementVersion } = agreement;
  const actor =
    publishedBy === undefined
      ? BROKER_ACTOR
      : ({ actorKind: 'person', actorPersonId: publishedBy } as const);
  return { ...actor, organisationIds, agreementId, agreementVersion };
}
