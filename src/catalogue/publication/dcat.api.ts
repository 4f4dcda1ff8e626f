import { Controller, Get, Inject, Query, Req, Res } from '@nestjs/common';
import { ApiOkResponse, ApiProduces, ApiTags } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsInt, IsOptional, Max, Min } from 'class-validator';
import type { Request, Response } from 'express';
import { Config } from '../../config/config.js';
import { PublicReads } from '../../identity/public-reads.js';
import { Public } from '../../platform/web/access.js';
import { IsInstant } from '../../platform/web/fields.js';
import { PublicCatalogue } from './public-catalogue.service.js';
import { toCatalog } from './dcat.view.js';

const JSON_LD = 'application/ld+json';
const ROUTE = { route: 'GET /catalog.jsonld', readsPerMinute: 60 };
const PER_PAGE = 100;
const MAX_PAGE = 10_000;
/** The same for everybody, and no entry is urgent. */
const CACHED = 'public, max-age=300';

class CatalogQueryDto {
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(MAX_PAGE)
  page = 1;

  /** Only what changed since then. */
  @IsOptional()
  @IsInstant()
  modified_since?: string;
}

@ApiTags('catalogue')
@Controller()
export class DcatApi {
  constructor(
    private readonly catalogue: PublicCatalogue,
    private readonly reads: PublicReads,
    @Inject(Config) private readonly config: Config,
  ) {}

  /** What anybody may know of, as DCAT-AP 3.0.1, a hundred datasets to a page. */
  @Get('catalog.jsonld')
  @Public()
  @ApiProduces(JSON_LD)
  @ApiOkResponse()
  async read(
    @Query() { page, modified_since: since }: CatalogQueryDto,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    await this.reads.take(ROUTE, request.ip ?? '');
    const { publicUrl } = this.config;
    const publisher = await this.catalogue.publisher();
    const { items, total } = await this.catalogue.page(
      since === undefined ? {} : { modifiedSince: new Date(since) },
      { start: (page - 1) * PER_PAGE, rows: PER_PAGE },
    );
    const urlOf = (at: number): string => {
      const query = new URLSearchParams({
        page: String(at),
        ...(since === undefined ? {} : { modified_since: since }),
      });
      return `${publicUrl}/catalog.jsonld?${query.toString()}`;
    };
    const pages = Math.max(1, Math.ceil(total / PER_PAGE));
    response.setHeader('Cache-Control', CACHED);
    response.setHeader('Access-Control-Allow-Origin', '*');
    response
      .type(JSON_LD)
      .send(JSON.stringify(toCatalog(publicUrl, publisher, { items, total, page, pages, urlOf })));
  }
}
