import { Inject, Injectable } from '@nestjs/common';
import { AuditService } from '../audit/audit.service.js';
import { BROKER_ACTOR } from '../identity/actor.js';
import { Clock } from '../kernel/clock.js';
import { IdFactory } from '../kernel/ids.js';
import { Database, type Tx } from '../platform/database/database.js';
import { takeLocks } from '../platform/database/locks.js';
import type { Action } from './attributes.js';
import type { Condition } from './condition.js';
import type { CompiledAgreementRule } from './compile-agreement.js';
import type { PolicyRule } from './engine/snapshot.js';
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

/** A guardrail as two people leave it (policy section 3). */
export interface GuardrailPublication {
  readonly id: string;
  /** Null: for every dataset. */
  readonly datasetId: string | null;
  readonly actions: readonly Action[];
  /** Null withdraws it. */
  readonly condition: Condition | null;
  readonly message: string;
  /** Whose officers may see the event. */
  readonly organisationIds: readonly string[];
  readonly proposedBy: string;
  readonly approvedBy: string;
  readonly approvalId: string;
}

interface Publication {
  readonly rules: readonly PolicyRule[];
  readonly agreement?: AgreementPublication;
  readonly guardrail?: GuardrailPublication;
  /** Read before, and open until the lock that the publication takes. */
  readonly closes?: readonly string[];
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
    return this.publish(tx, { rules, agreement });
  }

  /**
   * Replaces the open rules of a guardrail.
   * @param closes their ids, as the caller saw them.
   * @returns the new version.
   */
  publishGuardrail(
    tx: Tx,
    guardrail: GuardrailPublication,
    closes: readonly string[],
  ): Promise<number> {
    const { id, datasetId, actions, condition, message } = guardrail;
    const rules =
      condition === null
        ? []
        : this.guardrailRules({ id, actions, condition, message }).map((rule) => ({
            ...rule,
            datasetId,
          }));
    return this.publish(tx, { rules, guardrail, closes });
  }

  /** Version 1, from the reviewed text; nothing when any version exists. */
  async publishFirst(guardrails: readonly GuardrailRow[]): Promise<void> {
    if ((await this.repository.headVersion(this.database.manager)) > 0) {
      return;
    }
    await this.database.transaction(async (tx) => {
      await takeLocks(tx, 'exclusive', [{ kind: 'policy', id: '' }]);
      if ((await this.repository.headVersion(tx)) === 0) {
        await this.publish(tx, { rules: guardrails.flatMap((row) => this.guardrailRules(row)) });
      }
    });
  }

  private async publish(tx: Tx, publication: Publication): Promise<number> {
    const { rules, agreement, guardrail, closes = [] } = publication;
    // An ended version never lives again, so it may be looked for before the lock.
    const ended = await this.repository.endedRuleIds(tx, CLOSED_PER_PUBLICATION);
    await takeLocks(tx, 'exclusive', [{ kind: 'policy', id: '' }]);
    const version = await this.repository.advanceHead(tx);
    const auditEventId = await this.recordEvent(tx, version, publication);
    await this.repository.insertVersion(tx, {
      version,
      publishedBy: agreement?.publishedBy ?? guardrail?.proposedBy ?? null,
      approvedBy: guardrail?.approvedBy ?? null,
      publishedAt: this.clock.now(),
      auditEventId,
    });
    await this.repository.closeRules(tx, [...ended, ...closes], version);
    if (agreement) {
      await this.repository.closeAgreement(tx, agreement.agreementId, version);
    }
    await this.repository.insertRules(tx, rules, version);
    await this.repository.notify(tx);
    return version;
  }

  private recordEvent(
    tx: Tx,
    policyVersion: number,
    { rules, agreement, guardrail }: Publication,
  ): Promise<string> {
    const personId = agreement?.publishedBy ?? guardrail?.approvedBy;
    return this.audit.record(tx, 'policy.published', {
      ...(personId === undefined ? BROKER_ACTOR : { actorKind: 'person', actorPersonId: personId }),
      organisationIds: agreement?.organisationIds ?? guardrail?.organisationIds ?? [],
      agreementId: agreement?.agreementId,
      agreementVersion: agreement?.agreementVersion,
      datasetId: guardrail?.datasetId ?? undefined,
      reasonCodes: guardrail ? [guardrail.id] : [],
      approvalId: guardrail?.approvalId,
      proposedByPersonId: guardrail?.proposedBy,
      policyVersion,
      ruleIds: rules.slice(0, NAMED_RULES).map(({ id }) => id),
    });
  }

  private guardrailRules({ id, actions, condition, message }: GuardrailRow): PolicyRule[] {
    return actions.map((action) => ({
      id: this.ids.next(),
      guardrailId: id,
      datasetId: null,
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
