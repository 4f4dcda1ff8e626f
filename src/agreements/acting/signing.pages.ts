import { Body, Controller, Get, Inject, Param, Post, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { Authorisation } from '../../identity/authorisation.service.js';
import { Caller } from '../../identity/caller.decorator.js';
import type { Operation } from '../../identity/operations.js';
import type { Principal } from '../../identity/principal.js';
import { Clock } from '../../kernel/clock.js';
import { isConcordatError } from '../../kernel/errors.js';
import { ThingNaming } from '../../organisations/naming/thing-names.service.js';
import { SignedIn } from '../../platform/web/access.js';
import { FORM, type Block, type Field } from '../../platform/web/pages/blocks.js';
import { dayOf, textOf } from '../../platform/web/pages/form-fields.js';
import { validInput, type FormFields } from '../../platform/web/pages/form-input.js';
import { PageForms, type PageForm } from '../../platform/web/pages/page-forms.js';
import { IdParam } from '../../platform/web/validation.js';
import { AgreementActs } from '../agreement-acts.service.js';
import { ReviewDto, SignatureDto } from '../agreement.dto.js';
import type { AgreementView } from '../agreement.view.js';
import { AgreementsService } from '../agreements.service.js';
import { DraftForms } from '../drafting/draft-forms.service.js';
import { AGREEMENTS_TRAIL } from '../drafting/draft-page.presenter.js';
import { requireStepUp } from '../lifecycle/preconditions.js';
import { termsBlocks } from '../reading/terms-page.presenter.js';

const REVIEW_LABELS = {
  decision: 'Your answer',
  reason: 'Reason (needed to send it back)',
  versionHash: 'The content that you read',
  review: 'What was reviewed',
  nextReviewOn: 'Next review, at most 12 months on',
};
const SIGN_LABELS = {
  decision: 'Your answer',
  reason: 'Reason (needed to decline)',
  versionHash: 'The content that you read',
};
const DONE: Readonly<Record<string, string>> = {
  accept: 'You accepted it for your organisation',
  return: 'It is sent back to its authors',
  complete: 'The review is on record',
  sign: 'You signed it for your organisation',
  decline: 'You declined: its authors may change it',
};

/** Review and signature: what is answered is the content that the page shows, named by its hash. */
@ApiExcludeController()
@Controller('agreements/:id')
export class SigningPages {
  constructor(
    private readonly agreements: AgreementsService,
    private readonly acts: AgreementActs,
    private readonly authorisation: Authorisation,
    private readonly draftForms: DraftForms,
    private readonly naming: ThingNaming,
    private readonly forms: PageForms,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  @Get('review')
  @SignedIn()
  async askForReview(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Res() response: Response,
  ): Promise<void> {
    await this.forms.show(response, await this.reviewForm(principal, id, {}));
  }

  @Post('review')
  @SignedIn()
  async review(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Body() typed: FormFields,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    await this.forms.answer(request, response, {
      ...(await this.reviewForm(principal, id, typed)),
      act: async () => {
        const dto = await validInput(ReviewDto, {
          decision: textOf(typed, 'decision'),
          reason: textOf(typed, 'reason'),
          versionHash: textOf(typed, 'versionHash'),
          review: textOf(typed, 'review'),
          nextReviewOn: dayOf(typed, 'nextReviewOn'),
        });
        await this.acts.review(principal, id, dto);
        return { location: `/agreements/${id}`, notice: DONE[dto.decision] ?? '' };
      },
    });
  }

  @Get('sign')
  @SignedIn()
  async askForSignature(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Res() response: Response,
  ): Promise<void> {
    await this.forms.show(response, await this.signForm(principal, id, {}));
  }

  @Post('sign')
  @SignedIn()
  async sign(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Body() typed: FormFields,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    await this.forms.answer(request, response, {
      ...(await this.signForm(principal, id, typed)),
      act: async () => {
        const dto = await validInput(SignatureDto, {
          decision: textOf(typed, 'decision'),
          reason: textOf(typed, 'reason'),
          versionHash: textOf(typed, 'versionHash'),
        });
        await this.acts.sign(principal, id, dto);
        return { location: `/agreements/${id}`, notice: DONE[dto.decision] ?? '' };
      },
    });
  }

  private async reviewForm(
    principal: Principal,
    id: string,
    typed: FormFields,
  ): Promise<Omit<PageForm, 'act'>> {
    const agreement = await this.open(principal, id, 'agreement:review');
    const isInForce = agreement.status === 'active' || agreement.status === 'suspended';
    const fields: readonly Field[] = isInForce
      ? [
          { type: 'hidden', name: 'decision', value: 'complete' },
          {
            type: 'radio',
            name: 'review',
            items: [
              { value: 'agreement', text: 'The agreement' },
              { value: 'dpia', text: 'The data protection impact assessment' },
            ],
          },
          { type: 'day', name: 'nextReviewOn' },
          { type: 'area', name: 'reason' },
        ]
      : [
          {
            type: 'radio',
            name: 'decision',
            items: [
              { value: 'accept', text: 'Accept it for my organisation' },
              { value: 'return', text: 'Send it back to its authors' },
            ],
          },
          { type: 'area', name: 'reason' },
        ];
    return this.answerForm(agreement, {
      principal,
      typed,
      fields,
      labels: REVIEW_LABELS,
      act: 'review',
      title: isInForce ? 'Complete a review' : `Review ${agreement.reference}`,
      button: 'Answer',
      first: [],
    });
  }

  private async signForm(
    principal: Principal,
    id: string,
    typed: FormFields,
  ): Promise<Omit<PageForm, 'act'>> {
    const agreement = await this.open(principal, id, 'agreement:sign');
    const path = `/agreements/${id}/sign`;
    const first: readonly Block[] = this.isStrong(principal)
      ? [{ kind: 'inset', text: 'You signed in with two factors a moment ago. You may sign.' }]
      : [
          { kind: 'warning', text: 'To sign, sign in again with two factors. You come back here.' },
          {
            kind: 'actions',
            links: [
              {
                text: 'Sign in with two factors',
                href: `/auth/sign-in?level=2&returnTo=${encodeURIComponent(path)}`,
              },
            ],
          },
        ];
    return this.answerForm(agreement, {
      principal,
      typed,
      fields: [
        {
          type: 'radio',
          name: 'decision',
          items: [
            { value: 'sign', text: 'Sign it for my organisation' },
            { value: 'decline', text: 'Decline to sign' },
          ],
        },
        { type: 'area', name: 'reason' },
      ],
      labels: SIGN_LABELS,
      act: 'sign',
      title: `Sign ${agreement.reference}`,
      button: 'Answer',
      first,
    });
  }

  /** The act asks more of who does it: this is for whoever has the duty at all. */
  private async open(
    principal: Principal,
    id: string,
    operation: Operation,
  ): Promise<AgreementView> {
    const agreement = await this.agreements.getOpen(principal, id);
    const { organisationId, parties } = agreement;
    const organisationIds = [organisationId, ...parties.map((party) => party.organisationId)];
    this.authorisation.require(principal, operation, { organisationIds });
    return agreement;
  }

  private async answerForm(
    agreement: AgreementView,
    form: {
      readonly principal: Principal;
      readonly typed: FormFields;
      readonly fields: readonly Field[];
      readonly labels: PageForm['labels'];
      readonly act: string;
      readonly title: string;
      readonly button: string;
      readonly first: readonly Block[];
    },
  ): Promise<Omit<PageForm, 'act'>> {
    const { id, reference, version, versionHash } = agreement;
    const forms = await this.draftForms.of(form.principal);
    const terms = agreement.terms as Readonly<Record<string, unknown>>;
    const names = await this.naming.of(idsIn(terms));
    const path = `/agreements/${id}/${form.act}`;
    return {
      template: FORM,
      labels: form.labels,
      path,
      typed: form.typed,
      model: () => ({
        title: form.title,
        trail: [...AGREEMENTS_TRAIL, { text: reference, href: `/agreements/${id}` }],
        blocks: [
          ...form.first,
          {
            kind: 'inset',
            text: `Your answer is to version ${String(version)} with exactly these terms: ${versionHash ?? ''}`,
          },
          {
            kind: 'list',
            items: [{ text: 'What it changes', href: `/agreements/${id}/versions` }],
          },
          ...termsBlocks(terms, forms, names),
          { kind: 'heading', text: 'Your answer' },
        ] satisfies readonly Block[],
        fields: [
          {
            type: 'hidden',
            name: 'versionHash',
            value: textOf(form.typed, 'versionHash') ?? versionHash ?? '',
          },
          ...form.fields,
        ],
        action: path,
        button: form.button,
      }),
    };
  }

  private isStrong(principal: Principal): boolean {
    try {
      requireStepUp(principal, this.clock.now());
      return true;
    } catch (error) {
      if (isConcordatError(error, 'step_up_required')) {
        return false;
      }
      throw error;
    }
  }
}

function idsIn(terms: object): readonly string[] {
  return JSON.stringify(terms).match(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g) ?? [];
}
