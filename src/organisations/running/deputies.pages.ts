import { Body, Controller, Get, Param, Post, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { Caller } from '../../identity/caller.decorator.js';
import type { Principal } from '../../identity/principal.js';
import { SignedIn } from '../../platform/web/access.js';
import { ConfirmPages, type Confirmation } from '../../platform/web/pages/confirm-pages.js';
import { dayOf, textOf } from '../../platform/web/pages/form-fields.js';
import { validInput, type FormFields } from '../../platform/web/pages/form-input.js';
import { PageForms, submissionKey, type PageForm } from '../../platform/web/pages/page-forms.js';
import { IdParam } from '../../platform/web/validation.js';
import { DelegationDto } from '../delegations/delegation.dto.js';
import { DELEGABLE_ROLES } from '../delegations/delegation.rules.js';
import { Delegations } from '../delegations/delegations.service.js';
import { MembershipsService } from '../memberships/memberships.service.js';
import { roleInWords } from '../role-words.js';
import { doneWithMembers, OrganisationForms } from './organisation-forms.service.js';
import { MEMBERS_SHOWN, memberChoices } from './role-choices.js';

const LABELS = {
  role: 'Role',
  deputyId: 'Who stands in',
  startsOn: 'First day',
  endsOn: 'Last day',
  reason: 'Why',
};
const ROLES = DELEGABLE_ROLES.map((value) => ({ value, text: roleInWords(value) }));

/** Deputies: who stands in for whom, and for how long. */
@ApiExcludeController()
@Controller('organisations/:id/delegations')
export class DeputyPages {
  constructor(
    private readonly delegations: Delegations,
    private readonly memberships: MembershipsService,
    private readonly pages: OrganisationForms,
    private readonly forms: PageForms,
    private readonly confirms: ConfirmPages,
  ) {}

  @Get('new')
  @SignedIn()
  async askToLend(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Res() response: Response,
  ): Promise<void> {
    await this.forms.show(response, await this.lending(principal, id, {}));
  }

  @Post('new')
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
        return doneWithMembers(id, 'Your deputy stands in');
      },
    });
  }

  @Get(':delegationId/end')
  @SignedIn()
  async askToEnd(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Param('delegationId', IdParam) delegationId: string,
    @Res() response: Response,
  ): Promise<void> {
    await this.confirms.show(response, await this.ending(principal, id, delegationId));
  }

  @Post(':delegationId/end')
  @SignedIn()
  async end(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Param('delegationId', IdParam) delegationId: string,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const confirmation = await this.ending(principal, id, delegationId);
    await this.confirms.answer(request, response, confirmation, async (reason) => {
      await this.delegations.end(principal, delegationId, reason);
      return doneWithMembers(id, 'The deputy stands in no longer');
    });
  }

  private async lending(
    principal: Principal,
    organisationId: string,
    typed: FormFields,
  ): Promise<Omit<PageForm, 'act'>> {
    const members = await this.memberships.list(principal, organisationId, null, MEMBERS_SHOWN);
    return this.pages.form(principal, {
      organisationId,
      operation: 'delegation:give',
      end: 'delegations/new',
      title: 'Name a deputy',
      button: 'Name them',
      labels: LABELS,
      typed,
      fields: [
        { type: 'radio', name: 'role', items: ROLES },
        { type: 'select', name: 'deputyId', items: memberChoices(members) },
        { type: 'day', name: 'startsOn' },
        { type: 'day', name: 'endsOn', hint: 'At most 90 days on' },
        { type: 'area', name: 'reason', rows: 3 },
      ],
    });
  }

  /** The service asks more: the giver, the deputy, or who runs the organisation. */
  private ending(
    principal: Principal,
    organisationId: string,
    delegationId: string,
  ): Promise<Confirmation> {
    return this.pages.question(principal, {
      organisationId,
      operation: 'membership:read',
      end: `delegations/${delegationId}/end`,
      title: 'End this deputy’s turn?',
      button: 'End it',
      text: 'The duty is the giver’s alone again. What the deputy did stays done.',
    });
  }
}
