import { Inject, Injectable } from '@nestjs/common';
import { actorFields, BROKER_ACTOR } from '../../identity/actor.js';
import { Authorisation } from '../../identity/authorisation.service.js';
import { officeFields } from '../../identity/deputy.js';
import type { Operation } from '../../identity/operations.js';
import type { Principal } from '../../identity/principal.js';
import { Clock } from '../../kernel/clock.js';
import { ConcordatError } from '../../kernel/errors.js';
import { isUuid } from '../../kernel/ids.js';
import type { Database, Tx } from '../../platform/database/database.js';
import { takeLocks } from '../../platform/database/locks.js';
import { requireMatch } from '../../platform/web/if-match.js';
import type { AgreementVersion } from '../agreement.types.js';
import { etagOf } from '../agreement.view.js';
import { AgreementsRepository } from '../agreements.repository.js';
import { asOf } from './as-of.rules.js';
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
    return this.show(
      principal,
      isUuid(id) ? await this.repository.find(manager, id, version) : undefined,
    );
  }

  /** The organisations whose agreements the caller may read; null for all. */
  readableBy(principal: Principal): readonly string[] | null {
    const mayRead = (organisationIds: readonly string[]): boolean =>
      this.authorisation.allows(principal, 'agreement:read', { organisationIds });
    return mayRead([])
      ? null
      : principal.memberships
          .map(({ organisationId }) => organisationId)
          .filter((organisationId) => mayRead([organisationId]));
  }

  /** The version being prepared, else the current one: see `read`. */
  async readOpen(
    manager: Database['manager'],
    principal: Principal,
    id: string,
  ): Promise<AgreementVersion> {
    const open = isUuid(id) ? await this.repository.findOpen(manager, id) : undefined;
    // To whom an unfinished amendment is not shown, the version in force is the one there is.
    return open && open.amends !== null && !this.mayRead(principal, open)
      ? this.read(manager, principal, id)
      : this.show(principal, open);
  }

  /** Takes the agreement's lock, then reads the version being prepared, else the current one: it stays so until COMMIT. */
  async lock(tx: Tx, principal: Principal, id: string): Promise<AgreementVersion> {
    await this.take(tx, id);
    return this.readOpen(tx, principal, id);
  }

  /** The same for what concerns the version in force, or another that is named. */
  async lockVersion(
    tx: Tx,
    principal: Principal,
    id: string,
    version?: number,
  ): Promise<AgreementVersion> {
    await this.take(tx, id);
    return this.read(tx, principal, id, version);
  }

  /**
   * The same for an answer to a hash: an acceding party answers to the version in force while the next one is prepared.
   * Another hash is for the caller to refuse.
   */
  async lockByHash(
    tx: Tx,
    principal: Principal,
    id: string,
    hash: string | undefined,
  ): Promise<AgreementVersion> {
    await this.take(tx, id);
    const current = isUuid(id) ? await this.repository.find(tx, id) : undefined;
    return current && hash !== undefined && current.versionHash === hash
      ? this.show(principal, current)
      : this.readOpen(tx, principal, id);
  }

  /**
   * Judges an act on a locked agreement.
   * @param ifMatch of an act on what was read: its ETag.
   * @throws ConcordatError `operation_denied` to whoever lacks the standing, then `precondition_failed` (412) to the loser
   * of two, then `transition_not_allowed`.
   */
  judge(
    principal: Principal,
    agreement: AgreementVersion,
    act: VersionAct,
    operation: Operation,
    ifMatch = etagOf(agreement),
  ): OpenedAgreement {
    this.permit(principal, agreement, act, operation);
    requireMatch(ifMatch, etagOf(agreement));
    const to = moveVersion(agreement.status, act);
    return { agreement, to, actor: capacityOf(principal, agreement, VERSION_TRANSITIONS[act].by) };
  }

  /** Half of `judge`: who, and not in which state. @throws ConcordatError `operation_denied` */
  permit(
    principal: Principal,
    agreement: AgreementVersion,
    act: VersionAct,
    operation: Operation,
  ): void {
    this.allow(principal, agreement, operation, mayMove(standingsOf(principal, agreement), act));
  }

  /** @throws ConcordatError `operation_denied` without the operation, or without the standing that the caller found. */
  allow(
    principal: Principal,
    agreement: AgreementVersion,
    operation: Operation,
    hasStanding: boolean,
  ): void {
    const organisationIds = participantIds(agreement);
    if (!hasStanding || !this.authorisation.allows(principal, operation, { organisationIds })) {
      throw new ConcordatError('operation_denied', { operation });
    }
  }

  private async take(tx: Tx, id: string): Promise<void> {
    if (isUuid(id)) {
      await takeLocks(tx, 'exclusive', [{ kind: 'agreement', id }]);
    }
  }

  private mayRead(principal: Principal, agreement: AgreementVersion): boolean {
    const resource = { organisationIds: participantIds(agreement) };
    return this.authorisation.allows(principal, 'agreement:read', resource);
  }

  private show(principal: Principal, agreement: AgreementVersion | undefined): AgreementVersion {
    if (!agreement) {
      throw new ConcordatError('not_found');
    }
    if (!this.mayRead(principal, agreement)) {
      // The cause tells the audit trail what the answer must not: that it is there.
      const cause = new ConcordatError('operation_denied', { operation: 'agreement:read' });
      throw new ConcordatError('not_found', {}, { cause });
    }
    return asOf(agreement, this.now());
  }
}

/** The organisations that see a version and its events: who drafts it, and its parties once it was put to them. */
export function participantIds(agreement: AgreementVersion): readonly string[] {
  const { organisationId, parties, amends, submittedAt } = agreement;
  if (amends !== null && submittedAt === null) {
    return [organisationId];
  }
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
    ...officeFields(principal, actor.organisationId, actor.role),
    organisationIds: participantIds(agreement),
    agreementId: agreement.id,
    agreementVersion: agreement.version,
  };
}

/** The same for what the broker does. */
export function brokerEvent(agreement: AgreementVersion) {
  return {
    ...BROKER_ACTOR,
    organisationIds: participantIds(agreement),
    agreementId: agreement.id,
    agreementVersion: agreement.version,
  };
}
