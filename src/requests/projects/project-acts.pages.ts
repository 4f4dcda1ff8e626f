import { Body, Controller, Get, Param, Post, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { Caller } from '../../identity/caller.decorator.js';
import type { Principal } from '../../identity/principal.js';
import { SignedIn } from '../../platform/web/access.js';
import { FORM, type Field } from '../../platform/web/pages/blocks.js';
import { ConfirmPages, type Confirmation } from '../../platform/web/pages/confirm-pages.js';
import { textOf } from '../../platform/web/pages/form-fields.js';
import { validInput, type FormFields } from '../../platform/web/pages/form-input.js';
import { PageForms, type PageForm } from '../../platform/web/pages/page-forms.js';
import { IdParam } from '../../platform/web/validation.js';
import { ProjectMembers } from './project-members.service.js';
import { PROJECTS_TRAIL } from './project-page.presenter.js';
import { ProjectMemberDto } from './project.dto.js';
import type { ProjectView } from './project.view.js';
import { ProjectsService } from './projects.service.js';

const MEMBER_LABELS = { personId: 'Id of the person', organisationId: 'Organisation' };

/** What is done with a project. */
@ApiExcludeController()
@Controller('projects/:id')
export class ProjectActPages {
  constructor(
    private readonly projects: ProjectsService,
    private readonly members: ProjectMembers,
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

  @Get('close')
  @SignedIn()
  async askToClose(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Res() response: Response,
  ): Promise<void> {
    await this.confirms.show(response, closing(await this.projects.get(principal, id)));
  }

  @Post('close')
  @SignedIn()
  async close(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const confirmation = closing(await this.projects.get(principal, id));
    await this.confirms.answer(request, response, confirmation, async (reason) => {
      const { reference } = await this.projects.close(principal, id, reason);
      return { location: `/projects/${id}`, notice: `${reference} is closed` };
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
        const dto = await validInput(ProjectMemberDto, {
          personId: textOf(typed, 'personId') ?? '',
          organisationId: textOf(typed, 'organisationId') ?? '',
        });
        await this.members.add(principal, id, dto);
        return { location: `/projects/${id}#members`, notice: 'The member is added' };
      },
    });
  }

  @Get('members/:personId/remove')
  @SignedIn()
  async askToRemove(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Param('personId', IdParam) personId: string,
    @Res() response: Response,
  ): Promise<void> {
    const project = await this.projects.get(principal, id);
    await this.confirms.show(response, removal(project, personId));
  }

  @Post('members/:personId/remove')
  @SignedIn()
  async remove(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Param('personId', IdParam) personId: string,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const confirmation = removal(await this.projects.get(principal, id), personId);
    await this.confirms.answer(request, response, confirmation, async (reason) => {
      await this.members.remove(principal, id, personId, reason);
      return { location: `/projects/${id}#members`, notice: 'The member is taken out' };
    });
  }

  private async adding(
    principal: Principal,
    id: string,
    typed: FormFields,
  ): Promise<Omit<PageForm, 'act'>> {
    const project = await this.projects.get(principal, id);
    const fields: readonly Field[] = [
      {
        type: 'text',
        name: 'personId',
        hint: 'A researcher of the organisation. They find their id on their first page.',
      },
      {
        type: 'radio',
        name: 'organisationId',
        items: principal.memberships.map(({ organisationId, organisationName }) => ({
          value: organisationId,
          text: organisationName,
        })),
      },
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

function closing(project: ProjectView): Confirmation {
  return {
    title: `Close ${project.reference}?`,
    path: `/projects/${project.id}/close`,
    trail: trailOf(project),
    button: 'Close it',
    isWarning: true,
    needsReason: true,
    blocks: [
      {
        kind: 'warning',
        text: 'Every grant of the project ends at once, and what was read must be destroyed as its agreement says. It cannot be opened again.',
      },
    ],
  };
}

function removal(project: ProjectView, personId: string): Confirmation {
  return {
    title: `Take a member out of ${project.reference}?`,
    path: `/projects/${project.id}/members/${personId}/remove`,
    trail: trailOf(project),
    button: 'Take out',
    isWarning: true,
    needsReason: true,
    blocks: [{ kind: 'warning', text: 'Their grants in this project end at once.' }],
  };
}
