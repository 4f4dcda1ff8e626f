import { Injectable } from '@nestjs/common';
import { AgreementsService } from '../../agreements/agreements.service.js';
import { Authorisation } from '../../identity/authorisation.service.js';
import type { Principal } from '../../identity/principal.js';
import { ConcordatError } from '../../kernel/errors.js';
import { londonDay } from '../../kernel/london-day.js';
import { Database } from '../../platform/database/database.js';
import type { AccessFacts } from '../../requests/access-facts.js';
import { AccessFactsService, type Asking } from '../../requests/access-facts.service.js';
import type { Reader } from './explained.js';

/** What of policy a caller may have explained to them, and who they are to it (ADR 0023). */
@Injectable()
export class Explainable {
  constructor(
    private readonly database: Database,
    private readonly facts: AccessFactsService,
    private readonly agreements: AgreementsService,
    private readonly authorisation: Authorisation,
  ) {}

  /**
   * The person, and an officer of the organisation in whose name they work, ask before there is any request. The owner of
   * the data asks about what was submitted to it: before that, no person and no project of others is anything to it.
   * @throws ConcordatError `not_found` for everything else, as if it were not there.
   */
  async find(
    principal: Principal,
    asking: Asking,
    at: Date,
  ): Promise<{ readonly facts: AccessFacts; readonly reader: Reader }> {
    await this.agreements.get(principal, asking.agreementId);
    const { manager } = this.database;
    const facts = await this.facts.findFor(manager, asking, londonDay(at), at);
    if (!facts || !isKnown(facts)) {
      throw new ConcordatError('not_found');
    }
    const isSelf = this.isSelf(principal, facts);
    const isOwner = this.isOwner(principal, facts);
    if (isSelf || this.isOfficer(principal, facts)) {
      return { facts, reader: { isSelf, isOwner, seesPerson: true } };
    }
    const submitted =
      isOwner && (await this.facts.findSubmitted(manager, asking, londonDay(at), at));
    if (!submitted) {
      // The cause tells the audit trail what the answer must not: that it is there.
      const cause = new ConcordatError('operation_denied', { operation: 'policy:explain' });
      throw new ConcordatError('not_found', {}, { cause });
    }
    const organisationIds = [facts.request.organisationId];
    const seesPerson = this.authorisation.allows(principal, 'person:read', { organisationIds });
    return { facts: submitted, reader: { isSelf, isOwner, seesPerson } };
  }

  private isSelf(principal: Principal, { request: { requesterId: personId } }: AccessFacts) {
    const own = { organisationIds: [], personId };
    return (
      principal.personId === personId && this.authorisation.allows(principal, 'policy:explain', own)
    );
  }

  // Owners explain their datasets; of people, officers alone.
  private isOfficer({ memberships, ...caller }: Principal, { request }: AccessFacts): boolean {
    const there = memberships.filter(
      (held) => held.organisationId === request.organisationId && held.roles.includes('ig_officer'),
    );
    const organisationIds = [request.organisationId];
    const principal = { ...caller, memberships: there };
    return this.authorisation.allows(principal, 'policy:explain', { organisationIds });
  }

  private isOwner(principal: Principal, { provider }: AccessFacts): boolean {
    const organisationIds = [provider.id];
    return this.authorisation.allows(principal, 'policy:explain', { organisationIds });
  }
}

// A dataset that is hidden and one that is nowhere are both no item of the agreement. What an amendment has dropped is still
// known to whoever had asked for it.
function isKnown({ agreement, request }: AccessFacts): boolean {
  const isItem = agreement.terms.items?.some(({ datasetId }) => datasetId === request.datasetId);
  return isItem === true || request.undertakingHash !== null;
}
