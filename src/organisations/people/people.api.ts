import { Body, Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Caller } from '../../identity/caller.decorator.js';
import type { Principal } from '../../identity/principal.js';
import { Access, SignedIn } from '../../platform/web/access.js';
import { IdParam } from '../../platform/web/validation.js';
import { ReasonDto } from '../../platform/web/fields.js';
import { PeopleService } from './people.service.js';
import type { MeView, PersonView } from './person.view.js';

@ApiTags('people')
@Controller('api/v1')
export class PeopleApi {
  constructor(private readonly people: PeopleService) {}

  @Get('me')
  @SignedIn('person:read')
  me(@Caller() principal: Principal): Promise<MeView> {
    return this.people.me(principal);
  }

  @Get('people/:id')
  @Access('person:read')
  get(@Caller() principal: Principal, @Param('id', IdParam) id: string): Promise<PersonView> {
    return this.people.get(principal, id);
  }

  @Post('people/:id/suspend')
  @HttpCode(200)
  @Access('person:suspend')
  suspend(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Body() { reason }: ReasonDto,
  ): Promise<PersonView> {
    return this.people.move(principal, id, 'suspend', reason);
  }

  @Post('people/:id/resume')
  @HttpCode(200)
  @Access('person:suspend')
  resume(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Body() { reason }: ReasonDto,
  ): Promise<PersonView> {
    return this.people.move(principal, id, 'resume', reason);
  }
}
