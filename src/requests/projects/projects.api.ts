import {
  Body,
  Controller,
  Delete,
  Get,
  HttpCode,
  Param,
  Patch,
  Post,
  Query,
  Res,
} from '@nestjs/common';
import { ApiBody, ApiHeader, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { Caller } from '../../identity/caller.decorator.js';
import type { Principal } from '../../identity/principal.js';
import { Access, SignedIn } from '../../platform/web/access.js';
import { IF_MATCH, IfMatch } from '../../platform/web/if-match.js';
import { IdempotencyKey } from '../../platform/web/idempotency-key.js';
import { PageQueryDto, type PageOf } from '../../platform/web/page-query.dto.js';
import { PageTokens } from '../../platform/web/page-tokens.js';
import { ReasonDto } from '../../platform/web/fields.js';
import { IdParam } from '../../platform/web/validation.js';
import { EditProjectDto, ProjectDto, ProjectMemberDto } from './project.dto.js';
import { ProjectEdits } from './project-edits.service.js';
import { ProjectMembers } from './project-members.service.js';
import type { ProjectSummary, ProjectView } from './project.view.js';
import { ProjectsService } from './projects.service.js';

@ApiTags('projects')
@Controller('api/v1/projects')
export class ProjectsApi {
  constructor(
    private readonly projects: ProjectsService,
    private readonly edits: ProjectEdits,
    private readonly members: ProjectMembers,
    private readonly pages: PageTokens,
  ) {}

  @Post()
  @Access('project:create')
  create(
    @Caller() principal: Principal,
    @Body() dto: ProjectDto,
    @IdempotencyKey() key?: string,
  ): Promise<ProjectView> {
    return this.projects.create(principal, dto, key);
  }

  @Get()
  @SignedIn('project:read')
  async list(
    @Caller() principal: Principal,
    @Query() query: PageQueryDto,
  ): Promise<PageOf<ProjectSummary>> {
    const scope = { route: 'projects', personId: principal.personId };
    const after = this.pages.read(query.pageToken, scope) as string | null;
    const rows = await this.projects.list(principal, after, query.pageSize + 1);
    return this.pages.page(rows, query.pageSize, scope, ({ id }) => id);
  }

  @Get(':id')
  @SignedIn('project:read')
  async get(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Res({ passthrough: true }) response: Response,
  ): Promise<ProjectView> {
    return tagged(response, await this.projects.get(principal, id));
  }

  /** The named members take new values; `null` takes one out (RFC 7396). A closed project gains outputs only. */
  @Patch(':id')
  @Access('project:update')
  @ApiBody({ type: EditProjectDto })
  @ApiHeader(IF_MATCH)
  async edit(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Body() changes: Record<string, unknown>,
    @IfMatch() ifMatch: string,
    @Res({ passthrough: true }) response: Response,
  ): Promise<ProjectView> {
    return tagged(response, await this.edits.edit(principal, id, changes, ifMatch));
  }

  @Post(':id/activate')
  @HttpCode(200)
  @Access('project:activate')
  activate(@Caller() principal: Principal, @Param('id', IdParam) id: string): Promise<ProjectView> {
    return this.projects.activate(principal, id);
  }

  @Post(':id/close')
  @HttpCode(200)
  @Access('project:close')
  close(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Body() { reason }: ReasonDto,
  ): Promise<ProjectView> {
    return this.projects.close(principal, id, reason);
  }

  @Post(':id/members')
  @Access('project:add_member')
  addMember(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Body() dto: ProjectMemberDto,
  ): Promise<ProjectView> {
    return this.members.add(principal, id, dto);
  }

  @Delete(':id/members/:personId')
  @Access('project:remove_member')
  removeMember(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Param('personId', IdParam) personId: string,
    @Body() { reason }: ReasonDto,
  ): Promise<ProjectView> {
    return this.members.remove(principal, id, personId, reason);
  }
}

function tagged(response: Response, view: ProjectView): ProjectView {
  response.set('ETag', view.etag);
  return view;
}
