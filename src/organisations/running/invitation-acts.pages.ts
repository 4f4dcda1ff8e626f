import { Body, Controller, Get, Inject, Param, Post, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { Caller } from '../../identity/caller.decorator.js';
import type { Principal } from '../../identity/principal.js';
import { Clock } from '../../kernel/clock.js';
import { londonDay } from '../../kernel/london-day.js';
import { SignedIn } from '../../platform/web/access.js';
import { ConfirmPages, type Confirmation } from '../../platform/web/pages/confirm-pages.js';
import { choicesOf, dayFields, dayOf, textOf } from '../../platform/web/pages/form-fields.js';
import { validInput, type FormFields } from '../../platform/web/pages/form-input.js';
import { PageForms, submissionKey, type PageForm } from '../../platform/web/pages/page-forms.js';
import { IdParam } from '../../platform/web/validation.js';
import { InvitationDto } from '../invitations/invitation.dto.js';
import { Invitations } from '../invitations/invitations.service.js';
import { doneWithMembers, OrganisationForms } from './organisation-forms.service.js';
import { ROLE_CHOICES } from './role-choices.js';

const LABELS = {
  email: 'E-mail address',
  position: 'Position',
  roles: 'Roles',
  startsOn: 'First day',
  endsOn: 'Last day (needed of a researcher)',
};

/** Asking somebody into an organisation, and taking that back. */
@ApiExcludeController()
@Controller('organisations/:id/invitations')
export class InvitationActPages {
  constructor(
    private readonly invitations: Invitations,
    private readonly pages: OrganisationForms,
    private readonly forms: PageForms,
    private readonly confirms: ConfirmPages,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  @Get('new')
  @SignedIn()
  async askToInvite(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Res() response: Response,
  ): Promise<void> {
    const today = londonDay(this.clock.now());
    const form = await this.inviting(principal, id, dayFields('startsOn', today));
    await this.forms.show(response, form);
  }

  @Post('new')
  @SignedIn()
  async invite(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Body() typed: FormFields,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    await this.forms.answer(request, response, {
      ...(await this.inviting(principal, id, typed)),
      act: async () => {
        const dto = await validInput(InvitationDto, {
          email: textOf(typed, 'email') ?? '',
          position: textOf(typed, 'position') ?? '',
          startsOn: dayOf(typed, 'startsOn') ?? '',
          endsOn: dayOf(typed, 'endsOn'),
          roles: choicesOf(typed, 'roles'),
        });
        await this.invitations.invite(principal, id, dto, submissionKey(typed));
        return doneWithMembers(id, 'The invitation is on its way');
      },
    });
  }

  @Get(':invitationId/withdraw')
  @SignedIn()
  async askToWithdraw(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Param('invitationId', IdParam) invitationId: string,
    @Res() response: Response,
  ): Promise<void> {
    await this.confirms.show(response, await this.withdrawing(principal, id, invitationId));
  }

  @Post(':invitationId/withdraw')
  @SignedIn()
  async withdraw(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Param('invitationId', IdParam) invitationId: string,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const confirmation = await this.withdrawing(principal, id, invitationId);
    await this.confirms.answer(request, response, confirmation, async (reason) => {
      await this.invitations.withdraw(principal, invitationId, reason);
      return doneWithMembers(id, 'The invitation is withdrawn');
    });
  }

  @Get(':invitationId/resend')
  @SignedIn()
  async askToResend(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Param('invitationId', IdParam) invitationId: string,
    @Res() response: Response,
  ): Promise<void> {
    await this.confirms.show(response, await this.resending(principal, id, invitationId));
  }

  @Post(':invitationId/resend')
  @SignedIn()
  async resend(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Param('invitationId', IdParam) invitationId: string,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const confirmation = await this.resending(principal, id, invitationId);
    await this.confirms.answer(request, response, confirmation, async () => {
      await this.invitations.resend(principal, invitationId);
      return doneWithMembers(id, 'The invitation is sent again');
    });
  }

  private inviting(
    principal: Principal,
    organisationId: string,
    typed: FormFields,
  ): Promise<Omit<PageForm, 'act'>> {
    return this.pages.form(principal, {
      organisationId,
      operation: 'membership:invite',
      end: 'invitations/new',
      title: 'Invite somebody',
      button: 'Invite',
      labels: LABELS,
      typed,
      fields: [
        { type: 'text', name: 'email' },
        { type: 'text', name: 'position' },
        { type: 'checkbox', name: 'roles', items: ROLE_CHOICES },
        { type: 'day', name: 'startsOn' },
        { type: 'day', name: 'endsOn' },
      ],
    });
  }

  private withdrawing(
    principal: Principal,
    organisationId: string,
    invitationId: string,
  ): Promise<Confirmation> {
    return this.pages.question(principal, {
      organisationId,
      operation: 'membership:invite',
      end: `invitations/${invitationId}/withdraw`,
      title: 'Withdraw this invitation?',
      button: 'Withdraw it',
      text: 'Its link is worth nothing then.',
    });
  }

  private resending(
    principal: Principal,
    organisationId: string,
    invitationId: string,
  ): Promise<Confirmation> {
    return this.pages.question(principal, {
      organisationId,
      operation: 'membership:invite',
      end: `invitations/${invitationId}/resend`,
      title: 'Send this invitation again?',
      button: 'Send it again',
      text: 'A new link goes to the same address. The old one is worth nothing then.',
      isHarmless: true,
    });
  }
}
