import { Inject, Injectable } from '@nestjs/common';
import { AuditService } from '../../audit/audit.service.js';
import type { EventFields } from '../../audit/event-fields.js';
import { BROKER_ACTOR, type ActorFields } from '../../identity/actor.js';
import { Clock } from '../../kernel/clock.js';
import type { Tx } from '../../platform/database/database.js';
import { moveGrant, type GrantStatus } from '../grant.rules.js';
import { GrantEndingsRepository, type EndingGrant } from './grant-endings.repository.js';

/** Who ends grants and why. */
export interface Revocation {
  /** A cause of `cascade/`, or in which duty a person acted. */
  readonly reason: string;
  readonly reasonText?: string;
  /** Absent: the broker, in a cascade. */
  readonly actor?: Omit<ActorFields, 'actorAuthLevel'> & {
    readonly delegationId?: string | undefined;
  };
}

const EXPIRED = 'expired';

/** Ends grants for good, each with its event, in the transaction of the cause (law 1). */
@Injectable()
export class GrantEndings {
  constructor(
    private readonly repository: GrantEndingsRepository,
    private readonly audit: AuditService,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  /** @param grants live and locked by the caller, who sends one notice when all are ended. */
  async revoke(tx: Tx, grants: readonly EndingGrant[], revocation: Revocation): Promise<void> {
    const { reason, reasonText, actor = BROKER_ACTOR } = revocation;
    const eventIds = await this.record(tx, 'grant.revoked', grants, {
      ...actor,
      reasonCodes: [reason],
      ...(reasonText !== undefined && { reasonText }),
    });
    const status = moveGrant('issued', 'revoke');
    await this.write(tx, grants, eventIds, { status, reason, endedAt: this.clock.now() });
  }

  /** @param grants past their end and locked by the caller. Nobody is told: every node knows when a grant ends. */
  async expire(tx: Tx, grants: readonly EndingGrant[]): Promise<void> {
    const about = { ...BROKER_ACTOR, reasonCodes: [EXPIRED] };
    const eventIds = await this.record(tx, 'grant.expired', grants, about);
    const status = moveGrant('issued', 'expire');
    await this.write(tx, grants, eventIds, { status, reason: EXPIRED, endedAt: undefined });
  }

  private record(
    tx: Tx,
    type: 'grant.revoked' | 'grant.expired',
    grants: readonly EndingGrant[],
    about: Partial<EventFields> | (Revocation['actor'] & object),
  ): Promise<readonly string[]> {
    const inputs = grants.map((grant) => ({ ...about, ...aboutGrant(grant) }));
    return this.audit.recordAll(tx, type, inputs);
  }

  private async write(
    tx: Tx,
    grants: readonly EndingGrant[],
    eventIds: readonly string[],
    end: {
      readonly status: GrantStatus;
      readonly reason: string;
      readonly endedAt: Date | undefined;
    },
  ): Promise<void> {
    const ends = grants.map(({ id }, at) => ({ id, eventId: eventIds[at] ?? '' }));
    await this.repository.end(tx, ends, end);
  }
}

/** The fields of every event about a grant that its holder did not cause. */
export function aboutGrant(grant: EndingGrant) {
  const { id, personId, organisationId, providerId } = grant;
  return {
    organisationIds: [organisationId, providerId],
    projectId: grant.projectId,
    datasetId: grant.datasetId,
    agreementId: grant.agreementId,
    agreementVersion: grant.agreementVersion,
    accessRequestId: grant.accessRequestId,
    grantId: id,
    alsoAbout: [personId],
  };
}
