import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { Authorisation } from '../identity/authorisation.service.js';
import type { Principal } from '../identity/principal.js';
import { Clock } from '../kernel/clock.js';
import { ConcordatError } from '../kernel/errors.js';
import { Approvals, type ProposedView } from '../organisations/approvals/approvals.service.js';
import { Database, type Tx } from '../platform/database/database.js';
import { takeLocks } from '../platform/database/locks.js';
import type { EraseDto } from './erasure.dto.js';
import {
  ErasuresRepository,
  type KeptDocument,
  type PersonToErase,
} from './erasures.repository.js';
import { PersonErasure } from './person-erasure.service.js';

export interface ProposedErasureView extends ProposedView {
  /** What stays although the person's name is on it. */
  readonly kept: readonly KeptDocument[];
}

export interface ErasureView {
  readonly personId: string;
  readonly legalBasis: string | null;
  readonly erasedAt: string;
  /** When the last backup that holds what was erased is gone. */
  readonly completeAfter: string;
  /** When the person's records were gone from the databases; null while the worker is at it. */
  readonly finishedAt: string | null;
  readonly kept: readonly KeptDocument[];
}

/** The erasure of a person: a dpo of theirs and an officer of the operator's decide it, neither of them the person (R3.10). */
@Injectable()
export class Erasures implements OnModuleInit {
  // eslint-disable-next-line max-params -- what a slice needs, the approvals and the clock
  constructor(
    private readonly database: Database,
    private readonly erasures: ErasuresRepository,
    private readonly erasure: PersonErasure,
    private readonly authorisation: Authorisation,
    private readonly approvals: Approvals,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.approvals.register('subject_erase', async (tx, approver, proposal, role) => {
      const { targetId, proposedBy } = proposal;
      const person = await this.lock(tx, approver, targetId, [approver.personId, proposedBy]);
      await this.erasure.approved(tx, approver, person, proposal, role);
    });
  }

  /** @throws ConcordatError `retention_hold` (409); `conflict` when it is proposed already. */
  async propose(
    principal: Principal,
    id: string,
    { reason, legalBasis }: EraseDto,
  ): Promise<ProposedErasureView> {
    return this.database.transaction(async (tx) => {
      const person = await this.lock(tx, principal, id, [principal.personId]);
      if (await this.erasures.isProposed(tx, id, this.clock.now())) {
        throw new ConcordatError('conflict', { detail: 'This erasure was proposed already.' });
      }
      const proposed = await this.approvals.propose(tx, principal, {
        act: 'subject_erase',
        targetId: id,
        organisationId: await this.organisationFor(tx, principal, person),
        change: { reason, legalBasis },
      });
      return { ...proposed, kept: await this.erasures.keptOf(tx, person) };
    });
  }

  async get(principal: Principal, id: string): Promise<ErasureView> {
    const { manager } = this.database;
    const person = await this.erasures.findPerson(manager, id);
    const { organisationIds = [] } = person ?? {};
    this.authorisation.require(principal, 'person:erase', { organisationIds });
    const erasure = await this.erasures.find(manager, id);
    if (!erasure) {
      throw new ConcordatError('not_found');
    }
    const { personId, legalBasis, at, completeAfter, finishedAt, kept } = erasure;
    return {
      personId,
      legalBasis,
      erasedAt: at.toISOString(),
      completeAfter: completeAfter.toISOString(),
      finishedAt: finishedAt?.toISOString() ?? null,
      kept,
    };
  }

  /** Loads the person under their lock, with every guard, which proposal and approval share. */
  private async lock(
    tx: Tx,
    principal: Principal,
    id: string,
    deciders: readonly string[],
  ): Promise<PersonToErase> {
    await takeLocks(tx, 'exclusive', [{ kind: 'person', id }]);
    const person = await this.erasures.findPerson(tx, id);
    const organisationIds = person?.organisationIds ?? [];
    this.authorisation.require(principal, 'person:erase', { organisationIds });
    if (!person) {
      throw new ConcordatError('not_found');
    }
    if (deciders.includes(id)) {
      const detail = 'Nobody decides about themselves. Two others must.';
      throw new ConcordatError('operation_denied', { operation: 'person:erase', detail });
    }
    if (person.status === 'erased') {
      throw new ConcordatError('transition_not_allowed', { from: person.status, move: 'erase' });
    }
    if (await this.erasures.isHeld(tx, id)) {
      throw new ConcordatError('retention_hold');
    }
    return person;
  }

  /** Whose dpo is the other of the two: the proposer's own where they are it, else where the person belongs. */
  private async organisationFor(
    tx: Tx,
    { memberships }: Principal,
    { organisationIds }: PersonToErase,
  ): Promise<string> {
    const own = memberships.find(
      ({ organisationId, roles }) =>
        organisationIds.includes(organisationId) && roles.includes('dpo'),
    );
    return own?.organisationId ?? organisationIds[0] ?? (await this.erasures.operatorId(tx));
  }
}
