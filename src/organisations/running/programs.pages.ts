import { Body, Controller, Get, Param, Post, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { Caller } from '../../identity/caller.decorator.js';
import type { Principal } from '../../identity/principal.js';
import { SignedIn } from '../../platform/web/access.js';
import { ConfirmPages, type Confirmation } from '../../platform/web/pages/confirm-pages.js';
import { choicesOf, textOf } from '../../platform/web/pages/form-fields.js';
import { validInput, type FormFields } from '../../platform/web/pages/form-input.js';
import { PageForms, submissionKey, type PageForm } from '../../platform/web/pages/page-forms.js';
import { IdParam } from '../../platform/web/validation.js';
import { MembershipsService } from '../memberships/memberships.service.js';
import { EnablingDto, ServiceAccountDto } from '../service-accounts/service-account.dto.js';
import { ServiceAccounts } from '../service-accounts/service-accounts.service.js';
import { doneWithMembers, OrganisationForms } from './organisation-forms.service.js';
import { MEMBERS_SHOWN, memberChoices, ROLE_CHOICES } from './role-choices.js';

const LABELS = {
  name: 'Name of the program',
  issuer: 'Sign-in service of the program (issuer)',
  clientId: 'Its client id there',
  accountablePersonId: 'Who answers for it',
  roles: 'Roles',
};
const ROLES = ROLE_CHOICES.filter(({ value }) => value === 'researcher' || value === 'data_owner');

/** An organisation's programs: registered, and told to stop. */
@ApiExcludeController()
@Controller('organisations/:id/programs')
export class ProgramPages {
  constructor(
    private readonly services: ServiceAccounts,
    private readonly memberships: MembershipsService,
    private readonly pages: OrganisationForms,
    private readonly forms: PageForms,
    private readonly confirms: ConfirmPages,
  ) {}

  @Get('new')
  @SignedIn()
  async askForProgram(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Res() response: Response,
  ): Promise<void> {
    await this.forms.show(response, await this.registering(principal, id, {}));
  }

  @Post('new')
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
        return doneWithMembers(id, 'The program is registered');
      },
    });
  }

  @Get([':programId/disable', ':programId/end'])
  @SignedIn()
  async askToStop(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Param('programId', IdParam) programId: string,
    @Req() { path }: Request,
    @Res() response: Response,
  ): Promise<void> {
    await this.confirms.show(response, await this.stopping(principal, id, programId, actIn(path)));
  }

  @Post([':programId/disable', ':programId/end'])
  @SignedIn()
  async stop(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Param('programId', IdParam) programId: string,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const act = actIn(request.path);
    const confirmation = await this.stopping(principal, id, programId, act);
    await this.confirms.answer(request, response, confirmation, async (reason) => {
      await this.services.stop(principal, programId, act, reason);
      const notice = act === 'end' ? 'The program is gone' : 'The program is disabled';
      return doneWithMembers(id, notice);
    });
  }

  @Get(':programId/enable')
  @SignedIn()
  async askToEnable(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Param('programId', IdParam) programId: string,
    @Res() response: Response,
  ): Promise<void> {
    await this.forms.show(response, await this.enabling(principal, id, programId, {}));
  }

  @Post(':programId/enable')
  @SignedIn()
  async enable(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Param('programId', IdParam) programId: string,
    @Body() typed: FormFields,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    await this.forms.answer(request, response, {
      ...(await this.enabling(principal, id, programId, typed)),
      act: async () => {
        const dto = await validInput(EnablingDto, {
          accountablePersonId: textOf(typed, 'accountablePersonId'),
        });
        await this.services.enable(principal, programId, dto.accountablePersonId);
        return doneWithMembers(id, 'The program is enabled');
      },
    });
  }

  private async registering(
    principal: Principal,
    organisationId: string,
    typed: FormFields,
  ): Promise<Omit<PageForm, 'act'>> {
    const members = await this.memberships.list(principal, organisationId, null, MEMBERS_SHOWN);
    return this.pages.form(principal, {
      organisationId,
      operation: 'service_account:register',
      end: 'programs/new',
      title: 'Register a program',
      button: 'Register it',
      labels: LABELS,
      typed,
      fields: [
        { type: 'text', name: 'name' },
        { type: 'text', name: 'issuer' },
        { type: 'text', name: 'clientId' },
        { type: 'select', name: 'accountablePersonId', items: memberChoices(members) },
        { type: 'checkbox', name: 'roles', items: ROLES },
      ],
    });
  }

  private async enabling(
    principal: Principal,
    organisationId: string,
    programId: string,
    typed: FormFields,
  ): Promise<Omit<PageForm, 'act'>> {
    const members = await this.memberships.list(principal, organisationId, null, MEMBERS_SHOWN);
    const hint = 'Leave it out when who answered for it still does';
    return this.pages.form(principal, {
      organisationId,
      operation: 'service_account:enable',
      end: `programs/${programId}/enable`,
      title: 'Enable this program?',
      button: 'Enable it',
      labels: LABELS,
      typed,
      fields: [
        { type: 'select', name: 'accountablePersonId', items: memberChoices(members), hint },
      ],
    });
  }

  private stopping(
    principal: Principal,
    organisationId: string,
    programId: string,
    act: 'disable' | 'end',
  ): Promise<Confirmation> {
    return this.pages.question(principal, {
      organisationId,
      operation: 'service_account:disable',
      end: `programs/${programId}/${act}`,
      title: act === 'end' ? 'Remove this program?' : 'Disable this program?',
      button: act === 'end' ? 'Remove it' : 'Disable it',
      text:
        act === 'end'
          ? 'It is refused at once, and what it was granted ends. Its client may be registered again.'
          : 'It is refused at once, and what it was granted ends. It can be enabled again.',
    });
  }
}

/** The act is the end of the path: each has a route of its own. */
function actIn(path: string): 'disable' | 'end' {
  return path.replace(/\/$/, '').endsWith('/end') ? 'end' : 'disable';
}
