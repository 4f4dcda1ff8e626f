import { Body, Controller, Delete, HttpCode, Param, Post, Put } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Caller } from '../../identity/caller.decorator.js';
import type { Principal } from '../../identity/principal.js';
import { Access } from '../../platform/web/access.js';
import { IdParam } from '../../platform/web/validation.js';
import { TeamDto } from './team.dto.js';
import type { OwnTeamView } from './team.view.js';
import { Teams } from './teams.service.js';

/** They are read in their organisation's page. */
@ApiTags('organisations')
@Controller('api/v1')
export class TeamsApi {
  constructor(private readonly teams: Teams) {}

  @Post('organisations/:id/teams')
  @Access('organisation:describe')
  create(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Body() dto: TeamDto,
  ): Promise<OwnTeamView> {
    return this.teams.create(principal, id, dto);
  }

  @Put('teams/:id')
  @Access('organisation:describe')
  update(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Body() dto: TeamDto,
  ): Promise<OwnTeamView> {
    return this.teams.update(principal, id, dto);
  }

  @Delete('teams/:id')
  @HttpCode(204)
  @Access('organisation:describe')
  end(@Caller() principal: Principal, @Param('id', IdParam) id: string): Promise<void> {
    return this.teams.end(principal, id);
  }

  @Put('teams/:id/members/:membershipId')
  @Access('organisation:describe')
  add(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Param('membershipId', IdParam) membershipId: string,
  ): Promise<OwnTeamView> {
    return this.teams.changeMember(principal, id, membershipId, 'add');
  }

  @Delete('teams/:id/members/:membershipId')
  @Access('organisation:describe')
  remove(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Param('membershipId', IdParam) membershipId: string,
  ): Promise<OwnTeamView> {
    return this.teams.changeMember(principal, id, membershipId, 'remove');
  }
}
