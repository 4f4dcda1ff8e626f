import { Injectable } from '@nestjs/common';
import { Authorisation } from '../../identity/authorisation.service.js';
import type { Principal } from '../../identity/principal.js';
import { ConcordatError } from '../../kernel/errors.js';
import { Database, type Tx } from '../../platform/database/database.js';
import { takeLocks } from '../../platform/database/locks.js';
import type { MembershipEntity } from './membership.entity.js';
import { MembershipsRepository, type MemberRow } from './memberships.repository.js';

/** How a membership is loaded: for showing, or for changing under its person's lock. */
@Injectable()
export class MembershipChanges {
  constructor(
    private readonly database: Database,
    private readonly memberships: MembershipsRepository,
    private readonly authorisation: Authorisation,
  ) {}

  /** @throws ConcordatError `not_found`, also for a membership of another organisation. */
  async change<T>(
    principal: Principal,
    id: string,
    operation: 'membership:change_roles' | 'membership:end',
    work: (tx: Tx, membership: MembershipEntity) => Promise<T>,
  ): Promise<T> {
    return this.database.transaction(async (tx) => {
      const membership = await this.lock(tx, id);
      const organisationIds = [membership.organisationId];
      this.authorisation.require(principal, operation, { organisationIds });
      return work(tx, membership);
    });
  }

  /** The caller's own. @throws ConcordatError `not_found` for anybody else's. */
  async changeOwn<T>(
    { personId }: Principal,
    id: string,
    work: (tx: Tx, membership: MembershipEntity) => Promise<T>,
  ): Promise<T> {
    return this.database.transaction(async (tx) => {
      const membership = await this.lock(tx, id);
      if (membership.personId !== personId) {
        throw new ConcordatError('not_found');
      }
      return work(tx, membership);
    });
  }

  /** Under its person's exclusive lock: an issue of a grant waits for the change, or is waited for. */
  async lock(tx: Tx, id: string): Promise<MembershipEntity> {
    const { personId } = await this.load(tx, id);
    await takeLocks(tx, 'exclusive', [{ kind: 'person', id: personId }]);
    // Once more: the first look was at a time before the wait.
    return this.load(tx, id);
  }

  async show(id: string): Promise<MemberRow> {
    const member = await this.memberships.findMember(this.database.manager, id);
    if (!member) {
      throw new ConcordatError('not_found');
    }
    return member;
  }

  private async load(tx: Tx, id: string): Promise<MembershipEntity> {
    const membership = await this.memberships.find(tx, id);
    if (!membership) {
      throw new ConcordatError('not_found');
    }
    return membership;
  }
}
