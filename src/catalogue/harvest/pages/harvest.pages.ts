import { Body, Controller, Get, Param, Post, Query, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { Authorisation } from '../../../identity/authorisation.service.js';
import { Caller } from '../../../identity/caller.decorator.js';
import type { Operation } from '../../../identity/operations.js';
import type { Principal } from '../../../identity/principal.js';
import { WorkingCaller } from '../../../identity/working-for.js';
import { Access } from '../../../platform/web/access.js';
import { PageTokens } from '../../../platform/web/page-tokens.js';
import { FORM, PAGE, type Block, type Field } from '../../../platform/web/pages/blocks.js';
import { textOf } from '../../../platform/web/pages/form-fields.js';
import { validInput, type FormFields } from '../../../platform/web/pages/form-input.js';
import { leaveNotice } from '../../../platform/web/pages/notices.js';
import { PageForms, submissionKey, type PageForm } from '../../../platform/web/pages/page-forms.js';
import { saveSession } from '../../../platform/web/sessions.js';
import { IdParam } from '../../../platform/web/validation.js';
import { Views } from '../../../platform/web/views.js';
import { HarvestReports } from '../harvest-reports.service.js';
import { HarvestSources } from '../harvest-sources.service.js';
import { HarvestSourceDto } from '../harvest.dto.js';

const PAGE_SIZE = 25;
const TRAIL = [
  { text: 'Home', href: '/' },
  { text: 'Other catalogues', href: '/harvest' },
] as const;
const LABELS = {
  name: 'Name',
  format: 'How it is read',
  url: 'Address',
  everyHours: 'Every how many hours',
  visibility: 'Who may know of its records',
};
const FIELDS: readonly Field[] = [
  { type: 'text', name: 'name' },
  {
    type: 'radio',
    name: 'format',
    items: [
      { value: 'ckan', text: 'CKAN' },
      { value: 'data_json', text: 'data.json' },
      { value: 'dcat', text: 'DCAT' },
    ],
  },
  { type: 'text', name: 'url', hint: 'Of CKAN the site; else the document' },
  { type: 'text', name: 'everyHours', classes: 'govuk-input--width-5' },
  {
    type: 'radio',
    name: 'visibility',
    items: [
      { value: 'public', text: 'Anybody' },
      { value: 'owner', text: 'Your organisation' },
    ],
  },
];

/** Catalogues of others that are read into this one. */
@ApiExcludeController()
@Controller('harvest')
export class HarvestPages {
  constructor(
    private readonly sources: HarvestSources,
    private readonly reports: HarvestReports,
    private readonly authorisation: Authorisation,
    private readonly tokens: PageTokens,
    private readonly forms: PageForms,
    private readonly views: Views,
  ) {}

  @Get()
  @Access('harvest:read')
  async list(
    @Caller() principal: Principal,
    @Query('pageToken') pageToken: string | undefined,
    @Res() response: Response,
  ): Promise<void> {
    const scope = { route: 'harvest page', personId: principal.personId };
    const after = this.tokens.read(pageToken, scope) as string | null;
    const rows = await this.sources.list(principal, after, PAGE_SIZE + 1);
    const page = this.tokens.page(rows, PAGE_SIZE, scope, ({ id }) => id);
    this.views.render(response, PAGE, {
      title: 'Other catalogues',
      trail: TRAIL.slice(0, 1),
      blocks: [
        { kind: 'text', text: 'Records of other catalogues that are found here too.' },
        ...(this.may(principal, 'harvest:register')
          ? [{ kind: 'actions', links: [{ text: 'Read another', href: '/harvest/new' }] } as const]
          : []),
        {
          kind: 'table',
          id: 'sources',
          title: 'Catalogues',
          order: 'newest first',
          isTitleHidden: true,
          columns: [
            { text: 'Name' },
            { text: 'Address' },
            { text: 'Read as a whole' },
            { text: 'Fault' },
          ],
          rows: page.items.map((one) => [
            { text: one.name, href: `/harvest/${one.id}` },
            { text: one.url },
            one.fullReadAt === null ? { text: 'Not yet' } : { instant: one.fullReadAt },
            { text: one.fault ?? 'None' },
          ]),
          empty: 'None is read. Name the first.',
          first: pageToken === undefined ? undefined : '/harvest',
          next:
            page.nextPageToken === null ? undefined : `/harvest?pageToken=${page.nextPageToken}`,
        },
      ] satisfies readonly Block[],
    });
  }

  @Get('new')
  @Access('harvest:register')
  async begin(@Res() response: Response): Promise<void> {
    await this.forms.show(response, registering());
  }

  @Post('new')
  @Access('harvest:register')
  async register(
    @WorkingCaller() principal: Principal,
    @Body() typed: FormFields,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    await this.forms.answer(request, response, {
      ...registering(typed),
      act: async () => {
        const dto = await validInput(HarvestSourceDto, {
          organisationId: principal.memberships[0]?.organisationId,
          name: textOf(typed, 'name') ?? '',
          format: textOf(typed, 'format'),
          url: textOf(typed, 'url') ?? '',
          everyHours: Number(textOf(typed, 'everyHours') ?? 24),
          visibility: textOf(typed, 'visibility'),
        });
        const { id, name } = await this.sources.register(principal, dto, submissionKey(typed));
        return { location: `/harvest/${id}`, notice: `${name} is read from now on` };
      },
    });
  }

  @Get(':id')
  @Access('harvest:read')
  async show(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Res() response: Response,
  ): Promise<void> {
    const source = await this.sources.get(principal, id);
    const runs = await this.reports.list(principal, id, null, PAGE_SIZE);
    this.views.render(response, PAGE, {
      title: source.name,
      trail: TRAIL,
      blocks: [
        ...(source.fault === null ? [] : [{ kind: 'warning', text: source.fault } as const]),
        ...(this.may(principal, 'harvest:run')
          ? [
              {
                kind: 'post',
                action: `/harvest/${id}/read`,
                button: 'Read it now',
                isSecondary: true,
              } as const,
            ]
          : []),
        {
          kind: 'summary',
          rows: [
            { key: 'Address', value: { text: source.url } },
            { key: 'How it is read', value: { text: source.format } },
            { key: 'Every', value: { text: `${String(source.everyHours)} hours` } },
            { key: 'Read next', value: { instant: source.dueAt } },
            {
              key: 'At the moment',
              value: { text: source.isBeingRead ? 'It is being read' : 'Nothing' },
            },
          ],
        },
        {
          kind: 'table',
          id: 'runs',
          title: 'Readings',
          order: 'newest first',
          columns: [
            { text: 'Began' },
            { text: 'Status' },
            { text: 'New' },
            { text: 'Changed' },
            { text: 'Refused' },
          ],
          rows: runs.map((run) => [
            { instant: run.startedAt },
            { text: run.outcome ?? 'Being read' },
            { text: String(run.added) },
            { text: String(run.changed) },
            { text: String(run.refused) },
          ]),
          empty: 'It has not been read yet.',
        },
      ] satisfies readonly Block[],
    });
  }

  @Post(':id/read')
  @Access('harvest:run')
  async read(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    await this.sources.ask(principal, id);
    leaveNotice(request, 'It is read as soon as a worker is free');
    await saveSession(request);
    response.redirect(303, `/harvest/${id}`);
  }

  private may(principal: Principal, operation: Operation): boolean {
    const organisationIds = principal.memberships.map(({ organisationId }) => organisationId);
    return this.authorisation.allows(principal, operation, { organisationIds });
  }
}

function registering(typed?: FormFields): Omit<PageForm, 'act'> {
  return {
    template: FORM,
    labels: LABELS,
    path: '/harvest/new',
    typed: typed ?? { everyHours: '24', visibility: 'public' },
    model: () => ({
      title: 'Read another catalogue',
      trail: TRAIL,
      fields: FIELDS,
      action: '/harvest/new',
      button: 'Read it',
    }),
  };
}
