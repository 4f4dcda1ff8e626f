import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Caller } from '../../identity/caller.decorator.js';
import type { Principal } from '../../identity/principal.js';
import { Access } from '../../platform/web/access.js';
import { ExplainDto } from './explain.dto.js';
import type { ExplanationView } from './explained.js';
import { Explain } from './explain.service.js';

@ApiTags('policy')
@Controller('api/v1/policy/explain')
export class ExplainApi {
  constructor(private readonly explaining: Explain) {}

  @Post()
  @HttpCode(200)
  @Access('policy:explain')
  explain(@Caller() principal: Principal, @Body() dto: ExplainDto): Promise<ExplanationView> {
    return this.explaining.explain(principal, dto);
  }
}
