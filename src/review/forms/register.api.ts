import { Controller, Get, Query, Req, Res } from '@nestjs/common';
import { ApiProduces, ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { PublicReads } from '../../identity/public-reads.js';
import { Public } from '../../platform/web/access.js';
import { CSV_TYPE, prefersCsv, sendCsv } from '../../platform/web/csv/send-csv.js';
import { PageTokens } from '../../platform/web/page-tokens.js';
import { RegisterQueryDto } from './register.dto.js';
import { Register } from './register.service.js';
import { REGISTER_FIELDS } from './register.types.js';

/** The same for everybody, and no entry is urgent: caches on the way may answer for five minutes. */
const CACHED = 'public, max-age=300';
/** Everybody's tokens are alike, so that pages are. */
const SCOPE = { route: 'register' };
const ROUTE = { route: 'GET /api/v1/register', readsPerMinute: 60 };

@ApiTags('register')
@Controller('api/v1')
export class RegisterApi {
  constructor(
    private readonly register: Register,
    private readonly reads: PublicReads,
    private readonly pages: PageTokens,
  ) {}

  /** In pages as JSON, or whole as CSV when that is what `Accept` prefers. */
  @Get('register')
  @Public()
  @ApiProduces('application/json', CSV_TYPE)
  async read(
    @Query() { pageSize, pageToken }: RegisterQueryDto,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    response.vary('Accept');
    if (prefersCsv(request)) {
      await this.readCsv(request, response);
      return;
    }
    await this.reads.take(ROUTE, request.ip ?? '');
    const after = this.pages.read(pageToken, SCOPE) as string | null;
    const uses = await this.register.page(after, pageSize + 1);
    const { items, nextPageToken } = this.pages.page(uses, pageSize, SCOPE, ({ id }) => id);
    response.setHeader('Cache-Control', CACHED);
    response.json({ items: items.map((use) => this.register.entryOf(use)), nextPageToken });
  }

  @Get('register.csv')
  @Public()
  @ApiProduces(CSV_TYPE)
  async readCsv(@Req() request: Request, @Res() response: Response): Promise<void> {
    await this.reads.take(ROUTE, request.ip ?? '');
    await this.reads.sendFile(ROUTE, () =>
      sendCsv(response, {
        name: 'register.csv',
        columns: REGISTER_FIELDS,
        batches: this.register.batches(),
        cacheControl: CACHED,
      }),
    );
  }
}
