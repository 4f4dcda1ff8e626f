import { Body, Controller, Get, Param, Post, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { Authorisation } from '../../identity/authorisation.service.js';
import { Caller } from '../../identity/caller.decorator.js';
import type { Principal } from '../../identity/principal.js';
import { ConcordatError } from '../../kernel/errors.js';
import { SignedIn } from '../../platform/web/access.js';
import type { Choice, Field } from '../../platform/web/pages/blocks.js';
import { ConfirmPages, type Confirmation } from '../../platform/web/pages/confirm-pages.js';
import { choicesOf, textOf } from '../../platform/web/pages/form-fields.js';
import { validInput, type FormFields } from '../../platform/web/pages/form-input.js';
import { PageForms, type Done, type PageForm } from '../../platform/web/pages/page-forms.js';
import { IdParam } from '../../platform/web/validation.js';
import { MembershipsService } from '../memberships/memberships.service.js';
import { TeamDto, TeamMembersDto } from '../teams/team.dto.js';
import type { OwnTeamView } from '../teams/team.view.js';
import { Teams } from '../teams/teams.service.js';
import { OrganisationForms } from './organisation-forms.service.js';
import { MEMBERS_SHOWN } from './role-choices.js';

const LABELS = {
  name: 'Name',
  purpose: 'What one asks it (optional)',
  contact: 'Its mailbox',
  isPublic: 'Is it shown to other organisations?',
  members: 'Members',
};
const FIELDS: readonly Field[] = [
  { type: 'text', name: 'name' },
  { type: 'area', name: 'purpose', rows: 3, maxLength: 500 },
  { type: 'text', name: 'contact', hint: 'Of the team, not of a person' },
  {
    type: 'radio',
    name: 'isPublic',
    items: [
      { value: 'yes', text: 'Yes' },
      { value: 'no', text: 'No' },
    ],
  },
];

/** An organisation's teams: whom others ask, and who is in them. */
@ApiExcludeController()
@Controller('organisations/:id/teams')
export class TeamPages {
  constructor(
    private readonly teams: Teams,
    private readonly memberships: MembershipsService,
    private readonly authorisation: Authorisation,
    private readonly pages: OrganisationForms,
    private readonly forms: PageForms,
    private readonly confirms: ConfirmPages,
  ) {}

  @Get('new')
  @SignedIn()
  async begin(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Res() response: Response,
  ): Promise<void> {
    await this.forms.show(response, await this.making(principal, id, {}));
  }

  @Post('new')
  @SignedIn()
  async make(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Body() typed: FormFields,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    await this.forms.answer(request, response, {
      ...(await this.making(principal, id, typed)),
      act: async () => {
        const { id: teamId } = await this.teams.create(principal, id, await teamFrom(typed));
        const location = `/organisations/${id}/teams/${teamId}`;
        return { location, notice: 'The team is made. Say who is in it.' };
      },
    });
  }

  @Get(':teamId')
  @SignedIn()
  async show(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Param('teamId', IdParam) teamId: string,
    @Res() response: Response,
  ): Promise<void> {
    await this.forms.show(response, await this.changing(principal, id, teamId));
  }

  @Post(':teamId')
  @SignedIn()
  async change(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Param('teamId', IdParam) teamId: string,
    @Body() typed: FormFields,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    await this.forms.answer(request, response, {
      ...(await this.changing(principal, id, teamId, typed)),
      act: async () => {
        const dto = await teamFrom(typed);
        const { members } = await validInput(TeamMembersDto, {
          members: choicesOf(typed, 'members'),
        });
        await this.teams.update(principal, teamId, dto, members);
        return doneWithTeams(id, 'The team is changed');
      },
    });
  }

  @Get(':teamId/end')
  @SignedIn()
  async askToEnd(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Param('teamId', IdParam) teamId: string,
    @Res() response: Response,
  ): Promise<void> {
    await this.confirms.show(response, await this.ending(principal, id, teamId));
  }

  @Post(':teamId/end')
  @SignedIn()
  async end(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Param('teamId', IdParam) teamId: string,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const confirmation = await this.ending(principal, id, teamId);
    await this.confirms.answer(request, response, confirmation, async () => {
      await this.teams.end(principal, teamId);
      return doneWithTeams(id, 'The team is gone');
    });
  }

  private making(
    principal: Principal,
    organisationId: string,
    typed: FormFields,
  ): Promise<Omit<PageForm, 'act'>> {
    return this.pages.form(principal, {
      organisationId,
      operation: 'organisation:describe',
      end: 'teams/new',
      title: 'Make a team',
      button: 'Make it',
      labels: LABELS,
      typed,
      fields: FIELDS,
    });
  }

  private async changing(
    principal: Principal,
    organisationId: string,
    teamId: string,
    typed?: FormFields,
  ): Promise<Omit<PageForm, 'act'>> {
    const team = await this.find(principal, organisationId, teamId);
    const items = await this.choices(principal, organisationId, team);
    const end = `teams/${teamId}`;
    const form = await this.pages.form(principal, {
      organisationId,
      operation: 'organisation:describe',
      end,
      title: `Change ${team.name}`,
      button: 'Save',
      labels: LABELS,
      typed: typed ?? fieldsOf(team),
      fields: [...FIELDS, { type: 'checkbox', name: 'members', items }],
    });
    const remove = {
      text: 'Remove the team',
      href: `/organisations/${organisationId}/${end}/end`,
      kind: 'warning',
    } as const;
    return {
      ...form,
      model: async () => ({
        ...(await form.model()),
        blocks: [{ kind: 'actions', links: [remove] }],
      }),
    };
  }

  private async ending(
    principal: Principal,
    organisationId: string,
    teamId: string,
  ): Promise<Confirmation> {
    const question = await this.pages.question(principal, {
      organisationId,
      operation: 'organisation:describe',
      end: `teams/${teamId}/end`,
      title: 'Remove this team?',
      button: 'Remove it',
      text: 'It gave nobody a right: nothing else changes.',
      isHarmless: true,
    });
    const { name } = await this.find(principal, organisationId, teamId);
    return { ...question, title: `Remove the team ${name}?`, isWarning: true };
  }

  private async find(
    principal: Principal,
    organisationId: string,
    teamId: string,
  ): Promise<OwnTeamView> {
    const organisationIds = [organisationId];
    this.authorisation.require(principal, 'organisation:describe', { organisationIds });
    const team = (await this.teams.ofOwn(organisationId)).find(({ id }) => id === teamId);
    if (!team) {
      throw new ConcordatError('not_found');
    }
    return team;
  }

  /** Who is in the team stands there too where the organisation has more members than a page shows. */
  private async choices(
    principal: Principal,
    organisationId: string,
    team: OwnTeamView,
  ): Promise<readonly Choice[]> {
    const members = await this.memberships.list(principal, organisationId, null, MEMBERS_SHOWN);
    const offered = members.map(({ id, name, pseudonym, position }) => ({
      value: id,
      text: `${name ?? pseudonym}, ${position}`,
    }));
    const known = new Set(offered.map(({ value }) => value));
    const others = team.members
      .filter(({ membershipId }) => !known.has(membershipId))
      .map(({ membershipId, name, position }) => ({
        value: membershipId,
        text: name === null ? position : `${name}, ${position}`,
      }));
    return [...offered, ...others];
  }
}

function teamFrom(typed: FormFields): Promise<TeamDto> {
  const isPublic = textOf(typed, 'isPublic');
  return validInput(TeamDto, {
    name: textOf(typed, 'name') ?? '',
    purpose: textOf(typed, 'purpose'),
    contact: textOf(typed, 'contact') ?? '',
    isPublic: isPublic === undefined ? undefined : isPublic === 'yes',
  });
}

function fieldsOf({ name, purpose, contact, isPublic, members }: OwnTeamView): FormFields {
  return {
    name,
    purpose: purpose ?? '',
    contact,
    isPublic: isPublic ? 'yes' : 'no',
    members: members.map(({ membershipId }) => membershipId),
  };
}

function doneWithTeams(id: string, notice: string): Done {
  return { location: `/organisations/${id}/members#teams`, notice };
}
