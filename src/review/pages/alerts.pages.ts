import { Controller, Get, Param, Post, Query, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { Caller } from '../../identity/caller.decorator.js';
import type { Principal } from '../../identity/principal.js';
import { Access } from '../../platform/web/access.js';
import { PAGE, type Block } from '../../platform/web/pages/blocks.js';
import { ConfirmPages, type Confirmation } from '../../platform/web/pages/confirm-pages.js';
import { validInput } from '../../platform/web/pages/form-input.js';
import { IdParam } from '../../platform/web/validation.js';
import { Views } from '../../platform/web/views.js';
import { AlertClosing } from '../alerts/alert-closing.service.js';
import { AlertsQueryDto, AlertsReportApi } from '../reports/alerts/alerts-report.api.js';
import { UNUSUAL_COLUMNS } from '../reports/alerts/unusual.columns.js';
import { sourceOf } from '../search-source.js';
import { REVIEW_TRAIL } from './review-tabs.js';

const RULES: Readonly<Record<string, string>> = {
  bytes: 'Unusual volume',
  reads: 'Unusually many reads',
  refusals: 'Many refusals',
  guessing: 'Somebody may be guessing',
  out_of_hours: 'Reads out of hours',
};

const PAGE_SIZE = 40;

/** Open alerts, each closed with a note of what it was. */
@ApiExcludeController()
@Controller('review/alerts')
export class AlertPages {
  constructor(
    private readonly alerts: AlertsReportApi,
    private readonly closing: AlertClosing,
    private readonly confirms: ConfirmPages,
    private readonly views: Views,
  ) {}

  @Get()
  @Access('audit:read')
  async list(
    @Caller() principal: Principal,
    @Query('pageToken') pageToken: string | undefined,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    request.headers.accept = 'application/json';
    const dto = await validInput(AlertsQueryDto, {
      status: 'open',
      pageSize: PAGE_SIZE,
      pageToken,
    });
    const answer = await this.alerts.list(principal, dto, request);
    const items = 'items' in answer ? answer.items : [];
    const next = 'items' in answer ? answer.nextPageToken : null;
    const text = (value: unknown): string =>
      typeof value === 'string' || typeof value === 'number' ? String(value) : '';
    this.views.render(response, PAGE, {
      title: 'Open alerts',
      trail: REVIEW_TRAIL,
      blocks: [
        {
          kind: 'table',
          id: 'alerts',
          title: 'Open alerts',
          order: 'newest first',
          isTitleHidden: true,
          columns: [
            { text: 'What' },
            { text: 'Day' },
            { text: 'Who' },
            { text: 'Found' },
            { text: 'Usual' },
            { text: 'Change' },
          ],
          rows: items.map((view) => {
            const cell = (name: string): string => text(UNUSUAL_COLUMNS[name]?.(view));
            const person = cell('person');
            return [
              { text: RULES[cell('rule')] ?? cell('rule') },
              { day: cell('day') },
              person === ''
                ? { text: cell('organisation') }
                : { text: person, href: `/review/people/${person}` },
              { text: cell('found') },
              { text: cell('usual') },
              { text: 'Close it', href: `/review/alerts/${cell('id')}/close` },
            ];
          }),
          empty: 'None is open.',
          first: pageToken === undefined ? undefined : '/review/alerts',
          next: next === null ? undefined : `/review/alerts?pageToken=${next}`,
        },
      ] satisfies readonly Block[],
    });
  }

  @Get(':id/close')
  @Access('alert:close')
  async askToClose(@Param('id', IdParam) id: string, @Res() response: Response): Promise<void> {
    await this.confirms.show(response, closingOf(id));
  }

  @Post(':id/close')
  @Access('alert:close')
  async close(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    await this.confirms.answer(request, response, closingOf(id), async (reason) => {
      await this.closing.close(principal, id, reason, sourceOf(request));
      return { location: '/review/alerts', notice: 'The alert is closed' };
    });
  }
}

function closingOf(id: string): Confirmation {
  return {
    title: 'Close this alert?',
    path: `/review/alerts/${id}/close`,
    trail: [...REVIEW_TRAIL, { text: 'Open alerts', href: '/review/alerts' }],
    button: 'Close it',
    needsReason: true,
    blocks: [
      {
        kind: 'text',
        text: 'Write what it was, and what you did. It is not raised again for the same day.',
      },
    ],
  };
}
