import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Authorisation } from '../../identity/authorisation.service.js';
import { delegationOf } from '../../identity/deputy.js';
import type { Principal } from '../../identity/principal.js';
import type { Role } from '../../identity/roles.js';
import type { Json } from '../../kernel/canonical-json.js';
import { ConcordatError } from '../../kernel/errors.js';
import {
  Approvals,
  type Proposal,
  type ProposedView,
} from '../../organisations/approvals/approvals.service.js';
import { Database, type Tx } from '../../platform/database/database.js';
import { Idempotency } from '../../platform/database/idempotency.js';
import type { GuardrailPosition } from '../../policy/guardrail.js';
import { PolicyGuardrails } from '../../policy/policy-guardrails.service.js';
import {
  changeOf,
  fromProposed,
  requireWithdrawable,
  toProposed,
  type AskedGuardrail,
} from './guardrail.rules.js';
import { toGuardrailView, type GuardrailView } from './guardrail.view.js';
import { GuardrailOwners, type DatasetOwner } from './guardrails.repository.js';

/** Which guardrails somebody wants to see, and after which one the page starts. */
export interface GuardrailFilter {
  readonly id: string | null;
  readonly datasetId: string | null;
  readonly isHistory: boolean;
  readonly after: GuardrailPosition | null;
  readonly limit: number;
}

/** Guardrails, and their change by two people (R3.10, policy section 3). */
@Injectable()
export class Guardrails implements OnModuleInit {
  // eslint-disable-next-line max-params -- what a slice needs, the approvals and the policy
  constructor(
    private readonly database: Database,
    private readonly owners: GuardrailOwners,
    private readonly policy: PolicyGuardrails,
    private readonly approvals: Approvals,
    private readonly authorisation: Authorisation,
    private readonly idempotency: Idempotency,
  ) {}

  onModuleInit(): void {
    this.approvals.register('guardrail_change', (tx, approver, proposal, role) =>
      this.publish(tx, approver, proposal, role),
    );
  }

  /**
   * Those of all datasets are no secret; a dataset's own are for its organisation, and the operator.
   * @throws ConcordatError `not_found`, `operation_denied` for those of somebody else's dataset.
   */
  async list(
    principal: Principal,
    { datasetId, ...filter }: GuardrailFilter,
  ): Promise<GuardrailView[]> {
    const { manager } = this.database;
    if (datasetId !== null) {
      const { organisationId } = await this.ownerOf(manager, datasetId);
      this.authorisation.require(principal, 'guardrail:read', {
        organisationIds: [organisationId],
      });
    }
    const mayRead = (organisationIds: readonly string[]): boolean =>
      this.authorisation.allows(principal, 'guardrail:read', { organisationIds });
    const own = principal.memberships
      .map(({ organisationId }) => organisationId)
      .filter((id) => mayRead([id]));
    const organisationIds = mayRead([]) ? null : own;
    const rows = await this.policy.list(manager, { ...filter, datasetId, organisationIds });
    return rows.map(toGuardrailView);
  }

  /**
   * @throws ConcordatError `not_found` for a dataset of somebody else as for one that is not there; `operation_denied` to
   * whom the change is not a duty; `condition_invalid`, `input_invalid`, `policy_conflict`, `policy_bucket_full`.
   */
  propose(
    principal: Principal,
    asked: AskedGuardrail & { readonly baseVersion?: number },
    key?: string,
  ): Promise<ProposedView> {
    // The DTO is a class; its text has only what was sent.
    const body = JSON.parse(JSON.stringify(asked)) as Json;
    const call = { principalId: principal.personId, route: 'POST policy/guardrails', key, body };
    return this.database.transaction((tx) =>
      this.idempotency.once(tx, call, async () => ({ ...(await this.ask(tx, principal, asked)) })),
    );
  }

  private async ask(
    tx: Tx,
    principal: Principal,
    asked: AskedGuardrail & { readonly baseVersion?: number },
  ): Promise<ProposedView> {
    const head = await this.policy.headVersion(tx);
    const change = changeOf(asked, asked.baseVersion ?? head);
    const organisationId = await this.requireOwner(tx, principal, change.datasetId);
    if (change.baseVersion > head) {
      throw new ConcordatError('policy_conflict', { version: head });
    }
    if (change.text === null) {
      requireWithdrawable(asked, await this.policy.findOpen(tx, change));
    }
    await this.policy.requirePublishable(tx, change);
    return this.approvals.propose(tx, principal, {
      act: 'guardrail_change',
      organisationId,
      targetId: change.datasetId ?? organisationId,
      change: toProposed(change),
    });
  }

  // Every guard again, now for the second person and on what dataset and policy have become meanwhile.
  private async publish(
    tx: Tx,
    approver: Principal,
    proposal: Proposal,
    role: Role,
  ): Promise<void> {
    const change = fromProposed(proposal.change);
    const organisationId = await this.requireOwner(tx, approver, change.datasetId);
    await this.policy.publish(tx, {
      change,
      proposedBy: proposal.proposedBy,
      approvedBy: approver.personId,
      event: {
        actorKind: approver.kind,
        actorPersonId: approver.personId,
        actorAuthLevel: approver.authLevel,
        delegationId: delegationOf(approver, organisationId, role)?.delegationId,
        organisationIds: [organisationId],
        approvalId: proposal.id,
        proposedByPersonId: proposal.proposedBy,
      },
    });
  }

  /** @returns whose guardrail it is: the dataset's organisation, or the operator. */
  private async requireOwner(
    manager: Database['manager'],
    principal: Principal,
    datasetId: string | null,
  ): Promise<string> {
    if (datasetId === null) {
      return this.requireOperator(manager, principal);
    }
    const { organisationId, status } = await this.ownerOf(manager, datasetId);
    this.authorisation.require(principal, 'guardrail:propose', {
      organisationIds: [organisationId],
    });
    if (status === 'withdrawn') {
      throw new ConcordatError('transition_not_allowed', { from: status, move: 'guardrail' });
    }
    return organisationId;
  }

  private async ownerOf(manager: Database['manager'], datasetId: string): Promise<DatasetOwner> {
    const dataset = await this.owners.ofDataset(manager, datasetId);
    if (!dataset) {
      throw new ConcordatError('not_found');
    }
    return dataset;
  }

  // There is nothing here to hide: to say so is no news of anybody's.
  private async requireOperator(
    manager: Database['manager'],
    principal: Principal,
  ): Promise<string> {
    const organisationIds = [await this.owners.operatorId(manager)];
    if (!this.authorisation.allows(principal, 'guardrail:propose', { organisationIds })) {
      throw new ConcordatError('operation_denied', { operation: 'guardrail:propose' });
    }
    return organisationIds[0] ?? '';
  }
}
