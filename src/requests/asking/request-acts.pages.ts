import { Body, Controller, Get, Param, Post, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { AgreementsService } from '../../agreements/agreements.service.js';
import { Vocabularies } from '../../agreements/vocabularies.js';
import { Caller } from '../../identity/caller.decorator.js';
import type { Principal } from '../../identity/principal.js';
import { ConcordatError } from '../../kernel/errors.js';
import { ThingNaming, type ThingNames } from '../../organisations/naming/thing-names.service.js';
import { SignedIn } from '../../platform/web/access.js';
import { FORM, type Block, type Field } from '../../platform/web/pages/blocks.js';
import { ConfirmPages, type Confirmation } from '../../platform/web/pages/confirm-pages.js';
import { dayOf, textOf } from '../../platform/web/pages/form-fields.js';
import { validInput, type FormFields } from '../../platform/web/pages/form-input.js';
import { PageForms, submissionKey, type PageForm } from '../../platform/web/pages/page-forms.js';
import { IdParam } from '../../platform/web/validation.js';
import { AccessDecisions } from '../access-decisions.service.js';
import {
  AccessDecisionDto,
  RenewAccessRequestDto,
  SubmitAccessRequestDto,
} from '../access-request.dto.js';
import type { AccessRequestView } from '../access-request.view.js';
import { AccessRequestsService } from '../access-requests.service.js';
import { AccessSubmission } from '../access-submission.service.js';
import { Renewals } from '../lifecycle/renewals.service.js';
import { askedRows, REQUESTS_TRAIL } from './request-page.presenter.js';

const LABELS = {
  undertaking: 'Your undertaking',
  versionHash: 'Version of the agreement',
  decision: 'Your decision',
  reason: 'Reason, as the researcher will read it',
  until: 'Last day that you need it',
};
const DECIDED: Readonly<Record<string, string>> = {
  approved: 'approved',
  refused: 'refused',
  returned: 'returned for correction',
};

/** What is done with a request: sent, withdrawn, decided, asked for anew. */
@ApiExcludeController()
@Controller('requests/:id')
export class RequestActPages {
  constructor(
    private readonly requests: AccessRequestsService,
    private readonly submission: AccessSubmission,
    private readonly decisions: AccessDecisions,
    private readonly renewals: Renewals,
    private readonly agreements: AgreementsService,
    private readonly vocabularies: Vocabularies,
    private readonly naming: ThingNaming,
    private readonly forms: PageForms,
    private readonly confirms: ConfirmPages,
  ) {}

  /** Check the answers, and undertake to keep the terms that are named. */
  @Get('submit')
  @SignedIn()
  async check(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Res() response: Response,
  ): Promise<void> {
    await this.forms.show(response, await this.sendingForm(principal, id, {}));
  }

  @Post('submit')
  @SignedIn()
  async submit(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Body() typed: FormFields,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const form = await this.sendingForm(principal, id, typed);
    await this.forms.answer(request, response, {
      ...form,
      act: async () => {
        if (textOf(typed, 'undertaking') === undefined) {
          const errors = [{ pointer: '/undertaking', reason: 'must be given before it is sent' }];
          throw new ConcordatError('input_invalid', { errors });
        }
        const input = { versionHash: textOf(typed, 'versionHash') ?? '' };
        const { versionHash } = await validInput(SubmitAccessRequestDto, input);
        const { reference, status } = await this.submission.submit(principal, id, versionHash);
        const notice = status === 'in_review' ? `${reference} is sent` : `${reference} was decided`;
        return { location: `/requests/${id}`, notice };
      },
    });
  }

  @Get('withdraw')
  @SignedIn()
  async askToWithdraw(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Res() response: Response,
  ): Promise<void> {
    await this.confirms.show(response, withdrawal(await this.requests.get(principal, id)));
  }

  @Post('withdraw')
  @SignedIn()
  async withdraw(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const confirmation = withdrawal(await this.requests.get(principal, id));
    await this.confirms.answer(request, response, confirmation, async () => {
      const { reference } = await this.requests.withdraw(principal, id);
      return { location: `/requests/${id}`, notice: `${reference} is withdrawn` };
    });
  }

  @Get('decide')
  @SignedIn()
  async askToDecide(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Res() response: Response,
  ): Promise<void> {
    await this.forms.show(response, await this.decidingForm(principal, id, {}));
  }

  @Post('decide')
  @SignedIn()
  async decide(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Body() typed: FormFields,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const form = await this.decidingForm(principal, id, typed);
    await this.forms.answer(request, response, {
      ...form,
      act: async () => {
        const dto = await validInput(AccessDecisionDto, {
          decision: textOf(typed, 'decision'),
          reason: textOf(typed, 'reason') ?? '',
        });
        const { reference } = await this.decisions.decide(principal, id, dto);
        const notice = `${reference} is ${DECIDED[dto.decision] ?? ''}`;
        return { location: `/requests/${id}`, notice };
      },
    });
  }

  @Get('renew')
  @SignedIn()
  async askToRenew(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Res() response: Response,
  ): Promise<void> {
    await this.forms.show(response, await this.renewingForm(principal, id, {}));
  }

  @Post('renew')
  @SignedIn()
  async renew(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Body() typed: FormFields,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const form = await this.renewingForm(principal, id, typed);
    await this.forms.answer(request, response, {
      ...form,
      act: async () => {
        const dto = await validInput(RenewAccessRequestDto, {
          until: dayOf(typed, 'until') ?? '',
          versionHash: textOf(typed, 'versionHash'),
        });
        const renewed = await this.renewals.renew(principal, id, dto, submissionKey(typed));
        return {
          location: `/requests/${renewed.id}`,
          notice: `${renewed.reference} asks for longer`,
        };
      },
    });
  }

  private async sendingForm(
    principal: Principal,
    id: string,
    typed: FormFields,
  ): Promise<Omit<PageForm, 'act'>> {
    const { request, names, asked } = await this.read(principal, id);
    const agreement = await this.agreements.get(principal, request.agreementId);
    const terms = `${names.of(request.agreementId)}, version ${String(agreement.version)}`;
    const fields: readonly Field[] = [
      // What is sent is the version that this page was read under: another one is undertaking_stale.
      {
        type: 'hidden',
        name: 'versionHash',
        value: textOf(typed, 'versionHash') ?? agreement.versionHash ?? '',
      },
      {
        type: 'checkbox',
        name: 'undertaking',
        items: [{ value: 'given', text: `I have read the terms of ${terms}, and will keep them` }],
      },
    ];
    const link = { text: `Read the terms of ${terms}`, href: `/agreements/${agreement.id}/terms` };
    return {
      template: FORM,
      labels: LABELS,
      path: `/requests/${id}/submit`,
      typed,
      model: () => ({
        title: 'Check your answers before you send them',
        trail: trailOf(request),
        blocks: [
          asked,
          {
            kind: 'actions',
            links: [{ text: 'Change', href: `/requests/${id}/edit`, kind: 'secondary' }],
          },
          { kind: 'list', items: [link] },
        ] satisfies readonly Block[],
        fields,
        action: `/requests/${id}/submit`,
        button: 'Send the request',
      }),
    };
  }

  private async decidingForm(
    principal: Principal,
    id: string,
    typed: FormFields,
  ): Promise<Omit<PageForm, 'act'>> {
    const { request, asked } = await this.read(principal, id);
    return {
      template: FORM,
      labels: LABELS,
      path: `/requests/${id}/decide`,
      typed,
      model: () => ({
        title: `Decide ${request.reference}`,
        trail: trailOf(request),
        blocks: [asked],
        fields: [
          {
            type: 'radio',
            name: 'decision',
            items: [
              { value: 'approved', text: 'Approve' },
              { value: 'returned', text: 'Return for correction' },
              { value: 'refused', text: 'Refuse' },
            ],
          },
          { type: 'area', name: 'reason', maxWords: 1_000 },
        ] satisfies readonly Field[],
        action: `/requests/${id}/decide`,
        button: 'Decide',
      }),
    };
  }

  private async renewingForm(
    principal: Principal,
    id: string,
    typed: FormFields,
  ): Promise<Omit<PageForm, 'act'>> {
    const request = await this.requests.get(principal, id);
    const { versionHash, version } = await this.agreements.get(principal, request.agreementId);
    const isNew = versionHash !== request.undertaking?.versionHash;
    const fields: readonly Field[] = [
      { type: 'day', name: 'until' },
      ...(isNew
        ? [{ type: 'hidden', name: 'versionHash', value: versionHash ?? '' } as const]
        : []),
    ];
    const inset: Block = {
      kind: 'inset',
      text: `The terms have changed since. By asking you undertake to keep version ${String(version)}.`,
    };
    return {
      template: FORM,
      labels: LABELS,
      path: `/requests/${id}/renew`,
      typed,
      model: () => ({
        title: `Ask for longer: ${request.reference}`,
        trail: trailOf(request),
        blocks: isNew ? [inset] : [],
        fields,
        action: `/requests/${id}/renew`,
        button: 'Ask',
      }),
    };
  }

  private async read(
    principal: Principal,
    id: string,
  ): Promise<{ request: AccessRequestView; names: ThingNames; asked: Block }> {
    const request = await this.requests.get(principal, id);
    const { datasetId, agreementId, projectId, requesterId, organisationId } = request;
    const ids = [datasetId, agreementId, projectId, requesterId, organisationId];
    const names = await this.naming.of(ids);
    const purpose = this.vocabularies.labelOf('purpose', request.purpose);
    return { request, names, asked: { kind: 'summary', rows: askedRows(request, names, purpose) } };
  }
}

function trailOf({ id, reference }: AccessRequestView) {
  return [...REQUESTS_TRAIL, { text: reference, href: `/requests/${id}` }];
}

function withdrawal(request: AccessRequestView): Confirmation {
  return {
    title: `Withdraw ${request.reference}?`,
    path: `/requests/${request.id}/withdraw`,
    trail: trailOf(request),
    button: 'Withdraw it',
    isWarning: true,
    blocks: [{ kind: 'text', text: 'Nobody will decide it. You may ask anew at any time.' }],
  };
}
