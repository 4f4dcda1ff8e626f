import { Controller, Get, Param, Query, Req, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { WithGrantToken } from '../../platform/web/access.js';
import { IdParam } from '../../platform/web/validation.js';
import { GrantTokenCallers } from '../access/grant-token-callers.js';
import { FeedEventsQueryDto, FeedQueryDto } from './feed.dto.js';
import { FeedEvents } from './feed-events.service.js';
import { FeedPull } from './feed-pull.service.js';

@ApiTags('delivery')
@Controller('api/v1/grants/:id/feed')
export class FeedApi {
  constructor(
    private readonly callers: GrantTokenCallers,
    private readonly pull: FeedPull,
    private readonly events: FeedEvents,
  ) {}

  @Get()
  @WithGrantToken()
  async read(
    @Param('id', IdParam) id: string,
    @Query() { cursor, limit }: FeedQueryDto,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const caller = await this.callers.callerOf(request, id);
    const isHead = request.method === 'HEAD';
    await this.pull.send(caller, cursor, { limit, isHead }, response);
  }

  /** `Last-Event-ID` is what a browser sends when it comes back; `cursor` is for the first time. */
  @Get('events')
  @WithGrantToken()
  async follow(
    @Param('id', IdParam) id: string,
    @Query() { cursor }: FeedEventsQueryDto,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const caller = await this.callers.callerOf(request, id);
    const last = request.get('last-event-id');
    const at = last === undefined || last === '' ? cursor : last;
    await this.events.send(caller, { cursor: at, isHead: request.method === 'HEAD' }, response);
  }
}
