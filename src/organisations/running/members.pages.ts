import { Body, Controller, Get, Inject, Param, Post, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { Authorisation } from '../../identity/authorisation.service.js';
import { Caller } from '../../identity/caller.decorator.js';
import type { Operation } from '../../identity/operations.js';
import type { Principal } from '../../identity/principal.js';
import { ROLES, type Role } from '../../identity/roles.js';
import { ConcordatError } from '../../kernel/errors.js';
import { Clock } from '../../kernel/clock.js';
import { londonDay } from '../../kernel/london-day.js';
import { SignedIn } from '../../platform/web/access.js';
import { FORM, PAGE, type Choice, type Field } from '../../platform/web/pages/blocks.js';
import { ConfirmPages, type Confirmation } from '../../platform/web/pages/confirm-pages.js';
import { choicesOf, dayFields, dayOf, textOf } from '../../platform/web/pages/form-fields.js';
import { validInput, type FormFields } from '../../platform/web/pages/form-input.js';
import {
  PageForms,
  submissionKey,
  type Done,
  type PageForm,
} from '../../platform/web/pages/page-forms.js';
import { IdParam } from '../../platform/web/validation.js';
import { Views } from '../../platform/web/views.js';
import { DelegationDto } from '../delegations/delegation.dto.js';
import { DELEGABLE_ROLES } from '../delegations/delegation.rules.js';
import { Delegations } from '../delegations/delegations.service.js';
import { InvitationDto } from '../invitations/invitation.dto.js';
import { Invitations } from '../invitations/invitations.service.js';
import { MembershipEnds } from '../memberships/membership-ends.service.js';
import { MembershipRoles } from '../memberships/membership-roles.service.js';
import { RoleDto } from '../memberships/membership.dto.js';
import { MembershipsService } from '../memberships/memberships.service.js';
import { ThingNaming } from '../naming/thing-names.service.js';
import { roleInWords } from '../role-words.js';
import { ServiceAccountDto } from '../service-accounts/service-account.dto.js';
import { ServiceAccounts } from '../service-accounts/service-accounts.service.js';
import { membersBlocks } from './members-page.presenter.js';

/** As many as a page shows of each; the API pages. */
const SHOWN = 200;
const LABELS = {
  email: 'E-mail address',
  position: 'Position',
  startsOn: 'First day',
  endsOn: 'Last day (needed of a researcher)',
  roles: 'Roles',
  role: 'Role',
  deputyId: 'Who stands in',
  reason: 'Why',
  issuer: 'Sign-in service of the program (issuer)',
  clientId: 'Its client id there',
  name: 'Name of the program',
  accountablePersonId: 'Who answers for it',
};
const ROLE_CHOICES: readonly Choice[] = ROLES.map((value) => ({ value, text: roleInWords(value) }));

/** The people and the programs of an organisation, for whoever runs it. */
@ApiExcludeController()
@Controller('organisations/:id')
export class MemberPages {
  constructor(
    private readonly memberships: MembershipsService,
    private readonly roles: MembershipRoles,
    private readonly ends: MembershipEnds,
    private readonly invitations: Invitations,
    private readonly delegations: Delegations,
    private readonly services: ServiceAccounts,
    private readonly authorisation: Authorisation,
    private readonly naming: ThingNaming,
    private readonly forms: PageForms,
    private readonly confirms: ConfirmPages,
    private readonly views: Views,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  @Get('members')
  @SignedIn()
  async list(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Res() response: Response,
  ): Promise<void> {
    const may = (operation: Operation): boolean =>
      this.authorisation.allows(principal, operation, { organisationIds: [id] });
    const members = await this.memberships.list(principal, id, null, SHOWN);
    const delegations = await this.delegations.list(principal, id, null, SHOWN);
    const invitations = may('membership:invite')
      ? await this.invitations.list(principal, id, null, SHOWN)
      : [];
    const programs = may('service_account:read')
      ? await this.services.list(principal, id, null, SHOWN)
      : [];
    const names = await this.naming.of([
      id,
      ...programs.map(({ accountablePersonId }) => accountablePersonId),
    ]);
    this.views.render(response, PAGE, {
      title: `Members of ${names.of(id)}`,
      trail: trailOf(id, names.of(id)),
      blocks: membersBlocks({ id, members, invitations, delegations, programs, names, may }),
    });
  }

  @Get('invitations/new')
  @SignedIn()
  async askToInvite(@Param('id', IdParam) id: string, @Res() response: Response): Promise<void> {
    await this.forms.show(response, await this.inviting(id));
  }

  @Post('invitations/new')
  @SignedIn()
  async invite(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Body() typed: FormFields,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    await this.forms.answer(request, response, {
      ...(await this.inviting(id, typed)),
      act: async () => {
        const dto = await validInput(InvitationDto, {
          email: textOf(typed, 'email') ?? '',
          position: textOf(typed, 'position') ?? '',
          startsOn: dayOf(typed, 'startsOn') ?? '',
          endsOn: dayOf(typed, 'endsOn'),
          roles: choicesOf(typed, 'roles'),
        });
        await this.invitations.invite(principal, id, dto, submissionKey(typed));
        return doneOn(id, 'The invitation is on its way');
      },
    });
  }

  @Get('invitations/:invitationId/withdraw')
  @SignedIn()
  async askToWithdraw(
    @Param('id', IdParam) id: string,
    @Param('invitationId', IdParam) invitationId: string,
    @Res() response: Response,
  ): Promise<void> {
    await this.confirms.show(response, await this.withdrawing(id, invitationId));
  }

  @Post('invitations/:invitationId/withdraw')
  @SignedIn()
  async withdraw(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Param('invitationId', IdParam) invitationId: string,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const confirmation = await this.withdrawing(id, invitationId);
    await this.confirms.answer(request, response, confirmation, async (reason) => {
      await this.invitations.withdraw(principal, invitationId, reason);
      return doneOn(id, 'The invitation is withdrawn');
    });
  }

  @Post('invitations/:invitationId/resend')
  @SignedIn()
  async resend(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Param('invitationId', IdParam) invitationId: string,
    @Res() response: Response,
  ): Promise<void> {
    await this.invitations.resend(principal, invitationId);
    response.redirect(303, `/organisations/${id}/members`);
  }

  @Get('members/:membershipId/roles')
  @SignedIn()
  async askForRole(
    @Param('id', IdParam) id: string,
    @Param('membershipId', IdParam) membershipId: string,
    @Res() response: Response,
  ): Promise<void> {
    await this.forms.show(response, await this.addingRole(id, membershipId, {}));
  }

  @Post('members/:membershipId/roles')
  @SignedIn()
  async addRole(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Param('membershipId', IdParam) membershipId: string,
    @Body() typed: FormFields,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    await this.forms.answer(request, response, {
      ...(await this.addingRole(id, membershipId, typed)),
      act: async () => {
        const dto = await validInput(RoleDto, {
          role: textOf(typed, 'role'),
          startsOn: dayOf(typed, 'startsOn'),
          endsOn: dayOf(typed, 'endsOn'),
        });
        const answer = await this.roles.add(principal, membershipId, dto);
        const isProposed = 'approvalId' in answer;
        return doneOn(id, isProposed ? 'A second person has to approve it' : 'The role is given');
      },
    });
  }

  @Get('members/:membershipId/roles/:role/remove')
  @SignedIn()
  async askToTakeRole(
    @Param('id', IdParam) id: string,
    @Param('membershipId', IdParam) membershipId: string,
    @Param('role') role: string,
    @Res() response: Response,
  ): Promise<void> {
    await this.confirms.show(response, await this.takingRole(id, membershipId, role));
  }

  @Post('members/:membershipId/roles/:role/remove')
  @SignedIn()
  async takeRole(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Param('membershipId', IdParam) membershipId: string,
    @Param('role') role: string,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const confirmation = await this.takingRole(id, membershipId, role);
    await this.confirms.answer(request, response, confirmation, async (reason) => {
      await this.roles.remove(principal, membershipId, roleNamed(role), reason);
      return doneOn(id, 'The role is taken away');
    });
  }

  @Get('members/:membershipId/end')
  @SignedIn()
  async askToEnd(
    @Param('id', IdParam) id: string,
    @Param('membershipId', IdParam) membershipId: string,
    @Res() response: Response,
  ): Promise<void> {
    await this.confirms.show(response, await this.ending(id, membershipId));
  }

  @Post('members/:membershipId/end')
  @SignedIn()
  async end(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Param('membershipId', IdParam) membershipId: string,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const confirmation = await this.ending(id, membershipId);
    await this.confirms.answer(request, response, confirmation, async (reason) => {
      await this.ends.end(principal, membershipId, reason);
      return doneOn(id, 'The membership has ended');
    });
  }

  @Get('delegations/new')
  @SignedIn()
  async askToLend(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Res() response: Response,
  ): Promise<void> {
    await this.forms.show(response, await this.lending(principal, id, {}));
  }

  @Post('delegations/new')
  @SignedIn()
  async lend(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Body() typed: FormFields,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    await this.forms.answer(request, response, {
      ...(await this.lending(principal, id, typed)),
      act: async () => {
        const dto = await validInput(DelegationDto, {
          role: textOf(typed, 'role'),
          deputyId: textOf(typed, 'deputyId') ?? '',
          startsOn: dayOf(typed, 'startsOn') ?? '',
          endsOn: dayOf(typed, 'endsOn') ?? '',
          reason: textOf(typed, 'reason') ?? '',
        });
        await this.delegations.give(principal, id, dto, submissionKey(typed));
        return doneOn(id, 'Your deputy stands in');
      },
    });
  }

  @Get('delegations/:delegationId/end')
  @SignedIn()
  async askToEndLoan(
    @Param('id', IdParam) id: string,
    @Param('delegationId', IdParam) delegationId: string,
    @Res() response: Response,
  ): Promise<void> {
    await this.confirms.show(response, await this.endingLoan(id, delegationId));
  }

  @Post('delegations/:delegationId/end')
  @SignedIn()
  async endLoan(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Param('delegationId', IdParam) delegationId: string,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const confirmation = await this.endingLoan(id, delegationId);
    await this.confirms.answer(request, response, confirmation, async (reason) => {
      await this.delegations.end(principal, delegationId, reason);
      return doneOn(id, 'The deputy stands in no longer');
    });
  }

  @Get('programs/new')
  @SignedIn()
  async askForProgram(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Res() response: Response,
  ): Promise<void> {
    await this.forms.show(response, await this.registering(principal, id, {}));
  }

  @Post('programs/new')
  @SignedIn()
  async register(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Body() typed: FormFields,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    await this.forms.answer(request, response, {
      ...(await this.registering(principal, id, typed)),
      act: async () => {
        const dto = await validInput(ServiceAccountDto, {
          issuer: textOf(typed, 'issuer') ?? '',
          clientId: textOf(typed, 'clientId') ?? '',
          name: textOf(typed, 'name') ?? '',
          accountablePersonId: textOf(typed, 'accountablePersonId') ?? '',
          roles: choicesOf(typed, 'roles'),
        });
        await this.services.register(principal, id, dto, submissionKey(typed));
        return doneOn(id, 'The program is registered');
      },
    });
  }

  @Get(['programs/:programId/disable', 'programs/:programId/end'])
  @SignedIn()
  async askToStop(
    @Param('id', IdParam) id: string,
    @Param('programId', IdParam) programId: string,
    @Req() { path }: Request,
    @Res() response: Response,
  ): Promise<void> {
    await this.confirms.show(response, await this.stopping(id, programId, actIn(path)));
  }

  @Post(['programs/:programId/disable', 'programs/:programId/end'])
  @SignedIn()
  async stop(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Param('programId', IdParam) programId: string,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const act = actIn(request.path);
    const confirmation = await this.stopping(id, programId, act);
    await this.confirms.answer(request, response, confirmation, async (reason) => {
      await this.services.stop(principal, programId, act, reason);
      return doneOn(id, act === 'end' ? 'The program is gone' : 'The program is disabled');
    });
  }

  @Post('programs/:programId/enable')
  @SignedIn()
  async enable(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Param('programId', IdParam) programId: string,
    @Res() response: Response,
  ): Promise<void> {
    await this.services.enable(principal, programId, undefined);
    response.redirect(303, `/organisations/${id}/members#programs`);
  }

  private async inviting(id: string, typed?: FormFields): Promise<Omit<PageForm, 'act'>> {
    const today = londonDay(this.clock.now());
    return this.form(id, 'invitations/new', {
      typed: typed ?? dayFields('startsOn', today),
      title: 'Invite somebody',
      button: 'Invite',
      fields: [
        { type: 'text', name: 'email' },
        { type: 'text', name: 'position' },
        { type: 'checkbox', name: 'roles', items: ROLE_CHOICES },
        { type: 'day', name: 'startsOn' },
        { type: 'day', name: 'endsOn' },
      ],
    });
  }

  private addingRole(id: string, membershipId: string, typed: FormFields) {
    return this.form(id, `members/${membershipId}/roles`, {
      typed,
      title: 'Give a role',
      button: 'Give it',
      fields: [
        { type: 'radio', name: 'role', items: ROLE_CHOICES },
        { type: 'day', name: 'startsOn', hint: 'Today when you leave it out' },
        { type: 'day', name: 'endsOn', hint: 'As long as the membership when you leave it out' },
      ],
    });
  }

  private async lending(principal: Principal, id: string, typed: FormFields) {
    return this.form(id, 'delegations/new', {
      typed,
      title: 'Name a deputy',
      button: 'Name them',
      fields: [
        {
          type: 'radio',
          name: 'role',
          items: DELEGABLE_ROLES.map((value) => ({ value, text: roleInWords(value) })),
        },
        { type: 'select', name: 'deputyId', items: await this.people(principal, id) },
        { type: 'day', name: 'startsOn' },
        { type: 'day', name: 'endsOn', hint: 'At most 90 days on' },
        { type: 'area', name: 'reason', rows: 3 },
      ],
    });
  }

  private async registering(principal: Principal, id: string, typed: FormFields) {
    return this.form(id, 'programs/new', {
      typed,
      title: 'Register a program',
      button: 'Register it',
      fields: [
        { type: 'text', name: 'name' },
        { type: 'text', name: 'issuer' },
        { type: 'text', name: 'clientId' },
        { type: 'select', name: 'accountablePersonId', items: await this.people(principal, id) },
        {
          type: 'checkbox',
          name: 'roles',
          items: ROLE_CHOICES.filter(
            ({ value }) => value === 'researcher' || value === 'data_owner',
          ),
        },
      ],
    });
  }

  private async people(principal: Principal, id: string): Promise<readonly Choice[]> {
    const members = await this.memberships.list(principal, id, null, SHOWN);
    return [
      { value: '', text: 'Choose' },
      ...members.map(({ personId, name, pseudonym, position }) => ({
        value: personId,
        text: `${name ?? pseudonym}, ${position}`,
      })),
    ];
  }

  private async form(
    id: string,
    end: string,
    form: {
      readonly typed: FormFields;
      readonly title: string;
      readonly button: string;
      readonly fields: readonly Field[];
    },
  ): Promise<Omit<PageForm, 'act'>> {
    const names = await this.naming.of([id]);
    const path = `/organisations/${id}/${end}`;
    const { typed, title, button, fields } = form;
    return {
      template: FORM,
      labels: LABELS,
      path,
      typed,
      model: () => ({ title, trail: trailOf(id, names.of(id)), fields, action: path, button }),
    };
  }

  private withdrawing(id: string, invitationId: string): Promise<Confirmation> {
    return this.confirmation(id, `invitations/${invitationId}/withdraw`, {
      title: 'Withdraw this invitation?',
      button: 'Withdraw it',
      text: 'Its link is worth nothing then.',
    });
  }

  private takingRole(id: string, membershipId: string, role: string): Promise<Confirmation> {
    return this.confirmation(
      id,
      `members/${membershipId}/roles/${encodeURIComponent(role)}/remove`,
      {
        title: `Take away the role ${roleInWords(role).toLowerCase()}?`,
        button: 'Take it away',
        text: 'What rests on it ends at once: grants, duties in agreements, what they lent to a deputy.',
      },
    );
  }

  private ending(id: string, membershipId: string): Promise<Confirmation> {
    return this.confirmation(id, `members/${membershipId}/end`, {
      title: 'End this membership?',
      button: 'End it',
      text: 'Every role and grant of theirs here ends at once.',
    });
  }

  private endingLoan(id: string, delegationId: string): Promise<Confirmation> {
    return this.confirmation(id, `delegations/${delegationId}/end`, {
      title: 'End this deputy’s turn?',
      button: 'End it',
      text: 'The duty is the giver’s alone again.',
    });
  }

  private stopping(id: string, programId: string, act: 'disable' | 'end'): Promise<Confirmation> {
    return this.confirmation(id, `programs/${programId}/${act}`, {
      title: act === 'end' ? 'Remove this program?' : 'Disable this program?',
      button: act === 'end' ? 'Remove it' : 'Disable it',
      text: 'It is refused at once.',
    });
  }

  private async confirmation(
    id: string,
    end: string,
    about: { readonly title: string; readonly button: string; readonly text: string },
  ): Promise<Confirmation> {
    const names = await this.naming.of([id]);
    return {
      title: about.title,
      path: `/organisations/${id}/${end}`,
      trail: trailOf(id, names.of(id)),
      button: about.button,
      isWarning: true,
      needsReason: true,
      blocks: [{ kind: 'warning', text: about.text }],
    };
  }
}

function trailOf(id: string, name: string) {
  return [
    { text: 'Home', href: '/' },
    { text: name, href: `/organisations/${id}` },
    { text: 'Members', href: `/organisations/${id}/members` },
  ];
}

/** @throws ConcordatError `not_found` for what is no role. */
function roleNamed(name: string): Role {
  const role = ROLES.find((one) => one === name);
  if (role === undefined) {
    throw new ConcordatError('not_found');
  }
  return role;
}

function doneOn(id: string, notice: string): Done {
  return { location: `/organisations/${id}/members`, notice };
}

function actIn(path: string): 'disable' | 'end' {
  return path.replace(/\/$/, '').endsWith('/end') ? 'end' : 'disable';
}
