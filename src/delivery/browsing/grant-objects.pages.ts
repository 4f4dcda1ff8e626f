import { Controller, Get, Param, Query, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { Response } from 'express';
import { Caller } from '../../identity/caller.decorator.js';
import type { Principal } from '../../identity/principal.js';
import { SignedIn } from '../../platform/web/access.js';
import { PAGE, type PageModel } from '../../platform/web/pages/blocks.js';
import { formatBytes } from '../../platform/web/pages/quantities.js';
import { IdParam } from '../../platform/web/validation.js';
import { Views } from '../../platform/web/views.js';
import type { DeliveryCaller } from '../delivery.types.js';
import { FeedPull } from '../feeds/feed-pull.service.js';
import { ObjectList } from '../manifest/object-list.service.js';

const PAGE_SIZE = 50;

/** What a grant opens, to look at and to download one by one. */
@ApiExcludeController()
@Controller('grants/:id')
export class GrantObjectsPages {
  constructor(
    private readonly objects: ObjectList,
    private readonly feed: FeedPull,
    private readonly views: Views,
  ) {}

  @Get('objects')
  @SignedIn()
  async list(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Query('pageToken') pageToken: string | undefined,
    @Res() response: Response,
  ): Promise<void> {
    const page = await this.objects.page(callerOf(principal, id), PAGE_SIZE, pageToken);
    const path = `/grants/${id}/objects`;
    this.render(response, {
      title: 'Files',
      trail: trailOf(id),
      blocks: [
        {
          kind: 'table',
          id: 'files',
          title: 'Files',
          order: 'by name',
          isTitleHidden: true,
          columns: [{ text: 'Name' }, { text: 'Size', numeric: true }, { text: 'Changed' }],
          rows: page.objects.map(({ name, size, lastModified }) => [
            { text: name, href: downloadOf(id, name) },
            { text: formatBytes(size) },
            { instant: lastModified },
          ]),
          empty: 'The dataset holds no file.',
          first: pageToken === undefined ? undefined : path,
          next: page.nextPageToken === null ? undefined : `${path}?pageToken=${page.nextPageToken}`,
        },
      ],
    });
  }

  /** The next things of a feed: the page that follows is where this one ends, so that nothing is missed. */
  @Get('feed')
  @SignedIn()
  async watch(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Query('cursor') cursor: string | undefined,
    @Res() response: Response,
  ): Promise<void> {
    const { entries, hasMore, nextCursor } = await this.feed.read(
      callerOf(principal, id),
      cursor,
      PAGE_SIZE,
    );
    const path = `/grants/${id}/feed`;
    const next = `${path}?cursor=${encodeURIComponent(nextCursor)}`;
    this.render(response, {
      title: 'Live feed',
      trail: trailOf(id),
      blocks: [
        {
          kind: 'actions',
          links: [
            { text: hasMore ? 'What came next' : 'Look for what is new', href: next },
            { text: 'From the beginning', href: path, kind: 'secondary' },
          ],
        },
        {
          kind: 'table',
          id: 'entries',
          title: 'What happened',
          order: 'oldest first',
          isTitleHidden: true,
          columns: [
            { text: 'Name' },
            { text: 'What happened' },
            { text: 'Size', numeric: true },
            { text: 'Noticed' },
          ],
          rows: entries.map((entry) =>
            entry.type === 'object.available'
              ? [
                  { text: entry.name, href: downloadOf(id, entry.name) },
                  { text: 'Available' },
                  { text: formatBytes(entry.size) },
                  { instant: entry.noticedAt },
                ]
              : [
                  { text: entry.name },
                  { text: 'Withdrawn' },
                  { text: '' },
                  { instant: entry.noticedAt },
                ],
          ),
          empty: 'Nothing new yet. Look again in a while, or let a program follow it.',
        },
      ],
    });
  }

  private render(response: Response, page: PageModel): void {
    this.views.render(response, PAGE, page);
  }
}

function callerOf(
  { personId, authLevel, ip, country }: Principal,
  grantId: string,
): DeliveryCaller {
  return { via: 'session', grantId, personId, authLevel, ip, country };
}

function trailOf(id: string) {
  return [
    { text: 'Home', href: '/' },
    { text: 'Access', href: '/grants' },
    { text: 'This grant', href: `/grants/${id}` },
  ];
}

function downloadOf(id: string, name: string): string {
  return `/my/grants/${id}/objects/${name.split('/').map(encodeURIComponent).join('/')}`;
}
