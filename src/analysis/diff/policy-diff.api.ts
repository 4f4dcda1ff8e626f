import { Controller, Get, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsInt, Max, Min } from 'class-validator';
import { Caller } from '../../identity/caller.decorator.js';
import type { Principal } from '../../identity/principal.js';
import { ConcordatError } from '../../kernel/errors.js';
import { Access } from '../../platform/web/access.js';
import { PolicyDiff, type PolicyDiffView } from './policy-diff.service.js';

class DiffQueryDto {
  /** 0: before there was any. */
  @Type(() => Number)
  @IsInt()
  @Min(0)
  @Max(Number.MAX_SAFE_INTEGER)
  from: number;

  @Type(() => Number)
  @IsInt()
  @Min(0)
  @Max(Number.MAX_SAFE_INTEGER)
  to: number;
}

@ApiTags('policy')
@Controller('api/v1/policy/diff')
export class PolicyDiffApi {
  constructor(private readonly diff: PolicyDiff) {}

  @Get()
  @Access('policy:diff')
  between(
    @Caller() principal: Principal,
    @Query() { from, to }: DiffQueryDto,
  ): Promise<PolicyDiffView> {
    if (from >= to) {
      const reason = 'must be less than to';
      throw new ConcordatError('input_invalid', { errors: [{ pointer: '/from', reason }] });
    }
    return this.diff.between(principal, { from, to });
  }
}
