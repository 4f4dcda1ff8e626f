import {
  Body,
  Controller,
  Delete,
  Get,
  Header,
  HttpCode,
  Param,
  Post,
  Query,
} from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Access } from '../../platform/web/access.js';
import { IdempotencyKey } from '../../platform/web/idempotency-key.js';
import { PageQueryDto, type PageOf } from '../../platform/web/page-query.dto.js';
import { PageTokens } from '../../platform/web/page-tokens.js';
import { IdParam } from '../../platform/web/validation.js';
import { Caller } from '../caller.decorator.js';
import type { Principal } from '../principal.js';
import { PersonalTokenDto } from './personal-token.dto.js';
import type { NewTokenView, PersonalTokenView } from './personal-token.view.js';
import { PersonalTokens } from './personal-tokens.service.js';

@ApiTags('tokens')
@Controller('api/v1/tokens')
export class PersonalTokensApi {
  constructor(
    private readonly tokens: PersonalTokens,
    private readonly pages: PageTokens,
  ) {}

  @Post()
  @Access('token:create')
  @Header('Cache-Control', 'private, no-store')
  create(
    @Caller() principal: Principal,
    @Body() dto: PersonalTokenDto,
    @IdempotencyKey() key?: string,
  ): Promise<NewTokenView> {
    return this.tokens.create(principal, dto, key);
  }

  @Get()
  @Access('token:read')
  async list(
    @Caller() principal: Principal,
    @Query() query: PageQueryDto,
  ): Promise<PageOf<PersonalTokenView>> {
    const scope = { route: 'tokens', personId: principal.personId };
    const after = this.pages.read(query.pageToken, scope) as string | null;
    const rows = await this.tokens.list(principal, after, query.pageSize + 1);
    return this.pages.page(rows, query.pageSize, scope, ({ id }) => id);
  }

  @Delete(':id')
  @HttpCode(204)
  @Access('token:revoke')
  revoke(@Caller() principal: Principal, @Param('id', IdParam) id: string): Promise<void> {
    return this.tokens.revoke(principal, id);
  }
}
