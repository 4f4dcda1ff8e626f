import { Injectable } from '@nestjs/common';
import { Effectiveness } from '../../agreements/lifecycle/effectiveness.service.js';
import { Authorisation } from '../../identity/authorisation.service.js';
import type { Principal } from '../../identity/principal.js';
import { ConcordatError } from '../../kernel/errors.js';
import { Database } from '../../platform/database/database.js';
import { parseCondition } from '../../policy/parse-condition.js';
import { checkId } from '../guardrails/guardrail.rules.js';
import { GuardrailOwners } from '../guardrails/guardrails.repository.js';
import type { Draft } from './draft.rules.js';
import type { WhatIfDto } from './what-if.dto.js';

type DraftDeny = Draft['guardrails'][number];

/** Reads the rules that somebody would have, before they are anybody's. */
@Injectable()
export class Drafts {
  constructor(
    private readonly database: Database,
    private readonly effectiveness: Effectiveness,
    private readonly owners: GuardrailOwners,
    private readonly authorisation: Authorisation,
  ) {}

  /** @throws ConcordatError `input_invalid`, `condition_invalid`, `agreement_incomplete` (422); `not_found` */
  async read(principal: Principal, dto: WhatIfDto): Promise<Draft> {
    const { agreementId, guardrails = [] } = dto;
    if (agreementId === undefined && guardrails.length === 0) {
      throw invalid('', 'names no agreement and no guardrail');
    }
    const denies: DraftDeny[] = [];
    for (const [at, guardrail] of guardrails.entries()) {
      denies.push(await this.deny(principal, guardrail, `/guardrails/${String(at)}`));
    }
    const agreement =
      agreementId === undefined
        ? null
        : { id: agreementId, rules: await this.effectiveness.rulesOf(principal, agreementId) };
    return { agreement, guardrails: denies };
  }

  private async deny(
    principal: Principal,
    { id, actions = [], condition, ...given }: NonNullable<WhatIfDto['guardrails']>[number],
    pointer: string,
  ): Promise<DraftDeny> {
    const datasetId = given.datasetId?.toLowerCase() ?? null;
    checkId({ id, datasetId }, pointer);
    if (datasetId !== null) {
      await this.requireOwn(principal, datasetId, `${pointer}/datasetId`);
    }
    const parsed = condition === null ? null : parseCondition(condition, `${pointer}/condition`);
    return { id, actions, datasetId, condition: parsed };
  }

  // A dataset of somebody else and one that is nowhere get one answer.
  private async requireOwn(principal: Principal, datasetId: string, at: string): Promise<void> {
    const owner = await this.owners.ofDataset(this.database.manager, datasetId);
    const isOwn =
      owner !== null &&
      this.authorisation.allows(principal, 'policy:what_if', {
        organisationIds: [owner.organisationId],
      });
    if (!isOwn) {
      throw invalid(at, 'is no dataset of yours');
    }
  }
}

function invalid(pointer: string, reason: string): ConcordatError {
  return new ConcordatError('input_invalid', { errors: [{ pointer, reason }] });
}
