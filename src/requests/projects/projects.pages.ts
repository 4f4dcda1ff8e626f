import { Body, Controller, Get, Inject, Param, Post, Query, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { Vocabularies } from '../../agreements/vocabularies.js';
import { Authorisation } from '../../identity/authorisation.service.js';
import { Caller } from '../../identity/caller.decorator.js';
import type { Principal } from '../../identity/principal.js';
import { WorkingCaller } from '../../identity/working-for.js';
import { Clock } from '../../kernel/clock.js';
import { londonDay } from '../../kernel/london-day.js';
import { isUsableOn } from '../../kernel/vocabulary.js';
import { ThingNaming } from '../../organisations/naming/thing-names.service.js';
import { SignedIn } from '../../platform/web/access.js';
import { PageTokens } from '../../platform/web/page-tokens.js';
import { FORM, PAGE, type Choice } from '../../platform/web/pages/blocks.js';
import { textOf } from '../../platform/web/pages/form-fields.js';
import { validInput, type FormFields } from '../../platform/web/pages/form-input.js';
import { PageForms, submissionKey, type PageForm } from '../../platform/web/pages/page-forms.js';
import { IdParam } from '../../platform/web/validation.js';
import { Views } from '../../platform/web/views.js';
import { projectTag } from '../asking/request-words.js';
import { ProjectEdits } from './project-edits.service.js';
import { PROJECT_LABELS, projectFields, projectFrom, projectTyped } from './project-form.js';
import { presentProject } from './project-page.presenter.js';
import { PROJECTS_TRAIL } from './projects-trail.js';
import { ProjectDto } from './project.dto.js';
import { ProjectsService } from './projects.service.js';

const PAGE_SIZE = 25;

/** Projects: what people work on together, and until when. */
@ApiExcludeController()
@Controller('projects')
export class ProjectPages {
  constructor(
    private readonly projects: ProjectsService,
    private readonly edits: ProjectEdits,
    private readonly vocabularies: Vocabularies,
    private readonly authorisation: Authorisation,
    private readonly naming: ThingNaming,
    private readonly tokens: PageTokens,
    private readonly forms: PageForms,
    private readonly views: Views,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  @Get()
  @SignedIn()
  async list(
    @WorkingCaller() principal: Principal,
    @Query('pageToken') pageToken: string | undefined,
    @Res() response: Response,
  ): Promise<void> {
    const [working] = principal.memberships;
    const scope = {
      route: 'projects page',
      personId: principal.personId,
      organisationId: working?.organisationId ?? null,
    };
    const after = this.tokens.read(pageToken, scope) as string | null;
    const rows = await this.projects.list(principal, after, PAGE_SIZE + 1);
    const page = this.tokens.page(rows, PAGE_SIZE, scope, ({ id }) => id);
    const organisationIds = principal.memberships.map(({ organisationId }) => organisationId);
    const mayCreate = this.authorisation.allows(principal, 'project:create', { organisationIds });
    this.views.render(response, PAGE, {
      title: 'Projects',
      trail: [{ text: 'Home', href: '/' }],
      blocks: [
        ...(mayCreate
          ? [{ kind: 'actions', links: [{ text: 'Begin a project', href: '/projects/new' }] }]
          : []),
        {
          kind: 'table',
          id: 'projects',
          title: 'Projects',
          order: 'newest first',
          isTitleHidden: true,
          columns: [
            { text: 'Reference' },
            { text: 'Title' },
            { text: 'Last day' },
            { text: 'Status' },
          ],
          rows: page.items.map((one) => [
            { text: one.reference, href: `/projects/${one.id}` },
            { text: one.title },
            { day: one.endsOn },
            { tag: projectTag(one.status) },
          ]),
          empty: 'There is no project. Data is asked for in one: begin it, and have it activated.',
          first: pageToken === undefined ? undefined : '/projects',
          next:
            page.nextPageToken === null ? undefined : `/projects?pageToken=${page.nextPageToken}`,
        },
      ],
    });
  }

  @Get('new')
  @SignedIn()
  async begin(@WorkingCaller() principal: Principal, @Res() response: Response): Promise<void> {
    await this.forms.show(response, this.beginning(principal, {}));
  }

  @Post('new')
  @SignedIn()
  async create(
    @WorkingCaller() principal: Principal,
    @Body() typed: FormFields,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    await this.forms.answer(request, response, {
      ...this.beginning(principal, typed),
      act: async () => {
        const described = Object.entries({
          ...projectFrom(typed),
          organisationId: principal.memberships[0]?.organisationId,
        }).filter(([, value]) => value !== null);
        const dto = await validInput(ProjectDto, Object.fromEntries(described));
        const { id, reference } = await this.projects.create(principal, dto, submissionKey(typed));
        return { location: `/projects/${id}`, notice: `${reference} is begun` };
      },
    });
  }

  @Get(':id')
  @SignedIn()
  async show(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Res() response: Response,
  ): Promise<void> {
    const project = await this.projects.get(principal, id);
    const names = await this.naming.of([
      project.organisationId,
      ...project.members.flatMap(({ personId, organisationId }) => [personId, organisationId]),
    ]);
    const lead = project.members.find(({ isLead }) => isLead);
    const about = {
      organisationIds: [project.organisationId],
      ...(lead && { personId: lead.personId, ownIn: project.organisationId }),
    };
    const purposes = project.purposes.map((code) => this.vocabularies.labelOf('purpose', code));
    const page = presentProject(project, names, purposes, {
      mayEdit: this.authorisation.allows(principal, 'project:update', about),
      mayActivate: this.authorisation.allows(principal, 'project:activate', about),
      mayClose: this.authorisation.allows(principal, 'project:close', about),
      mayChangeMembers: this.authorisation.allows(principal, 'project:add_member', about),
    });
    this.views.render(response, PAGE, page);
  }

  @Get(':id/edit')
  @SignedIn()
  async change(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Res() response: Response,
  ): Promise<void> {
    await this.forms.show(response, await this.changing(principal, id));
  }

  @Post(':id/edit')
  @SignedIn()
  async save(
    @Caller() principal: Principal,
    @Param('id', IdParam) id: string,
    @Body() typed: FormFields,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const { status } = await this.projects.get(principal, id);
    await this.forms.answer(request, response, {
      ...(await this.changing(principal, id, typed)),
      act: async () => {
        const all = projectFrom(typed);
        const changes = status === 'closed' ? { outputs: all.outputs } : { ...all };
        await this.edits.edit(principal, id, changes, textOf(typed, 'etag') ?? '');
        return { location: `/projects/${id}`, notice: 'Your changes are saved' };
      },
    });
  }

  private beginning(principal: Principal, typed: FormFields): Omit<PageForm, 'act'> {
    const [working] = principal.memberships;
    return {
      template: FORM,
      labels: PROJECT_LABELS,
      path: '/projects/new',
      typed,
      model: () => ({
        title: 'Begin a project',
        trail: PROJECTS_TRAIL,
        blocks: [
          { kind: 'text', text: `It is led by ${working?.organisationName ?? ''}, and by you.` },
        ],
        fields: projectFields(this.purposes()),
        action: '/projects/new',
        button: 'Begin',
      }),
    };
  }

  private async changing(
    principal: Principal,
    id: string,
    typed?: FormFields,
  ): Promise<Omit<PageForm, 'act'>> {
    const project = await this.projects.get(principal, id);
    const etag = typed === undefined ? project.etag : (textOf(typed, 'etag') ?? '');
    const all = projectFields(this.purposes());
    const fields =
      project.status === 'closed'
        ? all.filter((field) => 'name' in field && field.name === 'outputs')
        : all;
    return {
      template: FORM,
      labels: PROJECT_LABELS,
      path: `/projects/${id}/edit`,
      typed: typed ?? projectTyped(project),
      model: () => ({
        title: `Change ${project.reference}`,
        trail: [...PROJECTS_TRAIL, { text: project.reference, href: `/projects/${id}` }],
        fields: [{ type: 'hidden', name: 'etag', value: etag }, ...fields],
        action: `/projects/${id}/edit`,
        button: 'Save',
      }),
    };
  }

  private purposes(): readonly Choice[] {
    const { purpose } = this.vocabularies.terms;
    const today = londonDay(this.clock.now());
    return purpose.terms
      .filter(({ code }) => isUsableOn(purpose, code, today))
      .map(({ code, label }) => ({ value: code, text: label }));
  }
}
