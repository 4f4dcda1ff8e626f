import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Authorisation } from '../../identity/authorisation.service.js';
import type { Principal } from '../../identity/principal.js';
import { ConcordatError } from '../../kernel/errors.js';
import {
  Approvals,
  type Proposal,
  type ProposedView,
} from '../../organisations/approvals/approvals.service.js';
import { Database, type Tx } from '../../platform/database/database.js';
import type { Action } from '../../policy/attributes.js';
import type { Condition } from '../../policy/condition.js';
import { parseCondition } from '../../policy/parse-condition.js';
import { PolicyService } from '../../policy/policy.service.js';
import type { GuardrailDto } from './guardrail.dto.js';
import { checkId, checkRoom, replaced } from './guardrail.rules.js';
import { GuardrailsRepository, type GuardrailRow } from './guardrails.repository.js';

/** A change as it waits for its second person. */
export interface GuardrailChange {
  readonly id: string;
  readonly datasetId: string | null;
  readonly actions: readonly Action[];
  readonly condition: Condition | null;
  readonly message: string;
  /** The rules that it was proposed to replace. */
  readonly base: readonly string[];
}

/** Deny rules, for every dataset or for one: proposed by one person, published when another agrees (R3.10). */
@Injectable()
export class Guardrails implements OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly repository: GuardrailsRepository,
    private readonly authorisation: Authorisation,
    private readonly approvals: Approvals,
    private readonly policy: PolicyService,
  ) {}

  onModuleInit(): void {
    for (const act of ['guardrail_change', 'dataset_guardrail_change'] as const) {
      this.approvals.register(act, (tx, approver, proposal) =>
        this.publish(tx, approver, proposal),
      );
    }
  }

  /** Those of every dataset are no secret; a dataset's own are its owner's. */
  async list(principal: Principal, datasetId: string | null): Promise<readonly GuardrailRow[]> {
    const { manager } = this.database;
    if (datasetId !== null) {
      const organisationIds = [await this.ownerOf(manager, datasetId)];
      this.authorisation.require(principal, 'guardrail:read', { organisationIds });
    }
    return this.repository.list(manager, datasetId);
  }

  /**
   * @throws ConcordatError `condition_invalid`, `input_invalid`, `policy_bucket_full` (422); `not_found` for a dataset of
   * others, and for the withdrawal of a guardrail that there is not.
   */
  async propose(principal: Principal, dto: GuardrailDto): Promise<ProposedView> {
    const { id, actions, message, datasetId = null } = dto;
    return this.database.transaction(async (tx) => {
      const organisationId =
        datasetId === null
          ? await this.repository.operatorId(tx)
          : await this.ownerOf(tx, datasetId);
      this.authorisation.require(principal, 'guardrail:propose', {
        organisationIds: [organisationId],
      });
      checkId({ id, datasetId });
      const condition = dto.condition === null ? null : parseCondition(dto.condition, '/condition');
      const key = { id, datasetId, actions };
      const base = await this.judge(tx, { ...key, condition });
      return this.approvals.propose(tx, principal, {
        act: datasetId === null ? 'guardrail_change' : 'dataset_guardrail_change',
        targetId: datasetId ?? organisationId,
        organisationId,
        change: { ...key, condition, message, base },
      });
    });
  }

  // Every guard once more: other rules may have come, and the dataset may have gone.
  private async publish(tx: Tx, approver: Principal, proposal: Proposal): Promise<void> {
    const change = proposal.change as unknown as GuardrailChange;
    const { datasetId, base } = change;
    if (datasetId !== null && (await this.ownerOf(tx, datasetId)) !== proposal.organisationId) {
      throw new ConcordatError('not_found');
    }
    const condition = change.condition === null ? null : parseCondition(change.condition);
    const closes = await this.judge(tx, change);
    if (closes.join() !== base.join()) {
      throw new ConcordatError('policy_conflict');
    }
    await this.policy.publishGuardrail(
      tx,
      {
        ...change,
        condition,
        organisationIds: [proposal.organisationId],
        proposedBy: proposal.proposedBy,
        approvedBy: approver.personId,
        approvalId: proposal.id,
      },
      closes,
    );
  }

  /** @returns the ids of the rules that it replaces. */
  private async judge(
    tx: Tx,
    key: Pick<GuardrailChange, 'id' | 'datasetId' | 'actions' | 'condition'>,
  ): Promise<readonly string[]> {
    const open = await this.repository.openDenies(tx, key.datasetId);
    const closes = replaced(open, key).map(({ id }) => id);
    if (key.condition === null && closes.length === 0) {
      throw new ConcordatError('not_found');
    }
    if (key.condition !== null) {
      checkRoom(open, key);
    }
    return closes;
  }

  private async ownerOf(manager: Database['manager'], datasetId: string): Promise<string> {
    const organisationId = await this.repository.ownerOf(manager, datasetId);
    if (organisationId === undefined) {
      throw new ConcordatError('not_found');
    }
    return organisationId;
  }
}
