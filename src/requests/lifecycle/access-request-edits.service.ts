import { Injectable } from '@nestjs/common';
import { AuditService } from '../../audit/audit.service.js';
import type { Principal } from '../../identity/principal.js';
import { canonicalDigest, type Json } from '../../kernel/canonical-json.js';
import { ConcordatError } from '../../kernel/errors.js';
import { changedMembers, mergeMembers } from '../../kernel/members.js';
import { requireMatch } from '../../platform/web/if-match.js';
import { validationPipe } from '../../platform/web/validation.js';
import { AccessRequestDrafting } from '../access-request-drafting.service.js';
import { aboutOwnRequest, AccessRequestGate } from '../access-request-gate.js';
import { AccessRequestDto } from '../access-request.dto.js';
import { checkEditable } from '../access-request.rules.js';
import { etagOf, type AccessRequestView } from '../access-request.view.js';
import { AccessRequestsRepository } from '../access-requests.repository.js';
import { askedBy, askedIn } from '../asked.js';

type Changes = Readonly<Record<string, unknown>>;

/** What makes it another request: for that, one asks anew. */
const FIXED = ['projectId', 'datasetId', 'agreementId', 'formId'] as const;

/** Changes what a draft or a returned request asks. Nothing is decided: that comes with its submission. */
@Injectable()
export class AccessRequestEdits {
  constructor(
    private readonly gate: AccessRequestGate,
    private readonly drafting: AccessRequestDrafting,
    private readonly requests: AccessRequestsRepository,
    private readonly audit: AuditService,
  ) {}

  /**
   * The named members take new values; `null` takes one out. The whole is judged as a new request is.
   * @param ifMatch the ETag of the request that was read.
   * @throws ConcordatError `precondition_failed` (412), `transition_not_allowed`, or `input_invalid` that names each field
   */
  async edit(
    principal: Principal,
    id: string,
    changes: Changes,
    ifMatch: string,
  ): Promise<AccessRequestView> {
    return this.gate.change(principal, id, 'access_request:edit', async (tx, request) => {
      requireMatch(ifMatch, etagOf(request));
      checkEditable(request.status);
      const before = askedBy(request);
      const asked = await readChanges(before, changes);
      const { delivery } = await this.drafting.fit(tx, principal, asked);
      const after = { ...asked, delivery };
      const auditEventId = await this.audit.record(tx, 'request.edited', {
        ...aboutOwnRequest(principal, await this.gate.factsOf(tx, id), request),
        purpose: after.purpose,
        beforeHash: digestOf(before),
        afterHash: digestOf(after),
        changedPaths: changedMembers({ ...before }, after),
      });
      const { formId } = request;
      await this.requests.update(tx, id, { ...askedIn(after), formId, delivery, auditEventId });
    });
  }
}

/** @throws ConcordatError `input_invalid` with one pointer for each fault. */
async function readChanges(before: AccessRequestDto, changes: Changes): Promise<AccessRequestDto> {
  const fixed = FIXED.filter((name) => name in changes);
  if (fixed.length > 0) {
    throw new ConcordatError('input_invalid', {
      errors: fixed.map((name) => ({
        pointer: `/${name}`,
        reason: 'stays as it is: ask anew for another',
      })),
    });
  }
  const merged = mergeMembers({ ...before }, changes);
  const dto: unknown = await validationPipe.transform(merged, {
    type: 'body',
    metatype: AccessRequestDto,
  });
  return dto as AccessRequestDto;
}

function digestOf(asked: AccessRequestDto): string {
  return canonicalDigest({ ...asked } as unknown as Json);
}
