import { Inject, Injectable } from '@nestjs/common';
import type { PersonProfile } from '../../identity/oidc/id-token.js';
import type { AuthenticatedIdentity } from '../../identity/principal.js';
import { Clock } from '../../kernel/clock.js';
import { ConcordatError } from '../../kernel/errors.js';
import { londonDay } from '../../kernel/london-day.js';
import { Database, type Tx } from '../../platform/database/database.js';
import { takeLocks } from '../../platform/database/locks.js';
import { BROKER_ACTOR } from '../../identity/actor.js';
import { MembershipRecords } from '../memberships/membership-records.js';
import { MembershipRoles } from '../memberships/membership-roles.service.js';
import { MembershipsRepository } from '../memberships/memberships.repository.js';
import { PersonRegistration } from '../people/person-registration.js';
import { PeopleRepository } from '../people/people.repository.js';
import { InvitationEnds } from './invitation-ends.js';
import { requireInvited, requireOpen } from './invitation.rules.js';
import { InvitationsRepository, type InvitationRow } from './invitations.repository.js';

/** Somebody who has just signed in, and what the provider says of them, where it was asked. */
export interface Guest {
  readonly identity: AuthenticatedIdentity;
  readonly profile: PersonProfile | undefined;
}

/** R10.1: the first sign-in that has the token is bound, by issuer and subject, in one transaction. */
@Injectable()
export class InvitationAcceptance {
  // eslint-disable-next-line max-params -- an invitation becomes a person, a membership and roles at once
  constructor(
    private readonly database: Database,
    private readonly invitations: InvitationsRepository,
    private readonly people: PeopleRepository,
    private readonly registration: PersonRegistration,
    private readonly memberships: MembershipsRepository,
    private readonly records: MembershipRecords,
    private readonly roles: MembershipRoles,
    private readonly ends: InvitationEnds,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  /** @throws ConcordatError `not_found` for a token of nothing, `invitation_ended` (410) */
  async read(digest: Buffer): Promise<InvitationRow> {
    const invitation = await this.invitations.findByDigest(this.database.manager, digest);
    if (!invitation) {
      throw new ConcordatError('not_found', {
        detail: 'There is no such invitation. A mail that was sent again has another link.',
      });
    }
    requireOpen(invitation, this.clock.now());
    return invitation;
  }

  /**
   * @throws ConcordatError besides: `invitation_of_another` (403), `conflict` (409) to a member, `person_suspended` (403),
   * `operation_denied` (403) to the inviter.
   */
  async accept(digest: Buffer, guest: Guest): Promise<void> {
    await this.database.transaction(async (tx) => {
      const invitation = await this.lock(tx, digest, guest);
      const personId = await this.personOf(tx, invitation, guest);
      const membership = await this.start(tx, invitation, personId, guest);
      const accepted = { status: 'accepted', membership } as const;
      await this.ends.end(tx, actorOf(personId, invitation, guest), invitation, accepted);
    });
  }

  // What ends an invitation from outside holds one of these locks, so it is seen here or it sees the membership.
  private async lock(tx: Tx, digest: Buffer, { identity }: Guest): Promise<InvitationRow> {
    const { id, organisationId } = await this.read(digest);
    const { issuer, subject } = identity;
    const known = await this.people.findByAccount(tx, issuer, subject);
    await takeLocks(tx, 'shared', [{ kind: 'organisation', id: organisationId }]);
    await takeLocks(tx, 'exclusive', known ? [{ kind: 'person', id: known.id }] : []);
    const invitation = await this.invitations.lock(tx, id);
    if (!invitation) {
      throw new ConcordatError('not_found');
    }
    requireOpen(invitation, this.clock.now());
    const today = londonDay(this.clock.now());
    if (!(await this.invitations.isInviterStanding(tx, invitation, today))) {
      throw new ConcordatError('invitation_ended', { invitation: 'withdrawn' });
    }
    return invitation;
  }

  private async personOf(
    tx: Tx,
    { email, organisationId }: InvitationRow,
    { identity, profile }: Guest,
  ): Promise<string> {
    const { issuer, subject } = identity;
    const known = await this.people.findByAccount(tx, issuer, subject);
    requireInvited(email ?? '', profile?.email ?? known?.email ?? null);
    if (known && known.status !== 'active') {
      throw new ConcordatError('person_suspended');
    }
    const said = { name: profile?.name ?? null, email: profile?.email ?? email };
    const person = { issuer, subject, ...said };
    return this.registration.findOrRegister(tx, person, organisationId, BROKER_ACTOR);
  }

  private async start(tx: Tx, invitation: InvitationRow, personId: string, guest: Guest) {
    const { organisationId, position, startsOn, endsOn, invitedBy, invitedAs, roles } = invitation;
    if (await this.memberships.findOf(tx, personId, organisationId)) {
      throw new ConcordatError('conflict', {
        detail: 'You are a member of this organisation already.',
      });
    }
    const today = londonDay(this.clock.now());
    const actor = actorOf(personId, invitation, guest);
    const days = { startsOn: startsOn > today ? startsOn : today, endsOn };
    const terms = { personId, organisationId, position, ...days };
    const membership = await this.records.start(tx, actor, terms, { proposedBy: invitedBy });
    const inviter = { personId: invitedBy, role: invitedAs };
    const asked = roles.map((role) => ({ role }));
    await this.roles.givePromised(tx, actor, inviter, membership, asked);
    return { id: membership.id, personId };
  }
}

function actorOf(personId: string, { organisationId }: InvitationRow, { identity }: Guest) {
  return {
    actorKind: 'person',
    actorPersonId: personId,
    actorOrganisationId: organisationId,
    actorAuthLevel: identity.authLevel,
  } as const;
}
