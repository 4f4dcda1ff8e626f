import { Controller, Get, Param, Query, Req, Res, StreamableFile } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { Caller } from '../../identity/caller.decorator.js';
import type { Principal } from '../../identity/principal.js';
import { ConcordatError, isConcordatError } from '../../kernel/errors.js';
import { Offers } from '../../organisations/naming/offers.js';
import { ThingNaming } from '../../organisations/naming/thing-names.service.js';
import { Access } from '../../platform/web/access.js';
import { PAGE, type Block } from '../../platform/web/pages/blocks.js';
import { failureOf } from '../../platform/web/pages/form-failure.js';
import { filledIn, validInput, type FormFields } from '../../platform/web/pages/form-input.js';
import { Views } from '../../platform/web/views.js';
import { fieldInWords, idsIn, valueCell } from './event-words.js';
import type { ReportPage } from './report-pages.js';
import { ReportQuestions } from './report-questions.js';
import { REVIEW_TRAIL, reviewTabs } from './review-tabs.js';

const PAGE_SIZE = 50;

/** The questions of information governance, each with its form, its answer and its file. */
@ApiExcludeController()
@Controller('review')
export class ReportPages {
  constructor(
    private readonly questions: ReportQuestions,
    private readonly offers: Offers,
    private readonly naming: ThingNaming,
    private readonly views: Views,
  ) {}

  @Get('questions')
  @Access('audit:read')
  list(@Res() response: Response): void {
    this.views.render(response, PAGE, {
      title: 'Questions',
      trail: REVIEW_TRAIL,
      tabs: reviewTabs('/review/questions'),
      blocks: [
        { kind: 'text', text: 'Each answer is itself on record: who asked what.' },
        {
          kind: 'list',
          items: [
            ...this.questions.all.map(({ name, question }) => ({
              text: question,
              href: `/review/reports/${name}`,
            })),
            {
              text: 'Why did policy say yes or no, and who decided? Open the event.',
              href: '/review/events',
            },
            {
              text: 'What was issued but unused, or read without a grant?',
              href: '/review/reconciliation',
            },
            { text: 'Is the log intact?', href: '/review/log' },
            { text: 'What did this person do? Open them from any event.', href: '/review/events' },
          ],
        },
      ] satisfies readonly Block[],
    });
  }

  @Get('reports/:name')
  @Access('audit:read')
  async show(
    @Caller() principal: Principal,
    @Param('name') name: string,
    @Query() asked: FormFields,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const report = this.find(name);
    const typed = filledIn(asked);
    const organisationIds = principal.memberships.map(({ organisationId }) => organisationId);
    const [organisations, datasets] = await Promise.all([
      this.offers.organisations(),
      this.offers.datasets(organisationIds),
    ]);
    const filter: Block = {
      kind: 'filter',
      action: `/review/reports/${name}`,
      button: 'Answer',
      fields: report.fields({ organisations, datasets }),
    };
    const page = {
      title: report.question,
      trail: [...REVIEW_TRAIL, { text: 'Questions', href: '/review/questions' }],
      labels: report.labels,
    };
    try {
      const isAsked = report.needs.every((need) => typed[need] !== undefined);
      const answer = isAsked ? await this.answer(principal, request, report, typed) : [];
      this.views.render(response, PAGE, {
        ...page,
        blocks: [filter, ...answer],
        typed,
        errorOf: {},
      });
    } catch (error) {
      if (!isConcordatError(error) || (error.status !== 422 && error.status !== 400)) {
        throw error;
      }
      response.status(error.status);
      const failure = failureOf(error, report.labels, typed);
      this.views.render(response, PAGE, { ...page, blocks: [filter], ...failure });
    }
  }

  /** The whole list as a file, safe for spreadsheets. */
  @Get('reports/:name/export.csv')
  @Access('audit:read')
  async file(
    @Caller() principal: Principal,
    @Param('name') name: string,
    @Query() asked: FormFields,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<StreamableFile> {
    const report = this.find(name);
    // The reports answer as a file to whoever prefers one.
    request.headers.accept = 'text/csv';
    const dto = await validInput(report.dto, filledIn(asked));
    const answer = await report.ask(principal, dto, request);
    if (!(answer instanceof StreamableFile)) {
      throw new ConcordatError('not_found');
    }
    response.attachment(`${name}.csv`);
    return answer;
  }

  private async answer(
    principal: Principal,
    request: Request,
    report: ReportPage,
    typed: FormFields,
  ): Promise<readonly Block[]> {
    request.headers.accept = 'application/json';
    const dto = await validInput(report.dto, { ...typed, pageSize: PAGE_SIZE });
    const answer = await report.ask(principal, dto, request);
    if (answer instanceof StreamableFile) {
      throw new Error('A page was asked for');
    }
    const columns = report.shown.map((name) => [name, report.columns[name]] as const);
    const cells = answer.items.map((view) => columns.map(([, cell]) => cell?.(view) ?? null));
    const names = await this.naming.of(idsIn(cells));
    const { pageToken } = typed;
    const filters = Object.entries(typed).filter(([name]) => name !== 'pageToken');
    const query = new URLSearchParams(filters as [string, string][]).toString();
    const path = `/review/reports/${report.name}`;
    return [
      {
        kind: 'table',
        id: 'answer',
        title: 'Answer',
        columns: columns.map(([name]) => ({ text: fieldInWords(name) })),
        rows: cells.map((row) => row.map((value) => valueCell(value, names))),
        empty: 'Nothing: there is no such thing on record that you may see.',
        first: pageToken === undefined ? undefined : `${path}?${query}`,
        next:
          answer.nextPageToken === null
            ? undefined
            : `${path}?${query}&pageToken=${answer.nextPageToken}`,
      },
      {
        kind: 'actions',
        links: [
          {
            text: 'All of it as a table (CSV)',
            href: `${path}/export.csv?${query}`,
            kind: 'secondary',
          },
        ],
      },
    ];
  }

  private find(name: string): ReportPage {
    const report = this.questions.all.find((one) => one.name === name);
    if (!report) {
      throw new ConcordatError('not_found');
    }
    return report;
  }
}
