import { Inject, Injectable } from '@nestjs/common';
import { AuditService } from '../../audit/audit.service.js';
import type { Principal } from '../../identity/principal.js';
import { Clock } from '../../kernel/clock.js';
import { ConcordatError } from '../../kernel/errors.js';
import { aboutRequest, AccessRequestGate } from '../access-request-gate.js';
import { checkAccepting } from '../access-request.rules.js';
import type { AccessRequestView } from '../access-request.view.js';
import { AccessRequestsRepository } from '../access-requests.repository.js';

/** The researcher reads what an amendment changed and accepts it, so that the next issue goes on (R3.4). */
@Injectable()
export class Undertakings {
  constructor(
    private readonly gate: AccessRequestGate,
    private readonly requests: AccessRequestsRepository,
    private readonly audit: AuditService,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  /** @throws ConcordatError `undertaking_stale` when the hash is not that of the version the request follows. */
  async accept(principal: Principal, id: string, versionHash: string): Promise<AccessRequestView> {
    return this.gate.change(principal, id, 'access_request:undertaking', async (tx, request) => {
      checkAccepting(request.status);
      const facts = await this.gate.factsOf(tx, id);
      const currentHash = facts.agreement.versionHash;
      if (currentHash !== versionHash) {
        throw new ConcordatError('undertaking_stale', { currentHash });
      }
      const auditEventId = await this.audit.record(
        tx,
        'request.undertaken',
        aboutRequest(principal, facts),
      );
      const undertakenAt = this.clock.now();
      await this.requests.update(tx, id, {
        undertakingHash: versionHash,
        undertakenAt,
        auditEventId,
      });
    });
  }
}
