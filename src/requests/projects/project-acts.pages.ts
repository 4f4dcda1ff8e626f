import { Body, Controller, Get, Param, Post, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { Authorisation } from '../../identity/authorisation.service.js';
import { Caller } from '../../identity/caller.decorator.js';
import type { Principal } from '../../identity/principal.js';
import { ConcordatError } from '../../kernel/errors.js';
import { MembershipsService } from '../../organisations/memberships/memberships.service.js';
import { SignedIn } from '../../platform/web/access.js';
import { FORM, type Choice, type Field } from '../../platform/web/pages/blocks.js';
import { ConfirmPages, type Confirmation } from '../../platform/web/pages/confirm-pages.js';
import { textOf } from '../../platform/web/pages/form-fields.js';
import { validInput, type FormFields } from '../../platform/web/pages/form-input.js';
import { PageForms, type PageForm } from '../../platform/web/pages/page-forms.js';
import { IdParam } from '../../platform/web/validation.js';
import { ProjectMembers } from './project-members.service.js';
import { PROJECTS_TRAIL } from './projects-trail.js';
import { ProjectMemberDto } from './project.dto.js';
import type { ProjectView } from './project.view.js';
import { ProjectsService } from './projects.service.js';

const MEMBER_LABELS = { personId: 'Researcher' };
/** As many of an organisation as there are to choose from; the API takes any. */
const OFFERED = 200;

/** What is done with a project. */
@ApiExcludeController()
@Controller('projects/:id')
export class ProjectActPages {
  constructor(
    private readonly projects: ProjectsService,
    private readonly members: ProjectMembers,
    private readonly memberships: MembershipsService,
    private readonly authorisation: Authorisation,
    private readonly forms: PageForms,
    private readonly confirms: ConfirmPages,
  ) {}

  @Get('activate')
  @SignedIn()
  async askToActivate(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Res() response: Response,
  ): Promise<void> {
    await this.confirms.show(response, activation(await this.projects.get(principal, id)));
  }

  @Post('activate')
  @SignedIn()
  async activate(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const confirmation = activation(await this.projects.get(principal, id));
    await this.confirms.answer(request, response, confirmation, async () => {
      const { reference } = await this.projects.activate(principal, id);
      return { location: `/projects/${id}`, notice: `${reference} is active` };
    });
  }

  @Get('members/new')
  @SignedIn()
  async askToAdd(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Res() response: Response,
  ): Promise<void> {
    await this.forms.show(response, await this.adding(principal, id, {}));
  }

  @Post('members/new')
  @SignedIn()
  async add(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Body() typed: FormFields,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    await this.forms.answer(request, response, {
      ...(await this.adding(principal, id, typed)),
      act: async () => {
        const [organisationId, personId] = (textOf(typed, 'personId') ?? '').split('/');
        if (personId === undefined) {
          const errors = [{ pointer: '/personId', reason: 'must be chosen' }];
          throw new ConcordatError('input_invalid', { errors });
        }
        const dto = await validInput(ProjectMemberDto, { personId, organisationId });
        await this.members.add(principal, id, dto);
        return { location: `/projects/${id}#members`, notice: 'The member is added' };
      },
    });
  }

  private async adding(
    principal: Principal,
    id: string,
    typed: FormFields,
  ): Promise<Omit<PageForm, 'act'>> {
    const project = await this.projects.get(principal, id);
    const offered = await this.researchers(principal);
    const fields: readonly Field[] = [
      { type: 'select', name: 'personId', items: [{ value: '', text: 'Choose' }, ...offered] },
    ];
    return {
      template: FORM,
      labels: MEMBER_LABELS,
      path: `/projects/${id}/members/new`,
      typed,
      model: () => ({
        title: `Add a member to ${project.reference}`,
        trail: trailOf(project),
        fields,
        action: `/projects/${id}/members/new`,
        button: 'Add',
      }),
    };
  }

  /** Of the caller's organisations. The value names both: a person may work for several. */
  private async researchers(principal: Principal): Promise<readonly Choice[]> {
    const readable = principal.memberships.filter(({ organisationId }) =>
      this.authorisation.allows(principal, 'membership:read', {
        organisationIds: [organisationId],
      }),
    );
    const choices = readable.map(async ({ organisationId, organisationName }) => {
      const members = await this.memberships.list(principal, organisationId, null, OFFERED);
      return members
        .filter(({ roles }) => roles.includes('researcher'))
        .map(({ personId, name, pseudonym, position }) => ({
          value: `${organisationId}/${personId}`,
          text: `${name ?? pseudonym}, ${position}, ${organisationName}`,
        }));
    });
    return (await Promise.all(choices)).flat();
  }
}

function trailOf({ id, reference }: ProjectView) {
  return [...PROJECTS_TRAIL, { text: reference, href: `/projects/${id}` }];
}

function activation(project: ProjectView): Confirmation {
  return {
    title: `Activate ${project.reference}?`,
    path: `/projects/${project.id}/activate`,
    trail: trailOf(project),
    button: 'Activate it',
    blocks: [
      {
        kind: 'text',
        text: 'Your organisation vouches for it. Its members may ask for data then.',
      },
    ],
  };
}
