import { Body, Controller, HttpCode, Param, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Caller } from '../../identity/caller.decorator.js';
import type { Principal } from '../../identity/principal.js';
import { Access } from '../../platform/web/access.js';
import { IdempotencyKey } from '../../platform/web/idempotency-key.js';
import { IdParam } from '../../platform/web/validation.js';
import { ReasonDto } from '../../platform/web/fields.js';
import { Accreditations } from './accreditations.service.js';
import { AccreditationDto, TrainingDto } from './person.dto.js';
import type { AccreditationView, TrainingView } from './person.view.js';
import { Trainings } from './trainings.service.js';

@ApiTags('people')
@Controller('api/v1/people/:id')
export class AwardsApi {
  constructor(
    private readonly accreditations: Accreditations,
    private readonly trainings: Trainings,
  ) {}

  @Post('accreditations')
  @Access('person:accredit')
  recordAccreditation(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Body() dto: AccreditationDto,
    @IdempotencyKey() key?: string,
  ): Promise<AccreditationView> {
    return this.accreditations.record(principal, id, dto, key);
  }

  @Post('accreditations/:accreditationId/verify')
  @HttpCode(200)
  @Access('person:verify_accreditation')
  verifyAccreditation(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Param('accreditationId', IdParam) accreditationId: string,
  ): Promise<AccreditationView> {
    return this.accreditations.verify(principal, id, accreditationId);
  }

  @Post('accreditations/:accreditationId/withdraw')
  @HttpCode(200)
  @Access('person:verify_accreditation')
  withdrawAccreditation(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Param('accreditationId', IdParam) accreditationId: string,
    @Body() { reason }: ReasonDto,
  ): Promise<AccreditationView> {
    return this.accreditations.withdraw(principal, id, accreditationId, reason);
  }

  @Post('trainings')
  @Access('person:record_training')
  recordTraining(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Body() dto: TrainingDto,
    @IdempotencyKey() key?: string,
  ): Promise<TrainingView> {
    return this.trainings.record(principal, id, dto, key);
  }
}
