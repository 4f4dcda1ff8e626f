import { Inject, Injectable } from '@nestjs/common';
import { RefusalRate } from '../../identity/refusal-rate.js';
import { Clock } from '../../kernel/clock.js';
import { ConcordatError, type ErrorCode, type PublicFields } from '../../kernel/errors.js';
import { Database } from '../../platform/database/database.js';
import type { Decision } from '../../policy/decision.js';
import { policyRefusal } from '../../policy/refusal.js';
import type { Admission, Asked, DeliveryCaller } from '../delivery.types.js';
import { DeliveryDecision } from './delivery-decision.js';
import { DeliveryGrantsRepository } from './delivery-grants.repository.js';
import { DeliveryRecord } from './delivery-record.js';
import { isLive } from './grant-liveness.rules.js';

const BUILT_MODES = ['stream', 'presign', 'sts', 'feed'];

const OLD_TOKEN = {
  detail: 'The grant goes on, and this token is from before it changed. Refresh it.',
} as const;

const STOPPED_PROGRAM = {
  detail: 'The program that this token was given to is disabled. The grant goes on.',
} as const;

/** The door of delivery: the grant's row and policy are asked again for every single request (R3.14). */
@Injectable()
export class GrantAccess {
  // eslint-disable-next-line max-params -- what judges a request, and what records its refusal
  constructor(
    private readonly database: Database,
    private readonly grants: DeliveryGrantsRepository,
    private readonly decision: DeliveryDecision,
    private readonly record: DeliveryRecord,
    private readonly rate: RefusalRate,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  /**
   * @throws ConcordatError `not_found` for a stranger's grant; `grant_not_live`, `policy_denied`, `policy_unavailable`,
   * `dpop_required`, `no_delivery_mode`. Refusals of the holder are recorded before they are thrown; `rate_limited` (429)
   * stands for what would be too many of them.
   */
  async admit(caller: DeliveryCaller): Promise<Admission> {
    const grant = await this.grants.find(this.database.manager, caller.grantId);
    if (!grant || (caller.via === 'session' && caller.personId !== grant.personId)) {
      throw new ConcordatError('not_found');
    }
    const asked = { grant, clientId: caller.via === 'token' ? caller.clientId : null };
    const now = this.clock.now();
    if (!isLive(grant, caller.via === 'token' ? caller.epoch : grant.epoch, now)) {
      const isOldToken = isLive(grant, grant.epoch, now);
      throw await this.refuse(asked, 'grant_not_live', isOldToken ? OLD_TOKEN : {});
    }
    if (!(await this.isClientLive(asked))) {
      throw await this.refuse(asked, 'grant_not_live', STOPPED_PROGRAM);
    }
    if (grant.jkt !== null && !(caller.via === 'token' && caller.jkt === grant.jkt)) {
      throw await this.refuse(asked, 'dpop_required');
    }
    if (!BUILT_MODES.includes(grant.delivery)) {
      throw new ConcordatError('no_delivery_mode');
    }
    const decision = await this.decision.decide(grant, caller);
    if (decision.outcome === 'deny') {
      throw await this.recorded(asked, 'policyAllows', policyRefusal(decision), decision);
    }
    return { ...asked, decision };
  }

  // A program that was disabled has tokens of the last ten minutes: they are worth nothing.
  private async isClientLive({ grant, clientId }: Asked): Promise<boolean> {
    return clientId === null || this.grants.isClientLive(this.database.manager, clientId, grant);
  }

  /** Records a refusal in a transaction of its own. @returns the error to throw: `rate_limited` for too many of a grant. */
  private async refuse(
    asked: Asked,
    code: ErrorCode,
    fields: PublicFields = {},
  ): Promise<ConcordatError> {
    return this.recorded(asked, code, new ConcordatError(code, fields));
  }

  /** The same for what policy had let through: its decision is kept with the refusal. */
  async refuseAdmitted(admission: Admission, code: ErrorCode): Promise<ConcordatError> {
    return this.recorded(admission, code, new ConcordatError(code), admission.decision);
  }

  private async recorded(
    asked: Asked,
    reasonCode: string,
    error: ConcordatError,
    decision?: Decision,
  ): Promise<ConcordatError> {
    if (!(await this.rate.take(asked.grant.id))) {
      return new ConcordatError('rate_limited');
    }
    const record = await this.record.prepareRefusal(asked, reasonCode, decision);
    await this.database.transaction((tx) => this.record.write(tx, record));
    return error;
  }
}
