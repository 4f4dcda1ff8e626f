import { Body, Controller, Get, Param, Post, Query, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { Authorisation } from '../../identity/authorisation.service.js';
import { Caller } from '../../identity/caller.decorator.js';
import type { Principal } from '../../identity/principal.js';
import { ConcordatError } from '../../kernel/errors.js';
import { ThingNaming } from '../../organisations/naming/thing-names.service.js';
import { Access } from '../../platform/web/access.js';
import { ReasonDto } from '../../platform/web/fields.js';
import { PageTokens } from '../../platform/web/page-tokens.js';
import {
  FORM,
  PAGE,
  type ActionLink,
  type Block,
  type Cell,
} from '../../platform/web/pages/blocks.js';
import { textOf } from '../../platform/web/pages/form-fields.js';
import { validInput, type FormFields } from '../../platform/web/pages/form-input.js';
import { PageForms, type PageForm } from '../../platform/web/pages/page-forms.js';
import { Views } from '../../platform/web/views.js';
import { AuditEventsService } from '../audit-events.service.js';
import type { EventPosition } from '../audit-events.repository.js';
import { AuditSearchDto } from '../audit-search.dto.js';
import { toAuditSearch } from '../audit-search.js';
import { PersonParam } from '../person-param.js';
import { Reveal } from '../reveal/reveal.service.js';
import { sourceOf } from '../search-source.js';
import { eventInWords, idsIn } from './event-words.js';
import { REVIEW_TRAIL } from './review-tabs.js';

const PAGE_SIZE = 50;

/** Things that have a story, the filter of the search that tells it, and where more is said of them. */
const STORIES: Readonly<
  Record<string, { filter: string; links: (id: string) => readonly ActionLink[] }>
> = {
  people: {
    filter: 'person',
    links: (id) => [
      { text: 'Who is this?', href: `/review/people/${id}/reveal` },
      {
        text: 'What they received',
        href: `/review/reports/disclosures?person=${id}`,
        kind: 'secondary',
      },
    ],
  },
  datasets: {
    filter: 'datasetId',
    links: (id) => [
      { text: 'Who can reach it now', href: `/review/reports/access?datasetId=${id}` },
      {
        text: 'What left of it',
        href: `/review/reports/disclosures?datasetId=${id}`,
        kind: 'secondary',
      },
      { text: 'The dataset', href: `/datasets/${id}`, kind: 'secondary' },
    ],
  },
  organisations: {
    filter: 'organisationId',
    links: (id) => [
      { text: 'What it received', href: `/review/reports/disclosures?organisationId=${id}` },
      {
        text: 'What lapses',
        href: `/review/reports/expiries?organisationId=${id}`,
        kind: 'secondary',
      },
      {
        text: 'What of its data went where',
        href: `/review/organisations/${id}/accounting`,
        kind: 'secondary',
      },
    ],
  },
  agreements: {
    filter: 'agreementId',
    links: (id) => [
      { text: 'What left under it', href: `/review/reports/disclosures?agreementId=${id}` },
      {
        text: 'What changed',
        href: `/review/reports/changes?type=agreement&id=${id}`,
        kind: 'secondary',
      },
      { text: 'The agreement', href: `/agreements/${id}`, kind: 'secondary' },
    ],
  },
  grants: {
    filter: 'grantId',
    links: (id) => [
      { text: 'What left under it', href: `/review/reports/disclosures?grantId=${id}` },
      { text: 'The grant', href: `/grants/${id}`, kind: 'secondary' },
      { text: 'Evidence of it', href: `/review/exports/new?grantId=${id}`, kind: 'secondary' },
    ],
  },
};

/** One thing with its whole story: everything that happened to it, newest first. */
@ApiExcludeController()
@Controller('review')
export class StoryPages {
  constructor(
    private readonly events: AuditEventsService,
    private readonly reveals: Reveal,
    private readonly authorisation: Authorisation,
    private readonly naming: ThingNaming,
    private readonly tokens: PageTokens,
    private readonly forms: PageForms,
    private readonly views: Views,
  ) {}

  @Get('people/:id')
  @Access('audit:read')
  async person(
    @Caller() principal: Principal,
    @Param('id', PersonParam) id: string,
    @Query('pageToken') pageToken: string | undefined,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    await this.tell(principal, 'people', id, { pageToken, request, response });
  }

  @Get(['datasets/:id', 'organisations/:id', 'agreements/:id', 'grants/:id'])
  @Access('audit:read')
  async thing(
    @Caller() principal: Principal,
    @Param('id') id: string,
    @Query('pageToken') pageToken: string | undefined,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const kind = request.path.split('/')[2] ?? '';
    await this.tell(principal, kind, id, { pageToken, request, response });
  }

  @Get('people/:id/reveal')
  @Access('audit:reveal')
  async askToReveal(
    @Param('id', PersonParam) id: string,
    @Res() response: Response,
  ): Promise<void> {
    await this.forms.show(response, revealing(id, {}));
  }

  /** The name is in this one answer, and on record is that it was asked for, and why (R5.7). */
  @Post('people/:id/reveal')
  @Access('audit:reveal')
  async reveal(
    @Caller() principal: Principal,
    @Param('id', PersonParam) id: string,
    @Body() typed: FormFields,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    await this.forms.answer(request, response, {
      ...revealing(id, typed),
      act: async () => {
        const { reason } = await validInput(ReasonDto, { reason: textOf(typed, 'reason') ?? '' });
        const person = await this.reveals.reveal(principal, id, reason, sourceOf(request));
        return {
          template: PAGE,
          model: {
            title: `Who is ${id}?`,
            trail: [...REVIEW_TRAIL, { text: id, href: `/review/people/${id}` }],
            blocks: [
              { kind: 'inset', text: 'That you asked, and why, is on record.' },
              {
                kind: 'summary',
                rows: [
                  { key: 'Name', value: { text: person.name ?? 'Not known any more' } },
                  { key: 'E-mail', value: { text: person.email ?? 'Not known any more' } },
                  { key: 'Pseudonym', value: { text: person.pseudonym ?? '' } },
                  { key: 'Id', value: { text: person.id } },
                ],
              },
              ...(this.authorisation.allows(principal, 'person:erase', {
                organisationIds: [],
                personId: person.id,
              })
                ? [eraseLink(person.id)]
                : []),
            ] satisfies readonly Block[],
          },
        };
      },
    });
  }

  private async tell(
    principal: Principal,
    kind: string,
    id: string,
    {
      pageToken,
      request,
      response,
    }: {
      readonly pageToken: string | undefined;
      readonly request: Request;
      readonly response: Response;
    },
  ): Promise<void> {
    const story = STORIES[kind];
    if (!story) {
      throw new ConcordatError('not_found');
    }
    const dto = await validInput(AuditSearchDto, { [story.filter]: id, pageSize: PAGE_SIZE });
    const search = toAuditSearch(dto);
    const scope = { route: 'story page', personId: principal.personId, ...search };
    const after = this.tokens.read(pageToken, scope) as EventPosition | null;
    const asked = { after, pageSize: PAGE_SIZE };
    const rows = await this.events.search(principal, search, asked, sourceOf(request));
    const page = this.tokens.page(rows, PAGE_SIZE, scope, (one) => ({
      occurredAt: one.occurredAt,
      id: one.id,
    }));
    if (page.items.length === 0 && kind !== 'people') {
      // What nobody may see here anything of is absent, by name too (law 3).
      throw new ConcordatError('not_found');
    }
    const names = await this.naming.of([...idsIn(page.items), ...(kind === 'people' ? [] : [id])]);
    const path = `/review/${kind}/${id}`;
    this.views.render(response, PAGE, {
      title: names.of(id),
      trail: REVIEW_TRAIL,
      blocks: [
        {
          kind: 'actions',
          links: story.links(id).filter(({ href }) => isOpen(href, names.cell(id))),
        },
        { kind: 'heading', text: 'What happened, newest first' },
        ...(page.items.length === 0
          ? [{ kind: 'text', text: 'Nothing is on record that you may see.' } as const]
          : []),
        {
          kind: 'timeline',
          items: page.items.map((event) => ({
            title: eventInWords(event.type),
            href: `/review/events/${event.id}`,
            instant: event.occurredAt,
            by: byOf(event['actorPersonId'], event['actorKind']),
            text: textIn(event['reasonText']),
            notes: ['datasetId', 'agreementId']
              .map((name) => event[name])
              .filter((value): value is string => typeof value === 'string' && value !== id)
              .map((value) => names.of(value)),
          })),
        },
        {
          kind: 'actions',
          links: [
            ...(page.nextPageToken === null
              ? []
              : [
                  {
                    text: 'Earlier',
                    href: `${path}?pageToken=${page.nextPageToken}`,
                    kind: 'secondary' as const,
                  },
                ]),
            {
              text: 'Search these',
              href: `/review/events?${story.filter}=${id}`,
              kind: 'secondary',
            },
          ],
        },
      ] satisfies readonly Block[],
    });
  }
}

/** What is not in the catalogue has no page there. */
function isOpen(href: string, { href: place }: Cell): boolean {
  return !href.startsWith('/datasets/') || href === place;
}

function eraseLink(personId: string): Block {
  const link = {
    text: 'Erase them',
    href: `/review/people/${personId}/erase`,
    kind: 'warning',
  } as const;
  return { kind: 'actions', links: [link] };
}

function byOf(person: unknown, kind: unknown): string | undefined {
  if (typeof person === 'string') {
    return person;
  }
  return typeof kind === 'string' ? `the ${kind.replaceAll('_', ' ')}` : undefined;
}

function textIn(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function revealing(id: string, typed: FormFields): Omit<PageForm, 'act'> {
  const path = `/review/people/${id}/reveal`;
  return {
    template: FORM,
    labels: { reason: 'Why you need to know' },
    path,
    typed,
    model: () => ({
      title: `Who is ${id}?`,
      trail: [...REVIEW_TRAIL, { text: id, href: `/review/people/${id}` }],
      blocks: [{ kind: 'warning', text: 'That you ask, and why, is on record for good.' }],
      fields: [{ type: 'area', name: 'reason' }],
      action: path,
      button: 'Show me',
    }),
  };
}
