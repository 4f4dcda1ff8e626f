import { Body, Controller, Get, Inject, Param, Post, Query, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { deliveryInWords } from '../../agreements/delivery-words.js';
import { AgreementsService } from '../../agreements/agreements.service.js';
import { sendReceipt } from '../../audit/send-receipt.js';
import { Config } from '../../config/config.js';
import { Authorisation } from '../../identity/authorisation.service.js';
import { Caller } from '../../identity/caller.decorator.js';
import type { Principal } from '../../identity/principal.js';
import { Clock } from '../../kernel/clock.js';
import { ThingNaming } from '../../organisations/naming/thing-names.service.js';
import { SignedIn } from '../../platform/web/access.js';
import { PageTokens } from '../../platform/web/page-tokens.js';
import { FORM, PAGE, type Choice } from '../../platform/web/pages/blocks.js';
import { ConfirmPages, type Confirmation } from '../../platform/web/pages/confirm-pages.js';
import { textOf } from '../../platform/web/pages/form-fields.js';
import { validInput, type FormFields } from '../../platform/web/pages/form-input.js';
import { PageForms, submissionKey, type PageForm } from '../../platform/web/pages/page-forms.js';
import { IdParam } from '../../platform/web/validation.js';
import { Views } from '../../platform/web/views.js';
import { AccessRequestsService } from '../../requests/access-requests.service.js';
import { GrantReceipts } from '../grant-receipts.service.js';
import { grantTag } from '../grant-words.js';
import { IssueGrantDto } from '../grant.dto.js';
import type { GrantView } from '../grant.view.js';
import { GrantsService } from '../grants.service.js';
import { GRANTS_TRAIL, presentGrant } from './grant-page.presenter.js';

const PAGE_SIZE = 25;
const LABELS = { delivery: 'How you want to have it' };

/** Grants: what somebody may have now, until when, and how they get it. */
@ApiExcludeController()
@Controller()
export class GrantPages {
  constructor(
    private readonly grants: GrantsService,
    private readonly receipts: GrantReceipts,
    private readonly requests: AccessRequestsService,
    private readonly agreements: AgreementsService,
    private readonly authorisation: Authorisation,
    private readonly naming: ThingNaming,
    private readonly tokens: PageTokens,
    private readonly forms: PageForms,
    private readonly confirms: ConfirmPages,
    private readonly views: Views,
    @Inject(Clock) private readonly clock: Clock,
    @Inject(Config) private readonly config: Config,
  ) {}

  @Get('grants')
  @SignedIn()
  async list(
    @Caller() principal: Principal,
    @Query('pageToken') pageToken: string | undefined,
    @Res() response: Response,
  ): Promise<void> {
    const scope = { route: 'grants page', personId: principal.personId };
    const after = this.tokens.read(pageToken, scope) as string | null;
    const rows = await this.grants.list(principal, after, PAGE_SIZE + 1);
    const page = this.tokens.page(rows, PAGE_SIZE, scope, ({ id }) => id);
    const names = await this.naming.of(
      page.items.flatMap((one) => [one.datasetId, one.projectId, one.personId, one.organisationId]),
    );
    const now = this.clock.now();
    this.views.render(response, PAGE, {
      title: 'Access',
      trail: [{ text: 'Home', href: '/' }],
      blocks: [
        { kind: 'text', text: 'Your grants, and those that your organisation gives or holds.' },
        {
          kind: 'actions',
          links: [{ text: 'Tokens for programs', href: '/tokens', kind: 'secondary' }],
        },
        {
          kind: 'table',
          id: 'grants',
          title: 'Grants',
          order: 'newest first',
          isTitleHidden: true,
          columns: [
            { text: 'Dataset' },
            { text: 'Held by' },
            { text: 'Project' },
            { text: 'Delivery' },
            { text: 'Ends' },
            { text: 'Status' },
          ],
          rows: page.items.map((one) => [
            { text: names.of(one.datasetId), href: `/grants/${one.id}` },
            { text: names.of(one.personId), notes: [names.of(one.organisationId)] },
            { text: names.of(one.projectId) },
            { text: deliveryInWords(one.delivery) },
            { instant: one.expiresAt },
            { tag: grantTag(one.status, new Date(one.expiresAt), now) },
          ]),
          empty:
            'There is none. A grant follows from an approved request: find data and ask for it.',
          first: pageToken === undefined ? undefined : '/grants',
          next: page.nextPageToken === null ? undefined : `/grants?pageToken=${page.nextPageToken}`,
        },
      ],
    });
  }

  @Get('requests/:id/grant')
  @SignedIn()
  async askForGrant(
    @Caller() principal: Principal,
    @Param('id', IdParam) requestId: string,
    @Res() response: Response,
  ): Promise<void> {
    await this.forms.show(response, await this.issuing(principal, requestId));
  }

  @Post('requests/:id/grant')
  @SignedIn()
  async issue(
    @Caller() principal: Principal,
    @Param('id', IdParam) accessRequestId: string,
    @Body() typed: FormFields,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    await this.forms.answer(request, response, {
      ...(await this.issuing(principal, accessRequestId, typed)),
      act: async () => {
        const input = { accessRequestId, delivery: textOf(typed, 'delivery') };
        const dto = await validInput(IssueGrantDto, input);
        const { id } = await this.grants.issue(principal, dto, submissionKey(typed));
        return { location: `/grants/${id}`, notice: 'You have access now' };
      },
    });
  }

  @Get('grants/:id')
  @SignedIn()
  async show(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Res() response: Response,
  ): Promise<void> {
    const grant = await this.grants.get(principal, id);
    const names = await this.naming.of([
      grant.datasetId,
      grant.providerId,
      grant.personId,
      grant.organisationId,
      grant.projectId,
      grant.agreementId,
      grant.accessRequestId,
    ]);
    const rights = {
      isHolder: grant.personId === principal.personId,
      mayRevoke: this.authorisation.allows(principal, 'grant:revoke', aboutGrant(grant)),
    };
    const place = { publicUrl: this.config.publicUrl, now: this.clock.now() };
    this.views.render(response, PAGE, presentGrant(grant, names, rights, place));
  }

  @Get('grants/:id/receipt')
  @SignedIn()
  async receipt(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Res() response: Response,
  ): Promise<void> {
    sendReceipt(response, id, await this.receipts.of(principal, id));
  }

  @Get('grants/:id/revoke')
  @SignedIn()
  async askToRevoke(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Res() response: Response,
  ): Promise<void> {
    await this.confirms.show(response, revocation(await this.grants.get(principal, id)));
  }

  @Post('grants/:id/revoke')
  @SignedIn()
  async revoke(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const confirmation = revocation(await this.grants.get(principal, id));
    await this.confirms.answer(request, response, confirmation, async (reason) => {
      await this.grants.revoke(principal, id, reason);
      return { location: `/grants/${id}`, notice: 'The grant is revoked' };
    });
  }

  private async issuing(
    principal: Principal,
    requestId: string,
    typed?: FormFields,
  ): Promise<Omit<PageForm, 'act'>> {
    const request = await this.requests.get(principal, requestId);
    const agreement = await this.agreements.get(principal, request.agreementId);
    const { modes = [] } = agreement.terms as { readonly modes?: readonly string[] };
    const items: readonly Choice[] = modes.map((value) => ({
      value,
      text: deliveryInWords(value),
    }));
    const path = `/requests/${requestId}/grant`;
    return {
      template: FORM,
      labels: LABELS,
      path,
      typed: typed ?? { delivery: request.delivery },
      model: () => ({
        title: `Get access: ${request.reference}`,
        trail: [
          { text: 'Home', href: '/' },
          { text: 'Requests', href: '/requests' },
          { text: request.reference, href: `/requests/${requestId}` },
        ],
        blocks: [
          {
            kind: 'text',
            text: 'Everything is judged once more now. The grant ends when anything that it rests on ends.',
          },
        ],
        fields: [{ type: 'radio', name: 'delivery', items }],
        action: path,
        button: 'Get access',
      }),
    };
  }
}

function aboutGrant({ providerId, organisationId, personId }: GrantView) {
  return { organisationIds: [providerId, organisationId], personId, ownIn: organisationId };
}

function revocation({ id }: GrantView): Confirmation {
  return {
    title: 'Revoke this grant?',
    path: `/grants/${id}/revoke`,
    trail: [...GRANTS_TRAIL, { text: 'This grant', href: `/grants/${id}` }],
    button: 'Revoke it',
    isWarning: true,
    needsReason: true,
    blocks: [
      {
        kind: 'warning',
        text: 'It ends at once, downloads that run are cut, and it cannot be taken back.',
      },
    ],
  };
}
