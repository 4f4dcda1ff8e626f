import { Inject, Injectable } from '@nestjs/common';
import { AuditService } from '../audit/audit.service.js';
import { deputyFields } from '../identity/deputy.js';
import type { Principal } from '../identity/principal.js';
import { Clock } from '../kernel/clock.js';
import { ConcordatError } from '../kernel/errors.js';
import { IdFactory } from '../kernel/ids.js';
import type { Condition } from '../policy/condition.js';
import { parseCondition } from '../policy/parse-condition.js';
import { aboutRequest, AccessRequestGate } from './access-request-gate.js';
import type { AccessDecisionDto } from './access-request.dto.js';
import { moveAccessRequest } from './access-request.rules.js';
import type { AccessRequestView } from './access-request.view.js';
import { AccessRequestsRepository } from './access-requests.repository.js';

const MOVES = { approved: 'approve', refused: 'refuse', returned: 'return' } as const;

/** The owner's answer to a request. */
@Injectable()
export class AccessDecisions {
  constructor(
    private readonly gate: AccessRequestGate,
    private readonly requests: AccessRequestsRepository,
    private readonly audit: AuditService,
    @Inject(Clock) private readonly clock: Clock,
    @Inject(IdFactory) private readonly ids: IdFactory,
  ) {}

  /** The provider's data_owner approves, refuses or returns; nobody decides on a project they ever worked in. */
  async decide(
    principal: Principal,
    id: string,
    dto: AccessDecisionDto,
  ): Promise<AccessRequestView> {
    const conditions = conditionsOf(dto);
    return this.gate.change(principal, id, 'access_request:decide', async (tx, request) => {
      const { personId } = principal;
      const isOwn = request.requesterId === personId;
      if (isOwn || (await this.requests.hasWorkedIn(tx, request.projectId, personId))) {
        throw new ConcordatError('operation_denied', {
          detail: 'Nobody decides a request of their own, or of a project they work in or did.',
        });
      }
      const status = moveAccessRequest(request.status, MOVES[dto.decision], 'data_owner');
      const facts = await this.gate.factsOf(tx, id);
      const auditEventId = await this.audit.record(tx, `request.${dto.decision}`, {
        ...aboutRequest(principal, facts, facts.provider.id),
        ...deputyFields(principal, facts.provider.id),
        reasonText: dto.reason,
      });
      await this.requests.insertDecision(tx, {
        id: this.ids.next(),
        accessRequestId: id,
        decision: dto.decision,
        reason: dto.reason,
        conditions,
        deciderId: principal.personId,
        position: positionIn(principal, facts.provider.id),
        role: 'data_owner',
        isAutomatic: false,
        decisionId: null,
        decidedAt: this.clock.now(),
        auditEventId,
      });
      await this.requests.update(tx, id, { status, auditEventId });
    });
  }
}

/** @throws ConcordatError `condition_invalid`, or `input_invalid` for conditions of what approves nothing. */
function conditionsOf({ decision, conditions }: AccessDecisionDto): Condition | null {
  if (conditions === undefined) {
    return null;
  }
  if (decision !== 'approved') {
    const reason = 'only an approval carries conditions';
    throw new ConcordatError('input_invalid', { errors: [{ pointer: '/conditions', reason }] });
  }
  return parseCondition(conditions, '/conditions');
}

function positionIn(principal: Principal, organisationId: string): string {
  const membership = principal.memberships.find((held) => held.organisationId === organisationId);
  return membership?.position ?? '';
}
