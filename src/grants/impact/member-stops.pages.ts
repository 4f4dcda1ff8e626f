import { Controller, Get, Param, Post, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { Caller } from '../../identity/caller.decorator.js';
import type { Principal } from '../../identity/principal.js';
import { ROLES, type Role } from '../../identity/roles.js';
import { ConcordatError } from '../../kernel/errors.js';
import { MembershipEnds } from '../../organisations/memberships/membership-ends.service.js';
import { MembershipRoles } from '../../organisations/memberships/membership-roles.service.js';
import { MembershipsService } from '../../organisations/memberships/memberships.service.js';
import { ThingNaming } from '../../organisations/naming/thing-names.service.js';
import { roleInWords } from '../../organisations/role-words.js';
import { SignedIn } from '../../platform/web/access.js';
import { ConfirmPages, type Confirmation } from '../../platform/web/pages/confirm-pages.js';
import { IdParam } from '../../platform/web/validation.js';
import { EndingBlocks } from './ending-blocks.service.js';
import type { ImpactQuestion } from './impact.rules.js';

/** One act on a membership, as its page asks about it. */
interface Ending {
  readonly end: string;
  readonly title: (who: string) => string;
  readonly button: string;
  readonly text: string;
  readonly question: ImpactQuestion;
}

/** The ends of memberships and roles, with what ends by them. */
@ApiExcludeController()
@Controller('organisations/:id/members/:membershipId')
export class MemberStopPages {
  constructor(
    private readonly memberships: MembershipsService,
    private readonly ends: MembershipEnds,
    private readonly roles: MembershipRoles,
    private readonly naming: ThingNaming,
    private readonly endings: EndingBlocks,
    private readonly confirms: ConfirmPages,
  ) {}

  @Get('end')
  @SignedIn()
  async askToEnd(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Param('membershipId', IdParam) membershipId: string,
    @Res() response: Response,
  ): Promise<void> {
    const confirmation = await this.confirmation(principal, id, membershipId, ending(membershipId));
    await this.confirms.show(response, confirmation);
  }

  @Post('end')
  @SignedIn()
  async end(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Param('membershipId', IdParam) membershipId: string,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const confirmation = await this.confirmation(principal, id, membershipId, ending(membershipId));
    await this.confirms.answer(request, response, confirmation, async (reason) => {
      await this.ends.end(principal, membershipId, reason);
      return { location: `/organisations/${id}/members`, notice: 'The membership has ended' };
    });
  }

  @Get('leave')
  @SignedIn()
  async askToLeave(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Param('membershipId', IdParam) membershipId: string,
    @Res() response: Response,
  ): Promise<void> {
    const own = await this.requireOwn(principal, id, membershipId);
    await this.confirms.show(response, await this.confirmation(principal, id, membershipId, own));
  }

  @Post('leave')
  @SignedIn()
  async leave(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Param('membershipId', IdParam) membershipId: string,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const own = await this.requireOwn(principal, id, membershipId);
    const confirmation = await this.confirmation(principal, id, membershipId, own);
    await this.confirms.answer(request, response, confirmation, async (reason) => {
      await this.ends.leave(principal, membershipId, reason);
      return { location: '/', notice: 'You have left the organisation' };
    });
  }

  @Get('roles/:role/remove')
  @SignedIn()
  async askToTakeRole(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Param('membershipId', IdParam) membershipId: string,
    @Param('role') name: string,
    @Res() response: Response,
  ): Promise<void> {
    const taking = takingRole(membershipId, roleNamed(name));
    const confirmation = await this.confirmation(principal, id, membershipId, taking);
    await this.confirms.show(response, confirmation);
  }

  @Post('roles/:role/remove')
  @SignedIn()
  async takeRole(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Param('membershipId', IdParam) membershipId: string,
    @Param('role') name: string,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const role = roleNamed(name);
    const taking = takingRole(membershipId, role);
    const confirmation = await this.confirmation(principal, id, membershipId, taking);
    await this.confirms.answer(request, response, confirmation, async (reason) => {
      await this.roles.remove(principal, membershipId, role, reason);
      const location = `/organisations/${id}/members/${membershipId}`;
      return { location, notice: 'The role is taken away' };
    });
  }

  /** @throws ConcordatError `not_found` for somebody else's. */
  private async requireOwn(
    principal: Principal,
    organisationId: string,
    membershipId: string,
  ): Promise<Ending> {
    const { personId } = await this.memberships.get(principal, organisationId, membershipId);
    if (personId !== principal.personId) {
      throw new ConcordatError('not_found');
    }
    return leaving(membershipId);
  }

  private async confirmation(
    principal: Principal,
    organisationId: string,
    membershipId: string,
    { end, title, button, text, question }: Ending,
  ): Promise<Confirmation> {
    const member = await this.memberships.get(principal, organisationId, membershipId);
    const who = member.name ?? member.pseudonym;
    const names = await this.naming.of([organisationId]);
    const home = `/organisations/${organisationId}`;
    return {
      title: title(who),
      path: `${home}/members/${membershipId}/${end}`,
      trail: [
        { text: 'Home', href: '/' },
        { text: names.of(organisationId), href: home },
        { text: 'Members', href: `${home}/members` },
        { text: who, href: `${home}/members/${membershipId}` },
      ],
      button,
      isWarning: true,
      needsReason: true,
      blocks: [{ kind: 'warning', text }, ...(await this.endings.of(principal, question))],
    };
  }
}

function ending(membershipId: string): Ending {
  return {
    end: 'end',
    title: (who) => `End the membership of ${who}?`,
    button: 'End it',
    text: 'Every role and grant of theirs here ends at once.',
    question: { type: 'membership', id: membershipId, part: null },
  };
}

function leaving(membershipId: string): Ending {
  return {
    end: 'leave',
    title: () => 'Leave this organisation?',
    button: 'Leave it',
    text: 'Every role and grant of yours here ends at once. Hand over first what others need.',
    question: { type: 'membership', id: membershipId, part: null },
  };
}

function takingRole(membershipId: string, role: Role): Ending {
  return {
    end: `roles/${role}/remove`,
    title: (who) => `Take the role ${roleInWords(role).toLowerCase()} away from ${who}?`,
    button: 'Take it away',
    text: 'What rests on it ends at once: grants, duties in agreements, what they lent to a deputy.',
    question: { type: 'role', id: membershipId, part: role },
  };
}

/** @throws ConcordatError `not_found` for what is no role. */
function roleNamed(name: string): Role {
  const role = ROLES.find((one) => one === name);
  if (role === undefined) {
    throw new ConcordatError('not_found');
  }
  return role;
}
