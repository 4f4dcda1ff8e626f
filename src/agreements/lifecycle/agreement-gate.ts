import { Inject, Injectable } from '@nestjs/common';
import { actorFields } from '../../identity/actor.js';
import { Authorisation } from '../../identity/authorisation.service.js';
import type { Operation } from '../../identity/operations.js';
import type { Principal } from '../../identity/principal.js';
import { Clock } from '../../kernel/clock.js';
import { ConcordatError } from '../../kernel/errors.js';
import { isUuid } from '../../kernel/ids.js';
import type { Database, Tx } from '../../platform/database/database.js';
import { takeLocks } from '../../platform/database/locks.js';
import type { AgreementVersion } from '../agreement.types.js';
import { AgreementsRepository } from '../agreements.repository.js';
import { capacityOf, standingsOf } from './standing.js';
import {
  mayMove,
  moveVersion,
  VERSION_TRANSITIONS,
  type VersionAct,
  type VersionStatus,
} from './version-lifecycle.rules.js';

/** An agreement that this caller may act on, locked until the transaction ends. */
export interface OpenedAgreement {
  readonly agreement: AgreementVersion;
  /** In whose name and role the caller acts. */
  readonly actor: { readonly organisationId: string; readonly role: string };
  /** Where the act leads. */
  readonly to: VersionStatus;
}

/** The one door to an agreement: who sees it, who may do what to it, and in which state. */
@Injectable()
export class AgreementGate {
  constructor(
    private readonly repository: AgreementsRepository,
    private readonly authorisation: Authorisation,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  now(): Date {
    return this.clock.now();
  }

  /** @throws ConcordatError `not_found` to everyone but participants and the operator's IG officers (law 3). */
  async read(
    manager: Database['manager'],
    principal: Principal,
    id: string,
    version?: number,
  ): Promise<AgreementVersion> {
    const agreement = isUuid(id) ? await this.repository.find(manager, id, version) : undefined;
    if (!agreement) {
      throw new ConcordatError('not_found');
    }
    if (!this.sees(principal, agreement)) {
      // The cause tells the audit trail what the answer must not: that it is there.
      const cause = new ConcordatError('operation_denied', { operation: 'agreement:read' });
      throw new ConcordatError('not_found', {}, { cause });
    }
    return agreement;
  }

  /** Takes the agreement's lock, then reads: what it returns cannot change before COMMIT. */
  async lock(tx: Tx, principal: Principal, id: string): Promise<AgreementVersion> {
    if (isUuid(id)) {
      await takeLocks(tx, 'exclusive', [{ kind: 'agreement', id }]);
    }
    return this.read(tx, principal, id);
  }

  /**
   * Judges an act on a locked agreement.
   * @throws ConcordatError `operation_denied` to whoever lacks the standing, then `transition_not_allowed`.
   */
  judge(
    principal: Principal,
    agreement: AgreementVersion,
    act: VersionAct,
    operation: Operation,
  ): OpenedAgreement {
    const organisationIds = participantIds(agreement);
    const standings = standingsOf(principal, agreement);
    if (
      !this.authorisation.allows(principal, operation, { organisationIds }) ||
      !mayMove(standings, act)
    ) {
      throw new ConcordatError('operation_denied', { operation, act });
    }
    const to = moveVersion(agreement.status, act);
    return { agreement, to, actor: capacityOf(principal, agreement, VERSION_TRANSITIONS[act].by) };
  }

  private sees(principal: Principal, agreement: AgreementVersion): boolean {
    const organisationIds = participantIds(agreement);
    return this.authorisation.allows(principal, 'agreement:read', { organisationIds });
  }
}

/** The organisations that see an agreement and its events: who drafts it, and its parties. */
export function participantIds({ organisationId, parties }: AgreementVersion): readonly string[] {
  return [...new Set([organisationId, ...parties.map((party) => party.organisationId)])].sort();
}

/** The fields that every event of an agreement has. */
export function agreementEvent(
  principal: Principal,
  agreement: AgreementVersion,
  actor: { readonly organisationId: string; readonly role: string },
) {
  return {
    ...actorFields(principal, actor.organisationId),
    actorRole: actor.role,
    organisationIds: participantIds(agreement),
    agreementId: agreement.id,
    agreementVersion: agreement.version,
  };
}
