import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Caller } from '../../identity/caller.decorator.js';
import type { Principal } from '../../identity/principal.js';
import { Access } from '../../platform/web/access.js';
import { PageQueryDto, type PageOf } from '../../platform/web/page-query.dto.js';
import { PageTokens } from '../../platform/web/page-tokens.js';
import { IdParam } from '../../platform/web/validation.js';
import type { OwnVersionView, VersionView } from './version.view.js';
import { DatasetVersions } from './versions.service.js';

@ApiTags('datasets')
@Controller('api/v1/datasets')
export class DatasetVersionsApi {
  constructor(
    private readonly versions: DatasetVersions,
    private readonly pages: PageTokens,
  ) {}

  /** Newest first. */
  @Get(':id/versions')
  @Access('dataset:read')
  async list(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Query() { pageSize, pageToken }: PageQueryDto,
  ): Promise<PageOf<VersionView | OwnVersionView>> {
    const scope = { route: 'dataset-versions', personId: principal.personId, id };
    const after = this.pages.read(pageToken, scope) as number | null;
    const rows = await this.versions.list(principal, id, after, pageSize + 1);
    return this.pages.page(rows, pageSize, scope, ({ number }) => number);
  }
}
