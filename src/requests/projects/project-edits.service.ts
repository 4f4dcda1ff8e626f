import { Injectable } from '@nestjs/common';
import { Vocabularies } from '../../agreements/vocabularies.js';
import { AuditService } from '../../audit/audit.service.js';
import type { Principal } from '../../identity/principal.js';
import { canonicalDigest } from '../../kernel/canonical-json.js';
import { changedMembers, mergeMembers } from '../../kernel/members.js';
import { requireMatch } from '../../platform/web/if-match.js';
import { validationPipe } from '../../platform/web/validation.js';
import { describedIn, descriptionOf } from './described.js';
import { aboutProject, ProjectGate } from './project-gate.js';
import { ProjectDto } from './project.dto.js';
import { checkEditable, checkProjectDates, checkProjectPurposes } from './project.rules.js';
import { etagOf, type ProjectView } from './project.view.js';
import { ProjectsRepository } from './projects.repository.js';

/** Changes what a project says of itself. */
@Injectable()
export class ProjectEdits {
  constructor(
    private readonly gate: ProjectGate,
    private readonly projects: ProjectsRepository,
    private readonly vocabularies: Vocabularies,
    private readonly audit: AuditService,
  ) {}

  /**
   * The named members take new values; `null` takes one out. The whole is judged as a new project is.
   * @param ifMatch the ETag of the project that was read.
   * @throws ConcordatError `precondition_failed` (412), or `input_invalid` that names each field
   */
  async edit(
    principal: Principal,
    id: string,
    changes: Readonly<Record<string, unknown>>,
    ifMatch: string,
  ): Promise<ProjectView> {
    return this.gate.change(principal, id, 'project:update', async (tx, { project, members }) => {
      requireMatch(ifMatch, etagOf(project));
      checkEditable(project.status, Object.keys(changes));
      const before = descriptionOf(project);
      const after = await this.read(mergeMembers({ ...before }, changes));
      const others = members.map(({ organisationId }) => organisationId);
      const auditEventId = await this.audit.record(tx, 'project.updated', {
        ...aboutProject(principal, project, others),
        beforeHash: digestOf(before),
        afterHash: digestOf(after),
        changedPaths: changedMembers({ ...before }, { ...after }),
      });
      await this.projects.update(tx, id, { ...describedIn(after), auditEventId });
    });
  }

  private async read(merged: Readonly<Record<string, unknown>>): Promise<ProjectDto> {
    const dto = (await validationPipe.transform(merged, {
      type: 'body',
      metatype: ProjectDto,
    })) as ProjectDto;
    checkProjectDates(dto.startsOn, dto.endsOn);
    checkProjectPurposes(dto.purposes, this.vocabularies.terms.purpose, dto.startsOn);
    return dto;
  }
}

function digestOf(description: ProjectDto): string {
  return canonicalDigest({ ...description });
}
