import { Injectable } from '@nestjs/common';
import type { Principal } from '../../identity/principal.js';
import { Idempotency } from '../../platform/database/idempotency.js';
import { AccessRequestDrafting } from '../access-request-drafting.service.js';
import { AccessRequestGate } from '../access-request-gate.js';
import type { RenewAccessRequestDto } from '../access-request.dto.js';
import { checkRenewable } from '../access-request.rules.js';
import type { AccessRequestView } from '../access-request.view.js';
import { askedBy } from '../asked.js';
import { AccessSubmission } from '../access-submission.service.js';

/** Carries a request forward with one call (R3.23): the same once more, submitted and judged as if it were new. */
@Injectable()
export class Renewals {
  constructor(
    private readonly gate: AccessRequestGate,
    private readonly drafting: AccessRequestDrafting,
    private readonly submission: AccessSubmission,
    private readonly idempotency: Idempotency,
  ) {}

  /**
   * @returns the new request.
   * @throws ConcordatError `undertaking_stale` when the terms have changed since and their hash is not sent.
   */
  async renew(
    principal: Principal,
    id: string,
    dto: RenewAccessRequestDto,
    key?: string,
  ): Promise<AccessRequestView> {
    let newId = '';
    await this.gate.change(principal, id, 'access_request:renew', async (tx, request) => {
      const route = `POST access-requests/${id}/renew`;
      const call = { principalId: principal.personId, route, key, body: { ...dto } };
      newId = await this.idempotency.once(tx, call, async () => {
        checkRenewable(request.status);
        const asked = { ...askedBy(request), until: dto.until };
        const draft = await this.drafting.insert(tx, principal, asked, { renewedFromId: id });
        const versionHash = dto.versionHash ?? request.undertakingHash ?? '';
        await this.submission.submitIn(tx, principal, draft, versionHash);
        return draft.id;
      });
    });
    return this.gate.read(principal, newId);
  }
}
