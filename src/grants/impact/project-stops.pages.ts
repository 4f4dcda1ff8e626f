import { Controller, Get, Param, Post, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { Caller } from '../../identity/caller.decorator.js';
import type { Principal } from '../../identity/principal.js';
import { SignedIn } from '../../platform/web/access.js';
import { ConfirmPages, type Confirmation } from '../../platform/web/pages/confirm-pages.js';
import { IdParam } from '../../platform/web/validation.js';
import { ProjectMembers } from '../../requests/projects/project-members.service.js';
import { PROJECTS_TRAIL } from '../../requests/projects/projects-trail.js';
import { ProjectsService } from '../../requests/projects/projects.service.js';
import { EndingBlocks } from './ending-blocks.service.js';
import type { ImpactQuestion } from './impact.rules.js';

interface Ending {
  readonly end: string;
  readonly title: (reference: string) => string;
  readonly button: string;
  readonly text: string;
  readonly question: ImpactQuestion;
}

/** What ends a project or a place in it, with what ends by it. */
@ApiExcludeController()
@Controller('projects/:id')
export class ProjectStopPages {
  constructor(
    private readonly projects: ProjectsService,
    private readonly members: ProjectMembers,
    private readonly endings: EndingBlocks,
    private readonly confirms: ConfirmPages,
  ) {}

  @Get('close')
  @SignedIn()
  async askToClose(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Res() response: Response,
  ): Promise<void> {
    await this.confirms.show(response, await this.confirmation(principal, id, closing(id)));
  }

  @Post('close')
  @SignedIn()
  async close(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const confirmation = await this.confirmation(principal, id, closing(id));
    await this.confirms.answer(request, response, confirmation, async (reason) => {
      const { reference } = await this.projects.close(principal, id, reason);
      return { location: `/projects/${id}`, notice: `${reference} is closed` };
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
    const confirmation = await this.confirmation(principal, id, removal(id, personId));
    await this.confirms.show(response, confirmation);
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
    const confirmation = await this.confirmation(principal, id, removal(id, personId));
    await this.confirms.answer(request, response, confirmation, async (reason) => {
      await this.members.remove(principal, id, personId, reason);
      return { location: `/projects/${id}#members`, notice: 'The member is taken out' };
    });
  }

  private async confirmation(
    principal: Principal,
    id: string,
    { end, title, button, text, question }: Ending,
  ): Promise<Confirmation> {
    const { reference } = await this.projects.get(principal, id);
    return {
      title: title(reference),
      path: `/projects/${id}/${end}`,
      trail: [...PROJECTS_TRAIL, { text: reference, href: `/projects/${id}` }],
      button,
      isWarning: true,
      needsReason: true,
      blocks: [{ kind: 'warning', text }, ...(await this.endings.of(principal, question))],
    };
  }
}

function closing(id: string): Ending {
  return {
    end: 'close',
    title: (reference) => `Close ${reference}?`,
    button: 'Close it',
    text: 'Every grant of the project ends at once, and what was read must be destroyed as its agreement says. It cannot be opened again.',
    question: { type: 'project', id, part: null },
  };
}

function removal(id: string, personId: string): Ending {
  return {
    end: `members/${personId}/remove`,
    title: (reference) => `Take a member out of ${reference}?`,
    button: 'Take out',
    text: 'Their grants in this project end at once.',
    question: { type: 'project_member', id, part: personId },
  };
}
