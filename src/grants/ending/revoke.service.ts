import { Inject, Injectable } from '@nestjs/common';
import { actorFields, whoActs } from '../../identity/actor.js';
import { Authorisation } from '../../identity/authorisation.service.js';
import { deputyFields } from '../../identity/deputy.js';
import type { Principal } from '../../identity/principal.js';
import { Clock } from '../../kernel/clock.js';
import { ConcordatError } from '../../kernel/errors.js';
import { Database } from '../../platform/database/database.js';
import { ClosureOpening } from '../closure/closure-opening.service.js';
import type { GrantEntity } from '../grant.entity.js';
import { moveGrant, statusAt } from '../grant.rules.js';
import { GrantsRepository } from '../grants.repository.js';
import { GrantEndings } from './grant-endings.service.js';
import { GrantEndingsRepository } from './grant-endings.repository.js';

const OPERATION = 'grant:revoke';

/** In which duty somebody may end a grant, and in whose name. */
interface Duty {
  readonly reason: 'revoked_by_holder' | 'revoked_by_owner' | 'revoked_by_officer';
  readonly organisationId: string | undefined;
}

/** One grant ended by a person: its holder, a data_owner of its provider, or an officer (domain.md section 3). */
@Injectable()
export class RevokeService {
  // eslint-disable-next-line max-params -- one act: who may, on what, and how it ends
  constructor(
    private readonly database: Database,
    private readonly grants: GrantsRepository,
    private readonly endings: GrantEndings,
    private readonly repository: GrantEndingsRepository,
    private readonly closures: ClosureOpening,
    private readonly authorisation: Authorisation,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  /**
   * @param grant that the caller may see.
   * @throws ConcordatError `operation_denied`; `transition_not_allowed` (409) for one that has ended.
   */
  async revoke(principal: Principal, grant: GrantEntity, reasonText: string): Promise<void> {
    const { reason, organisationId } = this.dutyOf(principal, grant);
    const { actorOrganisationId } = actorFields(principal, organisationId);
    const actor = {
      ...whoActs(principal),
      actorKind: principal.kind,
      actorOrganisationId,
      ...(reason === 'revoked_by_owner' && deputyFields(principal, grant.providerId)),
    };
    await this.database.transaction(async (tx) => {
      const current = await this.grants.findLocked(tx, grant.id);
      if (!current) {
        throw new ConcordatError('not_found');
      }
      moveGrant(statusAt(current, this.clock.now()), 'revoke');
      await this.endings.revoke(tx, [current], { reason, reasonText, actor });
      await this.closures.openAfter(tx, [current]);
      await this.repository.notify(tx);
    });
  }

  private dutyOf(principal: Principal, grant: GrantEntity): Duty {
    const { personId, organisationId, providerId } = grant;
    const may = (who: Principal, organisationIds: readonly string[], holder?: string): boolean =>
      this.authorisation.allows(who, OPERATION, {
        organisationIds,
        ...(holder !== undefined && { personId: holder, ownIn: organisationId }),
      });
    if (principal.personId === personId && may(principal, [], personId)) {
      return { reason: 'revoked_by_holder', organisationId };
    }
    const officer = withOnly(principal, 'ig_officer');
    if (may(officer, [providerId, organisationId])) {
      return { reason: 'revoked_by_officer', organisationId: nameOf(officer, grant) };
    }
    // The holder's data_owner has no right over another's data: the provider's alone.
    if (may(withOnly(principal, 'data_owner'), [providerId])) {
      return { reason: 'revoked_by_owner', organisationId: providerId };
    }
    throw new ConcordatError('operation_denied', { operation: OPERATION });
  }
}

function withOnly(principal: Principal, role: 'ig_officer' | 'data_owner'): Principal {
  const memberships = principal.memberships
    .filter(({ roles }) => roles.includes(role))
    .map((membership) => ({ ...membership, roles: [role] }));
  return { ...principal, memberships };
}

// In the name of one of the two, or of the operator.
function nameOf({ memberships }: Principal, grant: GrantEntity): string | undefined {
  const ids = memberships.map(({ organisationId }) => organisationId);
  return ids.find((id) => id === grant.providerId || id === grant.organisationId) ?? ids[0];
}
