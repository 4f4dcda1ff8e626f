import { Body, Controller, Get, Param, Post, Query, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { Vocabularies } from '../../agreements/vocabularies.js';
import { DatasetsService } from '../../catalogue/datasets.service.js';
import { Authorisation } from '../../identity/authorisation.service.js';
import { Caller } from '../../identity/caller.decorator.js';
import type { Principal } from '../../identity/principal.js';
import { ConcordatError, isConcordatError } from '../../kernel/errors.js';
import { isUuid } from '../../kernel/ids.js';
import { ThingNaming } from '../../organisations/naming/thing-names.service.js';
import { SignedIn } from '../../platform/web/access.js';
import { PageTokens } from '../../platform/web/page-tokens.js';
import { FORM, PAGE } from '../../platform/web/pages/blocks.js';
import { textOf } from '../../platform/web/pages/form-fields.js';
import { validInput, type FormFields } from '../../platform/web/pages/form-input.js';
import { PageForms, submissionKey, type PageForm } from '../../platform/web/pages/page-forms.js';
import { IdParam } from '../../platform/web/validation.js';
import { Views } from '../../platform/web/views.js';
import { AccessRequestDto } from '../access-request.dto.js';
import { AccessRequestsService } from '../access-requests.service.js';
import { AccessRequestEdits } from '../lifecycle/access-request-edits.service.js';
import { DatasetWays } from '../ways/dataset-ways.service.js';
import { askedFrom, askingFields, askingFrom, ASKING_LABELS, typedOf } from './asking-form.js';
import { presentRequest, REQUESTS_TRAIL } from './request-page.presenter.js';
import { requestTag } from './request-words.js';

const PAGE_SIZE = 25;

/** Asking for data and following what became of it. */
@ApiExcludeController()
@Controller('requests')
export class RequestPages {
  constructor(
    private readonly requests: AccessRequestsService,
    private readonly edits: AccessRequestEdits,
    private readonly ways: DatasetWays,
    private readonly datasets: DatasetsService,
    private readonly vocabularies: Vocabularies,
    private readonly authorisation: Authorisation,
    private readonly naming: ThingNaming,
    private readonly tokens: PageTokens,
    private readonly forms: PageForms,
    private readonly views: Views,
  ) {}

  @Get()
  @SignedIn()
  async list(
    @Caller() principal: Principal,
    @Query('pageToken') pageToken: string | undefined,
    @Res() response: Response,
  ): Promise<void> {
    const scope = { route: 'requests page', personId: principal.personId };
    const after = this.tokens.read(pageToken, scope) as string | null;
    const rows = await this.requests.list(principal, after, PAGE_SIZE + 1);
    const page = this.tokens.page(rows, PAGE_SIZE, scope, ({ id }) => id);
    const names = await this.naming.of(
      page.items.flatMap((one) => [one.datasetId, one.projectId, one.organisationId]),
    );
    this.views.render(response, PAGE, {
      title: 'Requests for data',
      trail: [{ text: 'Home', href: '/' }],
      blocks: [
        { kind: 'text', text: 'Your own, and those that your organisation decides.' },
        {
          kind: 'table',
          id: 'requests',
          title: 'Requests',
          order: 'newest first',
          isTitleHidden: true,
          columns: [
            { text: 'Reference' },
            { text: 'Dataset' },
            { text: 'Project' },
            { text: 'Last day' },
            { text: 'Status' },
          ],
          rows: page.items.map((one) => [
            { text: one.reference, href: `/requests/${one.id}` },
            names.cell(one.datasetId),
            { text: names.of(one.projectId), notes: [names.of(one.organisationId)] },
            { day: one.until },
            { tag: requestTag(one.status) },
          ]),
          empty: 'There is none. Find a dataset and ask for it from its page.',
          first: pageToken === undefined ? undefined : '/requests',
          next:
            page.nextPageToken === null ? undefined : `/requests?pageToken=${page.nextPageToken}`,
        },
        { kind: 'actions', links: [{ text: 'Find data', href: '/datasets' }] },
      ],
    });
  }

  @Get('new')
  @SignedIn()
  async begin(
    @Caller() principal: Principal,
    @Query('datasetId') datasetId: string | undefined,
    @Res() response: Response,
  ): Promise<void> {
    await this.forms.show(response, await this.askingForm(principal, datasetId, {}));
  }

  @Post('new')
  @SignedIn()
  async create(
    @Caller() principal: Principal,
    @Query('datasetId') datasetId: string | undefined,
    @Body() typed: FormFields,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const form = await this.askingForm(principal, datasetId, typed);
    await this.forms.answer(request, response, {
      ...form,
      act: async () => {
        const [agreementId, projectId] = (textOf(typed, 'place') ?? '').split(' ');
        if (projectId === undefined) {
          const errors = [{ pointer: '/place', reason: 'must be chosen' }];
          throw new ConcordatError('input_invalid', { errors });
        }
        const asked = { ...askedFrom(typed), datasetId, agreementId, projectId };
        const dto = await validInput(AccessRequestDto, withoutNulls(asked));
        const { id, reference } = await this.requests.create(principal, dto, submissionKey(typed));
        return {
          location: `/requests/${id}/submit`,
          notice: `${reference} is saved as a draft`,
        };
      },
    });
  }

  @Get(':id')
  @SignedIn()
  async show(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Res() response: Response,
  ): Promise<void> {
    const request = await this.requests.get(principal, id);
    const { datasetId, agreementId, projectId, requesterId, organisationId } = request;
    const names = await this.naming.of([
      datasetId,
      agreementId,
      projectId,
      requesterId,
      organisationId,
    ]);
    const purpose = this.vocabularies.labelOf('purpose', request.purpose);
    const isRequester = requesterId === principal.personId;
    const mayDecide = await this.mayDecide(principal, datasetId);
    const page = presentRequest(request, names, purpose, {
      isRequester,
      mayDecide,
      mayExplain: isRequester || mayDecide,
    });
    this.views.render(response, PAGE, page);
  }

  @Get(':id/edit')
  @SignedIn()
  async change(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Res() response: Response,
  ): Promise<void> {
    await this.forms.show(response, await this.changingForm(principal, id));
  }

  @Post(':id/edit')
  @SignedIn()
  async save(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Body() typed: FormFields,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const form = await this.changingForm(principal, id, typed);
    await this.forms.answer(request, response, {
      ...form,
      act: async () => {
        const changes = withoutUndefined(askedFrom(typed));
        await this.edits.edit(principal, id, changes, textOf(typed, 'etag') ?? '');
        return { location: `/requests/${id}/submit`, notice: 'Your changes are saved' };
      },
    });
  }

  private async askingForm(
    principal: Principal,
    datasetId: string | undefined,
    typed: FormFields,
  ): Promise<Omit<PageForm, 'act'>> {
    if (datasetId === undefined || !isUuid(datasetId)) {
      throw new ConcordatError('not_found');
    }
    const ways = await this.ways.of(principal, datasetId);
    const asking = askingFrom(ways, (code) => this.vocabularies.labelOf('purpose', code));
    if (asking.places.length === 0) {
      throw new ConcordatError('not_found', {
        detail:
          'No agreement lets one of your projects ask for this dataset. Its page says what would.',
      });
    }
    const path = `/requests/new?datasetId=${datasetId}`;
    const [only, ...others] = asking.places;
    return {
      template: FORM,
      labels: ASKING_LABELS,
      path,
      typed: { place: others.length === 0 ? only?.value : undefined, ...typed },
      model: () => ({
        title: `Ask for ${ways.title}`,
        trail: [
          { text: 'Home', href: '/' },
          { text: 'Find data', href: '/datasets' },
          { text: ways.title, href: `/datasets/${datasetId}` },
        ],
        fields: askingFields(asking),
        action: path,
        button: 'Save and check',
      }),
    };
  }

  private async changingForm(
    principal: Principal,
    id: string,
    typed?: FormFields,
  ): Promise<Omit<PageForm, 'act'>> {
    const request = await this.requests.get(principal, id);
    const ways = await this.ways.of(principal, request.datasetId);
    const asking = askingFrom(ways, (code) => this.vocabularies.labelOf('purpose', code));
    const path = `/requests/${id}/edit`;
    const etag = typed === undefined ? request.etag : (textOf(typed, 'etag') ?? '');
    return {
      template: FORM,
      labels: ASKING_LABELS,
      path,
      typed: typed ?? typedOf(request),
      model: () => ({
        title: `Change ${request.reference}`,
        trail: [...REQUESTS_TRAIL, { text: request.reference, href: `/requests/${id}` }],
        fields: [
          { type: 'hidden', name: 'etag', value: etag },
          ...askingFields({ purposes: asking.purposes, modes: asking.modes }),
        ],
        action: path,
        button: 'Save and check',
      }),
    };
  }

  private async mayDecide(principal: Principal, datasetId: string): Promise<boolean> {
    try {
      const { organisationId } = await this.datasets.get(principal, datasetId);
      const about = { organisationIds: [organisationId] };
      return this.authorisation.allows(principal, 'access_request:decide', about);
    } catch (error) {
      // A dataset that is hidden from its requester by now is nobody's to decide here.
      if (isConcordatError(error, 'not_found')) {
        return false;
      }
      throw error;
    }
  }
}

/** A new thing has no member that is null. */
function withoutNulls(members: object): object {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== null));
}

function withoutUndefined(members: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
}
