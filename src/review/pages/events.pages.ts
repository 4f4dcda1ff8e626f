import { Body, Controller, Get, Param, Post, Query, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { sendReceipt } from '../../audit/send-receipt.js';
import { EVENT_TYPES } from '../../audit/event-types.js';
import { Caller } from '../../identity/caller.decorator.js';
import type { Principal } from '../../identity/principal.js';
import { isConcordatError } from '../../kernel/errors.js';
import { Offers } from '../../organisations/naming/offers.js';
import { ThingNaming } from '../../organisations/naming/thing-names.service.js';
import { Access } from '../../platform/web/access.js';
import { PageTokens } from '../../platform/web/page-tokens.js';
import { FORM, PAGE, type Block, type Field } from '../../platform/web/pages/blocks.js';
import { ConfirmPages, type Confirmation } from '../../platform/web/pages/confirm-pages.js';
import { failureOf } from '../../platform/web/pages/form-failure.js';
import { textOf } from '../../platform/web/pages/form-fields.js';
import { filledIn, validInput, type FormFields } from '../../platform/web/pages/form-input.js';
import { PageForms } from '../../platform/web/pages/page-forms.js';
import { IdParam } from '../../platform/web/validation.js';
import { Views } from '../../platform/web/views.js';
import type { AuditEventView } from '../audit-event.view.js';
import { AuditEventsService } from '../audit-events.service.js';
import { AuditSearchDto } from '../audit-search.dto.js';
import type { EventPosition } from '../audit-events.repository.js';
import { EVENT_OUTCOMES, toAuditSearch } from '../audit-search.js';
import { SavedQueries } from '../saved-queries/saved-queries.service.js';
import { SaveQueryDto } from '../saved-queries/save-query.dto.js';
import { sourceOf } from '../search-source.js';
import { eventInWords, fieldInWords, idsIn, outcomeTag, valueCell } from './event-words.js';
import { REVIEW_TRAIL, reviewTabs } from './review-tabs.js';

/** A page weighs at most 100 KiB, and is sent as it is: it answers with what its reader typed. */
const PAGE_SIZE = 25;
/** To choose from; of any other its story leads to its events. */
const DATASETS = 100;
const LABELS = {
  person: 'Person, by pseudonym or id',
  organisationId: 'Organisation',
  datasetId: 'Dataset',
  agreementId: 'Id of the agreement',
  grantId: 'Id of the grant',
  accessRequestId: 'Id of the request',
  projectId: 'Id of the project',
  type: 'What happened',
  outcome: 'How it ended',
  from: 'From (2026-11-24T00:00:00Z)',
  to: 'Before',
};
const SAVE_LABELS = { name: 'Name', query: 'Search' };
const TYPES = Object.keys(EVENT_TYPES).map((value) => ({ value, text: eventInWords(value) }));

/** Events whose decision is one of policy, not of a person. */
const OF_POLICY = /^(access|feed|grant|object)\./;

/** Finding events of the trail, and one of them with everything that it says. */
@ApiExcludeController()
@Controller('review')
export class EventPages {
  constructor(
    private readonly events: AuditEventsService,
    private readonly saved: SavedQueries,
    private readonly offers: Offers,
    private readonly naming: ThingNaming,
    private readonly tokens: PageTokens,
    private readonly forms: PageForms,
    private readonly confirms: ConfirmPages,
    private readonly views: Views,
  ) {}

  @Get('events')
  @Access('audit:read')
  async search(
    @Caller() principal: Principal,
    @Query() asked: FormFields,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const typed = filledIn(asked);
    const filters = Object.entries(typed).filter(([name]) => name !== 'pageToken');
    const page = {
      title: 'Events',
      trail: REVIEW_TRAIL,
      tabs: reviewTabs('/review/events'),
      labels: LABELS,
    };
    const query = new URLSearchParams(filters as [string, string][]).toString();
    const before = [
      await this.savedBlock(principal, query),
      await this.filterBlock(principal, typed),
    ];
    try {
      const dto = await validInput(AuditSearchDto, { ...typed, pageSize: PAGE_SIZE });
      const table = await this.table(principal, request, dto, query);
      const blocks = [...before, table, ...exportBlocks(query)];
      this.views.render(response, PAGE, { ...page, blocks, typed, errorOf: {} });
    } catch (error) {
      if (!isConcordatError(error) || (error.status !== 422 && error.status !== 400)) {
        throw error;
      }
      response.status(error.status);
      const failure = failureOf(error, LABELS, typed);
      this.views.render(response, PAGE, { ...page, blocks: before, ...failure });
    }
  }

  @Get('events/:id')
  @Access('audit:read')
  async show(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const event = await this.events.get(principal, id, sourceOf(request));
    const names = await this.naming.of(idsIn(event));
    const { type, occurredAt, outcome } = event;
    const fields = Object.entries(event).filter(
      ([name, value]) => !HEAD.has(name) && value !== null,
    );
    const decision = event['decisionId'];
    this.views.render(response, PAGE, {
      title: eventInWords(type),
      trail: [...REVIEW_TRAIL, { text: 'Events', href: '/review/events' }],
      tag: outcomeTag(outcome),
      blocks: [
        {
          kind: 'actions',
          links: [
            ...(typeof decision === 'string' && OF_POLICY.test(type)
              ? [{ text: 'Why policy said so', href: `/review/decisions/${id}` }]
              : []),
            { text: 'Receipt', href: `/review/events/${id}/receipt`, kind: 'secondary' },
            { text: 'Disclose fields', href: `/review/events/${id}/disclose`, kind: 'secondary' },
          ],
        },
        {
          kind: 'summary',
          rows: [
            { key: 'When', value: { instant: occurredAt } },
            { key: 'Id', value: { text: id } },
            ...fields.map(([name, value]) => ({
              key: fieldInWords(name),
              value: linked(name, value, names),
            })),
          ],
        },
      ] satisfies readonly Block[],
    });
  }

  @Get('events/:id/receipt')
  @Access('audit:read')
  async receipt(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    sendReceipt(response, id, await this.events.receipt(principal, id, sourceOf(request)));
  }

  @Get('saved/new')
  @Access('audit:read')
  async askForName(@Query('query') query = '', @Res() response: Response): Promise<void> {
    await this.forms.show(response, saving({ query }));
  }

  @Post('saved/new')
  @Access('audit:read')
  async save(
    @Caller() principal: Principal,
    @Body() typed: FormFields,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    await this.forms.answer(request, response, {
      ...saving(typed),
      act: async () => {
        const dto = await validInput(SaveQueryDto, {
          name: textOf(typed, 'name') ?? '',
          query: textOf(typed, 'query') ?? '',
        });
        await this.saved.save(principal, dto.name, dto.query);
        return { location: `/review/events?${dto.query}`, notice: `${dto.name} is saved` };
      },
    });
  }

  @Get('saved/:id/remove')
  @Access('audit:read')
  async askToRemove(@Param('id', IdParam) id: string, @Res() response: Response): Promise<void> {
    await this.confirms.show(response, removal(id));
  }

  @Post('saved/:id/remove')
  @Access('audit:read')
  async remove(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    await this.confirms.answer(request, response, removal(id), async () => {
      await this.saved.remove(principal, id);
      return { location: '/review/events', notice: 'The saved search is gone' };
    });
  }

  private async table(
    principal: Principal,
    request: Request,
    dto: AuditSearchDto,
    query: string,
  ): Promise<Block> {
    const search = toAuditSearch(dto);
    const scope = { route: 'events page', personId: principal.personId, ...search };
    const after = this.tokens.read(dto.pageToken, scope) as EventPosition | null;
    const asked = { after, pageSize: PAGE_SIZE };
    const rows = await this.events.search(principal, search, asked, sourceOf(request));
    const page = this.tokens.page(rows, PAGE_SIZE, scope, ({ occurredAt, id }) => ({
      occurredAt,
      id,
    }));
    const names = await this.naming.of(idsIn(page.items));
    const path = `/review/events?${query}`;
    return {
      kind: 'table',
      id: 'events',
      title: 'Events',
      order: 'newest first',
      columns: [
        { text: 'When' },
        { text: 'What happened' },
        { text: 'Who' },
        { text: 'On what' },
        { text: 'How it ended' },
      ],
      rows: page.items.map((event) => [
        { instant: event.occurredAt },
        { text: eventInWords(event.type), href: `/review/events/${event.id}` },
        personCell(event),
        {
          text: aboutOf(event)
            .map((id) => names.of(id))
            .join(', '),
        },
        { tag: outcomeTag(event.outcome) },
      ]),
      empty: 'Nothing matches. Take a filter away.',
      first: dto.pageToken === undefined ? undefined : path,
      next: page.nextPageToken === null ? undefined : `${path}&pageToken=${page.nextPageToken}`,
    };
  }

  private async filterBlock({ memberships }: Principal, typed: FormFields): Promise<Block> {
    const organisationIds = memberships.map(({ organisationId }) => organisationId);
    const [organisations, offered] = await Promise.all([
      this.offers.organisations(),
      this.offers.datasets(organisationIds),
    ]);
    const asked = textOf(typed, 'datasetId');
    const datasets = offered.filter(({ value }, at) => at < DATASETS || value === asked);
    // By its id alone: whoever asks may not be one who may know its name.
    const others =
      asked === undefined || datasets.some(({ value }) => value === asked)
        ? []
        : [{ value: asked, text: asked }];
    const any = { value: '', text: 'Any' };
    const outcomes = EVENT_OUTCOMES.map((value) => ({ value, text: outcomeTag(value).text }));
    const fields: readonly Field[] = [
      { type: 'text', name: 'person', classes: 'govuk-input--width-20' },
      { type: 'select', name: 'organisationId', items: [any, ...organisations] },
      { type: 'select', name: 'datasetId', items: [any, ...datasets, ...others] },
      { type: 'select', name: 'type', items: [any, ...TYPES] },
      { type: 'select', name: 'outcome', items: [any, ...outcomes] },
      { type: 'text', name: 'agreementId', classes: 'govuk-input--width-20' },
      { type: 'text', name: 'grantId', classes: 'govuk-input--width-20' },
      { type: 'text', name: 'accessRequestId', classes: 'govuk-input--width-20' },
      { type: 'text', name: 'projectId', classes: 'govuk-input--width-20' },
      { type: 'text', name: 'from', classes: 'govuk-input--width-20' },
      { type: 'text', name: 'to', classes: 'govuk-input--width-20' },
    ];
    return { kind: 'filter', action: '/review/events', button: 'Search', fields };
  }

  private async savedBlock(principal: Principal, query: string): Promise<Block> {
    const saved = await this.saved.list(principal);
    return {
      kind: 'table',
      id: 'saved',
      title: 'Saved searches',
      columns: [{ text: 'Name' }, { text: 'Change' }],
      rows: saved.map(({ id, name, query: kept }) => [
        { text: name, href: `/review/events?${kept}` },
        { text: `Remove ${name}`, href: `/review/saved/${id}/remove` },
      ]),
      empty:
        query === ''
          ? 'You have saved none. Search, then save it under a name.'
          : 'You have saved none yet.',
    };
  }
}

function exportBlocks(query: string): readonly Block[] {
  return [
    {
      kind: 'actions',
      links: [
        { text: 'Export these', href: `/review/exports/new?${query}`, kind: 'secondary' },
        ...(query === ''
          ? []
          : [
              {
                text: 'Save this search',
                href: `/review/saved/new?query=${encodeURIComponent(query)}`,
                kind: 'secondary' as const,
              },
            ]),
      ],
    },
  ];
}

function saving(typed: FormFields) {
  return {
    template: FORM,
    labels: SAVE_LABELS,
    path: '/review/saved/new',
    typed,
    model: () => ({
      title: 'Save this search',
      trail: [...REVIEW_TRAIL, { text: 'Events', href: '/review/events' }],
      fields: [
        { type: 'text', name: 'name' },
        { type: 'hidden', name: 'query', value: textOf(typed, 'query') ?? '' },
      ] satisfies readonly Field[],
      action: '/review/saved/new',
      button: 'Save',
    }),
  };
}

function removal(id: string): Confirmation {
  return {
    title: 'Remove this saved search?',
    path: `/review/saved/${id}/remove`,
    trail: [...REVIEW_TRAIL, { text: 'Events', href: '/review/events' }],
    button: 'Remove it',
    blocks: [{ kind: 'text', text: 'The events that it finds stay.' }],
  };
}

/** What the head of the page says already. */
const HEAD = new Set(['id', 'type', 'occurredAt', 'outcome']);
const ABOUT = ['datasetId', 'agreementId', 'targetId'] as const;

function aboutOf(event: AuditEventView): readonly string[] {
  return [...new Set(ABOUT.map((name) => event[name]).filter((id) => typeof id === 'string'))];
}

function personCell(event: AuditEventView) {
  const person = event['actorPersonId'];
  return typeof person === 'string'
    ? { text: person, href: `/review/people/${person}` }
    : { text: textOfKind(event['actorKind']) };
}

function textOfKind(kind: unknown): string {
  return typeof kind === 'string' ? kind.replaceAll('_', ' ') : '';
}

/** What has a page of review of its own leads there. */
function linked(
  name: string,
  value: AuditEventView[string],
  names: Parameters<typeof valueCell>[1],
) {
  const cell = valueCell(value, names);
  const place = {
    actorPersonId: 'people',
    datasetId: 'datasets',
    agreementId: 'agreements',
    grantId: 'grants',
    actorOrganisationId: 'organisations',
  }[name];
  return place !== undefined && typeof value === 'string'
    ? { text: cell.text ?? value, href: `/review/${place}/${value}` }
    : cell;
}
