import { Body, Controller, Get, Param, Post, Query, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { Caller } from '../../identity/caller.decorator.js';
import type { Principal } from '../../identity/principal.js';
import { Access } from '../../platform/web/access.js';
import { PageTokens } from '../../platform/web/page-tokens.js';
import { FORM, PAGE, type Block, type Field } from '../../platform/web/pages/blocks.js';
import { ConfirmPages, type Confirmation } from '../../platform/web/pages/confirm-pages.js';
import { filledIn, validInput, type FormFields } from '../../platform/web/pages/form-input.js';
import { PageForms, submissionKey, type PageForm } from '../../platform/web/pages/page-forms.js';
import { formatBytes } from '../../platform/web/pages/quantities.js';
import {
  GREEN,
  GREY,
  RED,
  tagOf,
  YELLOW,
  type StatusTags,
} from '../../platform/web/pages/status-tag.js';
import { traceIdOf } from '../../platform/web/trace-id.js';
import { IdParam } from '../../platform/web/validation.js';
import { Views } from '../../platform/web/views.js';
import { CreateExportDto } from '../exports/exports.dto.js';
import { ExportDownloads } from '../exports/export-downloads.service.js';
import { Exports } from '../exports/exports.service.js';
import { sendExport } from '../exports/send-export.js';
import { REVIEW_TRAIL, reviewTabs } from './review-tabs.js';

const PAGE_SIZE = 25;
const TAGS: StatusTags = {
  queued: { text: 'Waiting', classes: YELLOW },
  running: { text: 'Being made', classes: YELLOW },
  ready: { text: 'Ready', classes: GREEN },
  failed: { text: 'Failed', classes: RED },
  expired: { text: 'Gone', classes: GREY },
};
const FORMATS: Readonly<Record<string, string>> = {
  pack: 'Evidence pack',
  csv: 'Table (CSV)',
  jsonl: 'JSON Lines',
};
const LABELS = {
  format: 'As what',
  person: 'Person (optional)',
  organisationId: 'Id of the organisation (optional)',
  datasetId: 'Id of the dataset (optional)',
  agreementId: 'Id of the agreement (optional)',
  grantId: 'Id of the grant (optional)',
  accessRequestId: 'Id of the request (optional)',
  projectId: 'Id of the project (optional)',
  type: 'Types of events, with commas (optional)',
  outcome: 'How they ended (optional)',
  from: 'From (optional; 2026-11-24T00:00:00Z)',
  to: 'Before (optional)',
};
const FILTERS = Object.keys(LABELS).filter((name) => name !== 'format');

/** Events that leave as files: made in the background when there are many, kept a day, and themselves on record. */
@ApiExcludeController()
@Controller('review/exports')
export class ExportPages {
  constructor(
    private readonly exports: Exports,
    private readonly downloads: ExportDownloads,
    private readonly tokens: PageTokens,
    private readonly forms: PageForms,
    private readonly confirms: ConfirmPages,
    private readonly views: Views,
  ) {}

  @Get()
  @Access('audit:read')
  async list(
    @Caller() principal: Principal,
    @Query('pageToken') pageToken: string | undefined,
    @Res() response: Response,
  ): Promise<void> {
    const scope = { route: 'exports page', personId: principal.personId };
    const after = this.tokens.read(pageToken, scope) as string | null;
    const rows = await this.exports.list(principal, after, PAGE_SIZE + 1);
    const page = this.tokens.page(rows, PAGE_SIZE, scope, ({ id }) => id);
    this.views.render(response, PAGE, {
      title: 'Exports',
      trail: REVIEW_TRAIL,
      tabs: reviewTabs('/review/exports'),
      blocks: [
        { kind: 'actions', links: [{ text: 'Make an export', href: '/review/exports/new' }] },
        {
          kind: 'table',
          id: 'exports',
          title: 'Your exports',
          order: 'newest first',
          isTitleHidden: true,
          columns: [
            { text: 'What' },
            { text: 'Events', numeric: true },
            { text: 'Asked for' },
            { text: 'Kept until' },
            { text: 'Status' },
          ],
          rows: page.items.map((one) => [
            {
              text: FORMATS[one.format] ?? one.format,
              href: `/review/exports/${one.id}`,
              notes: [...one.filters],
            },
            { text: String(one.count) },
            { instant: one.createdAt },
            { instant: one.expiresAt },
            { tag: tagOf(TAGS, one.status) },
          ]),
          empty:
            'You have none. Search events and export what you found, or make an evidence pack.',
          first: pageToken === undefined ? undefined : '/review/exports',
          next:
            page.nextPageToken === null
              ? undefined
              : `/review/exports?pageToken=${page.nextPageToken}`,
        },
      ] satisfies readonly Block[],
    });
  }

  @Get('new')
  @Access('audit:read')
  async begin(@Query() asked: FormFields, @Res() response: Response): Promise<void> {
    await this.forms.show(response, formFor({ format: 'pack', ...asked }));
  }

  @Post('new')
  @Access('audit:read')
  async create(
    @Caller() principal: Principal,
    @Body() typed: FormFields,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    await this.forms.answer(request, response, {
      ...formFor(typed),
      act: async () => {
        const asked = Object.fromEntries(
          Object.entries(filledIn(typed)).filter(([name]) => name !== 'submission'),
        );
        const dto = await validInput(CreateExportDto, asked);
        const source = { key: submissionKey(typed), traceId: traceIdOf(request) };
        const { id } = await this.exports.create(principal, dto, source);
        return { location: `/review/exports/${id}` };
      },
    });
  }

  @Get(':id')
  @Access('audit:read')
  async show(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Res() response: Response,
  ): Promise<void> {
    const one = await this.exports.get(principal, id);
    const path = `/review/exports/${id}`;
    const isMaking = one.status === 'queued' || one.status === 'running';
    this.views.render(response, PAGE, {
      title: FORMATS[one.format] ?? one.format,
      trail: [...REVIEW_TRAIL, { text: 'Exports', href: '/review/exports' }],
      tag: tagOf(TAGS, one.status),
      blocks: [
        ...(isMaking
          ? ([
              {
                kind: 'progress',
                id: 'progress',
                label: `${String(one.written)} of ${String(one.count)} events`,
                share: one.progress,
              },
              { kind: 'actions', links: [{ text: 'Look again', href: path }] },
            ] as const)
          : []),
        ...(one.status === 'ready'
          ? [{ kind: 'actions', links: [{ text: 'Download', href: `${path}/content` }] } as const]
          : []),
        ...(one.reason === null
          ? []
          : [{ kind: 'warning', text: one.reason.replaceAll('_', ' ') } as const]),
        {
          kind: 'summary',
          rows: [
            { key: 'Events', value: { text: String(one.count) } },
            {
              key: 'Filters',
              value: { text: one.filters.join(', ') || 'None: all that you may see' },
            },
            {
              key: 'Size',
              value: { text: one.bytes === null ? 'Not known yet' : formatBytes(one.bytes) },
            },
            { key: 'SHA-256', value: { text: one.sha256 ?? 'Not known yet' } },
            { key: 'Asked for', value: { instant: one.createdAt } },
            { key: 'Kept until', value: { instant: one.expiresAt } },
          ],
        },
        ...(one.format === 'pack'
          ? [
              {
                kind: 'code',
                id: 'verify',
                title: 'Whoever gets the pack verifies it with',
                text: `concordat verify pack ${id}.zip\n`,
              } as const,
            ]
          : []),
        {
          kind: 'actions',
          links: [
            { text: isMaking ? 'Cancel it' : 'Delete it', href: `${path}/cancel`, kind: 'warning' },
          ],
        },
      ] satisfies readonly Block[],
    });
  }

  @Get(':id/content')
  @Access('audit:read')
  async content(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    await sendExport(response, await this.downloads.fetch(principal, id, traceIdOf(request)));
  }

  @Get(':id/cancel')
  @Access('audit:read')
  async askToCancel(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Res() response: Response,
  ): Promise<void> {
    await this.exports.get(principal, id);
    await this.confirms.show(response, cancelling(id));
  }

  @Post(':id/cancel')
  @Access('audit:read')
  async cancel(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    await this.confirms.answer(request, response, cancelling(id), async () => {
      await this.exports.cancel(principal, id);
      return { location: '/review/exports', notice: 'The export is gone' };
    });
  }
}

function formFor(typed: FormFields): Omit<PageForm, 'act'> {
  const fields: readonly Field[] = [
    {
      type: 'radio',
      name: 'format',
      items: [
        { value: 'pack', text: 'An evidence pack: events with proofs, which anybody can verify' },
        { value: 'csv', text: 'A table (CSV), safe for spreadsheets' },
        { value: 'jsonl', text: 'JSON Lines, for programs' },
      ],
    },
    ...FILTERS.map((name) => ({ type: 'text', name, classes: 'govuk-input--width-30' }) as const),
  ];
  return {
    template: FORM,
    labels: LABELS,
    path: '/review/exports/new',
    typed,
    model: () => ({
      title: 'Make an export',
      trail: [...REVIEW_TRAIL, { text: 'Exports', href: '/review/exports' }],
      blocks: [{ kind: 'text', text: 'Without a filter it is of everything that you may see.' }],
      fields,
      action: '/review/exports/new',
      button: 'Make it',
    }),
  };
}

function cancelling(id: string): Confirmation {
  return {
    title: 'Delete this export?',
    path: `/review/exports/${id}/cancel`,
    trail: [...REVIEW_TRAIL, { text: 'Exports', href: '/review/exports' }],
    button: 'Delete it',
    isWarning: true,
    blocks: [{ kind: 'text', text: 'Its file is gone. That it was made stays on record.' }],
  };
}
