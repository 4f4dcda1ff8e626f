import { Body, Controller, Get, Post, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { Caller } from '../identity/caller.decorator.js';
import type { Principal } from '../identity/principal.js';
import { workFor, workingMembership } from '../identity/working-for.js';
import { ConcordatError } from '../kernel/errors.js';
import { SignedIn } from '../platform/web/access.js';
import { textOf } from '../platform/web/pages/form-fields.js';
import type { FormFields } from '../platform/web/pages/form-input.js';
import { PageForms, type Done } from '../platform/web/pages/page-forms.js';
import { saveSession } from '../platform/web/sessions.js';

const PATH = '/working-for';
const TEMPLATE = 'console/views/working-for.njk';
const LABELS = { organisationId: 'Organisation' };

/** Choosing for which of one's organisations one works. */
@ApiExcludeController()
@Controller('working-for')
export class WorkingForPages {
  constructor(private readonly forms: PageForms) {}

  @Get()
  @SignedIn()
  async show(
    @Caller() principal: Principal,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const chosen = workingMembership(request, principal);
    await this.forms.show(response, {
      template: TEMPLATE,
      labels: LABELS,
      typed: { organisationId: chosen?.organisationId },
      model: () => modelFor(principal),
    });
  }

  @Post()
  @SignedIn()
  async choose(
    @Caller() principal: Principal,
    @Body() typed: FormFields,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    await this.forms.answer(request, response, {
      template: TEMPLATE,
      labels: LABELS,
      path: PATH,
      typed,
      model: () => modelFor(principal),
      act: async (): Promise<Done> => {
        const organisationId = textOf(typed, 'organisationId');
        if (organisationId === undefined) {
          const errors = [{ pointer: '/organisationId', reason: 'must be chosen' }];
          throw new ConcordatError('input_invalid', { errors });
        }
        workFor(request, principal, organisationId);
        const name = workingMembership(request, principal)?.organisationName ?? '';
        await saveSession(request);
        return { location: '/', notice: `You work for ${name} now` };
      },
    });
  }
}

function modelFor({ memberships }: Principal): object {
  return {
    title: 'Which organisation do you work for?',
    organisations: memberships.map(({ organisationId, organisationName, position }) => ({
      value: organisationId,
      text: organisationName,
      hint: { text: position },
    })),
  };
}
