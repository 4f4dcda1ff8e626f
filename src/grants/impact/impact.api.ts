import { Controller, Get, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { IsIn, IsString, IsUUID, MaxLength, ValidateIf } from 'class-validator';
import { Caller } from '../../identity/caller.decorator.js';
import type { Principal } from '../../identity/principal.js';
import { SignedIn } from '../../platform/web/access.js';
import { hasParts, IMPACT_TYPES, type ImpactType } from './impact.rules.js';
import { ImpactService, type ImpactOfView } from './impact.service.js';

class ImpactQueryDto {
  @IsIn(IMPACT_TYPES)
  type: ImpactType;

  @IsUUID()
  id: string;

  /** Which part of the thing, for a type that stops by parts: the role, the member's personId, the kind of check. */
  @ValidateIf((dto: ImpactQueryDto) => hasParts(dto.type) || dto.part !== undefined)
  @IsString()
  @MaxLength(100)
  part?: string;
}

@ApiTags('impact')
@Controller('api/v1/impact')
export class ImpactApi {
  constructor(private readonly impacts: ImpactService) {}

  /** Which operation it takes depends on the type: the service requires that of the act itself. */
  @Get()
  @SignedIn()
  of(
    @Caller() principal: Principal,
    @Query() { type, id, part }: ImpactQueryDto,
  ): Promise<ImpactOfView> {
    return this.impacts.of(principal, { type, id, part: part ?? null });
  }
}
