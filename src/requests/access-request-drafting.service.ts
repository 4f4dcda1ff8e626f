import { Inject, Injectable } from '@nestjs/common';
import { AuditService } from '../audit/audit.service.js';
import { actorFields } from '../identity/actor.js';
import type { Principal } from '../identity/principal.js';
import { Clock } from '../kernel/clock.js';
import { ConcordatError } from '../kernel/errors.js';
import { IdFactory } from '../kernel/ids.js';
import { londonDay } from '../kernel/london-day.js';
import type { Tx } from '../platform/database/database.js';
import { nextReference } from '../platform/database/references.js';
import type { AccessRequestDto } from './access-request.dto.js';
import type { AccessRequestEntity } from './access-request.entity.js';
import { fitRequest } from './access-request.rules.js';
import { askedIn } from './asked.js';
import { AccessRequestsRepository } from './access-requests.repository.js';

/** Where a draft comes from, besides what was sent. */
interface DraftOrigin {
  /** RFC 6901 pointer to the item of a form that it is made of; absent: the body itself. */
  readonly item?: string;
  readonly renewedFromId?: string;
}

/** Writes one draft: alone, as an item of a form, or as the renewal of another request. */
@Injectable()
export class AccessRequestDrafting {
  constructor(
    private readonly requests: AccessRequestsRepository,
    private readonly audit: AuditService,
    @Inject(Clock) private readonly clock: Clock,
    @Inject(IdFactory) private readonly ids: IdFactory,
  ) {}

  /**
   * Of another tenant's project or agreement nothing is said: each is absent.
   * @throws ConcordatError `not_found`, `closure_overdue`, or `input_invalid` that names each field
   */
  async insert(
    tx: Tx,
    principal: Principal,
    dto: AccessRequestDto,
    origin: DraftOrigin = {},
  ): Promise<AccessRequestEntity> {
    const { organisationId, delivery } = await this.fit(tx, principal, dto, origin.item);
    const id = this.ids.next();
    const auditEventId = await this.audit.record(tx, 'request.created', {
      ...actorFields(principal, organisationId),
      // Not the provider: a draft is nothing that was asked of anybody.
      organisationIds: [organisationId],
      projectId: dto.projectId,
      datasetId: dto.datasetId,
      agreementId: dto.agreementId,
      accessRequestId: id,
      purpose: dto.purpose,
    });
    const reference = await nextReference(tx, 'REQ', this.clock.now().getUTCFullYear());
    const request: AccessRequestEntity = {
      ...askedIn(dto),
      id,
      reference,
      delivery,
      requesterId: principal.personId,
      organisationId,
      agreementVersion: null,
      undertakingHash: null,
      undertakenAt: null,
      renewedFromId: origin.renewedFromId ?? null,
      status: 'draft',
      auditEventId,
    };
    await this.requests.insert(tx, request);
    return request;
  }

  /**
   * Judges what a request asks against its project and agreement.
   * @param item RFC 6901 pointer to the item of a form that it is made of; absent: the body itself.
   * @returns in whose name it is asked, and the delivery mode.
   * @throws ConcordatError as `insert`
   */
  async fit(
    tx: Tx,
    principal: Principal,
    dto: AccessRequestDto,
    item?: string,
  ): Promise<{ readonly organisationId: string; readonly delivery: string }> {
    const now = this.clock.now();
    const ground = await this.groundOf(tx, principal, dto, now);
    return {
      organisationId: ground.project.organisationId,
      delivery: fitRequest(dto, { ...ground, today: londonDay(now) }, item),
    };
  }

  // What the draft has to fit, and what stands in its way whatever it says.
  private async groundOf(tx: Tx, { personId }: Principal, dto: AccessRequestDto, now: Date) {
    const { projectId, datasetId, agreementId, formId } = dto;
    const project = await this.requests.findOwnProject(tx, projectId, personId);
    const agreement =
      project && (await this.requests.findFit(tx, agreementId, datasetId, project.organisationId));
    // A dataset that is hidden and one that is nowhere are both no item of the agreement (law 3).
    if (!project || !agreement?.isRecipient) {
      throw new ConcordatError('not_found');
    }
    if (await this.requests.owesClosure(tx, agreementId, project.organisationId, now)) {
      throw new ConcordatError('closure_overdue');
    }
    await this.requireOwnForm(tx, formId, personId);
    return { project, agreement };
  }

  // Nobody adds a request to the form of somebody else.
  private async requireOwnForm(tx: Tx, formId: string | undefined, personId: string) {
    const form = formId === undefined ? [] : await this.requests.findForm(tx, formId);
    if (form.some(({ requesterId }) => requesterId !== personId)) {
      throw new ConcordatError('not_found');
    }
  }
}
