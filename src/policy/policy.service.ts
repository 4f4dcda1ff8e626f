import { Inject, Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { AuditService } from '../audit/audit.service.js';
import { BROKER_ACTOR } from '../identity/actor.js';
import { canonicalJson, type Json } from '../kernel/canonical-json.js';
import { Clock } from '../kernel/clock.js';
import { ConcordatError } from '../kernel/errors.js';
import { IdFactory } from '../kernel/ids.js';
import { Database, type Tx } from '../platform/database/database.js';
import { takeLocks } from '../platform/database/locks.js';
import { DataEngine } from './data-engine.js';
import { decide, type DataQuestion } from './decide.js';
import type { Decision } from './decision.js';
import { policiesFolder, readGuardrails, readModel, type GuardrailRow } from './policy-files.js';
import { PolicyHolder } from './policy-holder.js';
import { PolicyRepository } from './policy.repository.js';
import type { PolicyRule } from './snapshot.js';

/** The allow rules that an agreement version compiles to, one per dataset and action. */
export interface AgreementPublication {
  readonly agreementId: string;
  readonly agreementVersion: number;
  readonly reference: string;
  readonly organisationIds: readonly string[];
  readonly rules: readonly Pick<PolicyRule, 'datasetId' | 'action' | 'recipients' | 'condition'>[];
}

type Question = Omit<DataQuestion, 'decisionId' | 'now'>;

/** Data access decisions: Casbin decides, over the snapshot; the database is not read while deciding. */
@Injectable()
export class PolicyService implements OnApplicationBootstrap {
  private readonly log = new Logger(PolicyService.name);
  private engine: DataEngine | undefined;

  constructor(
    private readonly database: Database,
    private readonly repository: PolicyRepository,
    private readonly holder: PolicyHolder,
    private readonly audit: AuditService,
    @Inject(Clock) private readonly clock: Clock,
    // eslint-disable-next-line max-params -- two of the six are the ports every service has
    @Inject(IdFactory) private readonly ids: IdFactory,
  ) {}

  /** Parses the policy texts; the first boot publishes version 1 from `guardrails.csv`. */
  async onApplicationBootstrap(): Promise<void> {
    const folder = policiesFolder();
    this.engine = await DataEngine.load(readModel(folder));
    const guardrails = readGuardrails(folder);
    await this.publishFirst(guardrails);
    await this.holder.start();
    this.warnOfDrift(guardrails);
  }

  /** @returns the version that would decide now, or undefined when none may. */
  currentVersion(): number | undefined {
    return this.holder.current()?.version;
  }

  /** Brings the node up to the head that a transaction saw and the snapshot does not have. */
  async catchUp(): Promise<void> {
    await this.holder.refresh();
  }

  /**
   * Decides on the node's snapshot.
   * @throws ConcordatError `policy_unavailable` (503) without a fresh snapshot.
   */
  decide(question: Question): Decision {
    const snapshot = this.holder.current();
    if (!snapshot || !this.engine) {
      throw new ConcordatError('policy_unavailable');
    }
    return decide(this.engine, snapshot, {
      ...question,
      decisionId: this.ids.next(),
      now: this.clock.now(),
    });
  }

  /**
   * Publishes an activated agreement version inside the activating transaction, as its last act: the policy lock comes
   * last in the lock order and is held to COMMIT, so no grant commits under a withdrawn rule.
   * @returns the new policy version.
   */
  async publishAgreement(tx: Tx, publication: AgreementPublication): Promise<number> {
    const { agreementId, agreementVersion, reference } = publication;
    const rules = publication.rules.map((rule) => ({
      ...rule,
      id: this.ids.next(),
      guardrailId: null,
      effect: 'allow' as const,
      message: null,
      agreementId,
      agreementVersion,
      reference,
    }));
    return this.publish(tx, rules, publication);
  }

  private async publish(
    tx: Tx,
    rules: readonly PolicyRule[],
    agreement: AgreementPublication | null,
  ): Promise<number> {
    await takeLocks(tx, 'exclusive', [{ kind: 'policy', id: '' }]);
    const version = await this.repository.advanceHead(tx);
    const auditEventId = await this.audit.record(tx, 'policy.published', {
      ...BROKER_ACTOR,
      organisationIds: agreement?.organisationIds ?? [],
      agreementId: agreement?.agreementId,
      agreementVersion: agreement?.agreementVersion,
      policyVersion: version,
      ruleIds: rules.map(({ id }) => id),
    });
    const publishedAt = this.clock.now();
    await this.repository.insertVersion(tx, { version, publishedBy: null, publishedAt, auditEventId });
    await this.repository.closeEndedRules(tx, version, agreement?.agreementId ?? null);
    for (const rule of rules) {
      await this.repository.insertRule(tx, rule, version);
    }
    await this.repository.notify(tx);
    return version;
  }

  private async publishFirst(guardrails: readonly GuardrailRow[]): Promise<void> {
    if ((await this.repository.headVersion(this.database.manager)) > 0) {
      return;
    }
    await this.database.transaction(async (tx) => {
      await takeLocks(tx, 'exclusive', [{ kind: 'policy', id: '' }]);
      if ((await this.repository.headVersion(tx)) === 0) {
        await this.publish(tx, guardrails.flatMap((row) => this.guardrailRules(row)), null);
      }
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

  // The database rules; a file that says something else is a change somebody has yet to propose.
  private warnOfDrift(guardrails: readonly GuardrailRow[]): void {
    const denies = [...(this.holder.current()?.denies.values() ?? [])].flat();
    const wanted = guardrails.flatMap(({ id, actions, condition }) =>
      actions.map((action) => drift(id, action, condition as unknown as Json)),
    );
    const open = denies
      .filter(({ datasetId }) => datasetId === null)
      .map((rule) => drift(rule.guardrailId, rule.action, rule.condition as unknown as Json));
    if (wanted.sort().join('\n') !== open.sort().join('\n')) {
      this.log.warn({ msg: 'policies/guardrails.csv differs from the database', code: 'guardrails_drift' });
    }
  }
}

function drift(id: string | null, action: string, condition: Json): string {
  return `${id ?? ''} ${action} ${canonicalJson(condition)}`;
}
