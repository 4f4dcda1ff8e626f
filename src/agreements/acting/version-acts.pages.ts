import { Body, Controller, Get, Param, Post, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { Caller } from '../../identity/caller.decorator.js';
import type { Principal } from '../../identity/principal.js';
import { SignedIn } from '../../platform/web/access.js';
import { FORM } from '../../platform/web/pages/blocks.js';
import { ConfirmPages, type Confirmation } from '../../platform/web/pages/confirm-pages.js';
import { dayFields, dayOf } from '../../platform/web/pages/form-fields.js';
import { validInput, type FormFields } from '../../platform/web/pages/form-input.js';
import { PageForms, submissionKey, type PageForm } from '../../platform/web/pages/page-forms.js';
import { IdParam } from '../../platform/web/validation.js';
import { etagOf, type AgreementView } from '../agreement.view.js';
import { AgreementsService } from '../agreements.service.js';
import { DraftForms } from '../drafting/draft-forms.service.js';
import { AGREEMENTS_TRAIL } from '../drafting/draft-page.presenter.js';
import { formField, labelsOf, termsFrom } from '../drafting/term-fields.js';
import { PartiesService } from '../parties/parties.service.js';
import { Attestations } from '../signed-outside/attestations.service.js';
import { RenewalDto } from '../versions/versions.dto.js';
import { VersionsService } from '../versions/versions.service.js';

const RENEWAL_LABELS = {
  startsOn: 'First day (optional)',
  endsOn: 'Last day',
  reviewOn: 'First review',
};
/** Of a party that is invited later, the terms know already whether it founds or leads. */
const NOT_ASKED = new Set(['founding', 'lead']);

/** What comes next of an agreement: another version, another party, or that it was signed on paper. */
@ApiExcludeController()
@Controller('agreements/:id')
export class VersionActPages {
  constructor(
    private readonly agreements: AgreementsService,
    private readonly versions: VersionsService,
    private readonly parties: PartiesService,
    private readonly attestations: Attestations,
    private readonly draftForms: DraftForms,
    private readonly forms: PageForms,
    private readonly confirms: ConfirmPages,
  ) {}

  @Get('amend')
  @SignedIn()
  async askToAmend(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Res() response: Response,
  ): Promise<void> {
    await this.confirms.show(response, amendment(await this.agreements.get(principal, id)));
  }

  @Post('amend')
  @SignedIn()
  async amend(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const agreement = await this.agreements.get(principal, id);
    await this.confirms.answer(request, response, amendment(agreement), async () => {
      const key = submissionKey(request.body as FormFields);
      const { version } = await this.versions.amend(principal, id, etagOf(agreement), key);
      return {
        location: `/agreements/${id}/draft`,
        notice: `Version ${String(version)} is begun`,
      };
    });
  }

  @Get('renew')
  @SignedIn()
  async askToRenew(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Res() response: Response,
  ): Promise<void> {
    await this.forms.show(response, renewal(await this.agreements.get(principal, id)));
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
    const agreement = await this.agreements.get(principal, id);
    await this.forms.answer(request, response, {
      ...renewal(agreement, typed),
      act: async () => {
        const dto = await validInput(RenewalDto, {
          startsOn: dayOf(typed, 'startsOn'),
          endsOn: dayOf(typed, 'endsOn') ?? '',
          reviewOn: dayOf(typed, 'reviewOn') ?? '',
        });
        const key = submissionKey(typed);
        await this.versions.renew(principal, id, etagOf(agreement), dto, key);
        return { location: `/agreements/${id}/draft`, notice: 'The next version is begun' };
      },
    });
  }

  @Get('accede')
  @SignedIn()
  async askToInvite(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Res() response: Response,
  ): Promise<void> {
    await this.forms.show(response, await this.invitation(principal, id, {}));
  }

  @Post('accede')
  @SignedIn()
  async invite(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Body() typed: FormFields,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const { fields, ...form } = await this.invitation(principal, id, typed);
    await this.forms.answer(request, response, {
      ...form,
      act: async () => {
        const body = Object.entries(termsFrom(fields, typed)).filter(([, value]) => value !== null);
        const invited = Object.fromEntries(body);
        await this.parties.accede(principal, id, invited, submissionKey(typed));
        return { location: `/agreements/${id}#parties`, notice: 'The party is invited' };
      },
    });
  }

  @Get('attest')
  @SignedIn()
  async askToAttest(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Res() response: Response,
  ): Promise<void> {
    await this.confirms.show(response, attestation(await this.agreements.getOpen(principal, id)));
  }

  @Post('attest')
  @SignedIn()
  async attest(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const agreement = await this.agreements.getOpen(principal, id);
    await this.confirms.answer(request, response, attestation(agreement), async () => {
      await this.attestations.propose(principal, id, agreement.versionHash ?? '');
      return { location: `/agreements/${id}`, notice: 'A second person has to approve it now' };
    });
  }

  private async invitation(principal: Principal, id: string, typed: FormFields) {
    const agreement = await this.agreements.get(principal, id);
    const { lists } = await this.draftForms.of(principal);
    const fields = (lists.find(({ name }) => name === 'parties')?.fields ?? []).filter(
      ({ name }) => !NOT_ASKED.has(name),
    );
    const path = `/agreements/${id}/accede`;
    const form: Omit<PageForm, 'act'> = {
      template: FORM,
      labels: labelsOf(fields),
      path,
      typed,
      model: () => ({
        title: 'Invite a party',
        trail: trailOf(agreement),
        fields: fields.map(formField),
        action: path,
        button: 'Invite',
      }),
    };
    return { ...form, fields };
  }
}

function trailOf({ id, reference }: AgreementView) {
  return [...AGREEMENTS_TRAIL, { text: reference, href: `/agreements/${id}` }];
}

function amendment(agreement: AgreementView): Confirmation {
  return {
    title: `Amend ${agreement.reference}?`,
    path: `/agreements/${agreement.id}/amend`,
    trail: trailOf(agreement),
    button: 'Begin the next version',
    blocks: [
      {
        kind: 'text',
        text: 'The version in force stays in force until the next one is reviewed and signed.',
      },
    ],
  };
}

function attestation(agreement: AgreementView): Confirmation {
  return {
    title: `Attest that ${agreement.reference} was signed on paper?`,
    path: `/agreements/${agreement.id}/attest`,
    trail: trailOf(agreement),
    button: 'I attest it',
    blocks: [
      { kind: 'text', text: 'You vouch for the signatures. A second person has to approve it.' },
      { kind: 'inset', text: `The content: ${agreement.versionHash ?? 'not submitted yet'}` },
    ],
  };
}

function renewal(agreement: AgreementView, typed?: FormFields): Omit<PageForm, 'act'> {
  const { endsOn, reviewOn } = agreement.terms as {
    readonly endsOn?: string;
    readonly reviewOn?: string;
  };
  const path = `/agreements/${agreement.id}/renew`;
  return {
    template: FORM,
    labels: RENEWAL_LABELS,
    path,
    typed: typed ?? { ...dayFields('endsOn', endsOn), ...dayFields('reviewOn', reviewOn) },
    model: () => ({
      title: `Renew ${agreement.reference}`,
      trail: trailOf(agreement),
      fields: [
        { type: 'day', name: 'startsOn' },
        { type: 'day', name: 'endsOn' },
        { type: 'day', name: 'reviewOn' },
      ],
      action: path,
      button: 'Begin the next version',
    }),
  };
}
