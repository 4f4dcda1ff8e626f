import { Body, Controller, Get, Param, Post, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { Authorisation } from '../../identity/authorisation.service.js';
import { Caller } from '../../identity/caller.decorator.js';
import type { Operation } from '../../identity/operations.js';
import type { Principal } from '../../identity/principal.js';
import { SignedIn } from '../../platform/web/access.js';
import { PAGE } from '../../platform/web/pages/blocks.js';
import { dayOf, textOf } from '../../platform/web/pages/form-fields.js';
import { validInput, type FormFields } from '../../platform/web/pages/form-input.js';
import { PageForms, type PageForm } from '../../platform/web/pages/page-forms.js';
import { IdParam } from '../../platform/web/validation.js';
import { Views } from '../../platform/web/views.js';
import { Delegations } from '../delegations/delegations.service.js';
import { Invitations } from '../invitations/invitations.service.js';
import { MembershipRoles } from '../memberships/membership-roles.service.js';
import { RoleDto } from '../memberships/membership.dto.js';
import { MembershipsService } from '../memberships/memberships.service.js';
import { ThingNaming } from '../naming/thing-names.service.js';
import { ServiceAccounts } from '../service-accounts/service-accounts.service.js';
import { Teams } from '../teams/teams.service.js';
import { memberBlocks } from './member-page.presenter.js';
import { membersBlocks } from './members-page.presenter.js';
import { membersLink, OrganisationForms, organisationTrail } from './organisation-forms.service.js';
import { MEMBERS_SHOWN, ROLE_CHOICES } from './role-choices.js';

const ROLE_LABELS = { role: 'Role', startsOn: 'First day', endsOn: 'Last day' };

/** The people and the programs of an organisation, for its own. */
@ApiExcludeController()
@Controller('organisations/:id/members')
export class MemberPages {
  constructor(
    private readonly memberships: MembershipsService,
    private readonly roles: MembershipRoles,
    private readonly invitations: Invitations,
    private readonly delegations: Delegations,
    private readonly services: ServiceAccounts,
    private readonly teams: Teams,
    private readonly authorisation: Authorisation,
    private readonly naming: ThingNaming,
    private readonly pages: OrganisationForms,
    private readonly forms: PageForms,
    private readonly views: Views,
  ) {}

  @Get()
  @SignedIn()
  async list(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Res() response: Response,
  ): Promise<void> {
    const may = (operation: Operation): boolean =>
      this.authorisation.allows(principal, operation, { organisationIds: [id] });
    const members = await this.memberships.list(principal, id, null, MEMBERS_SHOWN);
    const delegations = await this.delegations.list(principal, id, null, MEMBERS_SHOWN);
    const invitations = may('membership:invite')
      ? await this.invitations.list(principal, id, null, MEMBERS_SHOWN)
      : [];
    const programs = may('service_account:read')
      ? await this.services.list(principal, id, null, MEMBERS_SHOWN)
      : [];
    const teams = await this.teams.ofOwn(id);
    const accountable = programs.map(({ accountablePersonId }) => accountablePersonId);
    const names = await this.naming.of([id, ...accountable]);
    this.views.render(response, PAGE, {
      title: `Members of ${names.of(id)}`,
      trail: organisationTrail(id, names.of(id)),
      blocks: membersBlocks({
        ...{ id, members, invitations, delegations, programs, teams },
        ...{ names, may },
      }),
    });
  }

  @Get(':membershipId')
  @SignedIn()
  async show(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Param('membershipId', IdParam) membershipId: string,
    @Res() response: Response,
  ): Promise<void> {
    const member = await this.memberships.get(principal, id, membershipId);
    const isOwn = member.personId === principal.personId;
    const own = isOwn ? { personId: member.personId } : {};
    const may = (operation: Operation): boolean =>
      this.authorisation.allows(principal, operation, { organisationIds: [id], ...own });
    const names = await this.naming.of([id]);
    this.views.render(response, PAGE, {
      title: member.name ?? member.pseudonym,
      trail: [...organisationTrail(id, names.of(id)), membersLink(id)],
      blocks: memberBlocks(member, { isOwn, may }),
    });
  }

  @Get(':membershipId/roles')
  @SignedIn()
  async askForRole(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Param('membershipId', IdParam) membershipId: string,
    @Res() response: Response,
  ): Promise<void> {
    await this.forms.show(response, await this.addingRole(principal, id, membershipId, {}));
  }

  @Post(':membershipId/roles')
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
      ...(await this.addingRole(principal, id, membershipId, typed)),
      act: async () => {
        const dto = await validInput(RoleDto, {
          role: textOf(typed, 'role'),
          startsOn: dayOf(typed, 'startsOn'),
          endsOn: dayOf(typed, 'endsOn'),
        });
        const answer = await this.roles.add(principal, membershipId, dto);
        const notice =
          'approvalId' in answer ? 'A second person has to approve it' : 'The role is given';
        return { location: `/organisations/${id}/members/${membershipId}`, notice };
      },
    });
  }

  private async addingRole(
    principal: Principal,
    organisationId: string,
    membershipId: string,
    typed: FormFields,
  ): Promise<Omit<PageForm, 'act'>> {
    const { name, pseudonym } = await this.memberships.get(principal, organisationId, membershipId);
    return this.pages.form(principal, {
      organisationId,
      operation: 'membership:change_roles',
      end: `members/${membershipId}/roles`,
      title: `Give ${name ?? pseudonym} a role`,
      button: 'Give it',
      labels: ROLE_LABELS,
      typed,
      fields: [
        { type: 'radio', name: 'role', items: ROLE_CHOICES },
        { type: 'day', name: 'startsOn', hint: 'Today when you leave it out' },
        { type: 'day', name: 'endsOn', hint: 'As long as the membership when you leave it out' },
      ],
    });
  }
}
